"""What the API answers about classes, rosters and rooms, as models for its description only; see ``answers``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class TrainingClassOut(BaseModel):
    """A class; ``division`` is its organiser."""

    id: str
    number: str
    name: str
    base_id: str
    division: str
    category: str
    level: str | None
    programme_id: str
    starts_on: date
    ends_on: date
    capacity: int
    enrolled: int
    state: Literal["draft", "filed", "approved", "running", "finished", "archived"]
    state_at: datetime
    is_demo: bool


class TrainingClassesOut(BaseModel):
    """Classes, the newest first."""

    items: list[TrainingClassOut]
    next: str | None


class ClassStepOut(BaseModel):
    """One step of a class from state to state."""

    act: str
    before: str | None = Field(alias="from")
    to: str
    reason: str
    at: datetime


class PlannedOut(BaseModel):
    """A meeting of the timetable; ``taught_s`` is without its breaks."""

    id: str
    class_id: str
    segment_id: str
    segment_title: str
    title: str
    starts_at: datetime
    ends_at: datetime
    breaks: list[list[datetime]]
    taught_s: int
    venue: str
    venue_id: str | None
    instructor_id: str
    planned_instructor_id: str
    makes_up_session_id: str | None
    state: Literal["planned", "open", "closed", "cancelled"]


class PlanNoteOut(BaseModel):
    """Something worth knowing; it refuses nothing."""

    code: str
    facts: dict[str, Any]
    sentence: str


class PlannedNowOut(PlannedOut):
    """A meeting as it was just planned, with what is worth knowing of it."""

    warnings: list[PlanNoteOut]


class RefusalOut(BaseModel):
    """Why something cannot be."""

    code: str
    sentence: str


class SeriesLineOut(BaseModel):
    """One meeting of a series; ``refusal`` null: it can be planned."""

    day: date
    starts_at: datetime
    ends_at: datetime
    taught_s: int
    refusal: RefusalOut | None
    warnings: list[PlanNoteOut]


class SeriesLinesOut(BaseModel):
    """The meetings of a series, the earliest first."""

    items: list[SeriesLineOut]
    next: str | None


class VenueOut(BaseModel):
    """A venue of a base; degrees of WGS-84."""

    id: str
    base_id: str
    name: str
    capacity: int | None
    latitude: float | None
    longitude: float | None
    radius_m: int | None
    active: bool


class VenuesOut(BaseModel):
    """Venues, those in use first."""

    items: list[VenueOut]
    next: str | None


class SeasonOut(BaseModel):
    """A farming season of one division or one base."""

    id: str
    name: str
    starts_on: date
    ends_on: date
    division: str | None
    base_id: str | None
    is_example: bool


class SeasonsOut(BaseModel):
    """Farming seasons, the earliest first."""

    items: list[SeasonOut]
    next: str | None


class DroppedOut(BaseModel):
    """What was taken away."""

    id: str


class CalendarDayOut(BaseModel):
    """A day off, or a weekend day that is worked instead."""

    day: date
    kind: Literal["off", "worked"]
    name: str


class CalendarYearOut(BaseModel):
    """The published table of a year; ``checked``: it was compared with the notice."""

    year: int
    source: str
    checked: bool
    days: list[CalendarDayOut]


class WholeClassOut(TrainingClassOut):
    """A class with its steps, oldest first, and its timetable, earliest first."""

    steps: list[ClassStepOut]
    sessions: list[PlannedOut]


class TimetableOut(BaseModel):
    """Meetings, the earliest first."""

    items: list[PlannedOut]
    next: str | None


class EnrolledOut(BaseModel):
    """Who is enrolled; the ID number is masked."""

    id: str
    name: str
    masked_id: str


class RosterLineOut(BaseModel):
    """One line of a class's roster."""

    enrolment_id: str
    roster_no: int
    person: EnrolledOut
    state: Literal["enrolled", "withdrawn"]
    source: str
    employer: str
    trainee_status: str
    division: str


class RosterOut(BaseModel):
    """A class's roster, withdrawn people too."""

    items: list[RosterLineOut]
    next: str | None


class LateAdditionOut(BaseModel):
    """A wish to add somebody after the start, and its decision."""

    id: str
    class_id: str
    person_id: str
    reason: str
    state: str
    requested_at: datetime
    decided_at: datetime | None
    decision_reason: str


class LateAdditionsOut(BaseModel):
    """Late additions, the oldest first."""

    items: list[LateAdditionOut]
    next: str | None


class RosterWarningOut(BaseModel):
    """What a person should look at in a row that can be entered."""

    code: str
    title: str
    sentence: str
    facts: dict[str, Any]


