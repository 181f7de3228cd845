"""Read claims, their lines and steps as frozen values, within a scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.courses import queries as courses
from yanglao.kernel import policy
from yanglao.kernel.actor import EVERYTHING, Actor, Scope
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.subsidy import payments
from yanglao.subsidy.claimable import PolicyBad, best_fund, book_of, look
from yanglao.subsidy.models import Claim, ClaimLine, ClaimStep
from yanglao.subsidy.refusals import ClaimUnknown
from yanglao.subsidy.shapes import INSTITUTION, PERSONAL, Asked, ClaimView, LineView, LookedLine, StepView
from yanglao.subsidy.states import ACTS, BY_NAME, LINE_ACTS, Act, acts_from, shut_out
from yanglao.subsidy.steps import done_by

__all__ = ["ClaimUnknown", "ClaimView", "LineView", "StepView"]

FURTHER_ACTS = {
    "draft": "建草稿",
    "redraw": "重新计算",
    "pull": "异议成立，撤下一人",
    "claw_back": "学时作废，追回",
    "confirm_paper": "第二人确认公文",
    **{one.name: one.title for one in LINE_ACTS},
}
PLAIN = ("state", "mode", "kind", "fund", "base_id", "division_code", "class_id", "month_key", "run_id")


@dataclass(frozen=True)
class Filters:
    """What to list; an empty one does not limit. ``month_key`` like 2026-03; ``text`` in the name of the class."""

    state: str = ""
    mode: str = ""
    kind: str = ""
    fund: str = ""
    base_id: str = ""
    division_code: str = ""
    class_id: str = ""
    month_key: str = ""
    run_id: str = ""
    text: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """An act that a person may do with a claim now."""

    act: Act
    claim: ClaimView


def claim(session: Session, claim_id: str, scope: Scope = EVERYTHING) -> ClaimView:
    """Return one claim within ``scope``. Raises ClaimUnknown."""
    row = session.scalars(_within(select(Claim), scope).where(Claim.id == claim_id)).first()
    if row is None:
        raise ClaimUnknown()
    return _views(session, [row])[0]


def claims(
    session: Session, scope: Scope, filters: Filters = Filters(), *, after: str = "", limit: int = 100
) -> list[ClaimView]:
    """List claims within ``scope``, the newest first; ``after`` is the last id seen."""
    wanted = _filtered(select(Claim), scope, filters).order_by(Claim.id.desc()).limit(limit)
    return _views(session, list(session.scalars(wanted.where(Claim.id < after) if after else wanted)))


def count(session: Session, scope: Scope, filters: Filters = Filters()) -> dict[str, tuple[int, int]]:
    """Return state -> (number of claims, fen) within ``scope``."""
    inner = _filtered(select(Claim), scope, filters).subquery()
    rows = session.execute(
        select(inner.c.state, func.count(), func.sum(inner.c.total_fen)).group_by(inner.c.state)
    )
    return {str(state): (int(number), int(fen or 0)) for state, number, fen in rows}


def lines(session: Session, claim_id: str) -> list[LineView]:
    """List the lines of a claim in roster order, those that left it too."""
    wanted = select(ClaimLine).where(ClaimLine.claim_id == claim_id)
    return line_views(
        session, list(session.scalars(wanted.order_by(ClaimLine.roster_no, ClaimLine.segment_key)))
    )


def lines_of_enrolment(session: Session, enrolment_id: str) -> list[LineView]:
    """List the lines that claims hold of an enrolment, drafts left aside, the newest first."""
    wanted = select(ClaimLine).where(ClaimLine.enrolment_id == enrolment_id, ClaimLine.state != "draft")
    return line_views(session, list(session.scalars(wanted.order_by(ClaimLine.id.desc()))))


def steps(session: Session, claim_id: str) -> list[StepView]:
    """List the steps of a claim, the first one first."""
    wanted = select(ClaimStep).where(ClaimStep.claim_id == claim_id).order_by(ClaimStep.position)
    rows = list(session.scalars(wanted))
    named = {
        one for row in rows for one in (row.actor_id, row.confirmed_by, row.for_id, row.confirmed_for) if one
    }
    known = people.persons(session, named)

    def name(person_id: str | None, stood_for: str | None) -> str:
        said = known[person_id].name if person_id in known else "系统"
        return f"{said}（代 {known[stood_for].name}）" if stood_for in known else said

    return [
        StepView(
            id=row.id,
            position=row.position,
            act=row.act,
            title=act_title(row.act),
            from_state=row.from_state,
            to_state=row.to_state,
            actor_id=row.actor_id,
            actor_name=name(row.actor_id, row.for_id),
            at_ms=row.at_ms,
            reason=row.reason,
            line_id=row.line_id,
            state=row.state,
            document_no=row.document_no,
            file_id=row.file_id,
            confirmed_by=row.confirmed_by,
            confirmed_name=name(row.confirmed_by, row.confirmed_for) if row.confirmed_by else "",
            confirmed_ms=row.confirmed_ms,
        )
        for row in rows
    ]


def act_title(name: str) -> str:
    """Return an act in Chinese."""
    return BY_NAME[name].title if name in BY_NAME else FURTHER_ACTS.get(name, name)


def acts_for(session: Session, own: ClaimView, actor: Actor, *, paper: bool = False) -> list[Act]:
    """List what the actor may do with a claim now; with ``paper`` what may be taken over from a department's document."""
    if own.waits_for_second:
        return []
    done = done_by(session, own.id)
    where = {"division": own.division_code, "base": own.base_id}
    if paper:
        rights = may(actor.grants, "claim.paper", **where)
        return [one for one in acts_from(own.state) if one.paper and rights]
    return [
        one
        for one in acts_from(own.state)
        if may(actor.grants, one.needs, **where)
        and not shut_out(one, done, *actor.hands())
        and not _persons_own(one, own)
    ]


