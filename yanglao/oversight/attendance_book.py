"""Write the attendance book (考勤表): what stands on each page of a session's, a class's and a blank sheet.

Marks and minutes come from the ledger's entries alone, never from a table beside it, so that a page can be made again as of the
heads it printed. A page's content is canonical JSON; how it looks is said in ``book_look``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView, EnrolmentView, SessionView
from yanglao.evidence import queries as evidence
from yanglao.evidence.queries import EntryView
from yanglao.kernel import policy
from yanglao.kernel.clock import SHANGHAI, day_of, from_ms, to_ms
from yanglao.oversight import book_rules
from yanglao.oversight.book_rules import CAME, Cell, Room
from yanglao.papers.service import Draft
from yanglao.people import queries as people
from yanglao.people.queries import PersonView
from yanglao.places import queries as places

VERSION = 1
differences = book_rules.differences
SESSION_ROWS, CLASS_ROWS, CLASS_COLUMNS, BLANK_ROWS, BLANK_EMPTY = 22, 20, 20, 20, 4
Upto = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Folded:
    """What the ledger says of some enrolments: presences by (enrolment, session), where a scan waits, and leave."""

    held: dict[tuple[str, str], list[book_rules.Held]]
    waits: set[tuple[str, str]]
    on_leave: set[tuple[str, str]]


def fold(session: Session, enrolment_ids: Sequence[str], *, upto: Upto | None = None) -> Folded:
    """Fold the attendance of enrolments; with ``upto`` only what stood at those positions of their chains."""
    found = evidence.of_enrolments(session, enrolment_ids, kinds="attendance.")
    if upto is not None:
        found = [one for one in found if one.position <= upto.get(("enrolment", one.chain_id), 0)]
    return _folded(found)


def _folded(found: Sequence[EntryView]) -> Folded:
    return Folded(book_rules.held_by(found), book_rules.waiting_in(found), book_rules.leave_in(found))


def session_pages(session: Session, session_id: str, *, now: datetime) -> list[Draft]:
    """Return the pages of one session's sheet."""
    meeting = classes.session_(session, session_id)
    enrolled, known = _roster(session, meeting.class_id)
    heads = _heads(session, meeting.class_id, enrolled)
    folded = fold(session, [one.id for one in enrolled])
    rows = [
        _line(one, known) | book_rules.row_dict(_cell(meeting, one.id, folded, moment_ms=to_ms(now)))
        for one in enrolled
    ]
    about = _about(session, meeting, rows, moment_ms=to_ms(now))
    return _paged(about | {"kind": "attendance_session"}, rows, SESSION_ROWS, heads)


def blank_pages(session: Session, session_id: str, *, now: datetime) -> list[Draft]:
    """Return the pages of a sheet to be filled in by hand: names and empty columns, empty rows at the end."""
    meeting = classes.session_(session, session_id)
    enrolled, known = _roster(session, meeting.class_id)
    rows = [_line(one, known) for one in enrolled]
    about = _about(session, meeting, None, moment_ms=to_ms(now)) | {"kind": "attendance_blank"}
    drafts = _paged(about, rows, BLANK_ROWS, _heads(session, meeting.class_id, enrolled))
    last = drafts[-1]
    return [*drafts[:-1], Draft(last.content | {"empty": BLANK_EMPTY}, last.heads)]


def class_pages(session: Session, class_id: str, *, now: datetime) -> list[Draft]:
    """Return the pages of a class's sheet, dates as columns: people over pages first, then further dates."""
    own = classes.class_(session, class_id)
    enrolled, known = _roster(session, class_id)
    meetings = classes.sessions_of_class(session, class_id)
    folded = fold(session, [one.id for one in enrolled])
    heads = _heads(session, class_id, enrolled)
    parts = [meetings[at : at + CLASS_COLUMNS] for at in range(0, len(meetings), CLASS_COLUMNS)] or [[]]
    about = {"v": VERSION, "kind": "attendance_class", "class": class_id, "as_of_ms": to_ms(now)}
    about["head"] = _class_head(session, own, meetings)
    drafts: list[Draft] = []
    for part in parts:
        rows = [_class_line(one, known, part, folded, moment_ms=to_ms(now)) for one in enrolled]
        columns = {"columns": [_column(one) for one in part]}
        drafts += _paged(about | columns, rows, CLASS_ROWS, heads)
    return _numbered(drafts)


