"""What another policy file would change: the filters of the address, the sums, and the shapes of the API. Money is whole fen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor
from yanglao.kernel.errors import Conflict
from yanglao.kernel.policy import Policy
from yanglao.people.roles import scope_of
from yanglao.subsidy import what_if
from yanglao.subsidy.shapes import obstacle_dict
from yanglao.subsidy.what_if import Compared, Line, Wanted
from yanglao.subsidy.what_if_rules import SAME, Side, Sums, as_dict
from yanglao.web.claim_answers import Kind, Mode, ObstacleOut
from yanglao.web.forms import Query

MOST_PEOPLE = 600


class TooMany(Conflict):
    """Say that so many people are judged in the background only."""

    code = "what_if.too_many"


class WhatIfQuery(Query):
    """The file that is tried, by name or id, and which classes: an empty filter does not limit. ``only``: lines that change."""

    policy: str = Field(default="", max_length=60)
    division: str = Field(default="", max_length=12)
    base_id: str = Field(default="", max_length=26)
    class_id: str = Field(default="", max_length=26)
    state: Literal["", "running", "finished", "archived"] = ""
    since: date | None = None
    until: date | None = None
    kind: Kind = "training"
    mode: Literal["", "online", "offline"] = ""
    only: Literal["", "changed"] = ""

    def wanted(self) -> Wanted:
        """Return which classes and lines are meant."""
        return Wanted(**self.model_dump(exclude={"policy", "only"}))


@dataclass
class Answer:
    """What a policy file would change: sums of everything, class by class, and the lines that are shown."""

    held: Policy
    sums: Sums = field(default_factory=Sums)
    classes: list[tuple[Compared, Sums]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def answer(session: Session, asked: WhatIfQuery, *, now: datetime, actor: Actor) -> Answer:
    """Judge the lines twice. Raises PolicyUnknown, TooMany."""
    held = what_if.chosen(session, asked.policy, now=now, actor=actor)
    wanted = asked.wanted()
    own = what_if.classes_of(session, scope_of(actor.grants, "policy.try"), wanted)
    people = sum(one.enrolled for one in own)
    if people > MOST_PEOPLE:
        raise TooMany(classes=len(own), people=people, most=MOST_PEOPLE)
    return _added(held, what_if.compare(session, own, held, wanted, now=now, actor=actor), asked.only)


def _added(held: Policy, found: Iterable[Compared], only: str) -> Answer:
    told = Answer(held)
    for one in found:
        sums = Sums()
        for line in one.lines:
            sums.add(line.person_id, line.before, line.after)
            told.sums.add(line.person_id, line.before, line.after)
            if not only or line.change != SAME:
                told.lines.append(line)
        told.classes.append((one, sums))
    return told


class WhatIfSumsOut(BaseModel):
    """Sums: what may be claimed by the classes' own files and by the tried one; ``share_…`` once nothing is in the way any more."""

    lines: int
    changed: int
    gain: int
    lose: int
    stay: int
    before_fen: int
    after_fen: int
    difference_fen: int
    share_before_fen: int
    share_after_fen: int


class WhatIfClassOut(WhatIfSumsOut):
    """One class; with ``fault`` its own file cannot be read and it has no lines."""

    class_id: str
    class_name: str
    starts_on: str
    policy_file: str
    fund_before: str
    fund_after: str
    fault: str


class WhatIfReasonOut(BaseModel):
    """A sentence that newly stands in the way, or no longer does, and in how many lines."""

    sentence: str
    lines: int


class WhatIfSideOut(BaseModel):
    """A line by one file."""

    amount_fen: int
    share_fen: int
    obstacles: list[ObstacleOut]


class WhatIfLineOut(BaseModel):
    """One segment of one person by both files. ``claimed_fen``: as it was filed, null when it was not."""

    class_id: str
    enrolment_id: str
    roster_no: int
    name: str
    segment_title: str
    mode: Mode
    claimed_fen: int | None
    change: Literal["blocked", "unblocked", "more", "less", "later", "reasons", "same"]
    before: WhatIfSideOut
    after: WhatIfSideOut


class WhatIfOut(BaseModel):
    """What a policy file would change. Nothing was written."""

    policy_file: str
    policy_digest: str
    example: bool
    total: WhatIfSumsOut
    blocked: list[WhatIfReasonOut]
    unblocked: list[WhatIfReasonOut]
    classes: list[WhatIfClassOut]
    items: list[WhatIfLineOut]
    next: str | None


def answer_dict(told: Answer) -> dict[str, Any]:
    """Return an answer as the API gives it; lines in the order of classes and rosters."""
    return {
        "policy_file": told.held.name,
        "policy_digest": told.held.file_digest,
        "example": told.held.example,
        "total": as_dict(told.sums),
        "blocked": _reasons(told.sums.new),
        "unblocked": _reasons(told.sums.gone),
        "classes": [_class(one, sums) for one, sums in told.classes],
        "items": [_line(one) for one in told.lines],
        "next": None,
    }


def _reasons(counts: dict[str, int]) -> list[dict[str, Any]]:
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [{"sentence": said, "lines": count} for said, count in ordered]


def _class(one: Compared, sums: Sums) -> dict[str, Any]:
    return {
        "class_id": one.own.id,
        "class_name": one.own.name,
        "starts_on": one.own.starts_on.isoformat(),
        "policy_file": one.before_file,
        "fund_before": one.before_fund,
        "fund_after": one.after_fund,
        "fault": one.fault,
        **as_dict(sums),
    }


def _line(one: Line) -> dict[str, Any]:
    return {
        "class_id": one.own.id,
        "enrolment_id": one.enrolment_id,
        "roster_no": one.roster_no,
        "name": one.person_name,
        "segment_title": one.segment_title,
        "mode": one.mode,
        "claimed_fen": one.claimed,
        "change": one.change,
        "before": _side(one.before),
        "after": _side(one.after),
    }


def _side(one: Side) -> dict[str, Any]:
    return {
        "amount_fen": one.amount,
        "share_fen": one.share,
        "obstacles": [obstacle_dict(each) for each in one.obstacles],
    }
