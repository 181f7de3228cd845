"""Claims as the API answers them: one shape for lists and single ones. Money is whole fen, durations whole seconds."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.people.roles import scope_of
from yanglao.subsidy import queries
from yanglao.subsidy.shapes import ClaimView, LineView, Look, LookedLine, StepView, obstacle_dict
from yanglao.web.auth import actor
from yanglao.web.forms import Strict

Mode = Literal["online", "offline"]
Kind = Literal["training", "startup", "assessment", "living"]


class ClaimActBody(Strict):
    """The reason of an act; some need one of at least four characters."""

    reason: str = Field(default="", max_length=500)


class ObstacleOut(BaseModel):
    """Why a line cannot be claimed: a code, its figures, and the sentences that everybody reads."""

    code: str
    facts: dict[str, Any]
    sentence: str
    todo: str


class ClaimableOut(BaseModel):
    """One segment of one person as it could be claimed now; ``share_fen`` is what it is worth once nothing is in the way."""

    enrolment_id: str
    roster_no: int
    segment_id: str
    segment_title: str
    mode: Mode
    entered_s: int
    required_s: int
    amount_fen: int
    share_fen: int
    claimable: bool
    obstacles: list[ObstacleOut]
    trace: dict[str, Any]


class ClassClaimableOut(BaseModel):
    """What a class could claim in one mode from one fund, and the policy file it was computed by; ``example`` as the file says of itself."""

    class_id: str
    kind: Kind
    mode: Mode
    fund: str
    policy_file: str
    policy_digest: str
    example: bool
    amount_fen: int
    items: list[ClaimableOut]
    next: str | None


class ClaimLineOut(BaseModel):
    """A line of a claim. ``trace``: inputs, rule, rounding, policy file and evidence head; ``live``: nobody else may claim it.

    ``payment``: paid, due (the bank sent it back: ``bank_reason``) or "" while it is not paid.
    """

    id: str
    claim_id: str
    enrolment_id: str
    person: dict[str, str]
    roster_no: int
    segment_id: str
    segment_title: str
    mode: Mode
    entered_s: int
    amount_fen: int
    live: bool
    state: Literal["draft", "claimed", "released", "pulled", "clawed_back"]
    reason: str
    payment: Literal["", "paid", "due"]
    bank_reason: str
    trace: dict[str, Any]


class OwnClaimLinesOut(BaseModel):
    """What a trainee's own segments are claimed at, and what could be claimed or why not."""

    lines: list[ClaimLineOut]
    items: list[ClaimableOut]
    next: str | None


class ClaimStepOut(BaseModel):
    """One step; with ``document_no`` taken over from a department's paper, confirmed by a second person."""

    id: str
    position: int
    act: str
    title: str
    from_state: str | None
    to_state: str
    by: str
    at: str
    reason: str
    line_id: str | None
    state: Literal["done", "waiting", "refused"]
    document_no: str
    confirmed_by: str
    confirmed_at: str | None


class SubsidyClaimOut(BaseModel):
    """A claim. ``owed_fen`` is what was paid for lines clawed back since, ``held_fen`` what the bank sent back and is due again; ``acts``
    what the caller may do now.
    """

    id: str
    class_id: str
    class_name: str
    base_id: str
    division: str
    kind: Kind
    mode: Mode
    fund: str
    fund_name: str
    route: Literal["institution", "personal"]
    month: str
    state: str
    state_name: str
    state_at: str
    people: int
    total_fen: int
    owed_fen: int
    held_fen: int
    policy_file: str
    policy_digest: str
    example: bool
    roster_digest: str | None
    notice_from: str | None
    notice_until: str | None
    run_id: str | None
    waits_for_second: bool
    acts: list[str]
    lines: list[ClaimLineOut]
    steps: list[ClaimStepOut]


class SubsidyClaimsOut(BaseModel):
    """Claims, the newest first."""

    items: list[SubsidyClaimOut]
    next: str | None


def claim_read(claim_id: str) -> dict[str, Any]:
    """Return a claim within the caller's reach. Raises ClaimUnknown."""
    return claim_told(queries.claim(db.session, claim_id, scope_of(actor().grants, "claim.read")))