def rebuilt(
    session: Session, content: dict[str, Any], *, now: datetime, upto: Upto | None = None
) -> dict[str, Any]:
    """Return a page's content as it would be today, of the people on it; with ``upto`` its marks as of then.

    As of then: planned times and names are those of the page, and only the rows' marks, times and minutes are made anew.
    """
    ids = [row["e"] for row in content["rows"]]
    folded = fold(session, ids, upto=upto)
    if upto is not None:
        return content | {"rows": [row | _then(row["e"], content, folded) for row in content["rows"]]}
    own = classes.enrolments(session, ids)
    enrolled = [own[one] for one in ids if one in own and own[one].state == "enrolled"]
    known = people.persons(session, {one.person_id for one in enrolled})
    moment_ms = to_ms(now)
    if content["kind"] == "attendance_class":
        meetings = classes.sessions(session, [one["session"] for one in content["columns"]])
        part = [meetings[one["session"]] for one in content["columns"]]
        rows = [_class_line(one, known, part, folded, moment_ms=moment_ms) for one in enrolled]
        whole = classes.sessions_of_class(session, content["class"])
        head = _class_head(session, classes.class_(session, content["class"]), whole)
        return content | {"head": head, "rows": rows, "columns": [_column(one) for one in part]}
    meeting = classes.session_(session, content["session"])
    blank = content["kind"] == "attendance_blank"
    counted = None if blank else _counted(session, meeting, moment_ms)
    about = _about(session, meeting, counted, moment_ms=moment_ms)
    if blank:
        return content | {"head": about["head"], "rows": [_line(one, known) for one in enrolled]}
    cells = {
        one.id: book_rules.row_dict(_cell(meeting, one.id, folded, moment_ms=moment_ms)) for one in enrolled
    }
    return content | {"head": about["head"], "rows": [_line(one, known) | cells[one.id] for one in enrolled]}


def cells(
    meetings: Sequence[SessionView], enrolment_id: str, entries: Sequence[EntryView], *, moment_ms: int
) -> list[Cell]:
    """Return what the book says of one enrolment in some sessions, from the entries of its chain."""
    listed = [one for one in entries if one.kind.startswith("attendance.")]
    folded = _folded(listed)
    return [_cell(one, enrolment_id, folded, moment_ms=moment_ms) for one in meetings]


def _then(enrolment_id: str, content: dict[str, Any], folded: Folded) -> dict[str, Any]:
    """Return the marks of one row as the ledger gave them when the page was printed."""
    as_of = content["as_of_ms"]
    if content["kind"] == "attendance_blank":
        return {}
    if content["kind"] == "attendance_class":
        cells = [
            _cell_of(one["room"], one["session"], enrolment_id, folded, moment_ms=as_of)
            for one in content["columns"]
        ]
        return {"cells": [one.mark for one in cells], "s": sum(one.counted_s for one in cells)}
    return book_rules.row_dict(
        _cell_of(content["room"], content["session"], enrolment_id, folded, moment_ms=as_of)
    )


def _cell(meeting: SessionView, enrolment_id: str, folded: Folded, *, moment_ms: int) -> Cell:
    return _cell_of(_room(meeting), meeting.id, enrolment_id, folded, moment_ms=moment_ms)


def _cell_of(
    room: dict[str, Any], session_id: str, enrolment_id: str, folded: Folded, *, moment_ms: int
) -> Cell:
    key = (enrolment_id, session_id)
    # Pages that were printed before it was kept have no ``closed_ms``.
    over = book_rules.is_over(room["to_ms"], room.get("closed_ms"), moment_ms=moment_ms)
    judged = Room(room["from_ms"], room["to_ms"], over, room["cancelled"])
    limits = policy.on(day_of(int(room["from_ms"]))).attendance
    return book_rules.cell(
        judged, folded.held.get(key, []), limits, waits=key in folded.waits, on_leave=key in folded.on_leave
    )


def _room(meeting: SessionView) -> dict[str, Any]:
    return {
        "from_ms": meeting.starts_ms,
        "to_ms": meeting.ends_ms,
        "closed_ms": meeting.closed_ms,
        "cancelled": meeting.state == "cancelled",
    }


def _counted(session: Session, meeting: SessionView, moment_ms: int) -> list[dict[str, Any]]:
    """Return the marks of the whole roster of a session: its head counts them."""
    ids = [one.id for one in classes.roster(session, meeting.class_id)]
    folded = fold(session, ids)
    return [book_rules.row_dict(_cell(meeting, one, folded, moment_ms=moment_ms)) for one in ids]


def _about(
    session: Session, meeting: SessionView, rows: Sequence[dict[str, Any]] | None, *, moment_ms: int
) -> dict[str, Any]:
    """Return what all pages of a session's sheet say; ``rows`` None on a blank one."""
    own = classes.class_(session, meeting.class_id)
    known = people.persons(session, {meeting.instructor_id, meeting.planned_instructor})
    planned = planned_s(meeting)
    head = {
        "班期": f"{own.name}（{own.number}）",
        "基地": places.base(session, own.base_id).name,
        "内容": " · ".join(
            dict.fromkeys(
                one
                for one in (
                    meeting.segment_title,
                    meeting.title,
                    "补课" if meeting.makes_up_session_id else "",
                )
                if one
            )
        ),
        "时间": f"{day_text(meeting.starts_ms)} {clock(meeting.starts_ms)}–{clock(meeting.ends_ms)}{_breaks(meeting)}",
        "教室": meeting.venue,
        "教师": _teachers(meeting, known),
        "计划": f"{planned // 60} 分钟",
    }
    if rows is not None:
        came = sum(row["mark"] in CAME for row in rows)
        head |= {"实开": _held(meeting), "人数": f"应到 {len(rows)} 人，实到 {came} 人"}
    return {
        "v": VERSION,
        "session": meeting.id,
        "class": own.id,
        "as_of_ms": moment_ms,
        "room": _room(meeting),
        "head": [[label, value] for label, value in head.items()],
    }


