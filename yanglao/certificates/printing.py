"""Say what stands on a certificate: the texts that are printed and signed, as they are at the moment of issue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.certificates import rules
from yanglao.certificates.queries import Candidate
from yanglao.classes import queries as classes
from yanglao.completion.shapes import SegmentStanding
from yanglao.courses import queries as courses
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of
from yanglao.kernel.units import class_hours_text
from yanglao.outside.typesetting import check_glyphs
from yanglao.places import queries as places

MODES = {"online": "线上", "offline": "线下"}
DEMO = "演示数据，不作证明"


def printed_texts(
    session: Session, found: Candidate, *, number: str, code: str, now: datetime
) -> dict[str, str]:
    """Return the texts by field, every one of ``rules.PRINTED``. Raises GlyphMissing."""
    own = classes.class_(session, found.standing.class_id)
    levels = {one.code: one.name for one in places.levels(session)}
    printed = {
        "number": number,
        "code": code,
        "name": found.person.name,
        "id": found.person.masked_id,
        "programme": courses.programme(session, own.programme_id).name,
        "level": levels.get(own.level_code or "", ""),
        "period": rules.period_text(own.starts_on, own.ends_on),
        "hours": hours_text(found.standing.segments, now=now),
        "base": places.base(session, own.base_id).name,
        "issued_on": rules.day_text(day_of(now)),
        "note": DEMO if own.is_demo else "",
    }
    check_glyphs(printed)
    return printed


def hours_text(segments: tuple[SegmentStanding, ...], *, now: datetime) -> str:
    """Return the hours that the ledger gives, online and offline apart: 线上 12 学时，线下 20 学时."""
    figure = policy.on(day_of(now)).training.class_hour_s
    sums = {mode: sum(one.entered_s for one in segments if one.mode == mode) for mode in MODES}
    return "，".join(
        f"{MODES[mode]} {class_hours_text(sums[mode], class_hour_s=figure)}" for mode in MODES if sums[mode]
    )
