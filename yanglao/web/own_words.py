"""Say a trainee's days and words as pages and the API give them."""

from __future__ import annotations

from typing import Any

from yanglao.completion.confirming import Said
from yanglao.completion.own_days import Days, OwnDay
from yanglao.completion.own_words import Asked, WordView
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.units import duration_text
from yanglao.kernel.wording import words
from yanglao.web.dress import spoken_day

# Words, chip and tone of each state of ``Asked``.
STATES = {
    "asked": ("还没有说", "pending_review", "amber"),
    "changed": ("学时变了，要再说", "pending_review", "amber"),
    "yes": ("本人说对", "done", "ink"),
    "no": ("本人说不对", "refused", "red"),
}


def day_line(one: OwnDay) -> str:
    """Return what one day counts: 线上 45 分钟；线下 3 小时，在实训室."""
    said = []
    if one.online_s:
        said.append(f"线上 {duration_text(one.online_s)}")
    if one.offline_s:
        where = f"，在{'、'.join(one.places)}" if one.places else ""
        said.append(f"线下 {duration_text(one.offline_s)}{where}")
    return "；".join(said)


def total_line(days: Days) -> str:
    """Return all days in one sentence."""
    modes = (("线上", days.online_s), ("线下", days.offline_s))
    sums = "，".join(f"{mode} {duration_text(seconds)}" for mode, seconds in modes if seconds)
    return f"一共 {len(days.days)} 天，{sums}"


def word_line(one: WordView | Said) -> str:
    """Return a word as people say it: 不对（3 月 8 日，时间不对）：我四点才走."""
    if one.word == "yes":
        return "对"
    wrong = "，".join(filter(None, (spoken_day(one.day) if one.day else "", what_words(one.what))))
    return f"不对（{wrong}）：{one.text}" if one.text else f"不对（{wrong}）"


def what_words(what: str) -> str:
    """Return what is wrong in a few words."""
    return words(f"word.what.{what}").title


def asked_dict(asked: Asked | None, days: Days, said: list[WordView]) -> dict[str, Any]:
    """Return a segment's days and words as the API gives them; ``asked`` is None while its hours are not whole."""
    return {
        "enrolment_id": days.enrolment_id,
        "segment_id": days.segment_id,
        "state": asked.state if asked else "not_met",
        "word": asked.word if asked else "",
        "closed": bool(asked and asked.closed),
        "digest": days.digest,
        "entered_s": days.entered_s,
        "online_s": days.online_s,
        "offline_s": days.offline_s,
        "days": [
            {
                "day": one.day.isoformat(),
                "online_s": one.online_s,
                "offline_s": one.offline_s,
                "places": list(one.places),
            }
            for one in days.days
        ],
        "said": [word_dict(one, days) for one in said],
    }


def word_dict(one: WordView, days: Days) -> dict[str, Any]:
    """Return one word; ``stands``: it is the one on the days as they are, unless a later one is."""
    return {
        "number": one.number,
        "word": one.word,
        "way": one.way,
        "digest": one.days,
        "day": one.day.isoformat() if one.day else None,
        "what": one.what,
        "text": one.text,
        "said_at": rfc3339(one.said_ms),
        "of_these_days": one.days == days.digest,
        "position": one.position,
    }