def claim_told(one: ClaimView) -> dict[str, Any]:
    """Return a claim with everything that the API says of it to the caller."""
    acts = [act.name for act in queries.acts_for(db.session, one, actor())]
    return claim_dict(one, queries.lines(db.session, one.id), queries.steps(db.session, one.id), acts)


def claim_dict(
    one: ClaimView, lines: list[LineView], steps: list[StepView], acts: list[str]
) -> dict[str, Any]:
    """Return a claim with its lines, steps and what the caller may do."""
    return {
        "id": one.id,
        "class_id": one.class_id,
        "class_name": one.class_name,
        "base_id": one.base_id,
        "division": one.division_code,
        "kind": one.kind,
        "mode": one.mode,
        "fund": one.fund,
        "fund_name": one.fund_name,
        "route": one.route,
        "month": one.month_key,
        "state": one.state,
        "state_name": one.state_name,
        "state_at": rfc3339(one.state_ms),
        "people": one.people,
        "total_fen": one.total_fen,
        "owed_fen": one.owed_fen,
        "held_fen": one.held_fen,
        "policy_file": one.policy_file,
        "policy_digest": one.policy_digest,
        "example": one.example,
        "roster_digest": one.roster_digest,
        "notice_from": one.notice_from.isoformat() if one.notice_from else None,
        "notice_until": one.notice_until.isoformat() if one.notice_until else None,
        "run_id": one.run_id,
        "waits_for_second": one.waits_for_second,
        "acts": acts,
        "lines": [line_dict(line) for line in lines],
        "steps": [_step(step) for step in steps],
    }


def line_dict(one: LineView) -> dict[str, Any]:
    """Return a line of a claim; the ID number is masked."""
    return {
        "id": one.id,
        "claim_id": one.claim_id,
        "enrolment_id": one.enrolment_id,
        "person": {"id": one.person_id, "name": one.person_name, "masked_id": one.masked_id},
        "roster_no": one.roster_no,
        "segment_id": one.segment_id,
        "segment_title": one.segment_title,
        "mode": one.mode,
        "entered_s": one.seconds,
        "amount_fen": one.amount_fen,
        "live": one.live,
        "state": one.state,
        "reason": one.reason,
        "payment": one.payment,
        "bank_reason": one.bank_reason,
        "trace": one.trace,
    }


def look_dict(found: Look) -> dict[str, Any]:
    """Return what a class could claim."""
    return {
        "class_id": found.class_id,
        "kind": found.asked.kind,
        "mode": found.asked.mode,
        "fund": found.asked.fund,
        "policy_file": found.policy_file,
        "policy_digest": found.policy_digest,
        "example": found.example,
        "amount_fen": sum(one.amount for one in found.lines),
        "items": [claimable_dict(one) for one in found.lines],
        "next": None,
    }


def claimable_dict(one: LookedLine) -> dict[str, Any]:
    """Return one segment of one person as it could be claimed."""
    return {
        "enrolment_id": one.enrolment_id,
        "roster_no": one.roster_no,
        "segment_id": one.segment_id,
        "segment_title": one.segment_title,
        "mode": one.mode,
        "entered_s": one.seconds,
        "required_s": one.required_s,
        "amount_fen": one.amount,
        "share_fen": one.share,
        "claimable": one.claimable,
        "obstacles": [obstacle_dict(each) for each in one.obstacles],
        "trace": one.trace,
    }


def _step(one: StepView) -> dict[str, Any]:
    return {
        "id": one.id,
        "position": one.position,
        "act": one.act,
        "title": one.title,
        "from_state": one.from_state,
        "to_state": one.to_state,
        "by": one.actor_name,
        "at": rfc3339(one.at_ms),
        "reason": one.reason,
        "line_id": one.line_id,
        "state": one.state,
        "document_no": one.document_no,
        "confirmed_by": one.confirmed_name,
        "confirmed_at": rfc3339(one.confirmed_ms) if one.confirmed_ms else None,
    }
