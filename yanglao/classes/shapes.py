"""Spell the frozen values in which classes, enrolments and the timetable are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class ClassView:
    """A class. ``division_code`` is the organiser; ``enrolled`` counts who is on the roster and not withdrawn."""

    id: str
    number: str
    name: str
    base_id: str
    division_code: str
    category_code: str
    level_code: str | None
    programme_id: str
    starts_on: date
    ends_on: date
    capacity: int
    enrolled: int
    state: str
    state_ms: int
    created_by: str
    created_ms: int
    filed_by: str | None
    filed_ms: int | None
    approved_by: str | None
    approved_ms: int | None
    is_demo: bool


@dataclass(frozen=True)
class StepView:
    """One step of a class; ``from_state`` is None for the first."""

    class_id: str
    position: int
    act: str
    from_state: str | None
    to_state: str
    actor_id: str
    reason: str
    at_ms: int


@dataclass(frozen=True)
class EnrolmentView:
    """One person in one class, with what others need to know of the class."""

    id: str
    class_id: str
    class_name: str
    class_state: str
    person_id: str
    programme_id: str
    state: str
    source: str
    roster_no: int
    employer: str
    trainee_status: str
    starts_on: date
    ends_on: date
    base_id: str
    division_code: str
    class_division_code: str
    created_ms: int
    withdrawn_reason: str
    is_demo: bool


@dataclass(frozen=True)
class SessionView:
    """One planned meeting. ``breaks`` are (from_ms, to_ms) in order; ``division_code`` is the class's organiser.

    ``venue`` is the name for this session, ``venue_id`` None where only the name is known. ``planned_instructor_id`` is who was
    to teach when a substitute was named, else None. ``makes_up_session_id`` is set for a make-up session.
    """

    id: str
    code_no: int
    class_id: str
    class_name: str
    base_id: str
    division_code: str
    segment_id: str
    segment_title: str
    title: str
    starts_ms: int
    ends_ms: int
    breaks: tuple[tuple[int, int], ...]
    venue: str
    instructor_id: str
    state: str
    opened_ms: int | None
    closed_ms: int | None
    cancel_reason: str
    is_demo: bool
    venue_id: str | None = None
    planned_instructor_id: str | None = None
    makes_up_session_id: str | None = None

    @property
    def planned_instructor(self) -> str:
        """Return the id of who was planned to teach, substitute or not."""
        return self.planned_instructor_id or self.instructor_id


@dataclass(frozen=True)
class VenueView:
    """A venue of a base. ``capacity`` None is "not known"; position in 1e-6 degrees, radius in metres, all three or none."""

    id: str
    base_id: str
    name: str
    capacity: int | None
    latitude_e6: int | None
    longitude_e6: int | None
    radius_m: int | None
    active: bool


@dataclass(frozen=True)
class SeasonView:
    """A busy farming season of one division or one base."""

    id: str
    division_code: str | None
    base_id: str | None
    name: str
    starts_on: date
    ends_on: date
    is_example: bool


@dataclass(frozen=True)
class ChangeView:
    """One change of a session: ``act`` is added, moved, cancelled or substituted; ``before`` and ``after`` what differs."""

    session_id: str
    position: int
    act: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    actor_id: str
    at_ms: int


@dataclass(frozen=True)
class LateView:
    """A wish to add one person late, and its decision."""

    id: str
    class_id: str
    class_name: str
    base_id: str
    class_division_code: str
    person_id: str
    employer: str
    trainee_status: str
    division_code: str
    reason: str
    state: str
    requested_by: str
    requested_ms: int
    decided_by: str | None
    decided_ms: int | None
    decision_reason: str


@dataclass(frozen=True)
class Filters:
    """What to list: any of ``states`` (empty: all), of a base, a division, a level, with ``text`` in name or number.

    ``starts_from`` to ``starts_until``: the days on which it begins.
    """

    states: tuple[str, ...] = ()
    base_id: str = ""
    division_code: str = ""
    level_code: str = ""
    text: str = ""
    starts_from: date | None = None
    starts_until: date | None = None


@dataclass(frozen=True)
class RowVerdict:
    """What is said of one row: ``outcome`` add, same, bad, dropped, and once committed added, same, left_out, dropped.

    ``warnings`` are {code, facts}; ``row`` counts from 1 as a spreadsheet shows it.
    """

    row: int
    outcome: str
    code: str
    facts: dict[str, Any]
    name: str
    masked_id: str
    warnings: tuple[dict[str, Any], ...]
    opens_account: bool


@dataclass(frozen=True)
class Slip:
    """What one new trainee takes home: the phone to sign in with and the first password. Never kept in the clear."""

    row: int
    name: str
    phone: str
    password: str


@dataclass(frozen=True)
class ImportView:
    """A roster as it came in. ``columns`` gives the field of each heading, "" where it is not needed.

    ``header_row`` counts from 1, ``header_rows`` is 0 when there is no header. ``missing`` names what no column gives;
    then no row could be judged. ``again``: this very roster is in the class already, nothing is left to do.
    ``passwords_until_ms``: until then the file handed back holds the first passwords.
    """

    id: str
    class_id: str
    class_name: str
    class_state: str
    base_id: str
    file_name: str
    kind: str
    state: str
    sheets: tuple[str, ...]
    sheet: int
    header_row: int
    header_rows: int
    headings: tuple[str, ...]
    columns: tuple[str, ...]
    missing: tuple[str, ...]
    totals: dict[str, int]
    rows: tuple[RowVerdict, ...]
    left_out: tuple[int, ...]
    created_by: str
    created_ms: int
    committed_by: str | None
    committed_ms: int | None
    passwords_until_ms: int | None
    again: bool = False
