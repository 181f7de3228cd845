"""Keep classes, their steps, enrolments, rosters as they came in, and the timetable."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.classes.states import ENROLMENT_STATES, LATE_STATES, SESSION_STATES, STATES
from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


def _one_of(column: str, values: tuple[str, ...]) -> str:
    """Spell the CHECK that holds ``column`` to ``values``."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class TrainingClass(db.Model):
    """A class of one programme at one base. ``division_code`` is the organiser: the base's county, or the city."""

    __tablename__ = "training_class"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("year", "serial"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("approved_by IS NULL OR approved_by <> filed_by", name="approved_by_another"),
        CheckConstraint(_one_of("state", STATES), name="state_known"),
        Index("ix_training_class_base_id_state", "base_id", "state"),
        Index("ix_training_class_division_code_state", "division_code", "state"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    serial: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    base_id: Mapped[str] = mapped_column(ForeignKey("base.id"))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    level_code: Mapped[str | None] = mapped_column(ForeignKey("skill_level.code"))
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    capacity: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    state_ms: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    filed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    filed_ms: Mapped[int | None] = mapped_column(BigInteger)
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    approved_ms: Mapped[int | None] = mapped_column(BigInteger)
    is_demo: Mapped[bool] = mapped_column(default=False)


class ClassStep(db.Model):
    """One step of a class from state to state. ``position`` counts from 1 within the class."""

    __tablename__ = "class_step"
    __table_args__ = (UniqueConstraint("class_id", "position"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    position: Mapped[int]
    act: Mapped[str] = mapped_column(String(12))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    at_ms: Mapped[int] = mapped_column(BigInteger)


class Enrolment(db.Model):
    """One person in one class. ``roster_no`` is the place on the class's roster, from 1, never reused."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("class_id", "person_id"),
        UniqueConstraint("class_id", "roster_no"),
        CheckConstraint(_one_of("state", ENROLMENT_STATES), name="state_known"),
        CheckConstraint("source IN ('roster', 'late')", name="source_known"),
        Index("ix_enrolment_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(12), default="enrolled")
    source: Mapped[str] = mapped_column(String(12), default="roster")
    roster_no: Mapped[int]
    employer: Mapped[str] = mapped_column(String(120), default="")
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    trainee_status: Mapped[str] = mapped_column(String(40), default="")
    created_ms: Mapped[int] = mapped_column(BigInteger)
    withdrawn_ms: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")


class LateAddition(db.Model):
    """A wish to add one person after the class has started, and what the organising level said to it."""

    __tablename__ = "late_addition"
    __table_args__ = (
        CheckConstraint(_one_of("state", LATE_STATES), name="state_known"),
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="decided_by_another"),
        Index("ix_late_addition_class_id_state", "class_id", "state"),
        Index(
            "uq_late_addition_pending",
            "class_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    employer: Mapped[str] = mapped_column(String(120), default="")
    trainee_status: Mapped[str] = mapped_column(String(40), default="")
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(12), default="pending")
    requested_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    requested_ms: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision_reason: Mapped[str] = mapped_column(String(500), default="")


class RosterImport(db.Model):
    """A roster as it came in, with the verdict on each row.

    ``cells_sealed`` holds the cells as read and ``handout_sealed`` the first passwords by row, both encrypted, since
    they carry ID numbers and secrets. ``report`` carries masked ID numbers only.
    """

    __tablename__ = "roster_import"
    __table_args__ = (
        CheckConstraint("state IN ('checked', 'committed')", name="state_known"),
        Index("ix_roster_import_class_id_digest", "class_id", "digest"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    base_id: Mapped[str] = mapped_column(ForeignKey("base.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12), default="checked")
    cells_sealed: Mapped[str] = mapped_column(Text)
    sheet: Mapped[int] = mapped_column(default=0)
    header: Mapped[dict[str, Any]] = mapped_column(JSON)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    left_out: Mapped[list[int]] = mapped_column(JSON, default=list)
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    committed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    committed_ms: Mapped[int | None] = mapped_column(BigInteger)
    handout_sealed: Mapped[str | None] = mapped_column(Text)
    handout_until_ms: Mapped[int | None] = mapped_column(BigInteger)


class RosterMapping(db.Model):
    """What a heading means at one base, as its administrator last said. ``field`` "" means: not needed."""

    __tablename__ = "roster_mapping"
    __table_args__ = (UniqueConstraint("base_id", "heading"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    base_id: Mapped[str] = mapped_column(ForeignKey("base.id"))
    heading: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(20))
    changed_ms: Mapped[int] = mapped_column(BigInteger)


class OfflineSession(db.Model):
    """One planned meeting. ``breaks`` is a list of [from_ms, to_ms] within it, in order, not touching each other.

    ``code_no`` is the random 31-bit number that the room code carries instead of the id. ``venue`` is the name that the
    venue had for this session. ``planned_instructor_id`` is who was to teach when a substitute was named, else None.
    ``makes_up_session_id``: a make-up session (补课) names the session whose absentees it is for; it plans no further hours.
    """

    __tablename__ = "offline_session"
    __table_args__ = (
        UniqueConstraint("code_no"),
        CheckConstraint("ends_ms > starts_ms", name="ends_after_start"),
        CheckConstraint("code_no > 0 AND code_no < 2147483648", name="code_no_31_bits"),
        CheckConstraint(_one_of("state", SESSION_STATES), name="state_known"),
        Index("ix_offline_session_class_id_starts_ms", "class_id", "starts_ms"),
        Index("ix_offline_session_instructor_id_starts_ms", "instructor_id", "starts_ms"),
        CheckConstraint("makes_up_session_id <> id", name="makes_up_another"),
        CheckConstraint("planned_instructor_id <> instructor_id", name="substitute_another"),
        Index("ix_offline_session_segment_id", "segment_id"),
        Index("ix_offline_session_venue_id", "venue_id"),
        Index("ix_offline_session_starts_ms", "starts_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    code_no: Mapped[int]
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    title: Mapped[str] = mapped_column(String(120), default="")
    starts_ms: Mapped[int] = mapped_column(BigInteger)
    ends_ms: Mapped[int] = mapped_column(BigInteger)
    breaks: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    venue: Mapped[str] = mapped_column(String(120))
    venue_id: Mapped[str | None] = mapped_column(ForeignKey("venue.id"))
    instructor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    planned_instructor_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    makes_up_session_id: Mapped[str | None] = mapped_column(ForeignKey("offline_session.id"))
    state: Mapped[str] = mapped_column(String(12), default="planned")
    opened_ms: Mapped[int | None] = mapped_column(BigInteger)
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    closed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    cancelled_ms: Mapped[int | None] = mapped_column(BigInteger)
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    is_demo: Mapped[bool] = mapped_column(default=False)