def my_turn(session: Session, actor: Actor, *, today: date) -> list[Turn]:
    """List the claims that wait for the actor, each with the act that leads on, the oldest first; no notice that still runs."""
    found = []
    for one in _LEADING:
        scope = scope_of(actor.grants, one.needs)
        if scope.empty:
            continue
        for state in one.since:
            for own in claims(session, scope, Filters(state=state), limit=200):
                done = done_by(session, own.id)
                runs = one.name == "end_notice" and own.notice_until is not None and today <= own.notice_until
                if (
                    not runs
                    and not own.waits_for_second
                    and not _persons_own(one, own)
                    and not shut_out(one, done, *actor.hands())
                ):
                    found.append(Turn(one, own))
    return sorted(found, key=lambda turn: turn.claim.state_ms)


def _persons_own(act: Act, own: ClaimView) -> bool:
    """Tell whether an act of the base is the trainee's: in a claim that they filed themself."""
    return own.route == PERSONAL and act.needs == "claim.file"


def to_confirm(session: Session, actor: Actor) -> list[ClaimView]:
    """List the claims with a step by paper that the actor, as a second person, may confirm."""
    scope = scope_of(actor.grants, "claim.paper")
    wanted = (
        _within(select(Claim), scope)
        .join(ClaimStep, ClaimStep.claim_id == Claim.id)
        .where(ClaimStep.state == "waiting", ClaimStep.actor_id.not_in(actor.hands()))
        .where(ClaimStep.for_id.is_(None) | ClaimStep.for_id.not_in(actor.hands()))
    )
    return _views(session, list(session.scalars(wanted.order_by(Claim.id))))


def for_trainee(
    session: Session, enrolment_id: str, *, now: datetime, kind: str = "training", route: str = INSTITUTION
) -> list[LookedLine]:
    """Return what could be claimed for an enrolment by a route and what stands in the way, from the fund that holds its class.

    Raises EnrolmentUnknown, PolicyBad.
    """
    own = classes.enrolment(session, enrolment_id)
    training = classes.class_(session, own.class_id)
    fund = fund_for(session, training.id, kind)
    found: list[LookedLine] = []
    for mode in ("online", "offline"):
        asked = Asked(kind, mode, fund, route)
        found += look(session, own.class_id, asked, now=now, only=[enrolment_id]).lines
    return found


