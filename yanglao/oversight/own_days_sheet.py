"""Print 过程确认书: of each trainee whose word is wanted, the days of one segment, to be signed with 对 or 不对.

A page rests on the chains of all enrolments of its person, since the hours of one segment follow from all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.completion.own_days import Days, as_of, own_days
from yanglao.completion.own_words import Asked, unsaid
from yanglao.courses import queries as courses
from yanglao.evidence import queries as evidence
from yanglao.kernel import policy
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Refused
from yanglao.kernel.units import duration_text
from yanglao.oversight import book_look
from yanglao.papers.service import Draft, Drawn
from yanglao.people import queries as people
from yanglao.people.queries import PersonView
from yanglao.places import queries as places

KIND, TITLE, VERSION, ROWS = "own_days", "培训过程确认书", 1, 24
LEGEND = "本人看过上面每一天的学时。都对的在“对”前打钩；有不对的在“不对”前打钩，写明哪一天、哪里不对。签字后拍照上传，由基地一人录入、另一人核对。"
Upto = Mapping[tuple[str, str], int]


class NobodyWaits(Refused):
    """Say that everybody of the class has said their word."""

    code = "word.nobody_waits"


def class_pages(session: Session, class_id: str, *, now: datetime) -> list[Draft]:
    """Return the pages of everybody whose word is wanted, in roster order. Raises NobodyWaits."""
    roster = classes.roster(session, class_id)
    waiting = unsaid(session, [one.id for one in roster])
    if not waiting:
        raise NobodyWaits
    known = people.persons(session, {one.own.person_id for one in waiting})
    drafts = [
        draft
        for one in waiting
        for draft in _pages(session, one, known[one.own.person_id], as_of_ms=to_ms(now))
    ]
    total = len(drafts)
    return [
        replace(one, content=one.content | {"page": at, "pages": total}) for at, one in enumerate(drafts, 1)
    ]


def _pages(session: Session, asked: Asked, person: PersonView, *, as_of_ms: int) -> list[Draft]:
    own, days = asked.own, asked.days
    segment = courses.segments(session, {days.segment_id})[days.segment_id]
    head = [
        ["班期", own.class_name],
        ["基地", places.base(session, own.base_id).name],
        ["姓名", f"{own.roster_no} 号　{person.name}　{person.masked_id}"],
        ["培训段", segment.title],
        ["合计", _sums(days)],
    ]
    about = {
        "v": VERSION, "kind": KIND, "class": own.class_id, "enrolment": own.id, "segment": days.segment_id,
        "digest": days.digest, "as_of_ms": as_of_ms, "head": head,
    }  # fmt: skip
    rows = _rows(own.id, own.roster_no, days)
    heads = tuple(evidence.heads(session, "enrolment", _chains(session, own.person_id)))
    return [Draft(about | {"rows": rows[at : at + ROWS]}, heads) for at in range(0, len(rows), ROWS)]


def _chains(session: Session, person_id: str) -> list[str]:
    same = people.same_person_ids(session, person_id)
    return [own.id for one in same for own in classes.enrolments_of(session, one)]


def _sums(days: Days) -> str:
    told = (("线上", days.online_s), ("线下", days.offline_s))
    said = "，".join(f"{mode} {duration_text(seconds)}" for mode, seconds in told if seconds)
    hour_s = policy.latest().training.class_hour_s
    return f"{len(days.days)} 天，{said}（{hour_s // 60} 分钟为 1 学时）"


def _rows(enrolment_id: str, number: int, days: Days) -> list[dict[str, Any]]:
    return [
        {
            "e": enrolment_id,
            "no": number,
            "day": one.day.isoformat(),
            "online_s": one.online_s,
            "offline_s": one.offline_s,
            "places": list(one.places),
        }
        for one in days.days
    ]


def rebuilt(
    session: Session, content: dict[str, Any], *, now: datetime, upto: Upto | None = None
) -> dict[str, Any]:
    """Return a page's content as it would be today; with ``upto`` its seconds as the ledger gave them then."""
    own = classes.enrolment(session, content["enrolment"])
    if upto is not None:
        days = as_of(session, own, content["segment"], upto)
        told = {row["day"]: row for row in _rows(own.id, content["rows"][0]["no"], days)}
        # Rooms are those of the page: a session may have moved since, which is no change of hours.
        kept = [told[row["day"]] | {"places": row["places"]} for row in content["rows"] if row["day"] in told]
        return content | {"rows": kept}
    days = own_days(session, own, content["segment"])
    return content | {"rows": _rows(own.id, own.roster_no, days), "digest": days.digest}


def differences(before: dict[str, Any], today: dict[str, Any], *, clock: Callable[[int], str]) -> list[str]:
    """Say which days of the segment are other than printed; nothing when the digest of all its days is the same."""
    if before["digest"] == today["digest"]:
        return []
    then = {row["day"]: row for row in before["rows"]}
    # Other days of the segment may stand on another page.
    told = {row["day"]: row for row in today["rows"] if min(then) <= row["day"] <= max(then)}
    found = [
        f"{day}：{_said(then.get(day))} → {_said(told.get(day))}"
        for day in sorted({*then, *told})
        if _said(then.get(day)) != _said(told.get(day))
    ]
    return found or ["这一段别的日子变了"]


def _said(row: dict[str, Any] | None) -> str:
    if row is None:
        return "没有"
    online, offline = row["online_s"], row["offline_s"]
    told = [f"{mode} {duration_text(s)}" for mode, s in (("线上", online), ("线下", offline)) if s]
    return "，".join(told)


def look(pages: Sequence[Drawn], *, base_url: str, stamp: str) -> dict[str, Any]:
    """Return what the template prints."""
    return {
        "title": TITLE,
        "legend": LEGEND,
        "pages": [book_look.page_facts(one, base_url, stamp) for one in pages],
    }
