"""The timetable by API: plan, move, cancel, repeat, name a substitute; all sessions of a scope by day."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import AfterValidator, Field, Strict

from yanglao.classes import planning_notes, queries, series, timetable_queries
from yanglao.classes import service as classes
from yanglao.classes.calendar_rules import Repeat
from yanglao.classes.queries import SessionView
from yanglao.classes.rules import Gap, taught_s
from yanglao.classes.series import Line, Series
from yanglao.evidence import filing
from yanglao.kernel.clock import now, rfc3339, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.wording import sentence
from yanglao.people.roles import scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.lists import part_of

bp = APIBlueprint("api_timetable", __name__, url_prefix="/api/v1", tag="课表 timetable")
MOST_DAYS = 400


def _with_offset(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 2000 <= moment.year <= 2200:
        raise ValueError("an RFC 3339 instant with its offset is needed")
    return text


Instant = Annotated[str, Field(max_length=40), AfterValidator(_with_offset)]
Pause = Annotated[list[Instant], Field(min_length=2, max_length=2)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Day = Annotated[date, Strict(False)]


class SessionBody(forms.Strict):
    """A meeting to plan; ``breaks`` lie within it, in order.

    The room is ``venue_id``, or ``venue``: a name, which becomes a venue of the base when there is none. ``reason`` is needed once the
    class is filed. ``makes_up_session_id`` names the earlier session whose absentees this one is for.
    """

    segment_id: str = Field(max_length=80)
    starts_at: Instant
    ends_at: Instant
    breaks: list[Pause] = Field(default_factory=list, max_length=10)
    venue: str = Field(default="", max_length=120)
    venue_id: str = Field(default="", max_length=26)
    instructor_id: str = Field(max_length=26)
    title: str = Field(default="", max_length=120)
    makes_up_session_id: str = Field(default="", max_length=26)
    reason: str = Field(default="", max_length=500)


class MoveBody(forms.Strict):
    """Where a planned meeting is moved to, all of it as it shall be then, and why."""

    starts_at: Instant
    ends_at: Instant
    breaks: list[Pause] = Field(default_factory=list, max_length=10)
    venue: str = Field(default="", max_length=120)
    venue_id: str = Field(default="", max_length=26)
    instructor_id: str = Field(max_length=26)
    reason: str = Field(default="", max_length=500)


class ReasonBody(forms.Strict):
    """Why."""

    reason: str = Field(default="", max_length=500)


class SubstituteBody(forms.Strict):
    """Who teaches instead, and why."""

    instructor_id: str = Field(max_length=26)
    reason: str = Field(default="", max_length=500)


class SeriesBody(forms.Strict):
    """A meeting that repeats. ``weekdays`` 1 (Monday) to 7; times of Shanghai; ``skip_off`` leaves published days off out."""

    segment_id: str = Field(max_length=80)
    first: Day
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)
    count: int = Field(ge=1, le=1000)
    starts: Clock
    ends: Clock
    breaks: list[Annotated[list[Clock], Field(min_length=2, max_length=2)]] = Field(
        default_factory=list, max_length=10
    )
    venue: str = Field(default="", max_length=120)
    venue_id: str = Field(default="", max_length=26)
    instructor_id: str = Field(max_length=26)
    skip_off: bool = False
    reason: str = Field(default="", max_length=500)


class CalendarQuery(forms.Query):
    """Which sessions: days both included; an empty filter does not limit."""

    first: date
    last: date
    base_id: str = ""
    class_id: str = ""
    instructor_id: str = ""
    venue_id: str = ""
    state: str = ""


@bp.get("/timetable")
@who("standing.read")
@bp.input(CalendarQuery, location="query", arg_name="asked")
@bp.doc(summary="List all sessions within the caller's scope by day, earliest first; at most 400 days")
def list_calendar(asked: CalendarQuery) -> dict[str, Any]:
    """List sessions of many classes."""
    if not 0 <= (asked.last - asked.first).days <= MOST_DAYS:
        raise forms.Invalid(fields={"last": "at_most_400_days"})
    scope = scope_of(actor().grants, "standing.read")
    wanted = timetable_queries.Wanted(**asked.model_dump())
    return part_of([session_dict(one) for one in timetable_queries.calendar(db.session, scope, wanted)])


@bp.get("/classes/<class_id>/sessions")
@who("standing.read")
@bp.doc(summary="List the timetable of a class, earliest first", responses=[404])
def list_sessions(class_id: str) -> dict[str, Any]:
    """List a class's timetable."""
    queries.class_(db.session, class_id, scope_of(actor().grants, "standing.read"))
    return part_of([session_dict(one) for one in queries.sessions_of_class(db.session, class_id)])


@bp.post("/classes/<class_id>/sessions")
@who("session.plan")
@bp.input(SessionBody, arg_name="body")
@bp.doc(summary="Plan a meeting of an offline segment", responses=[404, 409, 422])
def plan_session(class_id: str, body: SessionBody) -> dict[str, Any]:
    """Plan a meeting."""
    moment, me = now(), actor()
    draft = classes.SessionDraft(
        class_id=class_id,
        starts_ms=_ms(body.starts_at),
        ends_ms=_ms(body.ends_at),
        breaks=_pauses(body.breaks),
        **body.model_dump(exclude={"starts_at", "ends_at", "breaks"}),
    )
    return planned_dict(run(lambda: filing.plan_session(db.session, draft, now=moment, actor=me)))


