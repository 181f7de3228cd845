"""Say what a person can do with a class now, and what still stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from yanglao.classes import queries, rules, service
from yanglao.classes.states import ACT_NAMES, OPEN_ROSTER, OPEN_TIMETABLE, STEPS
from yanglao.courses import queries as courses
from yanglao.kernel.actor import Actor
from yanglao.kernel.wording import sentence
from yanglao.people.roles import may

PATH = ("draft", "filed", "approved", "running", "finished", "archived")
PATH_NAMES = ("建班", "报审", "批准", "开班", "结业", "归档")


@dataclass(frozen=True)
class NextStep:
    """A step the person has the right to; ``lacking`` are sentences, empty when nothing stands in the way."""

    act: str
    label: str
    needs_reason: bool
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class SegmentPlan:
    """A segment of the class's programme and the seconds that its sessions plan (0 for online)."""

    segment: courses.SegmentView
    planned_s: int
    enough: bool


@dataclass(frozen=True)
class Rights:
    """What the person may do besides steps, as the class stands now."""

    roster: bool
    timetable: bool
    attendance: bool
    revise: bool
    withdraw: bool
    late: bool
    decide_late: bool


def next_steps(session: Session, own: queries.ClassView, *, today: date, actor: Actor) -> list[NextStep]:
    """List the steps of the table that the person may take with the class, the one that leads on first."""
    found = []
    for (state, act), step in STEPS.items():
        if state != own.state:
            continue
        if not may(actor.grants, step.permission, division=own.division_code, base=own.base_id):
            continue
        if act == "approve" and actor.person_id in {own.created_by, own.filed_by}:
            continue
        gaps = service.gaps_before(session, own.id, act, today=today)
        lacking = tuple(sentence(gap.code, gap.facts) for gap in gaps)
        found.append(NextStep(act, ACT_NAMES[act], step.needs_reason, lacking))
    return found


def segment_plans(session: Session, own: queries.ClassView) -> list[SegmentPlan]:
    """List the segments of the class's programme with what its timetable gives each."""
    meetings = queries.sessions_of_class(session, own.id)
    plans = []
    for segment in courses.programme(session, own.programme_id).segments:
        planned = rules.planned_s(meetings, segment.id)
        plans.append(SegmentPlan(segment, planned, segment.mode == "online" or planned >= segment.required_s))
    return plans


def rights(own: queries.ClassView, actor: Actor) -> Rights:
    """Say what the person may do with the roster, the timetable and late additions of the class."""

    def allowed(permission: str) -> bool:
        return may(actor.grants, permission, division=own.division_code, base=own.base_id)

    return Rights(
        roster=own.state in OPEN_ROSTER and allowed("roster.import"),
        timetable=own.state in OPEN_TIMETABLE and allowed("session.plan"),
        attendance=own.state in {"running", "finished", "archived"} and allowed("session.plan"),
        revise=own.state == "draft" and allowed("class.file"),
        withdraw=own.state in OPEN_ROSTER | {"running"} and allowed("roster.import"),
        late=own.state == "running" and allowed("late.request"),
        decide_late=allowed("late.decide"),
    )


def path(own: queries.ClassView) -> list[tuple[str, str]]:
    """Return the way of a class as (words, passed | here | returned | "") for a stepper."""
    if own.state == "withdrawn":
        return [("建班", "passed"), ("已撤回", "returned")]
    here = PATH.index(own.state)
    marks = ["passed" if at < here else "here" if at == here else "" for at in range(len(PATH))]
    return list(zip(PATH_NAMES, marks, strict=True))
