"""Write the attendance book as .xlsx: the class with its dates as columns, then one sheet per session. ID numbers masked, as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import SessionView
from yanglao.kernel.clock import SHANGHAI, from_ms
from yanglao.outside.workbook_stream import Book, Value
from yanglao.oversight import attendance_book
from yanglao.oversight.book_look import proof_text
from yanglao.oversight.book_rules import CAME, LEGEND, MARKS
from yanglao.papers.service import Draft

SESSION_COLUMNS = (
    ("序号", 8), ("姓名", 16), ("证件号", 24), ("签到", 20), ("签退", 20), ("计入分钟", 12), ("结果", 14), ("证明", 18),
)  # fmt: skip
Report = Callable[[int, int], None]


def write_book(
    book: Book, session: Session, class_id: str, *, session_id: str = "", now: datetime, report: Report
) -> int:
    """Write one session's sheet, or the class's and those of all its sessions; return how many lines were written."""
    meetings = [one for one in classes.sessions_of_class(session, class_id) if session_id in ("", one.id)]
    count = 0
    if not session_id:
        count += _class_sheet(book, attendance_book.class_pages(session, class_id, now=now), meetings)
    for at, meeting in enumerate(meetings):
        report(at, len(meetings))
        count += _session_sheet(
            book, attendance_book.session_pages(session, meeting.id, now=now), meeting, at + 1
        )
    return count


def _class_sheet(book: Book, pages: Sequence[Draft], meetings: Sequence[SessionView]) -> int:
    """Join the pages of all dates to one wide sheet."""
    marks: dict[str, list[str]] = {}
    worth: dict[str, int] = {}
    people: dict[str, list[Value]] = {}
    for page in pages:
        for row in page.content["rows"]:
            people[row["e"]] = [row["no"], row["name"], row["id"]]
            marks.setdefault(row["e"], []).extend(MARKS[mark][0] for mark in row["cells"])
            worth[row["e"]] = worth.get(row["e"], 0) + row["s"]
    dates = [(f"{_local(one.starts_ms):%m-%d %H:%M}", 12) for one in meetings]
    columns = [("序号", 8), ("姓名", 16), ("证件号", 24), *dates, ("计入分钟", 12)]
    sheet = book.sheet("全班", columns, title=f"{dict(pages[0].content['head'])['班期']}　{LEGEND}")
    for own, line in people.items():
        sheet.add([*line, *marks[own], worth[own] // 60])
    planned: list[Value] = [attendance_book.planned_s(one) // 60 for one in meetings]
    sheet.totals(["", "计划分钟", "", *planned, sum(worth.values()) // 60])
    return len(people)


def _session_sheet(book: Book, pages: Sequence[Draft], meeting: SessionView, number: int) -> int:
    head = dict(pages[0].content["head"])
    title = "　".join(
        f"{label}：{head[label]}" for label in ("班期", "时间", "教室", "教师", "计划", "实开", "人数")
    )
    sheet = book.sheet(f"{number} {_local(meeting.starts_ms):%m-%d %H%M}", SESSION_COLUMNS, title=title)
    rows = [row for page in pages for row in page.content["rows"]]
    for row in rows:
        moments: list[Value] = [_local(row[key]) if row[key] else None for key in ("in", "out")]
        line: list[Value] = [row["no"], row["name"], row["id"], *moments]
        sheet.add([*line, row["s"] // 60 if row["in"] else None, MARKS[row["mark"]][1], proof_text(row)])
    came = sum(row["mark"] in CAME for row in rows)
    minutes = sum(row["s"] for row in rows) // 60
    sheet.totals(["", "合计", "", f"应到 {len(rows)} 人", f"实到 {came} 人", minutes, "", ""])
    return len(rows)


def _local(ms: int) -> datetime:
    return from_ms(ms).astimezone(SHANGHAI)
