"""Turn a roster into enrolments: a dry run with a verdict on every row, then all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import roster_queries
from yanglao.classes import roster_rules as rules
from yanglao.classes.models import RosterImport, RosterMapping, TrainingClass
from yanglao.classes.registry import EnrolDraft, RosterFrozen, enter, locked_class
from yanglao.classes.roster_columns import FIELDS, IGNORED, bare, missing_fields
from yanglao.classes.roster_known import circumstances
from yanglao.classes.roster_queries import ImportUnknown
from yanglao.classes.roster_rules import Row, Verdict
from yanglao.classes.roster_sheets import laid_out, likely_sheet, packed, unpacked
from yanglao.classes.shapes import ImportView
from yanglao.classes.states import OPEN_ROSTER
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.outside import workbook
from yanglao.outside.ciphers import ciphers
from yanglao.people import particulars
from yanglao.people import service as people
from yanglao.people.particulars import Particulars
from yanglao.people.roles import scope_of

PASSWORDS_KEPT = timedelta(days=7)


class RowsBad(Refused):
    """Say that rows cannot be entered and were not left out; ``rows`` names them."""

    code = "roster.rows_bad"


class ColumnsMissing(Refused):
    code = "roster.columns_missing"


class NothingInIt(Refused):
    code = "roster.nothing_in_it"


class LeftOutUnknown(Refused):
    code = "roster.left_out_unknown"


class ColumnsWrong(Refused):
    code = "roster.columns_wrong"


class AlreadyCommitted(Conflict):
    code = "roster.already_committed"


@dataclass(frozen=True)
class Upload:
    """A roster as it arrives: the bytes of a file, or ``text`` pasted from a spreadsheet."""

    file_name: str = ""
    content: bytes = b""
    text: str = ""

    @cached_property
    def book(self) -> workbook.Book:
        """Read the table, once. Raises what ``outside.workbook`` raises."""
        return workbook.read(self.content) if self.content else workbook.read_pasted(self.text)

    def opened(self) -> Upload:
        """Read the table now, before a transaction begins, so that a large file holds up nobody."""
        assert self.book.sheets
        return self


@dataclass(frozen=True)
class Layout:
    """How to read it: sheet from 0, header row from 1 with 0, 1 or 2 rows, and the field of every column."""

    sheet: int
    header_row: int
    header_rows: int
    columns: tuple[str, ...] | None = None


def preview(session: Session, class_id: str, upload: Upload, *, now: datetime, actor: Actor) -> ImportView:
    """Judge every row without entering anybody, and keep the roster with its verdicts.

    A roster that is in the class already is answered with what it became (``again``), and nothing is kept.
    Raises: ClassUnknown, RosterFrozen, and what ``outside.workbook`` raises.
    """
    own = _open_class(session, class_id, _reach(actor))
    book = upload.book
    cells = packed(book)
    digest = f"hmac-sha256:{ciphers().mac('roster', cells.encode()).hex()}"
    found = (RosterImport.class_id == class_id, RosterImport.digest == digest)
    known = session.scalars(select(RosterImport).where(*found).order_by(RosterImport.id.desc())).all()
    names = roster_queries.remembered(session, own.base_id)
    at = likely_sheet(book, names)
    header, columns = laid_out(book.sheets[at], names, None)
    draft = RosterImport(
        class_id=class_id,
        base_id=own.base_id,
        file_name=upload.file_name[:200] or "粘贴的名单",
        kind=book.kind,
        digest=digest,
        state="checked",
        cells_sealed=ciphers().seal(cells),
        sheet=at,
        header={"row": header.row, "rows": header.rows, "sheets": [sheet.name for sheet in book.sheets]},
        mapping={"headings": list(header.headings), "columns": columns},
        report={},
        left_out=[],
        created_by=actor.person_id,
        created_ms=to_ms(now),
    )
    verdicts = _judged(session, own, draft, book, now=now, without=set())[1]
    for one in known:
        if one.state == "committed" and not _adds(verdicts, one.left_out):
            return replace(roster_queries.import_(session, one.id, _reach(actor)), again=True)
        if one.state == "checked":
            session.delete(one)
    draft.report = _report(columns, verdicts)
    session.add(draft)
    session.flush()
    return roster_queries.import_(session, draft.id, _reach(actor))


def remap(session: Session, import_id: str, layout: Layout, *, now: datetime, actor: Actor) -> ImportView:
    """Read a kept roster in another way and judge it anew; what a heading means is remembered for the base.

    Raises: ImportUnknown, AlreadyCommitted, RosterFrozen, ColumnsWrong.
    """
    row = _kept(session, import_id, _reach(actor))
    if row.state == "committed":
        raise AlreadyCommitted
    own = _open_class(session, row.class_id, _reach(actor))
    book = unpacked(ciphers().open(row.cells_sealed))
    if not (0 <= layout.sheet < len(book.sheets)):
        raise ColumnsWrong
    sheet = book.sheets[layout.sheet]
    if not (1 <= layout.header_row <= len(sheet.rows)) or layout.header_rows not in {0, 1, 2}:
        raise ColumnsWrong
    names = roster_queries.remembered(session, own.base_id)
    header, columns = laid_out(sheet, names, (layout.header_row - 1, layout.header_rows))
    if layout.columns is not None:
        columns = _chosen(layout.columns, len(header.headings))
        _remember(session, own.base_id, dict(zip(header.headings, columns, strict=True)), now)
    row.sheet = layout.sheet
    row.header = {**row.header, "row": header.row, "rows": header.rows}
    row.mapping = {"headings": list(header.headings), "columns": columns}
    row.report = _report(columns, _judged(session, own, row, book, now=now, without=set())[1])
    session.flush()
    return roster_queries.import_(session, import_id, _reach(actor))


def commit(
    session: Session, import_id: str, *, left_out: Sequence[int] = (), now: datetime, actor: Actor
) -> ImportView:
    """Enter every row but those of ``left_out``, or nobody at all; a second time gives the same answer.

    Rows are judged anew, without those left out, against what is true now.
    Raises: ImportUnknown, RosterFrozen, ColumnsMissing, LeftOutUnknown, RowsBad, NothingInIt, ClassFull.
    """
    row = _kept(session, import_id, _reach(actor))
    if row.state == "committed":
        return roster_queries.import_(session, import_id, _reach(actor))
    own = _open_class(session, row.class_id, _reach(actor))
    book = unpacked(ciphers().open(row.cells_sealed))
    without = _left_out(row, left_out)
    people_rows, verdicts = _judged(session, own, row, book, now=now, without=without)
    _check_all_good(row, verdicts)
    handout: dict[int, str] = {}
    final = []
    for person_row, verdict in zip(people_rows, verdicts, strict=True):
        if verdict.outcome == "add":
            password = _enter_row(session, own, person_row, verdict, now=now, actor=actor)
            if password:
                handout[verdict.row] = password
            code = "roster.added_with_account" if password else "roster.added"
            verdict = replace(verdict, outcome="added", code=code, opens_account=bool(password))
        final.append(verdict)
    row.report = _report(row.mapping["columns"], _with_left_out(row, final, without))
    row.left_out = sorted(without)
    row.state, row.committed_by, row.committed_ms = "committed", actor.person_id, to_ms(now)
    if handout:
        row.handout_sealed = ciphers().seal(json.dumps(handout))
        row.handout_until_ms = to_ms(now + PASSWORDS_KEPT)
    session.flush()
    return roster_queries.import_(session, import_id, _reach(actor))


def state_of(session: Session, import_id: str, *, actor: Actor) -> str:
    """Return checked or committed, holding the import until the transaction ends. Raises ImportUnknown."""
    return _kept(session, import_id, _reach(actor)).state


def forget_passwords(session: Session, import_id: str, *, actor: Actor) -> None:
    """Erase the first passwords that the file handed back would hold. Raises ImportUnknown."""
    row = _kept(session, import_id, _reach(actor))
    row.handout_sealed = None
    row.handout_until_ms = None
    session.flush()


def _enter_row(
    session: Session, own: TrainingClass, row: Row, verdict: Verdict, *, now: datetime, actor: Actor
) -> str | None:
    """Admit the person, enter them, open their account; return the first password if one was made."""
    person = people.admit(
        session,
        people.Draft(row.name, row.id_number, row.id_type, row.phone, own.base_id, own.is_demo),
        now=now,
        actor=actor,
    )
    if person.name_differs:
        raise RowsBad(rows=[row.row], count=1)
    known = Particulars(row.schooling, row.registered, row.household)
    particulars.fill(session, person.person_id, known, now=now, actor=actor)
    draft = EnrolDraft(person.person_id, row.employer, row.trainee_status, verdict.division_code)
    enter(session, own, draft, source="roster", now=now)
    if not verdict.opens_account:
        return None
    try:
        return people.open_account(
            session, person.person_id, phone=row.phone, now=now, actor=actor
        ).one_time_password
    except Forbidden:
        # Someone who works elsewhere in the system signs in with what that place gives them.
        return None


def _judged(
    session: Session,
    own: TrainingClass,
    row: RosterImport,
    book: workbook.Book,
    *,
    now: datetime,
    without: set[int],
) -> tuple[list[Row], list[Verdict]]:
    columns = row.mapping["columns"]
    if missing_fields(columns):
        return [], []
    first = row.header["row"] + row.header["rows"]
    found = rules.read_rows(book.sheets[row.sheet].rows, columns, first=first)
    kept = [one for one in found if one.row not in without]
    return kept, rules.judge(kept, circumstances(session, own, kept, now=now))


def _check_all_good(row: RosterImport, verdicts: Sequence[Verdict]) -> None:
    missing = missing_fields(row.mapping["columns"])
    if missing:
        raise ColumnsMissing(fields=missing)
    bad = [one.row for one in verdicts if one.outcome == "bad"]
    if bad:
        raise RowsBad(rows=bad[:50], count=len(bad))
    if not any(one.outcome in {"add", "same"} for one in verdicts):
        raise NothingInIt


def _left_out(row: RosterImport, left_out: Sequence[int]) -> set[int]:
    judged = {one["row"] for one in row.report["rows"] if one["outcome"] != "dropped"}
    unknown = sorted(set(left_out) - judged)
    if unknown:
        raise LeftOutUnknown(rows=unknown[:50])
    return set(left_out)


def _with_left_out(row: RosterImport, final: list[Verdict], without: set[int]) -> list[Verdict]:
    kept = [
        Verdict(one["row"], "left_out", "roster.left_out", {}, one["name"], one["masked_id"])
        for one in row.report["rows"]
        if one["row"] in without
    ]
    return sorted([*final, *kept], key=lambda one: one.row)


def _report(columns: Sequence[str], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    rows = []
    for verdict in verdicts:
        facts = asdict(verdict)
        facts.pop("division_code")
        facts["warnings"] = [{"code": code, "facts": about} for code, about in verdict.warnings]
        rows.append(facts)
    return {"rows": rows, "totals": rules.totals(verdicts), "missing": missing_fields(columns)}


def _adds(verdicts: Sequence[Verdict], left_out: Sequence[int]) -> bool:
    return any(one.outcome == "add" and one.row not in set(left_out) for one in verdicts)


def _chosen(columns: Sequence[str], width: int) -> list[str]:
    named = [name for name in columns if name != IGNORED]
    if len(columns) != width or len(set(named)) != len(named) or not set(named) <= set(FIELDS):
        raise ColumnsWrong
    return list(columns)


def _remember(session: Session, base_id: str, meanings: dict[str, str], now: datetime) -> None:
    for heading, name in meanings.items():
        plain = bare(heading)[:80]
        if not plain:
            continue
        own = (RosterMapping.base_id == base_id, RosterMapping.heading == plain)
        row = session.scalar(select(RosterMapping).where(*own))
        if row is None:
            row = RosterMapping(base_id=base_id, heading=plain)
            session.add(row)
        row.field, row.changed_ms = name, to_ms(now)
    session.flush()


def _kept(session: Session, import_id: str, scope: Scope) -> RosterImport:
    roster_queries.import_(session, import_id, scope)
    row = session.get(RosterImport, import_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise ImportUnknown(import_id=import_id)
    return row


def _open_class(session: Session, class_id: str, scope: Scope) -> TrainingClass:
    own = locked_class(session, class_id, scope)
    if own.state not in OPEN_ROSTER:
        raise RosterFrozen(state=own.state)
    return own


def _reach(actor: Actor) -> Scope:
    scope = scope_of(actor.grants, "roster.import")
    if scope.empty:
        raise Forbidden(permission="roster.import")
    return scope
