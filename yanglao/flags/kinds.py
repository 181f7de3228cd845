"""Name every kind of flag, one line each: its weight, who settles it, and the facts that its sentence needs.

A new kind is one line here and its words ``flags.<kind>`` (title, sentence) in ``kernel/wording/flags.toml``. Pure.

Facts hold references, counts and times only, never a name or number of a person:

- ``…_ms`` milliseconds since 1970, ``…_s`` whole seconds, ``day`` an ISO day in Asia/Shanghai;
- ``persons``, ``enrolments``, ``lessons`` lists of ids; pages show names for them;
- any other name a whole number, a yes or no, or a short word of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

WEIGHTS = ("info", "warn", "blocks_claim")
WEIGHT_NAMES = {"info": "留意", "warn": "要查", "blocks_claim": "查清前不能申报"}
SUBJECTS = ("enrolment", "person", "session", "class", "attempt")
STATES = ("open", "settled")
STATE_NAMES = {"open": "待查", "settled": "已有结论"}
VERDICTS = ("explained", "confirmed")
VERDICT_NAMES = {"explained": "情况属实，能说明", "confirmed": "确有问题"}


@dataclass(frozen=True)
class Kind:
    """One kind. ``facts`` must be given; ``settles`` is the permission that a verdict needs."""

    weight: str
    facts: tuple[str, ...]
    settles: str = "flag.settle"


KINDS: dict[str, Kind] = {
    "viewing.long_night": Kind("info", ("day", "watched_s")),
    "viewing.two_devices": Kind("warn", ("day", "times")),
    "viewing.lockstep": Kind("warn", ("people", "times", "within_s")),
    "quiz.same_answers": Kind("warn", ("people", "questions", "same_wrong")),
    "quiz.too_fast": Kind("warn", ("questions", "took_s", "reading_s")),
    "practical.too_fast": Kind("warn", ("items", "took_s", "least_s")),
    "practical.same_sheets": Kind("warn", ("people",)),
    "attendance.check_poor": Kind("warn", ("questions", "right", "wrong", "none", "at_ms", "session")),
    "attendance.roll_missed": Kind("warn", ("at_ms", "proof_ms", "session")),
    "attendance.one_phone": Kind("warn", ("people", "at_ms")),
    "attendance.one_network": Kind("info", ("people", "at_ms")),
    "attendance.relayed": Kind("warn", ("times", "delay_s", "at_ms")),
    "attendance.same_place": Kind("info", ("people", "at_ms")),
    "attendance.outside": Kind("warn", ("about_m", "radius_m", "at_ms")),
    "attendance.venue_misplaced": Kind("info", ("people", "with_place", "at_ms")),
    "attendance.in_order": Kind("warn", ("people", "took_s", "at_ms")),
    "attendance.clock_off": Kind("info", ("off_s", "at_ms")),
    "attendance.two_places": Kind("warn", ("both_s", "at_ms")),
    "attendance.much_by_hand": Kind("warn", ("by_hand", "signed", "at_ms")),
    "attendance.teacher_by_hand": Kind("warn", ("by_hand", "signed", "day")),
    "device.many_persons": Kind("warn", ("people", "day")),
    "hours.disputed": Kind("warn", ("entered_s", "at_ms")),
    "card.two_places": Kind("warn", ("at_ms", "within_s", "day")),
    "claim.clawed_back": Kind("blocks_claim", ("claimed_s", "entered_s")),
    "claim.certificate_gone": Kind("blocks_claim", ("at_ms",)),
    "claim.paid_twice": Kind("blocks_claim", ("at_ms",)),
    "certificate.before_end": Kind("warn", ("day", "at_ms")),
    "certificate.more_than_enrolled": Kind("blocks_claim", ("people", "certificates")),
    "certificate.level_twice": Kind("blocks_claim", ("people", "at_ms")),
    "certificate.level_before_end": Kind("warn", ("day", "at_ms")),
    "certificate.level_burst": Kind("warn", ("certificates", "day")),
    "certificate.burst": Kind("warn", ("certificates", "within_s", "at_ms")),
}

FACT_NAMES = {
    "day": "日期", "entered_s": "当时记着", "from_ms": "从", "to_ms": "到", "at_ms": "时间", "watched_s": "看课", "times": "次数", "people": "人数",
    "within_s": "前后相差", "questions": "题数", "same": "答得一样", "same_wrong": "错得一样", "proof_ms": "最后一次能证明在场", "right": "答对", "wrong": "答错", "none": "没答", "took_s": "用时",
    "reading_s": "读完题目约要", "items": "评分项", "least_s": "至少要", "score": "分数", "lessons": "课", "devices": "设备数", "persons": "有关的人",
    "enrolments": "有关的报名", "session": "课次", "delay_s": "码出来以后过了", "about_m": "离教室约（米）", "radius_m": "教室范围（米）", "with_place": "报了位置的人数",
    "off_s": "手机时钟差", "both_s": "同时在两处", "by_hand": "手工登记", "signed": "签到总数", "claimed_s": "申报时的学时", "certificates": "证书数",
}  # fmt: skip
REFERENCES = ("persons", "enrolments", "lessons", "session")
MOST_REFERENCES = 200
MOST_FACTS = 30
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORD = re.compile(r"[a-zA-Z][\w.:-]{0,63}|\d{4}-\d{2}-\d{2}|[0-9a-hjkmnp-tv-z]{26}", re.ASCII)


def facts_fault(kind: str, facts: dict[str, Any]) -> str | None:
    """Return the name of the first fact that is missing or is not one that may be kept, or None."""
    missing = [name for name in KINDS[kind].facts if name not in facts]
    if missing:
        return missing[0]
    if len(facts) > MOST_FACTS:
        return "_"
    return next((name for name, value in facts.items() if not _may_stand(name, value)), None)


def _may_stand(name: str, value: Any) -> bool:
    if not _NAME.fullmatch(name):
        return False
    if isinstance(value, (list, tuple)):
        return len(value) <= MOST_REFERENCES and all(_is_plain(one) for one in value)
    return _is_plain(value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_WORD.fullmatch(value))
    return isinstance(value, int)


def shown(facts: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield (label, value, shape) of the facts that people read, in the order of ``FACT_NAMES``; no references.

    ``shape`` is a shape of ``kernel.wording`` or empty.
    """
    for name, label in FACT_NAMES.items():
        if name in facts and name not in REFERENCES:
            yield label, facts[name], _shape(name)


def _shape(name: str) -> str:
    if name == "day":
        return "day"
    return {"ms": "time", "s": "duration"}.get(name.rpartition("_")[2], "") if "_" in name else ""
