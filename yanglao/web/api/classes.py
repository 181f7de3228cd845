"""Classes by API: their facts, their steps, late additions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field, Strict

from yanglao.capture.attendance import walk_ins
from yanglao.classes import queries
from yanglao.classes import service as classes
from yanglao.classes.queries import ClassView, LateView
from yanglao.evidence import filing
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import queries as persons
from yanglao.people import service as people
from yanglao.people.roles import scope_of
from yanglao.web import forms
from yanglao.web.api.timetable import session_dict
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.lists import part_of

bp = APIBlueprint("api_classes", __name__, url_prefix="/api/v1", tag="班级 classes")
Day = Annotated[date, Strict(False)]


class ListQuery(forms.Query):
    """Which classes; an empty filter does not limit. ``state`` may name several, parted by commas."""

    state: str = ""
    base_id: str = ""
    division: str = ""
    level: str = ""
    q: str = ""
    after: str = Field(default="", max_length=26)
    limit: int = Field(default=50, ge=1, le=200)


class ClassBody(forms.Strict):
    """A class to be made; without a name one is made up."""

    base_id: str = Field(max_length=26)
    programme_id: str = Field(max_length=60)
    starts_on: Day
    ends_on: Day
    capacity: int
    name: str = Field(default="", max_length=120)


class StepBody(forms.Strict):
    """Why a step is taken; needed for return and withdraw."""

    reason: str = Field(default="", max_length=500)


class LateBody(forms.Strict):
    """Who is to come late, and why."""

    name: str = Field(max_length=60)
    id_number: str = Field(max_length=60)
    id_type: Literal["resident", "hkmo", "taiwan", "passport", "other"] = "resident"
    phone: str = Field(default="", max_length=40)
    employer: str = Field(default="", max_length=120)
    reason: str = Field(max_length=500)


class DecisionBody(forms.Strict):
    """Yes or no to a late addition; no needs its reason."""

    accept: bool
    reason: str = Field(default="", max_length=500)


@bp.get("/classes")
@who("standing.read")
@bp.input(ListQuery, location="query", arg_name="asked")
@bp.doc(summary="List the classes within the caller's scope, newest first")
def list_classes(asked: ListQuery) -> dict[str, Any]:
    """List classes."""
    states = tuple(part for part in asked.state.split(",") if part)
    filters = queries.Filters(states, asked.base_id, asked.division, asked.level, asked.q)
    scope = scope_of(actor().grants, "standing.read")
    found = queries.classes(db.session, scope, filters, after=asked.after, limit=asked.limit + 1)
    return {
        "items": [class_dict(one) for one in found[: asked.limit]],
        "next": found[asked.limit - 1].id if len(found) > asked.limit else None,
    }


@bp.post("/classes")
@who("class.file")
@bp.input(ClassBody, arg_name="body")
@bp.doc(summary="Make a draft class", responses=[404, 422])
def create_class(body: ClassBody) -> dict[str, Any]:
    """Make a draft class."""
    moment, me = now(), actor()
    draft = classes.ClassDraft(**body.model_dump())
    return class_dict(run(lambda: filing.create_class(db.session, draft, now=moment, actor=me)))


@bp.get("/classes/<class_id>")
@who("standing.read")
@bp.doc(summary="Read one class with its steps and its timetable", responses=[404])
def read_class(class_id: str) -> dict[str, Any]:
    """Read one class."""
    found = queries.class_(db.session, class_id, scope_of(actor().grants, "standing.read"))
    steps = [
        {
            "act": one.act,
            "from": one.from_state,
            "to": one.to_state,
            "reason": one.reason,
            "at": rfc3339(one.at_ms),
        }
        for one in queries.steps(db.session, class_id)
    ]
    meetings = [session_dict(one) for one in queries.sessions_of_class(db.session, class_id)]
    return {**class_dict(found), "steps": steps, "sessions": meetings}


@bp.post("/classes/<class_id>/facts")
@who("class.file")
@bp.input(ClassBody, arg_name="body")
@bp.doc(summary="Change the facts of a class that is still a draft", responses=[404, 409, 422])
def revise_class(class_id: str, body: ClassBody) -> dict[str, Any]:
    """Change a draft class."""
    me = actor()
    draft = classes.ClassDraft(**body.model_dump())
    return class_dict(run(lambda: classes.revise_class(db.session, class_id, draft, actor=me)))


@bp.post("/classes/<class_id>/<any(file, approve, return, withdraw, start, finish, archive):act>")
@who("class.file", "class.approve")
@bp.input(StepBody, arg_name="body")
@bp.doc(summary="Take one step of a class's life", responses=[403, 404, 409, 422])
def take_step(class_id: str, act: str, body: StepBody) -> dict[str, Any]:
    """Take one step."""
    moment, me = now(), actor()
    return class_dict(
        run(lambda: filing.take(db.session, class_id, act, reason=body.reason, now=moment, actor=me))
    )


@bp.get("/classes/<class_id>/roster")
@who("standing.read")
@bp.doc(summary="List who is enrolled in a class, in roster order", responses=[404])
def list_roster(class_id: str) -> dict[str, Any]:
    """List a class's roster."""
    queries.class_(db.session, class_id, scope_of(actor().grants, "standing.read"))
    return part_of(roster_items(class_id), "enrolment_id")


