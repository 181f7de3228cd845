"""Take in lists of people a fund does not pay for (退休、在读、在编): only the keyed hash of the ID number is kept.

A sheet has 身份证号, 从 and 到 (empty: still). What cannot be read is reported row by row; nothing is kept unless every row is good.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from yanglao.files.sheet_reports import SheetReport, digest_of
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Refused
from yanglao.kernel.identifiers import mask_id
from yanglao.kernel.wording import sentence
from yanglao.outside import workbook
from yanglao.people import queries as people
from yanglao.people.reach import need
from yanglao.people.rules import IdFault, check_id
from yanglao.subsidy import tariffs
from yanglao.subsidy.models import Exclusion

GROUPS = {"pensioner": "领取养老金", "student": "在校学生", "civil_servant": "机关事业单位在编人员"}
HEADINGS = {
    "id": ("身份证号", "身份证号码", "证件号码"),
    "since": ("从", "开始日期"),
    "until": ("到", "结束日期"),
}


class HeadingMissing(Refused):
    code = "exclusion.heading_missing"


class RowsBad(Conflict):
    code = "exclusion.rows_bad"


class GroupUnknown(Refused):
    code = "exclusion.group_unknown"


@dataclass(frozen=True)
class RowReport:
    """What became of one row (counted from 1 as in the sheet): new, known, changed or bad with its sentence."""

    row: int
    masked_id: str
    outcome: str
    sentence: str


@dataclass(frozen=True)
class Report(SheetReport[RowReport]):
    """A list as it was read, with its group."""

    group: str
    name: str


@dataclass(frozen=True)
class ListView:
    """A group in force: how many people, since which import."""

    group: str
    name: str
    people: int
    imported_ms: int


@dataclass(frozen=True)
class _Row:
    number: int
    masked_id: str
    id_hash: str
    since: date
    until: date | None
    fault: str = ""


def groups() -> dict[str, str]:
    """Return group -> name of all groups that some fund of some policy file excludes."""
    named = {
        group
        for held in policy.every()
        for fund in tariffs.of(held).funds.values()
        for group in fund.excludes
    }
    return {group: GROUPS.get(group, group) for group in sorted(named | set(GROUPS))}


def take_in(
    session: Session, group: str, content: bytes, *, keep: bool, now: datetime, actor: Actor
) -> Report:
    """Read a list; with ``keep`` its rows are in force from now on. An end date of a known row is renewed,
    and rows hashed under a key that was replaced since make room.

    Raises Forbidden, GroupUnknown, HeadingMissing, RowsBad (with ``keep``), and what ``workbook.read`` raises.
    """
    need(actor, "exclusion.import")
    if group not in groups():
        raise GroupUnknown(group=group)
    rows = _read(content, today=day_of(now))
    digest = digest_of(content)
    held = _held(session, group, [row.id_hash for row in rows])
    reports = tuple(_report(row, held.get((row.id_hash, row.since))) for row in rows)
    if keep:
        if bad := sum(one.outcome == "bad" for one in reports):
            raise RowsBad(rows=bad)
        stale = ~Exclusion.id_hash.startswith(people.id_hash_prefix(), autoescape=True)
        session.execute(delete(Exclusion).where(Exclusion.group_key == group, stale))
        for row in rows:
            known = held.get((row.id_hash, row.since))
            if known is not None:
                known.until = row.until
                continue
            held[row.id_hash, row.since] = fresh = Exclusion(
                id_hash=row.id_hash,
                group_key=group,
                name=groups()[group],
                since=row.since,
                until=row.until,
                imported_by=actor.person_id,
                imported_ms=to_ms(now),
                file_digest=digest,
            )
            session.add(fresh)
        session.flush()
    return Report(digest, keep, reports, group, groups()[group])


def lists(session: Session) -> list[ListView]:
    """List the groups that have somebody on them."""
    rows = session.execute(
        select(Exclusion.group_key, func.count(Exclusion.id_hash.distinct()), func.max(Exclusion.imported_ms))
        .group_by(Exclusion.group_key)
        .order_by(Exclusion.group_key)
    )
    return [ListView(group, groups().get(group, group), int(people_), int(at)) for group, people_, at in rows]


def _read(content: bytes, *, today: date) -> list[_Row]:
    sheet = workbook.read(content).sheets[0]
    start, at = next(((row, found) for row, found in enumerate(map(_heads, sheet.rows)) if found), (0, {}))
    if not at:
        raise HeadingMissing()
    found = []
    for number, cells in enumerate(sheet.rows[start + 1 :], start=start + 2):
        texts = [cell.text.strip() for cell in cells]
        given = {name: texts[place] if 0 <= place < len(texts) else "" for name, place in at.items()}
        if any(given.values()):
            found.append(_row(number, given, today=today))
    return found


def _heads(cells: tuple[workbook.Cell, ...]) -> dict[str, int]:
    """Return name -> column when a row is the heading, else nothing."""
    texts = [cell.text.strip() for cell in cells]
    at = {
        name: next((texts.index(one) for one in known if one in texts), -1)
        for name, known in HEADINGS.items()
    }
    return at if at["id"] >= 0 and at["since"] >= 0 else {}


def _row(number: int, given: dict[str, str], *, today: date) -> _Row:
    checked = check_id("resident", given["id"], today=today)
    masked = mask_id(given["id"])
    if isinstance(checked, IdFault):
        return _Row(number, masked, "", today, None, checked.code)
    sealed = people.id_hash("resident", given["id"])
    try:
        since = _day(given["since"])
        until = _day(given["until"]) if given["until"] else None
    except ValueError:
        return _Row(number, masked, sealed, today, None, "exclusion.bad_day")
    if until is not None and until < since:
        return _Row(number, masked, sealed, since, until, "exclusion.ends_before")
    return _Row(number, masked, sealed, since, until)


def _day(text: str) -> date:
    """Return a day as sheets write it: 2026-03-08, 2026/3/8 or 2026.3.8. Raises ValueError."""
    year, month, day = re.split(r"[-/.]", text.split(" ")[0])
    return date(int(year), int(month), int(day))


def _report(row: _Row, known: Exclusion | None) -> RowReport:
    if row.fault:
        return RowReport(row.number, row.masked_id, "bad", sentence(row.fault))
    outcome = "new" if known is None else "known" if known.until == row.until else "changed"
    return RowReport(row.number, row.masked_id, outcome, "")


def _held(session: Session, group: str, hashes: list[str]) -> dict[tuple[str, date], Exclusion]:
    found: dict[tuple[str, date], Exclusion] = {}
    for start in range(0, len(hashes), 400):
        rows = session.scalars(
            select(Exclusion).where(
                Exclusion.group_key == group, Exclusion.id_hash.in_(hashes[start : start + 400])
            )
        )
        found.update({(row.id_hash, row.since): row for row in rows})
    return found
