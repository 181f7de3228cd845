"""Take in what a bank says of the payments of a settlement run: a report on every row first, then all of it or nothing.

A row names its payment by the 付款编号 of the bank's file: a claim (paid to the base), or a line that stands for all lines of its person in
that claim. A claim that finance approved is paid when every row of it is there; what came back of it is held line by line. The dry run does
what the real one does and is rolled back. Read as any sheet is: .xlsx, .xls, .csv in UTF-8 with or without a mark, or GB18030.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.files.sheet_reports import SheetReport, digest_of
from yanglao.kernel.actor import Actor
from yanglao.kernel.errors import Forbidden, Problem
from yanglao.kernel.units import fen_of, yuan_text
from yanglao.kernel.wording import sentence
from yanglao.people.roles import may, scope_of
from yanglao.subsidy import bank_result_rules as rules
from yanglao.subsidy import bank_returns, claims, queries, repayments, runs, sheet_reading
from yanglao.subsidy.closing import NEEDS, RunClosed
from yanglao.subsidy.refusals import ResultHeadings, ResultRows
from yanglao.subsidy.shapes import ClaimView, LineView
from yanglao.subsidy.steps import note

PURPOSE = "bank.result"
HEADINGS = {
    "key": ("付款编号",),
    "fen": ("实付金额（元）", "实付金额", "金额（元）", "金额", "交易金额"),
    "outcome": ("处理结果", "结果", "交易状态", "状态", "付款状态"),
    "reason": ("失败原因", "退回原因", "原因", "备注说明"),
    "name": ("户名", "收款人", "收款人名称"),
}
NEEDED = frozenset({"key", "outcome"})
NO_REASON = "银行没有写原因"
PAYABLE = ("funded", "bank_returned")


@dataclass(frozen=True)
class RowReport:
    """What became of one row, counted as in the sheet: paid, returned, known or bad with its sentence."""

    row: int
    name: str
    outcome: str
    sentence: str = ""

    @property
    def outcome_name(self) -> str:
        """Return the outcome in Chinese."""
        return rules.NAMES[self.outcome]


class Report(SheetReport[RowReport]):
    """A bank's result file as it was read."""


@dataclass(frozen=True)
class _Held:
    """What a run holds: its claims, their live lines by claim and by id, and what is kept back of lines for older debts."""

    claims: dict[str, ClaimView]
    lines: dict[str, list[LineView]]
    by_id: dict[str, LineView]
    less: dict[str, int]

    def payable(self, claim_id: str, enrolment_id: str = "") -> tuple[LineView, ...]:
        """Return the lines of one enrolment, or of all, that the bank's file was about: those due again, else all."""
        mine = [one for one in self.lines[claim_id] if enrolment_id in ("", one.enrolment_id)]
        return tuple([one for one in mine if one.due] or mine)

    def unnamed(self, claim_id: str, line_ids: set[str]) -> set[str]:
        """Return the enrolments of a claim to which something is paid and that no row is about."""
        rest = (one for one in self.lines[claim_id] if one.id not in line_ids)
        return {one.enrolment_id for one in rest if one.amount_fen > self.less.get(one.id, 0)}


@dataclass(frozen=True)
class _Row:
    """A row with what it is about: ``lines`` of one person, or of everybody where ``whole``."""

    number: int
    name: str
    said: str
    reason: str
    claim_id: str = ""
    lines: tuple[LineView, ...] = ()
    whole: bool = False
    fault: str = ""
    outcome: str = ""


def try_out(session: Session, run_id: str, content: bytes, *, now: datetime, actor: Actor) -> Report:
    """Say row by row what a result file would do; nothing is left of it. Raises RunUnknown, Forbidden, RunClosed, ResultHeadings."""
    nested = session.begin_nested()
    try:
        return _report(content, _done(session, run_id, content, now=now, actor=actor), kept=False)
    finally:
        nested.rollback()


def take_in(session: Session, run_id: str, content: bytes, *, now: datetime, actor: Actor) -> Report:
    """Mark lines as paid or returned as a result file says, all of it or nothing. Raises as ``try_out``, and ResultRows."""
    report = _report(content, _done(session, run_id, content, now=now, actor=actor), kept=True)
    if bad := report.count("bad"):
        raise ResultRows(rows=bad)
    return report


def _report(content: bytes, rows: Sequence[_Row], *, kept: bool) -> Report:
    told = tuple(
        RowReport(row.number, row.name, "bad" if row.fault else row.outcome, row.fault or row.reason)
        for row in rows
    )
    return Report(digest_of(content), kept, told)


def _done(session: Session, run_id: str, content: bytes, *, now: datetime, actor: Actor) -> list[_Row]:
    own = runs.run(session, run_id, scope_of(actor.grants, "claim.read"))
    if not may(actor.grants, NEEDS, division=own.division_code):
        raise Forbidden(permission=NEEDS)
    if own.closed_ms is not None:
        raise RunClosed()
    found = sheet_reading.rows(content, HEADINGS, NEEDED)
    if found is None:
        raise ResultHeadings(fields="、".join(HEADINGS[name][0] for name in ("key", "outcome")))
    held = _gathered(session, own)
    rows = _twice([_read(number, told, held) for number, told in found if told["key"]])
    sealed = digest_of(content)
    done: dict[int, _Row] = {row.number: row for row in rows}
    for claim_id in sorted({row.claim_id for row in rows if row.claim_id}):
        mine = [row for row in rows if row.claim_id == claim_id]
        for row in _of_claim(session, held, mine, file=sealed, now=now, actor=actor):
            done[row.number] = row
    return [done[row.number] for row in rows]


