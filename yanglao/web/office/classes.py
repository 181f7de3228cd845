"""Office pages of classes: the list, a new one, one class on one page, the approval sheet."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from yanglao.classes import next_steps, queries, roster_queries
from yanglao.classes.shapes import StepView
from yanglao.classes.states import ACT_NAMES, STATE_NAMES, STATES
from yanglao.courses import queries as courses
from yanglao.evidence import queries as evidence
from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db
from yanglao.people import queries as people
from yanglao.people import wechat
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, wechat_on, who
from yanglao.web.page import page

bp = APIBlueprint("office_classes", __name__, url_prefix="/office", enable_openapi=False)
PAGE_ROWS = 50


class ListQuery(forms.Query):
    """Filters of the list, kept in the address."""

    state: str = ""
    base: str = ""
    division: str = ""
    level: str = ""
    q: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)


@bp.get("/classes")
@who("standing.read")
def list_classes() -> str:
    """Show the classes within the person's scope."""
    asked = forms.read_query(ListQuery)
    scope = scope_of(actor().grants, "standing.read")
    states = (asked.state,) if asked.state in STATES else ()
    filters = queries.Filters(states, asked.base, asked.division, asked.level, asked.q)
    found = queries.classes(db.session, scope, filters, after=asked.after, limit=PAGE_ROWS + 1)
    return page(
        "office/classes.html",
        asked=asked,
        classes=found[:PAGE_ROWS],
        more=found[PAGE_ROWS - 1].id if len(found) > PAGE_ROWS else "",
        counted=queries.count_by_state(db.session, scope, filters),
        state_names=STATE_NAMES,
        places=_names(),
        own_bases=places.bases(db.session, scope),
        may_create=may(actor().grants, "class.file"),
    )


@bp.get("/classes/new")
@who("class.file")
def new_class() -> str:
    """Show the form for a new class."""
    bases = places.bases(db.session, scope_of(actor().grants, "class.file"))
    return page(
        "office/class_new.html",
        bases=bases,
        programmes=courses.programmes(db.session),
        places=_names(),
        today=day_of(now()),
        organisers={one.code: places.organiser_of(one) for one in places.levels(db.session)},
    )


@bp.get("/classes/<class_id>")
@who("standing.read")
def show_class(class_id: str) -> str:
    """Show one class on one page: facts, segments, timetable, roster, steps, what to do next."""
    return page("office/class.html", **_class_facts(class_id))


@bp.get("/classes/<class_id>/approval")
@who("standing.read")
def approval(class_id: str) -> str:
    """Show the sheet an officer approves from; it prints on paper."""
    return page("office/approval.html", **_class_facts(class_id))


def dated(ms: int) -> str:
    """Return the day of milliseconds in full, as paper wants it: 2026-03-08（周日）."""
    day = day_of(ms)
    return f"{day.isoformat()}（周{'一二三四五六日'[day.weekday()]}）"


def stood_for(class_id: str, steps: list[StepView]) -> dict[int, str]:
    """Return position of a step -> for whom a stand-in took it, as the ledger keeps it."""
    found = evidence.of_kinds(
        db.session, "class", class_id, [f"class.{one}" for one in {step.act for step in steps}]
    )
    return {one.body["step"]: one.body["for"] for one in found if "for" in one.body and "step" in one.body}


def _class_facts(class_id: str) -> dict[str, Any]:
    """Gather everything a page about one class shows. Raises ClassUnknown."""
    me, moment = actor(), now()
    own = queries.class_(db.session, class_id, scope_of(me.grants, "standing.read"))
    meetings = queries.sessions_of_class(db.session, class_id)
    enrolled = queries.roster(db.session, class_id, withdrawn=True)
    steps = queries.steps(db.session, class_id)
    lates = queries.late_additions(db.session, scope_of(me.grants, "standing.read"), class_id=class_id)
    known = people.persons(
        db.session,
        {one.instructor_id for one in meetings}
        | {one.planned_instructor for one in meetings}
        | {one.person_id for one in enrolled}
        | {one.actor_id for one in steps}
        | {one.person_id for one in lates}
        | {one.requested_by for one in lates},
    )
    imports = []
    if may(me.grants, "roster.import", base=own.base_id, division=own.division_code):
        imports = roster_queries.imports_of_class(db.session, class_id, scope_of(me.grants, "roster.import"))
    stood = stood_for(class_id, steps)
    known |= people.persons(db.session, stood.values())
    return {
        "own": own,
        "stood": stood,
        "base": places.base(db.session, own.base_id),
        "programme": courses.programme(db.session, own.programme_id),
        "segments": next_steps.segment_plans(db.session, own),
        "sessions": meetings,
        "enrolled": enrolled,
        "bound": wechat.bound_among(db.session, [one.person_id for one in enrolled]),
        "may_print": wechat_on() and may(me.grants, "people.manage", base=own.base_id),
        "may_export": all(
            may(me.grants, one, base=own.base_id, division=own.division_code)
            for one in ("evidence.read", "standing.export")
        ),
        "may_card": may(me.grants, "people.manage", base=own.base_id),
        "steps": steps,
        "lates": lates,
        "known": known,
        "imports": imports,
        "next_steps": next_steps.next_steps(db.session, own, today=day_of(moment), actor=me),
        "rights": next_steps.rights(own, me),
        "path": next_steps.path(own),
        "act_names": ACT_NAMES,
        "state_names": STATE_NAMES,
        "places": _names(),
        "printed_ms": to_ms(moment),
        "dated": dated,
    }


def _names() -> dict[str, dict[str, str]]:
    """Return the names behind the codes of divisions, levels, categories and bases."""
    return {
        "divisions": {one.code: one.name for one in places.divisions(db.session)},
        "levels": {one.code: one.name for one in places.levels(db.session)},
        "categories": {one.code: one.name for one in places.categories(db.session)},
        "bases": {one.id: one.short_name for one in places.bases(db.session)},
    }
