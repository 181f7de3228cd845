"""Say a filter of an export as people read it, with names for ids."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.courses import queries as courses
from yanglao.flags import kinds as flag_kinds
from yanglao.kernel.clock import say_time
from yanglao.kernel.wording import words
from yanglao.oversight import practical_sheet, sheets, what_if_sheet
from yanglao.people import queries as persons
from yanglao.places import queries as places
from yanglao.subsidy import queries as claims
from yanglao.subsidy.eligibility_rules import KINDS as SUBSIDIES
from yanglao.subsidy.states import STATES

Filter = dict[str, Any]

_FILTER_NAMES = {
    "class_id": "班级", "base_id": "基地", "division": "主办县区", "segment_id": "培训段", "mode": "方式", "state": "状态",
    "text": "查找", "review": "核对", "enrolment_id": "学员", "year": "年份", "category": "类别", "against": "对照哪年计划",
    "kind": "异常", "weight": "轻重", "person_id": "学员", "since": "从", "until": "到",
    "session_id": "课次", "claim_id": "申报", "month": "月份", "fund": "资金", "payee": "付给谁", "version_id": "表格版本", "run_id": "结算批次",
    "policy": "政策文件", "subsidy": "补贴", "only": "只看",
}  # fmt: skip
_FILTER_WORDS: dict[str, dict[str, str]] = {
    "mode": sheets.MODES,
    "state": sheets.STATES
    | practical_sheet.STATES
    | flag_kinds.STATE_NAMES
    | STATES
    | what_if_sheet.CLASS_STATES,
    "review": sheets.VERDICTS,
    "payee": {"person": "学员本人", "base": "培训机构（代领）"},
    "weight": flag_kinds.WEIGHT_NAMES,
    "subsidy": SUBSIDIES,
    "only": {"changed": "有变化的"},
    "kind": {kind: words(f"flags.{kind}").title for kind in flag_kinds.KINDS} | SUBSIDIES,
}


def said_filter(session: Session, wanted: Filter) -> str:
    """Return a filter as people read it, with names for ids."""
    said = [
        f"{_FILTER_NAMES[name]}：{_named(session, name, value)}" for name, value in sorted(wanted.items())
    ]
    return "；".join(said) or "没有筛选，范围内全部"


def _named(session: Session, name: str, value: Any) -> str:
    if name == "class_id":
        return "、".join(one.name for one in classes.classes_by_id(session, [value]).values()) or value
    if name == "person_id":
        return "、".join(one.name for one in persons.persons(session, [value]).values()) or value
    if name == "enrolment_id":
        found = classes.enrolments(session, [value])
        return "、".join(
            person.name
            for person in persons.persons(session, [one.person_id for one in found.values()]).values()
        )
    if name == "segment_id":
        return "、".join(one.title for one in courses.segments(session, [value]).values()) or value
    if name == "session_id":
        return (
            "、".join(say_time(one.starts_ms) for one in classes.sessions(session, [value]).values()) or value
        )
    if name == "claim_id":
        own = claims.claim(session, value)
        return f"{own.class_name} {own.mode_name} {own.month_key}"
    known = {
        "base_id": lambda: {one.id: one.name for one in places.bases(session)},
        "division": lambda: {one.code: one.name for one in places.divisions(session)},
        "category": lambda: {one.code: one.name for one in places.categories(session)},
    }.get(name, lambda: _FILTER_WORDS.get(name, {}))()
    return str(known.get(value, value))