def fund_for(session: Session, class_id: str, kind: str) -> str:
    """Return the fund most likely to pay a class: whose window holds it and that has a line for it, else the first."""
    own = classes.class_(session, class_id)
    return best_fund(book_of(own), own, kind)


def _within(wanted: Select[Claim], scope: Scope) -> Select[Claim]:
    if scope.all:
        return wanted
    if scope.empty:
        return wanted.where(false())
    return wanted.where(or_(Claim.base_id.in_(scope.bases), Claim.division_code.in_(scope.divisions)))


def _filtered(wanted: Select[Claim], scope: Scope, filters: Filters) -> Select[Claim]:
    wanted = _within(wanted, scope)
    for name in PLAIN:
        if value := getattr(filters, name):
            wanted = wanted.where(getattr(Claim, name) == value)
    if filters.ids:
        wanted = wanted.where(Claim.id.in_(filters.ids))
    if filters.text:
        wanted = wanted.where(Claim.class_id.in_(classes.ids_named(filters.text)))
    return wanted


def _views(session: Session, rows: Sequence[Claim]) -> list[ClaimView]:
    named = classes.classes_by_id(session, {row.class_id for row in rows})
    bases = {one.id: one for one in places.bases(session)}
    divisions = {one.code: one.name for one in places.divisions(session)}
    ids = [row.id for row in rows]
    waits = set(
        session.scalars(
            select(ClaimStep.claim_id).where(ClaimStep.claim_id.in_(ids), ClaimStep.state == "waiting")
        )
    )
    held = payments.held(session, ids)
    examples = {one.file_digest for one in policy.every() if one.example}
    plain = set(ClaimView.__dataclass_fields__) & set(Claim.__table__.columns.keys())
    return [
        ClaimView(
            **{name: getattr(row, name) for name in plain},
            class_name=named[row.class_id].name,
            base_name=bases[row.base_id].short_name,
            division_name=divisions.get(row.division_code, row.division_code),
            fund_name=_fund_name(named[row.class_id], row.fund),
            waits_for_second=row.id in waits,
            example=row.policy_digest in examples,
            held_lines=held[row.id].lines if row.id in held else 0,
            held_fen=held[row.id].fen if row.id in held else 0,
        )
        for row in rows
    ]


def fund_name(session: Session, run_id: str, fund: str) -> str:
    """Return the name of a run's fund as the policy of its first class gives it; the key itself where there is none."""
    first = session.scalar(select(Claim.class_id).where(Claim.run_id == run_id).order_by(Claim.id).limit(1))
    return _fund_name(classes.class_(session, first), fund) if first else fund


def _fund_name(own: classes.ClassView, fund: str) -> str:
    try:
        found = book_of(own).funds.get(fund)
    except PolicyBad:
        return fund
    return found.name if found else fund


def line_views(session: Session, rows: Sequence[ClaimLine]) -> list[LineView]:
    """Return rows of lines as they are read, for this package."""
    known = people.persons(session, {row.person_id for row in rows})
    segments = courses.segments(session, {row.segment_id for row in rows})
    plain = set(LineView.__dataclass_fields__) & set(ClaimLine.__table__.columns.keys())
    ids = [row.id for row in rows]
    standing, said = payments.standing(session, ids), payments.reasons(session, ids)
    return [
        LineView(
            **{name: getattr(row, name) for name in plain},
            person_name=known[row.person_id].name,
            masked_id=known[row.person_id].masked_id,
            segment_title=segments[row.segment_id].title,
            payment=standing[row.id].state if row.id in standing else "",
            bank_reason=said.get(row.id, ""),
        )
        for row in rows
    ]


_LEADING = tuple(
    one for one in ACTS if not one.name.startswith("return") and one.name not in ("withdraw", "bank_return")
)