def _gathered(session: Session, own: runs.RunView) -> _Held:
    known = {one.id: one for one in runs.claims_in(session, own)}
    lines = {one: [line for line in queries.lines(session, one) if line.live] for one in known}
    less = {line: fen for one in known for line, fen in repayments.deducted(session, one).items()}
    return _Held(known, lines, {line.id: line for found in lines.values() for line in found}, less)


def _read(number: int, told: dict[str, str], held: _Held) -> _Row:
    """Return a row with the lines it is about; ``fault`` in words where it cannot be used."""
    row = _Row(
        number, told.get("name", "")[:40], rules.outcome_of(told["outcome"]), told.get("reason", "")[:400]
    )
    key, fen = told["key"].strip().lower(), told.get("fen", "")
    line = held.by_id.get(key)
    if key in held.claims:
        row = replace(row, claim_id=key, whole=True, lines=held.payable(key))
    elif line is not None:
        lines = held.payable(line.claim_id, line.enrolment_id)
        row = replace(row, name=row.name or line.person_name, claim_id=line.claim_id, lines=lines)
    if not row.lines:
        return replace(row, fault=sentence("bank_result.key_unknown"), claim_id="")
    if not row.said:
        return replace(row, fault=sentence("bank_result.outcome_unknown"))
    wanted = sum(one.amount_fen - held.less.get(one.id, 0) for one in row.lines)
    if fen and fen_of(fen) != wanted:
        return replace(row, fault=sentence("bank_result.amount_differs", {"wanted": yuan_text(wanted)}))
    return row


def _twice(rows: list[_Row]) -> list[_Row]:
    counts = Counter((row.claim_id, row.whole, row.lines[0].id) for row in rows if row.lines)
    mixed = {row.claim_id for row in rows if row.whole} & {
        row.claim_id for row in rows if row.lines and not row.whole
    }
    return [
        replace(row, fault=sentence("bank_result.key_twice"))
        if row.lines
        and not row.fault
        and (counts[row.claim_id, row.whole, row.lines[0].id] > 1 or row.claim_id in mixed)
        else row
        for row in rows
    ]


def _of_claim(
    session: Session, held: _Held, rows: list[_Row], *, file: str, now: datetime, actor: Actor
) -> list[_Row]:
    """Do what the rows of one claim say; a refusal becomes the fault of each of them."""
    if any(row.fault for row in rows):
        return [replace(row, outcome=row.said) for row in rows]
    own = held.claims[rows[0].claim_id]
    try:
        if own.state in PAYABLE:
            told = {line.id for row in rows for line in row.lines}
            lacking = held.unnamed(own.id, told)
            done = _first(session, own, rows, lacking=len(lacking), now=now, actor=actor)
        else:
            done = [_again(session, own, row, now=now, actor=actor) for row in rows]
        claim = claims.held(session, own.id, actor, NEEDS)
        note(session, claim, "bank_result", {"file": file, "rows": len(rows)}, now=now, actor=actor)
        return done
    except Problem as refusal:
        return [replace(row, fault=sentence(refusal.code, refusal.facts)) for row in rows]


def _first(
    session: Session, own: ClaimView, rows: list[_Row], *, lacking: int, now: datetime, actor: Actor
) -> list[_Row]:
    """Pay a claim that finance approved, and hold what came back of it."""
    if rows[0].whole:
        return [_whole(session, own, rows[0], now=now, actor=actor)]
    if lacking:
        said = sentence("bank_result.incomplete", {"people": lacking})
        return [replace(row, fault=said) for row in rows]
    claims.act(session, own.id, "pay", now=now, actor=actor)
    for row in rows:
        if row.said == "returned":
            _give_back(session, own, row, now=now, actor=actor)
    return [replace(row, outcome=row.said) for row in rows]


def _whole(session: Session, own: ClaimView, row: _Row, *, now: datetime, actor: Actor) -> _Row:
    """Pay a claim to its base, or let the whole of it come back."""
    if row.said == "paid":
        claims.act(session, own.id, "pay", now=now, actor=actor)
        return replace(row, outcome="paid")
    if own.state == "bank_returned":
        return replace(row, outcome="known")
    claims.act(session, own.id, "bank_return", reason=row.reason or NO_REASON, now=now, actor=actor)
    return replace(row, outcome="returned")


def _again(session: Session, own: ClaimView, row: _Row, *, now: datetime, actor: Actor) -> _Row:
    """Say what became of lines of a claim that was paid before: those due again are paid, or some came back."""
    due = row.lines[0].due
    if due == (row.said == "returned"):
        return replace(row, outcome="known")
    if due:
        for line in row.lines:
            bank_returns.pay_again(session, own.id, line.id, now=now, actor=actor)
    elif row.whole:
        claims.act(session, own.id, "bank_return", reason=row.reason or NO_REASON, now=now, actor=actor)
    else:
        _give_back(session, own, row, now=now, actor=actor)
    return replace(row, outcome=row.said)


def _give_back(session: Session, own: ClaimView, row: _Row, *, now: datetime, actor: Actor) -> None:
    said = row.reason if len(row.reason.strip()) >= claims.SHORTEST_REASON else f"{NO_REASON}：{row.reason}"
    for line in row.lines:
        bank_returns.give_back(session, own.id, line.id, reason=said, now=now, actor=actor)
