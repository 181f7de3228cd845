"""Put the explained minutes of enrolments into a sheet: a row per stretch, sums apart for online and offline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.classes.shapes import EnrolmentView
from yanglao.completion.hours import Stretch, Wanted, explain
from yanglao.kernel.clock import day_of
from yanglao.outside.workbook_stream import Book, Value
from yanglao.oversight.record import CLIENT_NAMES
from yanglao.oversight.sheets import MODES, Report, class_hours, local
from yanglao.people import queries as people

ALL_DAYS = 100_000
COLUMNS = (
    ("班级", 30), ("姓名", 12), ("证件号（部分遮盖）", 22), ("日期", 12), ("从", 20), ("到", 20), ("事项", 16), ("说明", 48),
    ("培训段", 24), ("方式", 6), ("计入（秒）", 10), ("计入（学时）", 10), ("没有计入（秒）", 12), ("没有计入的原因", 48),
    ("终端", 10), ("设备摘要", 10), ("断网补传", 8), ("第几条证据", 10),
)  # fmt: skip


def write_hours(
    book: Book, session: Session, enrolments: list[EnrolmentView], *, now: datetime, report: Report
) -> int:
    """Write every stretch of ``enrolments``, oldest first; return the number of rows."""
    report(0, len(enrolments))
    sheet = book.sheet(
        "每一分钟", COLUMNS, title="每一分钟：从哪来、计没计、为什么（线上、线下分开计，不相加）"
    )
    counted, total = dict.fromkeys(MODES, 0), 0
    for number, own in enumerate(enrolments, 1):
        person = people.person(session, own.person_id)
        found = explain(session, own.id, Wanted(days=ALL_DAYS), now=now)
        for one in (one for day in reversed(found.days) for one in reversed(day.stretches)):
            sheet.add(_row(own, person, one), tint="amber" if one.lost_s and not one.counted_s else "")
            total += 1
            if one.mode in counted:
                counted[one.mode] += one.counted_s or 0
        report(number, len(enrolments))
    for mode, words in MODES.items():
        sheet.totals([f"{words}合计", *[""] * 9, counted[mode], class_hours(counted[mode]), *[""] * 6])
    return total


def _row(own: EnrolmentView, person: people.PersonView, one: Stretch) -> list[Value]:
    return [
        own.class_name,
        person.name,
        person.masked_id,
        day_of(one.from_ms).isoformat(),
        local(one.from_ms),
        local(one.to_ms),
        one.title,
        one.sentence,
        one.segment_title,
        MODES.get(one.mode, ""),
        one.counted_s,
        class_hours(one.counted_s) if one.counted_s is not None else None,
        one.lost_s,
        "；".join(words for _, _, words in one.lost),
        CLIENT_NAMES.get(one.client, one.client),
        one.device,
        one.late,
        one.position,
    ]