def _class_head(session: Session, own: ClassView, meetings: Sequence[SessionView]) -> list[list[str]]:
    held = [one for one in meetings if one.state != "cancelled"]
    minutes = sum(planned_s(one) for one in held) // 60
    return [
        ["班期", f"{own.name}（{own.number}）"],
        ["基地", places.base(session, own.base_id).name],
        ["起止", f"{own.starts_on.isoformat()} 至 {own.ends_on.isoformat()}"],
        ["人数", f"{own.enrolled} 人"],
        ["线下课", f"{len(held)} 次，计划 {minutes} 分钟"],
    ]


def _column(meeting: SessionView) -> dict[str, Any]:
    return {
        "session": meeting.id,
        "day": column_day(meeting),
        "time": clock(meeting.starts_ms),
        "s": 0 if meeting.state == "cancelled" else planned_s(meeting),
        "room": _room(meeting),
    }


def _class_line(
    one: EnrolmentView,
    known: Mapping[str, PersonView],
    part: Sequence[SessionView],
    folded: Folded,
    *,
    moment_ms: int,
) -> dict[str, Any]:
    cells = [_cell(meeting, one.id, folded, moment_ms=moment_ms) for meeting in part]
    return _line(one, known) | {
        "cells": [cell.mark for cell in cells],
        "s": sum(cell.counted_s for cell in cells),
    }


def _line(one: EnrolmentView, known: Mapping[str, PersonView]) -> dict[str, Any]:
    person = known[one.person_id]
    return {"e": one.id, "no": one.roster_no, "name": person.name, "id": person.masked_id}


def _roster(session: Session, class_id: str) -> tuple[list[EnrolmentView], dict[str, PersonView]]:
    enrolled = classes.roster(session, class_id)
    return enrolled, people.persons(session, {one.person_id for one in enrolled})


def _heads(
    session: Session, class_id: str, enrolled: Sequence[EnrolmentView]
) -> list[tuple[str, str, int, str]]:
    own = evidence.heads(session, "enrolment", [one.id for one in enrolled])
    return [*own, *evidence.heads(session, "class", [class_id])]


def _paged(
    about: dict[str, Any],
    rows: Sequence[dict[str, Any]],
    size: int,
    heads: Sequence[tuple[str, str, int, str]],
) -> list[Draft]:
    parts = [rows[at : at + size] for at in range(0, len(rows), size)] or [[]]
    drafts = []
    for part in parts:
        shown = {row["e"] for row in part}
        own = tuple(head for head in heads if head[0] != "enrolment" or head[1] in shown)
        drafts.append(Draft(about | {"rows": list(part)}, own))
    return _numbered(drafts)


def _numbered(drafts: Sequence[Draft]) -> list[Draft]:
    total = len(drafts)
    return [Draft(one.content | {"page": at, "pages": total}, one.heads) for at, one in enumerate(drafts, 1)]


def column_day(meeting: SessionView) -> str:
    """Return 3/8, as a column of dates is headed."""
    day = day_of(meeting.starts_ms)
    return f"{day.month}/{day.day}"


def planned_s(meeting: SessionView) -> int:
    """Return the planned seconds of a session without its breaks."""
    return (meeting.ends_ms - meeting.starts_ms - sum(end - start for start, end in meeting.breaks)) // 1000


def _teachers(meeting: SessionView, known: Mapping[str, PersonView]) -> str:
    name = known[meeting.instructor_id].name
    if meeting.planned_instructor == meeting.instructor_id:
        return name
    return f"计划 {known[meeting.planned_instructor].name}，实际 {name}（代课）"


def _held(meeting: SessionView) -> str:
    if meeting.state == "cancelled":
        return "课取消了"
    if meeting.opened_ms is None:
        return "没有开课记录"
    if meeting.closed_ms is None:
        return f"{clock(meeting.opened_ms)} 开始，还没有下课"
    minutes = (meeting.closed_ms - meeting.opened_ms) // 60_000
    return f"{clock(meeting.opened_ms)}–{clock(meeting.closed_ms)}（开着 {minutes} 分钟）"


def _breaks(meeting: SessionView) -> str:
    said = "、".join(f"{clock(start)}–{clock(end)}" for start, end in meeting.breaks)
    return f"（休息 {said}）" if said else ""


def clock(ms: int) -> str:
    """Return 16:31."""
    return f"{from_ms(ms).astimezone(SHANGHAI):%H:%M}"


def day_text(ms: int) -> str:
    """Return 2026-03-08 周日."""
    day = day_of(ms)
    return f"{day.isoformat()} 周{'一二三四五六日'[day.weekday()]}"