@bp.post("/classes/<class_id>/roster/<enrolment_id>/withdraw")
@who("roster.import")
@bp.input(StepBody, arg_name="body")
@bp.doc(summary="Take a person off a class, with the reason; the row stays", responses=[404, 409, 422])
def withdraw(class_id: str, enrolment_id: str, body: StepBody) -> dict[str, Any]:
    """Withdraw a person."""
    moment, me = now(), actor()
    run(
        lambda: filing.withdraw(
            db.session, enrolment_id, class_id=class_id, reason=body.reason, now=moment, actor=me
        )
    )
    return {"items": roster_items(class_id), "next": None}


@bp.get("/classes/<class_id>/late-additions")
@who("standing.read")
@bp.doc(summary="List the late additions of a class, oldest first", responses=[404])
def list_late(class_id: str) -> dict[str, Any]:
    """List late additions."""
    scope = scope_of(actor().grants, "standing.read")
    queries.class_(db.session, class_id, scope)
    found = queries.late_additions(db.session, scope, class_id=class_id)
    return part_of([late_dict(one) for one in found])


@bp.post("/classes/<class_id>/late-additions")
@who("late.request")
@bp.input(LateBody, arg_name="body")
@bp.doc(summary="Ask to add a person to a running class", responses=[404, 409, 422])
def request_late(class_id: str, body: LateBody) -> dict[str, Any]:
    """Ask for a late addition."""
    moment, me = now(), actor()
    person = people.Draft(body.name, body.id_number, body.id_type, body.phone)
    asked = filing.LateRequest(person, body.reason, body.employer)
    return late_dict(run(lambda: filing.request_late(db.session, class_id, asked, now=moment, actor=me)))


@bp.post("/late-additions/<late_id>/decision")
@who("late.decide")
@bp.input(DecisionBody, arg_name="body")
@bp.doc(summary="Accept or refuse a late addition", responses=[403, 404, 409, 422])
def decide_late(late_id: str, body: DecisionBody) -> dict[str, Any]:
    """Decide a late addition, and with it the walk-ins that waited for it."""
    moment, me = now(), actor()
    late, _ = record(
        lambda: walk_ins.decide_late(
            db.session, late_id, accept=body.accept, reason=body.reason, now=moment, actor=me
        ),
        person_ids=lambda decided: decided[1],
    )
    return late_dict(late)


def class_dict(one: ClassView) -> dict[str, Any]:
    """Return a class as the API says it."""
    return {
        "id": one.id,
        "number": one.number,
        "name": one.name,
        "base_id": one.base_id,
        "division": one.division_code,
        "category": one.category_code,
        "level": one.level_code,
        "programme_id": one.programme_id,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "capacity": one.capacity,
        "enrolled": one.enrolled,
        "state": one.state,
        "state_at": rfc3339(one.state_ms),
        "is_demo": one.is_demo,
    }


def roster_items(class_id: str) -> list[dict[str, Any]]:
    """Return a class's roster as the API says it, withdrawn people too; ID numbers are masked."""
    found = queries.roster(db.session, class_id, withdrawn=True)
    known = persons.persons(db.session, (one.person_id for one in found))
    return [
        {
            "enrolment_id": one.id,
            "roster_no": one.roster_no,
            "person": {
                "id": one.person_id,
                "name": known[one.person_id].name,
                "masked_id": known[one.person_id].masked_id,
            },
            "state": one.state,
            "source": one.source,
            "employer": one.employer,
            "trainee_status": one.trainee_status,
            "division": one.division_code,
        }
        for one in found
    ]


def late_dict(one: LateView) -> dict[str, Any]:
    """Return a late addition as the API says it."""
    return {
        "id": one.id,
        "class_id": one.class_id,
        "person_id": one.person_id,
        "reason": one.reason,
        "state": one.state,
        "requested_at": rfc3339(one.requested_ms),
        "decided_at": rfc3339(one.decided_ms) if one.decided_ms else None,
        "decision_reason": one.decision_reason,
    }
