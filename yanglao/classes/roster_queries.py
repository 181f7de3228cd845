"""Read rosters as they came in, within a scope, and the file that is handed back."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from yanglao.classes import queries
from yanglao.classes.models import RosterImport, RosterMapping, TrainingClass
from yanglao.classes.roster_columns import Header
from yanglao.classes.roster_rules import tidy_phone
from yanglao.classes.roster_sheets import handed_back, unpacked
from yanglao.classes.shapes import ImportView, RowVerdict, Slip
from yanglao.kernel.actor import Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import NotFound
from yanglao.kernel.wording import sentence, todo
from yanglao.outside.ciphers import ciphers


class ImportUnknown(NotFound):
    code = "roster.import_unknown"


def import_(session: Session, import_id: str, scope: Scope) -> ImportView:
    """Return one roster import whose class is within ``scope``. Raises ImportUnknown."""
    found = _views(session, _imports(scope).where(RosterImport.id == import_id))
    if not found:
        raise ImportUnknown(import_id=import_id)
    return found[0]


def imports_of_class(session: Session, class_id: str, scope: Scope) -> list[ImportView]:
    """List the imports of a class, the latest first. Raises ClassUnknown."""
    queries.class_(session, class_id, scope)
    wanted = _imports(scope).where(RosterImport.class_id == class_id)
    return _views(session, wanted.order_by(RosterImport.id.desc()))


def waiting_imports(session: Session, scope: Scope) -> list[ImportView]:
    """List the newest roster of each class within ``scope`` when it was checked, has rows and was never committed,
    where the roster is still open; what a later file took the place of waits no more."""
    newest = select(func.max(RosterImport.id)).group_by(RosterImport.class_id)
    wanted = _imports(scope).where(RosterImport.state == "checked", RosterImport.id.in_(newest))
    found = _views(session, wanted.order_by(RosterImport.id))
    return [view for view in found if view.class_state in _OPEN and view.totals.get("rows")]


def remembered(session: Session, base_id: str) -> dict[str, str]:
    """Return what the headings mean at a base, as its administrators said: bare heading -> field."""
    rows = session.scalars(select(RosterMapping).where(RosterMapping.base_id == base_id))
    return {row.heading: row.field for row in rows}


def result_file(session: Session, import_id: str, scope: Scope, *, now: datetime) -> tuple[str, bytes]:
    """Return the name and the bytes of the .xlsx handed back: the roster with a 结果 column. Raises ImportUnknown."""
    view = import_(session, import_id, scope)
    row = session.get(RosterImport, import_id)
    if row is None:
        raise ImportUnknown(import_id=import_id)
    book = unpacked(ciphers().open(row.cells_sealed))
    header = Header(view.header_row - 1, view.header_rows, view.headings)
    results = {one.row: (one.outcome, said(one)) for one in view.rows}
    stem = view.file_name.rsplit(".", 1)[0] or "花名册"
    return f"{stem}_结果.xlsx", handed_back(book.sheets[view.sheet], header, results, _passwords(row, now))


def slips(session: Session, import_id: str, scope: Scope, *, now: datetime) -> list[Slip]:
    """List who got a first password from this roster, in its order; none once they are erased.

    Raises ImportUnknown.
    """
    view = import_(session, import_id, scope)
    row = session.get(RosterImport, import_id)
    if row is None:
        raise ImportUnknown(import_id=import_id)
    passwords = _passwords(row, now) or {}
    cells = unpacked(ciphers().open(row.cells_sealed)).sheets[view.sheet].rows
    at = view.columns.index("phone") if "phone" in view.columns else -1
    return [
        Slip(one.row, one.name, tidy_phone(cells[one.row - 1][at].text)[0], passwords[one.row])
        for one in view.rows
        if one.row in passwords
    ]


def said(verdict: RowVerdict) -> str:
    """Return the whole verdict on a row in plain Chinese: what a bad one needs, then its warnings."""
    parts = [sentence(verdict.code, verdict.facts)]
    if verdict.outcome == "bad":
        parts.append(todo(verdict.code, verdict.facts))
    parts += ["注意：" + sentence(one["code"], one["facts"]) for one in verdict.warnings]
    return "".join(parts)


_OPEN = frozenset({"draft", "filed", "approved"})


def _passwords(row: RosterImport, now: datetime) -> dict[int, str] | None:
    if row.handout_sealed is None or to_ms(now) >= (row.handout_until_ms or 0):
        return None
    return {
        int(number): password for number, password in json.loads(ciphers().open(row.handout_sealed)).items()
    }


def _imports(scope: Scope) -> Select[RosterImport, TrainingClass]:
    wanted = select(RosterImport, TrainingClass).join(
        TrainingClass, TrainingClass.id == RosterImport.class_id
    )
    if scope.all:
        return wanted
    inner = queries.within(scope).subquery()
    return wanted.join(inner, inner.c.id == RosterImport.class_id)


def _views(session: Session, wanted: Select[RosterImport, TrainingClass]) -> list[ImportView]:
    return [_view(row, own) for row, own in session.execute(wanted)]


def _view(row: RosterImport, own: TrainingClass) -> ImportView:
    verdicts = tuple(RowVerdict(**{**one, "warnings": tuple(one["warnings"])}) for one in row.report["rows"])
    return ImportView(
        id=row.id,
        class_id=row.class_id,
        class_name=own.name,
        class_state=own.state,
        base_id=row.base_id,
        file_name=row.file_name,
        kind=row.kind,
        state=row.state,
        sheets=tuple(row.header["sheets"]),
        sheet=row.sheet,
        header_row=row.header["row"] + 1,
        header_rows=row.header["rows"],
        headings=tuple(row.mapping["headings"]),
        columns=tuple(row.mapping["columns"]),
        missing=tuple(row.report["missing"]),
        totals=dict(row.report["totals"]),
        rows=verdicts,
        left_out=tuple(row.left_out),
        created_by=row.created_by,
        created_ms=row.created_ms,
        committed_by=row.committed_by,
        committed_ms=row.committed_ms,
        passwords_until_ms=row.handout_until_ms if row.handout_sealed else None,
    )