class RosterRowOut(BaseModel):
    """The verdict on one row of a roster that came in."""

    row: int
    outcome: str
    code: str
    title: str
    sentence: str
    facts: dict[str, Any]
    name: str
    masked_id: str
    warnings: list[RosterWarningOut]
    opens_account: bool


class RosterImportOut(BaseModel):
    """A roster that came in, judged; nobody is entered before it is committed."""

    id: str
    class_id: str
    file_name: str
    kind: str
    state: str
    again: bool
    sheets: list[str]
    sheet: int
    header_row: int
    header_rows: int
    headings: list[str]
    columns: list[str]
    missing: list[str]
    totals: dict[str, int]
    left_out: list[int]
    rows: list[RosterRowOut]
    created_at: datetime
    committed_at: datetime | None
    passwords_until: datetime | None
    result_url: str


class RosterImportsOut(BaseModel):
    """Rosters that came in, the latest first."""

    items: list[RosterImportOut]
    next: str | None


class SeatOut(BaseModel):
    """One person of a session's roster, and how they came."""

    enrolment_id: str
    person_id: str
    name: str
    roster_no: int
    phone: str
    state: str
    in_at: datetime | None
    out_at: datetime | None
    method: str | None
    grade: str | None


class OddScanOut(BaseModel):
    """A scan that was refused or waits."""

    scan_uuid: str
    outcome: str
    code: str | None
    name: str
    direction: str
    kind: str
    at: datetime
    title: str
    sentence: str


class RoomOut(BaseModel):
    """Who is in the room, who is missing, what was refused or waits, walk-ins, and a roll call that may be answered now."""

    session: dict[str, Any]
    people: list[SeatOut]
    odd: list[OddScanOut]
    walk_ins: list[dict[str, Any]]
    calling: dict[str, Any] | None
    server_time: datetime


class VoidedOut(BaseModel):
    """A scan that was reversed."""

    scan_uuid: str
    voided_at: datetime


class DecidedOut(BaseModel):
    """A scan that was decided."""

    scan_uuid: str
    outcome: Literal["accepted", "refused"]
    decided_at: datetime


class WaitingScreenOut(BaseModel):
    """A PC that waits to be made a session's screen; ``path`` draws the code to be scanned, ``side`` modules wide."""

    token: str
    pairing: str
    url: str
    expires_at: datetime
    side: int
    path: str
    server_time: datetime


class ReleasedOut(BaseModel):
    """How many screens were taken off a session."""

    released: int


CLASS_ANSWERS: dict[str, tuple[str, type[BaseModel]]] = {
    "api_classes.list_classes": ("200", TrainingClassesOut),
    "api_classes.create_class": ("200", TrainingClassOut),
    "api_classes.read_class": ("200", WholeClassOut),
    "api_classes.revise_class": ("200", TrainingClassOut),
    "api_classes.take_step": ("200", TrainingClassOut),
    "api_classes.list_roster": ("200", RosterOut),
    "api_classes.withdraw": ("200", RosterOut),
    "api_timetable.list_calendar": ("200", TimetableOut),
    "api_timetable.list_sessions": ("200", TimetableOut),
    "api_timetable.plan_session": ("200", PlannedNowOut),
    "api_timetable.preview_series": ("200", SeriesLinesOut),
    "api_timetable.plan_series": ("200", TimetableOut),
    "api_timetable.cancel_session": ("200", PlannedOut),
    "api_timetable.move_session": ("200", PlannedNowOut),
    "api_timetable.substitute": ("200", PlannedOut),
    "api_venues.list_venues": ("200", VenuesOut),
    "api_venues.add_venue": ("200", VenueOut),
    "api_venues.change_venue": ("200", VenueOut),
    "api_venues.list_seasons": ("200", SeasonsOut),
    "api_venues.add_season": ("200", SeasonOut),
    "api_venues.change_season": ("200", SeasonOut),
    "api_venues.drop_season": ("200", DroppedOut),
    "api_venues.read_calendar": ("200", CalendarYearOut),
    "api_classes.list_late": ("200", LateAdditionsOut),
    "api_classes.request_late": ("200", LateAdditionOut),
    "api_classes.decide_late": ("200", LateAdditionOut),
    "api_rosters.preview": ("200", RosterImportOut),
    "api_rosters.list_imports": ("200", RosterImportsOut),
    "api_rosters.read_import": ("200", RosterImportOut),
    "api_rosters.remap": ("200", RosterImportOut),
    "api_rosters.commit": ("200", RosterImportOut),
    "api_rosters.forget_passwords": ("200", RosterImportOut),
    "api_sessions.get_people": ("200", RoomOut),
    "api_sessions.post_screen": ("201", WaitingScreenOut),
    "api_sessions.post_release": ("200", ReleasedOut),
    "api_scans.post_void": ("200", VoidedOut),
    "api_scans.post_decision": ("200", DecidedOut),
}
