"""Take in the results of level assessments from a sheet: a report on every row first, then all of it or nothing.

Read as any sheet is (.xlsx, .xls, .csv in UTF-8 with or without BOM, or GB18030). ID numbers and numbers of certificates must stand there
as text: a number that a spreadsheet has shortened is refused, not guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from yanglao.certificates import level_life, level_queries, level_rules
from yanglao.certificates.level_models import LevelCertificate
from yanglao.certificates.level_queries import LevelView
from yanglao.classes import queries as classes
from yanglao.files.sheet_reports import SheetReport, digest_of
from yanglao.flags.service import raise_flag
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.kernel.identifiers import mask_id, mask_name
from yanglao.kernel.wording import sentence
from yanglao.outside import workbook
from yanglao.people import queries as people
from yanglao.people.roles import may
from yanglao.people.rules import IdFault, check_id, clean_name

HEADINGS = {
    "name": ("姓名", "考生姓名"),
    "id": ("身份证号", "身份证号码", "证件号码", "证件号"),
    "number": ("证书编号", "证书号码", "等级证书编号"),
    "occupation": ("职业", "职业名称", "职业（工种）", "职业(工种)"),
    "level": ("等级", "技能等级", "职业技能等级", "级别"),
    "issuer": ("评价机构", "发证机构", "发证单位", "评价机构名称"),
    "issued_on": ("发证日期", "颁证日期", "发证时间"),
}
MOST_ROWS = 5000
PURPOSE = "level.sheet"


class HeadingMissing(Refused):
    """Say which columns the sheet lacks."""

    code = "level.heading_missing"


class RowsBad(Conflict):
    """Say how many rows cannot be recorded; nothing was."""

    code = "level.rows_bad"


@dataclass(frozen=True)
class RowReport:
    """What became of one row (counted from 1 as in the sheet): new, known, or bad with its sentence."""

    row: int
    name: str
    masked_id: str
    number: str
    outcome: str
    sentence: str = ""


class Report(SheetReport[RowReport]):
    """A sheet as it was read."""


@dataclass(frozen=True)
class _Row:
    number: int
    name: str
    masked_id: str
    shown: str
    fault: str = ""
    person_id: str = ""
    occupation: str = ""
    issuer: str = ""
    reported: level_rules.Reported | None = None


def take_in(session: Session, content: bytes, *, keep: bool, now: datetime, actor: Actor) -> Report:
    """Read a sheet of results; with ``keep`` its rows are on record from now on, all of them or none.

    Raises Forbidden, HeadingMissing, RowsBad (with ``keep``), and what ``workbook.read`` raises.
    """
    rows, held = _judged(session, content, now=now, actor=actor)
    reports = tuple(_report(row, held) for row in rows)
    digest = digest_of(content)
    if not keep:
        return Report(digest, False, reports)
    if bad := sum(one.outcome == "bad" for one in reports):
        raise RowsBad(rows=bad)
    fresh = [row for row, said in zip(rows, reports, strict=True) if said.outcome == "new"]
    for row in fresh:
        level_life.begin(session, _recorded(row, digest, now=now, actor=actor), now=now, actor=actor)
    for row, said in zip(rows, reports, strict=True):
        if said.outcome == "known":
            level_life.catch_up(session, row.shown, now=now, actor=actor)
    _look(session, fresh, now=now)
    return Report(digest, True, reports)


def look_for_doubles(session: Session, content: bytes, *, now: datetime, actor: Actor) -> None:
    """Raise a flag for every number that stands for two people, in the sheet or on record. Raises as ``take_in``.

    In a transaction of its own before ``take_in``, which refuses such a sheet and keeps nothing.
    """
    rows, held = _judged(session, content, now=now, actor=actor)
    owners: dict[str, set[str]] = {}
    for row in rows:
        if row.reported and row.person_id:
            owners.setdefault(row.reported.number.text, set()).add(row.person_id)
    for number, persons in owners.items():
        named = persons | ({held[number].person_id} if number in held else set())
        if len(named) < 2:
            continue
        for person_id in sorted(named):
            raise_flag(
                session,
                "certificate.level_twice",
                subject=("person", person_id),
                facts={"people": len(named), "at_ms": to_ms(now), "persons": sorted(named)},
                once=f"certificate.level_twice:{number}:{person_id}",
                now=now,
            )


def _judged(
    session: Session, content: bytes, *, now: datetime, actor: Actor
) -> tuple[list[_Row], dict[str, LevelView]]:
    if not may(actor.grants, "report.level"):
        raise Forbidden(permission="report.level")
    today = day_of(now)
    province = policy.on(today).certificates.level_province
    rows = [
        _row(session, number, cells, today=today, province=province, actor=actor)
        for number, cells in _lines(content)
    ]
    held = level_queries.by_numbers(session, [row.reported.number.text for row in rows if row.reported])
    return _twice(rows, held), held


def _lines(content: bytes) -> list[tuple[int, dict[str, workbook.Cell]]]:
    sheet = workbook.read(content).sheets[0]
    heads = ((row, _columns([cell.text.strip() for cell in cells])) for row, cells in enumerate(sheet.rows))
    start, at = next(((row, found) for row, found in heads if {"id", "number"} <= set(found)), (0, {}))
    if lacking := [known[0] for name, known in HEADINGS.items() if name not in at]:
        raise HeadingMissing(fields="、".join(lacking))
    found = []
    for number, cells in enumerate(sheet.rows[start + 1 : start + 1 + MOST_ROWS], start=start + 2):
        given = {
            name: cells[place] if place < len(cells) else workbook.Cell("") for name, place in at.items()
        }
        if any(cell.text.strip() for cell in given.values()):
            found.append((number, given))
    return found


def _columns(texts: Sequence[str]) -> dict[str, int]:
    return {
        name: next(texts.index(one) for one in known if one in texts)
        for name, known in HEADINGS.items()
        if any(one in texts for one in known)
    }


def _row(
    session: Session,
    number: int,
    cells: dict[str, workbook.Cell],
    *,
    today: date,
    province: int,
    actor: Actor,
) -> _Row:
    given = {name: cell.text.strip() for name, cell in cells.items()}
    row = _Row(number, mask_name(given["name"]), mask_id(given["id"]), given["number"][:30])
    if cells["id"].damaged or cells["number"].damaged:
        return replace(row, fault="level.not_text")
    checked = check_id("resident", given["id"], today=today)
    if isinstance(checked, IdFault):
        return replace(row, fault=checked.code)
    reported = _reported(given)
    if isinstance(reported, str):
        return replace(row, fault=reported)
    person = people.find_by_id_number(session, given["id"])
    if person is None:
        return replace(row, fault="level.person_unknown")
    row = replace(
        row,
        person_id=person.id,
        occupation=given["occupation"][:60],
        issuer=given["issuer"][:80],
        reported=reported,
        fault=level_rules.fault(reported, province=province, today=today) or "",
    )
    if not given["occupation"] or not given["issuer"]:
        return replace(row, fault="level.cell_empty")
    if clean_name(given["name"]) != person.name:
        return replace(row, fault="level.name_differs")
    return replace(row, fault="level.own") if person.id == actor.person_id else row


def _reported(given: dict[str, str]) -> level_rules.Reported | str:
    number, level = level_rules.read_number(given["number"]), level_rules.level_of(given["level"])
    day = level_rules.day_of(given["issued_on"])
    if number is None:
        return "level.number_shape"
    if level is None:
        return "level.level_unknown"
    return level_rules.Reported(number, level, day) if day else "level.bad_day"


def _twice(rows: Iterable[_Row], held: dict[str, LevelView]) -> list[_Row]:
    rows = list(rows)
    counts = Counter(row.reported.number.text for row in rows if row.reported)
    found = []
    for row in rows:
        own = held.get(row.reported.number.text) if row.reported else None
        another = own is not None and own.person_id != row.person_id
        if own is not None and own.withdrawn and not row.fault:
            row = replace(row, fault="level.withdrawn")
        if row.reported and not row.fault and (another or counts[row.reported.number.text] > 1):
            row = replace(row, fault="level.number_twice")
        found.append(row)
    return found


def _report(row: _Row, held: dict[str, LevelView]) -> RowReport:
    if row.fault or row.reported is None:
        said = sentence(row.fault)
        return RowReport(row.number, row.name, row.masked_id, row.shown, "bad", said)
    outcome = "known" if row.reported.number.text in held else "new"
    return RowReport(row.number, row.name, row.masked_id, row.reported.number.text, outcome)


def _recorded(row: _Row, digest: str, *, now: datetime, actor: Actor) -> LevelCertificate:
    assert row.reported is not None
    return LevelCertificate(
        number=row.reported.number.text,
        person_id=row.person_id,
        occupation=row.occupation,
        level_code=row.reported.level_code,
        issuer=row.issuer,
        issued_on=row.reported.issued_on,
        recorded_by=actor.person_id,
        recorded_ms=to_ms(now),
        file_digest=digest,
    )


def _look(session: Session, fresh: Sequence[_Row], *, now: datetime) -> None:
    """Raise what looks wrong with what was just recorded: dated within a class of that level, or many on one day."""
    days: dict[tuple[str, date], str] = {}
    for row in fresh:
        assert row.reported is not None
        days.setdefault((row.issuer, row.reported.issued_on), row.person_id)
        _look_early(session, row, row.reported, now=now)
    counts = {key: level_queries.count_on(session, *key) for key in days}
    most = policy.on(day_of(now)).certificates.level_day_most
    for key in level_rules.bursts(counts, most=most):
        raise_flag(
            session,
            "certificate.level_burst",
            subject=("person", days[key]),
            facts={"certificates": counts[key], "day": key[1].isoformat()},
            once=f"certificate.level_burst:{sha256(key[0].encode()).hexdigest()[:16]}:{key[1].isoformat()}",
            now=now,
        )


def _look_early(session: Session, row: _Row, reported: level_rules.Reported, *, now: datetime) -> None:
    enrolments = [one for one in classes.enrolments_of(session, row.person_id) if one.state == "enrolled"]
    own: dict[str, Any] = classes.classes_by_id(session, {one.class_id for one in enrolments})
    for one in enrolments:
        level = own[one.class_id].level_code
        if level == reported.level_code and one.starts_on <= reported.issued_on < one.ends_on:
            raise_flag(
                session,
                "certificate.level_before_end",
                subject=("enrolment", one.id),
                facts={"day": reported.issued_on.isoformat(), "at_ms": to_ms(now)},
                once=f"certificate.level_before_end:{reported.number.text}:{one.id}",
                now=now,
            )
