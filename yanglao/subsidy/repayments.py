"""Settle what is owed back for lines clawed back after payment: repaid, or deducted from a later line; two people, each time.

Life of a repayment: 1. One person of finance records amount, slip or later line, and why. 2. Another one agrees or refuses. 3. A
deduction whose later line leaves its claim unpaid is undone, and the money is owed again. Each step is an entry of the chain of the
claim that owes, a deduction also of the one that pays less.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from yanglao.completion.review import digest_of
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.units import yuan_text
from yanglao.people import queries as people
from yanglao.people.roles import scope_of
from yanglao.subsidy import claims, refusals
from yanglao.subsidy.models import Claim, ClaimLine
from yanglao.subsidy.run_models import Repayment
from yanglao.subsidy.shapes import PERSONAL
from yanglao.subsidy.steps import note

WAYS = {"repaid": "交回", "deducted": "从后面的申报里扣"}
STATES = {"waiting": "等第二个人确认", "done": "已结清", "refused": "没有通过", "undone": "后来取消"}
NEEDS = "claim.finance"
STANDING = ("waiting", "done")


@dataclass(frozen=True)
class Draft:
    """What came back: ``way`` repaid (``document_no`` of the bank's slip) or deducted (``against_line_id``), and why."""

    way: str
    amount_fen: int
    reason: str
    document_no: str = ""
    against_line_id: str = ""


@dataclass(frozen=True)
class RepaymentView:
    """A repayment with the names that a reader needs."""

    id: str
    line_id: str
    way: str
    amount_fen: int
    against_line_id: str | None
    against_claim_id: str
    document_no: str
    reason: str
    recorded_by: str
    recorded_name: str
    recorded_ms: int
    state: str
    decided_name: str
    decided_ms: int | None
    decision: str

    @property
    def way_name(self) -> str:
        """Return the way in Chinese."""
        return WAYS[self.way]

    @property
    def state_name(self) -> str:
        """Return the state in Chinese."""
        return STATES[self.state]


def record(
    session: Session, claim_id: str, line_id: str, draft: Draft, *, now: datetime, actor: Actor
) -> str:
    """Write down what came back of a line; it counts once a second person agrees. Return its id.

    Raises ClaimUnknown, Forbidden, OwnMoney, ReasonMissing, NothingOwed, TooMuch, SlipMissing, NotDeductible.
    """
    claim, against = _locked(session, claim_id, draft.against_line_id, actor)
    said = claims.need_reason(draft.reason)
    line = session.get(ClaimLine, line_id)
    if line is None or line.claim_id != claim.id or not line.owed_fen or _count(session, line.id, "waiting"):
        raise refusals.NothingOwed()
    most = line.owed_fen - _sum(session, Repayment.line_id == line.id)
    if draft.way == "deducted":
        most = min(most, _deductible(session, claim, against, draft.against_line_id))
    elif not draft.document_no.strip():
        raise refusals.SlipMissing()
    if not 0 < draft.amount_fen <= most:
        raise refusals.TooMuch(most_fen=max(most, 0), most=yuan_text(max(most, 0)))
    row = Repayment(
        claim_id=claim.id,
        line_id=line.id,
        way=draft.way,
        amount_fen=draft.amount_fen,
        against_line_id=draft.against_line_id if draft.way == "deducted" else None,
        document_no=draft.document_no.strip()[:60],
        reason=said,
        recorded_by=actor.person_id,
        recorded_for=actor.stands_for or None,
        recorded_ms=to_ms(now),
        state="waiting",
    )
    session.add(row)
    session.flush()
    _noted(session, row, [claim], "repayment_recorded", now=now, actor=actor)
    return row.id


def decide(
    session: Session,
    claim_id: str,
    repayment_id: str,
    *,
    accept: bool,
    reason: str,
    now: datetime,
    actor: Actor,
) -> None:
    """Agree as a second person, or refuse with a reason.

    Raises ClaimUnknown, Forbidden, OwnMoney, RepaymentUnknown, FourEyes (who recorded it), NotDeductible, ReasonMissing.
    """
    known = session.get(Repayment, repayment_id)
    claim, against = _locked(session, claim_id, (known.against_line_id or "") if known else "", actor)
    row = session.get(Repayment, repayment_id, with_for_update=True, populate_existing=True)
    if row is None or row.claim_id != claim.id or row.state != "waiting":
        raise refusals.RepaymentUnknown()
    if {row.recorded_by, row.recorded_for} & set(actor.hands()):
        raise refusals.FourEyes()
    said = reason.strip()[: claims.LONGEST_REASON] if accept else claims.need_reason(reason)
    row.state = "done" if accept else "refused"
    row.decided_by, row.decided_ms, row.decision = actor.person_id, to_ms(now), said
    touched = [claim]
    if accept:
        _still_owed(session, row)
        claim.settled_fen += row.amount_fen
        if row.against_line_id:
            if against is None or not _open(against):
                raise refusals.NotDeductible()
            against.deducted_fen += row.amount_fen
            touched.append(against)
    session.flush()
    _noted(session, row, touched, f"repayment_{row.state}", now=now, actor=actor)


def undo(session: Session, against: Claim, line: ClaimLine, *, now: datetime) -> None:
    """Owe again what was deducted from a line that leaves its claim before it was paid; the caller holds that claim."""
    wanted = select(Repayment).where(Repayment.against_line_id == line.id, Repayment.state.in_(STANDING))
    for row in session.scalars(wanted.with_for_update()):
        claim = session.get(Claim, row.claim_id, with_for_update=True, populate_existing=True)
        if claim is None:
            continue
        if row.state == "done":
            claim.settled_fen -= row.amount_fen
            against.deducted_fen -= row.amount_fen
        row.state = "undone"
        session.flush()
        _noted(session, row, [claim, against], "repayment_undone", now=now, actor=SYSTEM)


def of_claim(session: Session, claim_id: str) -> list[RepaymentView]:
    """List the repayments of a claim's lines, and those deducted from its lines, the newest first."""
    mine = select(ClaimLine.id).where(ClaimLine.claim_id == claim_id)
    wanted = select(Repayment).where((Repayment.claim_id == claim_id) | Repayment.against_line_id.in_(mine))
    rows = list(session.scalars(wanted.order_by(Repayment.id.desc())))
    names = people.persons(session, {one for row in rows for one in (row.recorded_by, row.decided_by) if one})
    lines = {row.against_line_id for row in rows if row.against_line_id}
    pairs = select(ClaimLine.id, ClaimLine.claim_id).where(ClaimLine.id.in_(lines))
    whose = {str(line): str(claim) for line, claim in session.execute(pairs)}
    return [
        RepaymentView(
            id=row.id,
            line_id=row.line_id,
            way=row.way,
            amount_fen=row.amount_fen,
            against_line_id=row.against_line_id,
            against_claim_id=whose.get(row.against_line_id or "", ""),
            document_no=row.document_no,
            reason=row.reason,
            recorded_by=row.recorded_by,
            recorded_name=names[row.recorded_by].name,
            recorded_ms=row.recorded_ms,
            state=row.state,
            decided_name=names[row.decided_by].name if row.decided_by else "",
            decided_ms=row.decided_ms,
            decision=row.decision,
        )
        for row in rows
    ]


def deducted(session: Session, claim_id: str) -> dict[str, int]:
    """Return line id -> fen that a claim pays less for older debts, as two people agreed."""
    wanted = (
        select(Repayment.against_line_id, func.sum(Repayment.amount_fen))
        .join(ClaimLine, ClaimLine.id == Repayment.against_line_id)
        .where(ClaimLine.claim_id == claim_id, Repayment.state == "done")
        .group_by(Repayment.against_line_id)
    )
    return {str(line_id): int(fen) for line_id, fen in session.execute(wanted)}


def deductible(session: Session, claim_id: str) -> list[tuple[str, str, int]]:
    """Return (line, person, fen) of later lines from which what a claim owes may be deducted, at most 200."""
    claim = session.get(Claim, claim_id)
    if claim is None:
        return []
    wanted = (
        select(ClaimLine)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(Claim.base_id == claim.base_id, Claim.mode == claim.mode, Claim.fund == claim.fund)
        .where(Claim.route == claim.route, Claim.id != claim.id, Claim.state.in_(_OPEN), ClaimLine.live)
        .order_by(ClaimLine.id)
    )
    if claim.route == PERSONAL:
        wanted = wanted.where(Claim.created_by == claim.created_by)
    rows = list(session.scalars(wanted.limit(200)))
    names = people.persons(session, {row.person_id for row in rows})
    return [(row.id, names[row.person_id].name, row.amount_fen) for row in rows]


def waiting_for(session: Session, actor: Actor) -> list[str]:
    """Return the claims with a repayment that the actor, as a second person, may decide."""
    scope = scope_of(actor.grants, NEEDS)
    wanted = select(Claim.id).join(Repayment, Repayment.claim_id == Claim.id)
    wanted = wanted.where(Repayment.state == "waiting", Repayment.recorded_by.not_in(actor.hands()))
    wanted = wanted.where(Repayment.recorded_for.is_(None) | Repayment.recorded_for.not_in(actor.hands()))
    if not scope.all:
        wanted = wanted.where(Claim.division_code.in_(scope.divisions))
    return list(session.scalars(wanted.distinct().order_by(Claim.id)))


_OPEN = ("funded", "bank_returned")


def _open(against: Claim) -> bool:
    return against.state in _OPEN


def _locked(
    session: Session, claim_id: str, against_line_id: str, actor: Actor
) -> tuple[Claim, Claim | None]:
    """Lock the claim that owes and the one that pays less, in order of id."""
    line = session.get(ClaimLine, against_line_id) if against_line_id else None
    if against_line_id and line is None:
        raise refusals.NotDeductible()
    held: dict[str, Claim] = {}
    for one in sorted({claim_id, *([line.claim_id] if line else [])}):
        held[one] = claims.held(session, one, actor, NEEDS)
    claims.not_own(session, held[claim_id], actor)
    return held[claim_id], held[line.claim_id] if line else None


def _still_owed(session: Session, row: Repayment) -> None:
    """Raise NothingOwed when the line owes less by now than what was recorded: the bank sent the payment back meanwhile."""
    line = session.get(ClaimLine, row.line_id, populate_existing=True)
    if line is None or line.owed_fen < _sum(session, Repayment.line_id == row.line_id):
        raise refusals.NothingOwed()


def _deductible(session: Session, claim: Claim, against: Claim | None, line_id: str) -> int:
    """Return what may still be deducted from a line. Raises NotDeductible."""
    line = session.get(ClaimLine, line_id) if line_id else None
    same = against is not None and against.id != claim.id and _open(against)
    if not same or against is None or line is None or not line.live:
        raise refusals.NotDeductible()
    if not _same_debtor(claim, against):
        raise refusals.NotDeductible()
    return line.amount_fen - _sum(session, Repayment.against_line_id == line.id)


def _same_debtor(claim: Claim, against: Claim) -> bool:
    """Tell whether who owes is who would be paid less: the base, or of a claim of their own the person."""
    same = (against.base_id, against.mode, against.fund, against.route) == (
        claim.base_id,
        claim.mode,
        claim.fund,
        claim.route,
    )
    return same and (claim.route != PERSONAL or claim.created_by == against.created_by)


def _sum(session: Session, where: ColumnElement[bool]) -> int:
    wanted = select(func.sum(Repayment.amount_fen)).where(where, Repayment.state.in_(STANDING))
    return session.scalar(wanted) or 0


def _count(session: Session, line_id: str, state: str) -> int:
    wanted = select(func.count()).where(Repayment.line_id == line_id, Repayment.state == state)
    return session.scalar(wanted) or 0


def _noted(
    session: Session, row: Repayment, touched: list[Claim], kind: str, *, now: datetime, actor: Actor
) -> None:
    body = {
        "repayment": row.id,
        "way": row.way,
        "amount_fen": row.amount_fen,
        "line": row.line_id,
        "against": row.against_line_id,
        "document": digest_of(row.document_no),
        "reason": digest_of(row.decision if row.decided_by else row.reason),
    }
    for claim in touched:
        sums = {"settled_fen": claim.settled_fen, "deducted_fen": claim.deducted_fen}
        note(session, claim, kind, body | sums, now=now, actor=actor)
