"""Draft a claim from what may be claimed, file it, and take it from act to act of ``states``; every step stands in the ledger.

Lines become live when a claim is filed: each person is locked in order of id and judged anew, and the partial unique key on
(person, occupation, level, kind, segment) holds whatever the locks did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.completion import confirming
from yanglao.kernel import calendar
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import day_of, say_day, to_ms
from yanglao.kernel.errors import Forbidden
from yanglao.people import queries as person_queries
from yanglao.people import service as people
from yanglao.people.roles import may, scope_of
from yanglao.subsidy import carried, payments, settlement
from yanglao.subsidy.claimable import book_of, in_earnest, look
from yanglao.subsidy.eligibility_rules import KINDS
from yanglao.subsidy.models import Claim, ClaimLine
from yanglao.subsidy.refusals import (
    ClaimEmpty,
    ClaimUnknown,
    DraftExists,
    FourEyes,
    LinesChanged,
    NothingToClaim,
    NoticeRunning,
    OwnMoney,
    PaperWaits,
    PersonalClaim,
    PolicyChanged,
    PolicyExample,
    ReasonMissing,
    WrongState,
)
from yanglao.subsidy.shapes import MODES, PERSONAL, Asked, Look, LookedLine
from yanglao.subsidy.states import BY_NAME, STATES, Act, shut_out
from yanglao.subsidy.steps import Told, done_by, step, waiting

SHORTEST_REASON = 4
LONGEST_REASON = 500
PAID = "paid"


def draft(
    session: Session,
    class_id: str,
    asked: Asked,
    *,
    enrolment_ids: Sequence[str] = (),
    now: datetime,
    actor: Actor,
) -> str:
    """Draft a claim of a class from all its claimable lines, or those of some enrolments; return its id.

    Raises ClassUnknown (also outside the caller's scope), FundUnknown, PolicyChanged, DraftExists, NothingToClaim.
    """
    own = classes.class_(session, class_id, scope_of(actor.grants, "claim.file"))
    if asked.kind not in KINDS or asked.mode not in MODES:
        raise ValueError(f"no claim of {asked.kind} {asked.mode}")
    found = look(session, class_id, asked, now=now)
    policy_stands(session, found.policy_file, found.policy_digest)
    same = select(Claim.id).where(
        Claim.class_id == class_id, Claim.kind == asked.kind, Claim.state == "draft"
    )
    if session.scalar(same.where(Claim.mode == asked.mode, Claim.fund == asked.fund)):
        raise DraftExists()
    claim = Claim(
        class_id=class_id,
        base_id=own.base_id,
        division_code=own.division_code,
        kind=asked.kind,
        mode=asked.mode,
        fund=asked.fund,
        month_key=_month(now),
        state="draft",
        state_ms=to_ms(now),
        policy_file=found.policy_file,
        policy_digest=found.policy_digest,
        people=0,
        total_fen=0,
        owed_fen=0,
        created_by=actor.person_id,
        created_ms=to_ms(now),
    )
    session.add(claim)
    session.flush()
    lay(session, claim, _chosen(found, enrolment_ids))
    step(session, claim, Told("draft", None, "draft"), now=now, actor=actor)
    return claim.id


def redraw(session: Session, claim_id: str, *, now: datetime, actor: Actor) -> None:
    """Compute the lines of a draft or returned claim anew, of everybody who may be claimed now.

    Raises ClaimUnknown, Forbidden, WrongState, NothingToClaim, PolicyChanged.
    """
    claim = held(session, claim_id, actor, "claim.file")
    not_personal(claim)
    if claim.state not in ("draft", "returned"):
        raise WrongState(state=claim.state, name=STATES[claim.state])
    found = look(session, claim.class_id, asked_of(claim), now=now, besides=claim.id)
    policy_stands(session, found.policy_file, found.policy_digest)
    claim.policy_file, claim.policy_digest = found.policy_file, found.policy_digest
    lay(session, claim, _chosen(found, ()))
    step(session, claim, Told("redraw", claim.state, claim.state), now=now, actor=actor)


def act(session: Session, claim_id: str, name: str, *, reason: str = "", now: datetime, actor: Actor) -> None:
    """Do one act of ``states.ACTS``.

    Raises:
        ClaimUnknown: outside the caller's scope. Forbidden, FourEyes, OwnMoney: not this person. WrongState, PaperWaits: not now.
        ReasonMissing. Filing: LinesChanged, PolicyChanged. Notice: NoticeRunning, YearNotLoaded. Money: ClaimEmpty, CreditVoided, ProofMissing.
    """
    wanted = BY_NAME[name]
    claim = held(session, claim_id, actor, wanted.needs)
    said = allowed(session, claim, wanted, reason=reason, actor=actor)
    if waiting(session, claim.id):
        raise PaperWaits()
    move(session, claim, wanted, Told(wanted.name, claim.state, wanted.to, reason=said), now=now, actor=actor)


def held(session: Session, claim_id: str, actor: Actor, *permissions: str) -> Claim:
    """Return the row of a claim, locked, that the actor sees and may act on. Raises ClaimUnknown, Forbidden."""
    claim = session.scalar(
        select(Claim).where(Claim.id == claim_id).with_for_update().execution_options(populate_existing=True)
    )
    scope = scope_of(actor.grants, "claim.read")
    if claim is None or not (
        scope.all or claim.base_id in scope.bases or claim.division_code in scope.divisions
    ):
        raise ClaimUnknown()
    where = {"division": claim.division_code, "base": claim.base_id}
    if not any(may(actor.grants, one, **where) for one in permissions):
        raise Forbidden(permission=permissions[0])
    return claim


def allowed(session: Session, claim: Claim, wanted: Act, *, reason: str, actor: Actor) -> str:
    """Return the reason as it is kept. Raises WrongState, FourEyes, OwnMoney, ReasonMissing."""
    if claim.state not in wanted.since:
        raise WrongState(state=claim.state, name=STATES[claim.state])
    if wanted.needs == "claim.file":
        not_personal(claim)
    if shut_out(wanted, done_by(session, claim.id), *actor.hands()):
        raise FourEyes()
    not_own(session, claim, actor)
    return need_reason(reason) if wanted.reason else reason.strip()[:LONGEST_REASON]


def asked_of(claim: Claim) -> Asked:
    """Return what a claim asks for."""
    return Asked(claim.kind, claim.mode, claim.fund, claim.route)


def not_personal(claim: Claim) -> None:
    """Raise PersonalClaim where the trainee, not the base, files and withdraws."""
    if claim.route == PERSONAL:
        raise PersonalClaim()


def not_own(session: Session, claim: Claim, actor: Actor) -> None:
    """Raise OwnMoney when the actor, or for whom they stand, is among whom the claim pays for."""
    ids = select(ClaimLine.person_id).where(ClaimLine.claim_id == claim.id)
    mine = {one for hand in actor.hands() for one in person_queries.same_person_ids(session, hand)}
    if session.scalar(ids.where(ClaimLine.person_id.in_(mine)).limit(1)):
        raise OwnMoney()


def need_reason(reason: str) -> str:
    """Return a reason as it is kept. Raises ReasonMissing: under four characters."""
    said = reason.strip()[:LONGEST_REASON]
    if len(said) < SHORTEST_REASON:
        raise ReasonMissing(shortest=SHORTEST_REASON)
    return said


def move(session: Session, claim: Claim, wanted: Act, told: Told, *, now: datetime, actor: Actor) -> None:
    """Let an act that is allowed have its effects, and write the step. Raises as ``act``."""
    if wanted.name in _BY_POLICY:
        by_policy(session, claim)
    if effect := _EFFECTS.get(wanted.name):
        effect(session, claim, now)
    claim.state, claim.state_ms = wanted.to, to_ms(now)
    session.flush()
    step(session, claim, told, now=now, actor=actor)


def by_policy(session: Session, claim: Claim) -> None:
    """Raise PolicyChanged or PolicyExample unless the policy file of a claim stands as it was and may pay."""
    own = book_of(classes.class_(session, claim.class_id))
    if (own.file, own.digest) != (claim.policy_file, claim.policy_digest):
        raise PolicyChanged(file=claim.policy_file)
    if own.example and in_earnest():
        raise PolicyExample(file=claim.policy_file)


def lines_of(session: Session, claim_id: str, *states: str) -> list[ClaimLine]:
    """Return the lines of a claim in some states in roster order, for this package."""
    wanted = select(ClaimLine).where(ClaimLine.claim_id == claim_id, ClaimLine.state.in_(states))
    return list(session.scalars(wanted.order_by(ClaimLine.roster_no, ClaimLine.segment_key)))


def add_up(session: Session, claim: Claim) -> None:
    """Let the totals of a claim be those of the lines that stand in it."""
    standing = lines_of(session, claim.id, "draft", "claimed")
    claim.people = len({line.person_id for line in standing})
    claim.total_fen = sum(line.amount_fen for line in standing)
    session.flush()


def lock_people(session: Session, person_ids: Iterable[str]) -> None:
    """Lock persons in order of id, so that two who lock the same people never wait for each other."""
    for one in sorted(set(person_ids)):
        people.lock(session, one)


def people_of(session: Session, person_id: str) -> tuple[str, str]:
    """Return a person as a line names them and as whom they stand since: one and the same unless they were merged."""
    return person_id, person_queries.standing_id(session, person_id)


def _chosen(found: Look, enrolment_ids: Sequence[str]) -> list[LookedLine]:
    chosen = [one for one in found.claimable if not enrolment_ids or one.enrolment_id in enrolment_ids]
    if not chosen:
        raise NothingToClaim()
    return chosen


def lay(session: Session, claim: Claim, chosen: Sequence[LookedLine]) -> None:
    """Put lines into a claim in the place of those that wait in it; what was pulled or clawed back stays out."""
    waits = ClaimLine.state.in_(("draft", "released"))
    session.execute(delete(ClaimLine).where(ClaimLine.claim_id == claim.id, waits))
    gone = {
        (line.enrolment_id, line.segment_id) for line in lines_of(session, claim.id, "pulled", "clawed_back")
    }
    session.add_all(
        ClaimLine(
            claim_id=claim.id,
            mode=one.mode,
            enrolment_id=one.enrolment_id,
            person_id=one.person_id,
            occupation=one.occupation,
            level=one.level,
            rank=one.rank,
            kind=claim.kind,
            segment_id=one.segment_id,
            segment_key=one.segment_key,
            roster_no=one.roster_no,
            seconds=one.seconds,
            amount_fen=one.amount,
            trace=one.trace,
            live=False,
            state="draft",
            reason="",
        )
        for one in chosen
        if (one.enrolment_id, one.segment_id) not in gone
    )
    session.flush()
    add_up(session, claim)


def _file(session: Session, claim: Claim, now: datetime) -> None:
    """Judge every line anew under the locks of its people, freeze and hash the roster, and let the lines live."""
    lines = lines_of(session, claim.id, "draft", "released")
    if not lines:
        raise ClaimEmpty()
    lock_people(session, (one for line in lines for one in people_of(session, line.person_id)))
    only = sorted({line.enrolment_id for line in lines}) if claim.route == PERSONAL else ()
    found = look(session, claim.class_id, asked_of(claim), now=now, only=only, besides=claim.id)
    held_now = {(one.enrolment_id, one.segment_id): one for one in found.lines}
    pairs = [(line, held_now.get((line.enrolment_id, line.segment_id))) for line in lines]
    changed = [line.roster_no for line, today in pairs if not _same(line, today)]
    if changed:
        raise LinesChanged(lines=len(changed), numbers=changed)
    for line, today in pairs:
        confirming.close(session, line.enrolment_id, line.segment_id, now=now)
        line.live, line.state = True, "claimed"
        if today:
            line.trace, line.person_id = today.trace, today.person_id
    claim.filed_ms, claim.month_key = to_ms(now), _month(now)
    claim.roster_digest = digest(roster(lines))
    session.flush()
    add_up(session, claim)


def roster(lines: Iterable[ClaimLine]) -> list[list[object]]:
    """Return what a claim's roster hash covers, line by line: references, seconds and fen, nothing personal."""
    return [
        [
            line.roster_no,
            line.enrolment_id,
            line.segment_id,
            line.seconds,
            line.amount_fen,
            digest(line.trace),
        ]
        for line in lines
    ]


def _same(line: ClaimLine, now: LookedLine | None) -> bool:
    return now is not None and now.claimable and (now.seconds, now.amount) == (line.seconds, line.amount_fen)


def _release(session: Session, claim: Claim, _now: datetime) -> None:
    """Let go of the lines: until the claim is filed anew, others may be filed for the same people, who may change their word."""
    lines = lines_of(session, claim.id, "draft", "claimed")
    lock_people(session, (line.person_id for line in lines))
    for line in lines:
        if line.live:
            confirming.reopen(session, line.enrolment_id, line.segment_id)
        line.live, line.state = False, "released"
    claim.roster_digest, claim.notice_from, claim.notice_until = None, None, None
    session.flush()


def _give_notice(session: Session, claim: Claim, now: datetime) -> None:
    """Set the days of the notice: working days after today. Raises YearNotLoaded."""
    _not_empty(session, claim, now)
    days = book_of(classes.class_(session, claim.class_id)).notice_workdays
    claim.notice_from = day_of(now)
    claim.notice_until = calendar.published().add_workdays(day_of(now), days)


def _end_notice(session: Session, claim: Claim, now: datetime) -> None:
    if claim.notice_until is None or day_of(now) <= claim.notice_until:
        raise NoticeRunning(until=say_day(claim.notice_until) if claim.notice_until else "")


def _fund(session: Session, claim: Claim, now: datetime) -> None:
    _not_empty(session, claim, now)
    settlement.join(session, claim, now=now)


def _bank_return(session: Session, claim: Claim, now: datetime) -> None:
    """Owe nothing any more of what came back whole; a closed run is left, a later one pays it again."""
    if claim.state == PAID:
        payments.end(session, claim, now=now)
        claim.owed_fen = claim.settled_fen
        for line in lines_of(session, claim.id, "clawed_back"):
            line.owed_fen = 0
    if settlement.closed(session, claim.run_id):
        settlement.join(session, claim, now=now)


def _pay(session: Session, claim: Claim, now: datetime) -> None:
    _not_empty(session, claim, now)
    payments.begin(session, claim, lines_of(session, claim.id, "claimed"), now=now)


def _not_empty(session: Session, claim: Claim, _now: datetime) -> None:
    """Raise ClaimEmpty without a line, CreditVoided or ProofMissing while what a line rests on does not stand."""
    lines = lines_of(session, claim.id, "claimed")
    if not lines:
        raise ClaimEmpty()
    carried.carry(session, lines)


def policy_stands(session: Session, file: str, file_digest: str) -> None:
    """Raise PolicyChanged when a claim that was filed names the same policy file with other content."""
    used = select(Claim.id).where(Claim.policy_file == file, Claim.policy_digest != file_digest)
    if session.scalar(used.where(Claim.filed_ms.is_not(None)).limit(1)):
        raise PolicyChanged(file=file)


def _month(now: datetime) -> str:
    return day_of(now).isoformat()[:7]


_BY_POLICY = frozenset({"file", "pass_county", "pass_hrss", "give_notice", "end_notice", "fund", "pay"})
_EFFECTS: dict[str, Callable[[Session, Claim, datetime], None]] = {
    "file": _file,
    "withdraw": _release,
    "return": _release,
    "return_hrss": _release,
    "return_notice": _release,
    "return_finance": _release,
    "give_notice": _give_notice,
    "end_notice": _end_notice,
    "fund": _fund,
    "pay": _pay,
    "bank_return": _bank_return,
}
