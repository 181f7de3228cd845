"""Read settlement runs as frozen values: open ones as their claims stand now, closed ones as they were when they were closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session

from yanglao.kernel.actor import EVERYTHING, Actor, Scope
from yanglao.people import queries as people
from yanglao.people.roles import may
from yanglao.places import queries as places
from yanglao.subsidy import claims, payments
from yanglao.subsidy.closing import NEEDS, RunUnknown
from yanglao.subsidy.models import Claim, ClaimLine, SettlementRun
from yanglao.subsidy.queries import Filters, line_views
from yanglao.subsidy.queries import claims as claims_of
from yanglao.subsidy.queries import fund_name as fund_name
from yanglao.subsidy.run_models import RunClosing, RunLine
from yanglao.subsidy.shapes import MODES, ClaimView, LineView
from yanglao.subsidy.states import CLOSE, shut_out
from yanglao.subsidy.steps import done_by

STATES = {"open": "未结账", "closed": "已结账"}
MOST = 2000


@dataclass(frozen=True)
class RunFilters:
    """What to list; an empty one does not limit. ``month`` like 2026-03; ``state`` open or closed."""

    month: str = ""
    mode: str = ""
    fund: str = ""
    division_code: str = ""
    state: str = ""


@dataclass(frozen=True)
class RunView:
    """A run and what its lines add up to, in fen; ``paid_fen`` of those paid out, ``held_fen`` of those that the bank sent back and that are
    due again, ``owed_fen`` what its claims still owe.

    Of a closed run ``claims``, ``people`` and ``total_fen`` are those of its closing, whatever became of them later.
    """

    id: str
    division_code: str
    division_name: str
    month_key: str
    mode: str
    fund: str
    fund_name: str
    number: int
    claims: int
    people: int
    total_fen: int
    paid_fen: int
    held_fen: int
    owed_fen: int
    closed_ms: int | None
    closed_name: str
    digest: str

    @property
    def state(self) -> str:
        """Return open or closed."""
        return "open" if self.closed_ms is None else "closed"

    @property
    def state_name(self) -> str:
        """Return the state in Chinese."""
        return STATES[self.state]

    @property
    def mode_name(self) -> str:
        """Return the mode in Chinese."""
        return MODES[self.mode]


@dataclass(frozen=True)
class HeldLine:
    """A line of a run, the claim it stands in, and the fen as the run holds it; ``left``: the bank returned it out of this closed run."""

    line: LineView
    claim: ClaimView
    amount_fen: int
    left: bool


def runs(session: Session, scope: Scope, filters: RunFilters = RunFilters()) -> list[RunView]:
    """List the runs of the divisions in ``scope``, the latest month first, at most 500."""
    wanted = _within(select(SettlementRun), scope)
    plain = {"month_key": filters.month, "mode": filters.mode, "fund": filters.fund}
    for name, value in {**plain, "division_code": filters.division_code}.items():
        if value:
            wanted = wanted.where(getattr(SettlementRun, name) == value)
    if filters.state:
        closed = select(RunClosing.run_id)
        wanted = wanted.where(
            SettlementRun.id.in_(closed) if filters.state == "closed" else SettlementRun.id.not_in(closed)
        )
    own = SettlementRun
    order = (own.month_key.desc(), own.division_code, own.fund, own.mode, own.number.desc())
    return _views(session, list(session.scalars(wanted.order_by(*order).limit(500))))


def run(session: Session, run_id: str, scope: Scope = EVERYTHING) -> RunView:
    """Return one run within ``scope``. Raises RunUnknown."""
    row = session.scalar(_within(select(SettlementRun), scope).where(SettlementRun.id == run_id))
    if row is None:
        raise RunUnknown()
    return _views(session, [row])[0]


def claims_in(session: Session, own: RunView) -> list[ClaimView]:
    """List the claims of a run, also those with a line that is paid again in it; those of a closed one as they are now, also those that the
    bank returned out of it.
    """
    ids = set(session.scalars(select(RunLine.claim_id).where(RunLine.run_id == own.id).distinct()))
    if own.closed_ms is None:
        ids = payments.claims_in(session, own.id)
    return claims_of(session, EVERYTHING, Filters(ids=tuple(sorted(ids))), limit=MOST) if ids else []


def lines_in(session: Session, own: RunView) -> list[HeldLine]:
    """List the lines of a run by claim and roster number: those that stand in an open one, all that a closed one held."""
    known = {one.id: one for one in claims_in(session, own)}
    paid = payments.now_in()
    where = func.coalesce(paid.c.run_id, Claim.run_id)
    fen = ClaimLine.amount_fen if own.closed_ms is None else RunLine.amount_fen
    wanted = select(ClaimLine, fen, where).join(Claim, Claim.id == ClaimLine.claim_id)
    wanted = wanted.outerjoin(paid, paid.c.line_id == ClaimLine.id)
    if own.closed_ms is None:
        wanted = wanted.where(ClaimLine.claim_id.in_(known), ClaimLine.state == "claimed", where == own.id)
    else:
        wanted = wanted.join(RunLine, RunLine.line_id == ClaimLine.id).where(RunLine.run_id == own.id)
    order = (ClaimLine.claim_id, ClaimLine.roster_no, ClaimLine.segment_key)
    rows = [
        (line, int(fen), run_id != own.id) for line, fen, run_id in session.execute(wanted.order_by(*order))
    ]
    views = line_views(session, [line for line, _, _ in rows])
    return [
        HeldLine(view, known[view.claim_id], fen, left)
        for view, (_, fen, left) in zip(views, rows, strict=True)
    ]


def may_close(session: Session, own: RunView, actor: Actor) -> bool:
    """Tell whether the actor could close a run now, as far as its claims and their doers tell."""
    if own.closed_ms is not None or not may(actor.grants, NEEDS, division=own.division_code):
        return False
    mine = claims_in(session, own)
    ready = [one for one in mine if one.state in (claims.PAID, "bank_returned") or not one.people]
    done = (done_by(session, one.id) for one in mine)
    return len(ready) == len(mine) and not any(shut_out(CLOSE, each, *actor.hands()) for each in done)


def _within(wanted: Select[SettlementRun], scope: Scope) -> Select[SettlementRun]:
    if scope.all:
        return wanted
    return wanted.where(SettlementRun.division_code.in_(scope.divisions) if scope.divisions else false())


def _views(session: Session, rows: list[SettlementRun]) -> list[RunView]:
    ids = [row.id for row in rows]
    now = _sums(session, ids)
    closings = {
        one.run_id: one for one in session.scalars(select(RunClosing).where(RunClosing.run_id.in_(ids)))
    }
    divisions = {one.code: one.name for one in places.divisions(session)}
    names = people.persons(session, {one.closed_by for one in closings.values()})
    funds = {key: fund_name(session, *key) for key in {(row.id, row.fund) for row in rows}}
    found = []
    for row in rows:
        sums, closing = now.get(row.id, (0,) * 6), closings.get(row.id)
        if closing:
            sums = (closing.claims, closing.people, closing.total_fen, closing.total_fen, 0, sums[5])
        found.append(
            RunView(
                row.id,
                row.division_code,
                divisions.get(row.division_code, row.division_code),
                row.month_key,
                row.mode,
                row.fund,
                funds[row.id, row.fund],
                row.number,
                *sums,
                closing.closed_ms if closing else None,
                names[closing.closed_by].name if closing else "",
                closing.digest if closing else "",
            )
        )
    return found


def _sums(session: Session, run_ids: list[str]) -> dict[str, tuple[int, int, int, int, int, int]]:
    """Return run -> claims, people, fen, fen paid, fen due again, fen owed, as its claims and lines stand now."""
    found = {one: (0, 0, 0, 0) for one in run_ids}
    inside: dict[str, set[str]] = {one: set() for one in run_ids}
    owed = dict.fromkeys(run_ids, 0)
    mine = select(Claim.run_id, Claim.id, Claim.owed_fen - Claim.settled_fen)
    for run_id, claim_id, fen in session.execute(mine.where(Claim.run_id.in_(run_ids))):
        inside[str(run_id)].add(claim_id)
        owed[str(run_id)] += int(fen)
    for run_id, claim_id, *more in session.execute(_by_claim(run_ids)):
        inside[run_id].add(claim_id)
        people_, fen, paid, due = (
            before + int(one or 0) for before, one in zip(found[run_id], more, strict=True)
        )
        found[run_id] = (people_, fen, paid, due)
    return {one: (len(inside[one]), *found[one], owed[one]) for one in run_ids}


def _by_claim(run_ids: list[str]) -> Select[Any, Any, Any, Any, Any, Any]:
    """Ask for run, claim, people, fen, fen paid and fen due again of the claimed lines."""
    now = payments.now_in()
    where = func.coalesce(now.c.run_id, Claim.run_id)
    due = func.coalesce(now.c.state, "paid") == "due"
    fen = func.sum(ClaimLine.amount_fen)
    return (
        select(
            where,
            ClaimLine.claim_id,
            func.count(ClaimLine.person_id.distinct()),
            fen,
            fen.filter(Claim.state == claims.PAID, ~due),
            fen.filter(due),
        )
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .outerjoin(now, now.c.line_id == ClaimLine.id)
        .where(where.in_(run_ids), ClaimLine.state == "claimed")
        .group_by(where, ClaimLine.claim_id)
    )
