"""我的补贴: what each segment is claimed at, or what stands in the way, in the sentences that the office reads too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint

from yanglao.completion import queries as completion
from yanglao.completion.shapes import EnrolmentStanding
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.subsidy import queries
from yanglao.subsidy.shapes import PERSONAL, obstacle_dict
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("learn_claims", __name__, url_prefix="/learn", enable_openapi=False)


@dataclass(frozen=True)
class Told:
    """One segment: ``claimed`` says where its claim is and what it is worth, else ``why`` are the obstacles in words.

    ``route``: who claimed; ``apply``: where to claim it oneself; ``withdraw``: the claim of one's own that may be taken back;
    ``returned``: why the bank sent the money back, and ``claim``, in which it waits to be paid again.
    """

    title: str
    mode: str
    claimed: str
    amount_fen: int
    why: tuple[dict[str, Any], ...]
    example: bool
    route: str = ""
    apply: str = ""
    withdraw: str = ""
    returned: str = ""
    claim: str = ""


@bp.get("/claims")
@who("learn.own")
def claims() -> str:
    """Show each class with its segments; a class of which nothing was learnt yet says so too.

    Of a class that was left, what was finished in it.
    """
    found = completion.enrolments_of(db.session, actor().person_id, now=now(), withdrawn=True)
    told = [(one.class_name, _told(one)) for one in found if one.state == "enrolled" or _finished(one)]
    example = any(each.example for _, parts in told for each in parts)
    return page("learn/claims.html", found=told, example=example)


def _finished(own: EnrolmentStanding) -> bool:
    """Tell whether somebody who left a class finished a segment of it."""
    return any(one.state == "complete" for one in own.segments)


def _told(own: EnrolmentStanding) -> list[Told]:
    lines = {
        one.segment_id: one
        for one in queries.lines_of_enrolment(db.session, own.id)
        if one.state != "released"
    }
    told, moment = [], now()
    mine = {
        one.segment_id
        for one in queries.for_trainee(db.session, own.id, now=moment, route=PERSONAL)
        if one.claimable
    }
    for one in queries.for_trainee(db.session, own.id, now=moment):
        line = lines.get(one.segment_id)
        claimed = route = withdraw = returned = claim_id = ""
        if line is not None:
            claim = queries.claim(db.session, line.claim_id)
            kept = line.live and not line.due
            claimed, route = claim.state_name if kept else line.state_name, claim.route
            returned, claim_id = (line.bank_reason, claim.id) if line.due else ("", "")
            withdraw = claim.id if route == PERSONAL and claim.state == "filed" else ""
        apply = f"/learn/claims/{own.id}/{one.mode}" if one.segment_id in mine and not claimed else ""
        why = () if claimed else tuple(obstacle_dict(each) for each in one.obstacles)
        trace = line.trace if line else one.trace
        example = bool(trace.get("example"))
        told.append(
            Told(
                one.segment_title,
                one.mode,
                claimed,
                line.amount_fen if line else 0,
                why,
                example,
                route,
                apply,
                withdraw,
                returned,
                claim_id,
            )
        )
    return told
