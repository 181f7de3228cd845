"""What the bank sends back of a paid claim, line by line: recorded by one person of finance, paid again by another.

Life of a returned line: 1. Finance records the bank's reason; the others stay paid, and the trainee is told. 2. Base or trainee correct the
account. 3. The line stands in the next bank file of the open run. 4. Somebody else of finance pays it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.messages import service as messages
from yanglao.people.roles import scope_of
from yanglao.subsidy import carried, claims, payees, payments, refusals
from yanglao.subsidy.leaving import LineUnknown
from yanglao.subsidy.models import Claim, ClaimLine, ClaimStep
from yanglao.subsidy.queries import Filters
from yanglao.subsidy.queries import claims as claims_of
from yanglao.subsidy.run_models import Payment
from yanglao.subsidy.shapes import PERSONAL, ClaimView
from yanglao.subsidy.states import LINE_ACT, Act
from yanglao.subsidy.steps import Told, step, waiting


@dataclass(frozen=True)
class Returned:
    """How much of a claim waits to be paid again; of how many lines the account was corrected since."""

    claim: ClaimView
    lines: int
    corrected: int


def give_back(
    session: Session, claim_id: str, line_id: str, *, reason: str, now: datetime, actor: Actor
) -> None:
    """Record that the bank sent one line back; the rest stays paid.

    Raises ClaimUnknown, Forbidden, WrongState, FourEyes, OwnMoney, ReasonMissing, PaperWaits, LineUnknown, NotPaidLine.
    """
    act = LINE_ACT["return_line"]
    claim, line, said = _held(session, claim_id, line_id, act, reason=reason, actor=actor)
    before = payments.standing(session, [line.id]).get(line.id)
    if before is not None and before.state != "paid":
        raise refusals.NotPaidLine()
    due = payments.give_back(session, claim, line, reason=said, now=now)
    told = Told(act.name, claim.state, act.to, reason=said, line_id=line.id, payment=(due.number, due.run_id))
    step(session, claim, told, now=now, actor=actor)
    facts = {"class_name": classes.class_(session, claim.class_id).name, "reason": said}
    once = f"{claim.id}:{line.person_id}:{to_ms(now)}"
    messages.tell(session, line.person_id, "subsidy_returned", facts, once=once, now=now)


def pay_again(session: Session, claim_id: str, line_id: str, *, now: datetime, actor: Actor) -> None:
    """Pay a line that the bank sent back; who recorded that may not.

    Raises ClaimUnknown, Forbidden, WrongState, FourEyes, OwnMoney, PaperWaits, LineUnknown, NotDueLine, PolicyChanged, PolicyExample,
    CreditVoided, ProofMissing.
    """
    act = LINE_ACT["pay_line"]
    claim, line, _ = _held(session, claim_id, line_id, act, reason="", actor=actor)
    due = payments.standing(session, [line.id]).get(line.id)
    if due is None or due.state != "due":
        raise refusals.NotDueLine()
    if _returned_by(session, line) & set(actor.hands()):
        raise refusals.FourEyes()
    claims.by_policy(session, claim)
    carried.carry(session, [line])
    payments.pay_again(session, due, now=now)
    told = Told(act.name, claim.state, act.to, line_id=line.id, payment=(due.number, due.run_id))
    step(session, claim, told, now=now, actor=actor)


def waiting_for(session: Session, actor: Actor, permission: str) -> list[Returned]:
    """List what waits to be paid again within the reach of one of the actor's rights, the oldest claim first."""
    scope = scope_of(actor.grants, permission)
    wanted = select(Payment.claim_id).where(Payment.state == "due").distinct()
    ids = tuple(session.scalars(wanted))
    if scope.empty or not ids:
        return []
    found = claims_of(session, scope, Filters(ids=ids), limit=len(ids))
    return [_returned(session, one) for one in reversed(found)]


def _returned(session: Session, own: ClaimView) -> Returned:
    rows = session.execute(
        select(ClaimLine.person_id, Payment.state_ms)
        .join(Payment, Payment.line_id == ClaimLine.id)
        .where(Payment.claim_id == own.id, Payment.state == "due")
    ).all()
    held = payees.of_people(session, sorted({person for person, _ in rows}))
    base = payees.of_base(session, own.base_id) if own.route != PERSONAL else None
    since = {person: one.set_ms for person, one in held.items()}
    corrected = sum(since.get(person, base.set_ms if base else 0) >= at for person, at in rows)
    return Returned(own, len(rows), corrected)


def _held(
    session: Session, claim_id: str, line_id: str, act: Act, *, reason: str, actor: Actor
) -> tuple[Claim, ClaimLine, str]:
    claim = claims.held(session, claim_id, actor, act.needs)
    said = claims.allowed(session, claim, act, reason=reason, actor=actor)
    if waiting(session, claim.id):
        raise refusals.PaperWaits()
    line = session.get(ClaimLine, line_id, populate_existing=True)
    if line is None or line.claim_id != claim.id:
        raise LineUnknown()
    if line.state != "claimed":
        raise refusals.NotPaidLine()
    return claim, line, said


def _returned_by(session: Session, line: ClaimLine) -> set[str | None]:
    """Return who recorded that the bank sent a line back the last time, and for whom."""
    wanted = select(ClaimStep).where(ClaimStep.line_id == line.id, ClaimStep.act == "return_line")
    row = session.scalars(wanted.order_by(ClaimStep.position.desc()).limit(1)).first()
    return {row.actor_id, row.for_id} if row else set()
