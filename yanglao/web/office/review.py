"""学时审核: the completion log by trainee, and one trainee's record with every line of evidence."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from pydantic import Field

from yanglao.capture.attendance import mark_photos
from yanglao.classes import queries as classes
from yanglao.completion.hours import explain
from yanglao.courses import queries as courses
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.oversight import exports, log
from yanglao.oversight.record import record
from yanglao.oversight.sheets import MODES, STATES, VERDICTS
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.hours_told import Asked, told_day
from yanglao.web.page import page

bp = APIBlueprint("office_review", __name__, url_prefix="/office/review", enable_openapi=False)


class ListQuery(forms.Query):
    """Filters of the log, kept in the address; the names are those of the API."""

    class_id: str = Field(default="", max_length=26)
    base_id: str = Field(default="", max_length=26)
    division: str = Field(default="", max_length=12)
    segment_id: str = Field(default="", max_length=26)
    mode: Literal["", "online", "offline"] = ""
    state: Literal["", "not_started", "in_progress", "hours_met", "complete"] = ""
    review: Literal["", "none", "confirmed", "questioned"] = ""
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=60)


@bp.get("")
@who("standing.read")
def review_list() -> str:
    """Show trainees with their online and offline hours apart, what is lacking, and what waits for a decision."""
    asked, me, moment = forms.read_query(ListQuery), actor(), now()
    wanted = asked.model_dump(exclude={"after"}, exclude_defaults=True)
    scope = scope_of(me.grants, "standing.read")
    return page(
        "office/review.html",
        asked=asked,
        found=log.page(db.session, scope, exports.filters_of(wanted), now=moment, after=asked.after),
        waiting=log.waiting(db.session, scope_of(me.grants, "scan.decide"), class_id=asked.class_id)
        if may(me.grants, "scan.decide")
        else [],
        wanted=wanted,
        said=exports.said_filter(db.session, wanted),
        link=lambda **more: f"/office/review?{urlencode({**wanted, **more})}",
        choices=_choices(asked),
        state_names=STATES,
        may_export=may(me.grants, "standing.export"),
        me=me.person_id,
        moment_ms=int(moment.timestamp() * 1000),
    )


@bp.get("/<enrolment_id>")
@who("evidence.read")
def review_one(enrolment_id: str) -> str:
    """Show one trainee's record; the list opens it in its drawer."""
    me, moment = actor(), now()
    found = record(db.session, scope_of(me.grants, "evidence.read"), enrolment_id, now=moment)
    own = found.own
    where = {"base": own.base_id, "division": own.class_division_code}
    return page(
        "office/evidence.html",
        found=found,
        reviewers=_reviewers(found),
        verdicts=VERDICTS,
        photos=mark_photos.having(db.session, _photographed(found), now=moment),
        may_review=may(me.grants, "hours.review", **where) and me.person_id != own.person_id,
        may_decide=may(me.grants, "scan.decide", **where) and me.person_id != own.person_id,
        may_export=may(me.grants, "standing.export", **where),
        moment_ms=int(moment.timestamp() * 1000),
    )


@bp.get("/<enrolment_id>/hours")
@who("evidence.read")
def review_hours(enrolment_id: str) -> str:
    """Show every minute of one trainee, by the function that the trainee's own page asks."""
    me, moment, asked = actor(), now(), forms.read_query(Asked)
    own = classes.enrolment(db.session, enrolment_id, scope_of(me.grants, "evidence.read"))
    found = explain(db.session, enrolment_id, asked.wanted, now=moment)
    where = {"base": own.base_id, "division": own.class_division_code}
    return page(
        "office/hours.html",
        found=found,
        trainee=people.person(db.session, own.person_id),
        asked=asked,
        told=[told_day(day) for day in found.days],
        choices=[("", "全部"), *((one.id, one.title) for one in found.standing.segments)],
        may_export=may(me.grants, "standing.export", **where),
        moment_ms=int(moment.timestamp() * 1000),
    )


def _photographed(found: Any) -> list[str]:
    """Return the scans of a record that a photo was kept of."""
    return [one.line.facts["scan"] for one in found.lines if one.line.kind == "attendance.photo"]


def _reviewers(found: Any) -> dict[int, str]:
    """Return position -> who reviewed there."""
    return {one.line.position: one.actor_name for one in found.lines if one.line.kind.startswith("review.")}


def _choices(asked: ListQuery) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers, within the caller's scope."""
    scope = scope_of(actor().grants, "standing.read")
    filters = classes.Filters(base_id=asked.base_id, division_code=asked.division)
    own = classes.classes(db.session, scope, filters, limit=300)
    programmes = {one.programme_id for one in own if asked.class_id in ("", one.id)}
    divisions = [one for one in places.divisions(db.session) if scope.all or one.code in scope.divisions]
    return {
        "class_id": [("", "全部班级"), *((one.id, one.name) for one in own)],
        "segment_id": [
            ("", "全部培训段"),
            *(
                (segment.id, f"{programme.name} · {segment.title}")
                for programme in courses.programmes(db.session)
                if programme.id in programmes
                for segment in programme.segments
            ),
        ],
        "mode": [("", "线上和线下"), *MODES.items()],
        "state": [("", "全部状态"), *STATES.items()],
        "review": [("", "全部"), *VERDICTS.items()],
        "base_id": [("", "全部基地"), *((one.id, one.short_name) for one in places.bases(db.session, scope))],
        "division": [("", "全部县区"), *((one.code, one.name) for one in divisions)],
    }