@bp.post("/classes/<class_id>/sessions/series/preview")
@who("session.plan")
@bp.input(SeriesBody, arg_name="body")
@bp.doc(
    summary="Say of each meeting of a series whether it can be planned; changes nothing", responses=[404, 422]
)
def preview_series(class_id: str, body: SeriesBody) -> dict[str, Any]:
    """Preview a series."""
    moment, me = now(), actor()
    wanted = series_of(class_id, body)
    lines = series.preview(db.session, wanted, now=moment, actor=me)
    return {"items": [line_dict(one) for one in lines], "next": None}


@bp.post("/classes/<class_id>/sessions/series")
@who("session.plan")
@bp.input(SeriesBody, arg_name="body")
@bp.doc(summary="Plan all meetings of a series, or none", responses=[404, 409, 422])
def plan_series(class_id: str, body: SeriesBody) -> dict[str, Any]:
    """Plan a series."""
    moment, me = now(), actor()
    wanted = series_of(class_id, body)
    made = run(lambda: filing.plan_series(db.session, wanted, now=moment, actor=me))
    return {"items": [session_dict(one) for one in made], "next": None}


@bp.post("/sessions/<session_id>/cancel")
@who("session.plan")
@bp.input(ReasonBody, arg_name="body")
@bp.doc(summary="Cancel a planned meeting, with the reason", responses=[404, 409, 422])
def cancel_session(session_id: str, body: ReasonBody) -> dict[str, Any]:
    """Cancel a meeting."""
    moment, me = now(), actor()
    return session_dict(
        run(lambda: filing.cancel_session(db.session, session_id, reason=body.reason, now=moment, actor=me))
    )


@bp.post("/sessions/<session_id>/move")
@who("session.plan")
@bp.input(MoveBody, arg_name="body")
@bp.doc(
    summary="Give a planned meeting another time, room or instructor, with the reason",
    responses=[404, 409, 422],
)
def move_session(session_id: str, body: MoveBody) -> dict[str, Any]:
    """Move a meeting."""
    moment, me = now(), actor()
    to = classes.SessionMove(
        _ms(body.starts_at),
        _ms(body.ends_at),
        body.venue,
        body.instructor_id,
        breaks=_pauses(body.breaks),
        venue_id=body.venue_id,
    )
    return planned_dict(
        run(lambda: filing.move_session(db.session, session_id, to, reason=body.reason, now=moment, actor=me))
    )


@bp.post("/sessions/<session_id>/substitute")
@who("session.plan")
@bp.input(SubstituteBody, arg_name="body")
@bp.doc(
    summary="Let another instructor teach a planned or open meeting from now on", responses=[404, 409, 422]
)
def substitute(session_id: str, body: SubstituteBody) -> dict[str, Any]:
    """Name a substitute."""
    moment, me = now(), actor()
    facts: dict[str, Any] = {"reason": body.reason, "now": moment, "actor": me}
    return session_dict(run(lambda: filing.substitute(db.session, session_id, body.instructor_id, **facts)))


def session_dict(one: SessionView) -> dict[str, Any]:
    """Return a planned meeting as the API says it; ``taught_s`` is without breaks."""
    return {
        "id": one.id,
        "class_id": one.class_id,
        "segment_id": one.segment_id,
        "segment_title": one.segment_title,
        "title": one.title,
        "starts_at": rfc3339(one.starts_ms),
        "ends_at": rfc3339(one.ends_ms),
        "breaks": [[rfc3339(start), rfc3339(end)] for start, end in one.breaks],
        "taught_s": taught_s(one.starts_ms, one.ends_ms, one.breaks),
        "venue": one.venue,
        "venue_id": one.venue_id,
        "instructor_id": one.instructor_id,
        "planned_instructor_id": one.planned_instructor,
        "makes_up_session_id": one.makes_up_session_id,
        "state": one.state,
    }


def planned_dict(one: SessionView) -> dict[str, Any]:
    """Return what was just planned, with what is worth knowing of it."""
    return {**session_dict(one), "warnings": notes_told(planning_notes.notes(db.session, one))}


def notes_told(notes: list[Gap] | tuple[Gap, ...]) -> list[dict[str, Any]]:
    """Return notes as the API says them."""
    return [
        {"code": one.code, "facts": one.facts, "sentence": sentence(one.code, one.facts)} for one in notes
    ]


def line_dict(one: Line) -> dict[str, Any]:
    """Return one line of a series as the API says it; ``refusal`` None: it can be planned."""
    refusal = one.refusal and {"code": one.refusal.code, "sentence": series.said(one.refusal)}
    return {
        "day": one.day.isoformat(),
        "starts_at": rfc3339(one.draft.starts_ms),
        "ends_at": rfc3339(one.draft.ends_ms),
        "taught_s": one.taught_s,
        "refusal": refusal,
        "warnings": notes_told(one.notes),
    }


def series_of(class_id: str, body: SeriesBody) -> Series:
    """Return the series that a body asks for."""
    return Series(
        class_id=class_id,
        segment_id=body.segment_id,
        repeat=Repeat(
            body.first, frozenset(one - 1 for one in body.weekdays), body.count, skip_off=body.skip_off
        ),
        starts=time.fromisoformat(body.starts),
        ends=time.fromisoformat(body.ends),
        instructor_id=body.instructor_id,
        venue=body.venue,
        venue_id=body.venue_id,
        breaks=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in body.breaks),
        reason=body.reason,
    )


def _pauses(breaks: list[list[str]]) -> tuple[tuple[int, int], ...]:
    return tuple((_ms(start), _ms(end)) for start, end in breaks)


def _ms(text: str) -> int:
    return to_ms(datetime.fromisoformat(text))
