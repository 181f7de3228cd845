"""Keep who was present without standing on the roster, roll calls, live questions, and photos of marks by hand."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class WalkIn(db.Model):
    """Somebody who was in a room and not on its roster, as an instructor wrote them down.

    ``state``: pending (the base has to look), asked (a late addition waits for the organiser), counted, refused. ``id_sealed`` is the
    ID number where it was told, sealed, and gone once it is decided. ``entry_position`` stands in the session's chain. Milliseconds UTC.
    """

    __tablename__ = "walk_in"
    __table_args__ = (
        UniqueConstraint("walk_in_uuid"),
        CheckConstraint("state IN ('pending', 'asked', 'counted', 'refused')", name="state_known"),
        CheckConstraint("out_ms IS NULL OR out_ms >= in_ms", name="out_after_in"),
        CheckConstraint("decided_by IS NULL OR decided_by <> recorded_by", name="decided_by_another"),
        CheckConstraint(
            "state NOT IN ('asked', 'counted') OR person_id IS NOT NULL", name="accepted_is_known"
        ),
        Index("ix_walk_in_session_id", "session_id"),
        Index("ix_walk_in_late_id", "late_id"),
        Index(
            "uq_walk_in_standing",
            "session_id",
            "name",
            "phone",
            unique=True,
            sqlite_where=text("state <> 'refused'"),
            postgresql_where=text("state <> 'refused'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    walk_in_uuid: Mapped[str] = mapped_column(String(64))
    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"))
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(20))
    id_type: Mapped[str] = mapped_column(String(12), default="resident")
    id_sealed: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(200), default="")
    in_ms: Mapped[int] = mapped_column(BigInteger)
    out_ms: Mapped[int | None] = mapped_column(BigInteger)
    recorded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    client: Mapped[str] = mapped_column(String(10))
    entry_position: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="pending")
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    late_id: Mapped[str | None] = mapped_column(ForeignKey("late_addition.id"))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision_reason: Mapped[str] = mapped_column(String(500), default="")


class RollCall(db.Model):
    """One 点名 in a session: who was drawn has until ``until_ms`` to answer. Open while ``settled_ms`` is null; one at a time.

    ``call_uuid``, ``arrived_ms``: of a call that a phone held without network, its own name for it and when it got here.
    """

    __tablename__ = "roll_call"
    __table_args__ = (
        CheckConstraint("until_ms > started_ms", name="until_after_start"),
        Index("ix_roll_call_session_id", "session_id"),
        Index("uq_roll_call_call_uuid", "call_uuid", unique=True),
        Index(
            "uq_roll_call_open",
            "session_id",
            unique=True,
            sqlite_where=text("settled_ms IS NULL"),
            postgresql_where=text("settled_ms IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"))
    started_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    started_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    present: Mapped[int]
    settled_ms: Mapped[int | None] = mapped_column(BigInteger)
    call_uuid: Mapped[str | None] = mapped_column(String(64))
    arrived_ms: Mapped[int | None] = mapped_column(BigInteger)


class RollCallSeat(db.Model):
    """One person drawn in a roll call: answered, left, missed or excused; waiting while nothing is said of them.

    ``answered_ms`` is the moment of the scan that answered. ``missed_position`` stands in the enrolment's chain.
    """

    __tablename__ = "roll_call_seat"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'here', 'left', 'missed', 'excused')", name="state_known"),
        CheckConstraint("(state = 'here') = (answered_ms IS NOT NULL)", name="here_is_answered"),
        CheckConstraint("state <> 'excused' OR excused_by IS NOT NULL", name="excused_by_somebody"),
        Index("ix_roll_call_seat_enrolment_id", "enrolment_id"),
    )

    roll_call_id: Mapped[str] = mapped_column(ForeignKey("roll_call.id"), primary_key=True)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    presence_id: Mapped[str] = mapped_column(ForeignKey("presence.id"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    answered_ms: Mapped[int | None] = mapped_column(BigInteger)
    method: Mapped[str | None] = mapped_column(String(8))
    missed_position: Mapped[int | None]
    excused_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    excused_reason: Mapped[str] = mapped_column(String(200), default="")


class LiveCheck(db.Model):
    """抽问: one person in a room who is asked about lessons they watched, until ``until_ms``. Open while ``settled_ms`` is null.

    ``spoken_ms``: when they typed the spoken code on their own phone, which the answers given there need.
    """

    __tablename__ = "live_check"
    __table_args__ = (
        CheckConstraint("until_ms > started_ms", name="until_after_start"),
        Index("ix_live_check_session_id", "session_id"),
        Index("ix_live_check_enrolment_id", "enrolment_id"),
        Index(
            "uq_live_check_open",
            "session_id",
            "enrolment_id",
            unique=True,
            sqlite_where=text("settled_ms IS NULL"),
            postgresql_where=text("settled_ms IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    presence_id: Mapped[str] = mapped_column(ForeignKey("presence.id"))
    started_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    started_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    spoken_ms: Mapped[int | None] = mapped_column(BigInteger)
    settled_ms: Mapped[int | None] = mapped_column(BigInteger)


class LiveQuestion(db.Model):
    """One question of a live check and its answer: right, wrong, or none given; null while it is open. The first answer stays.

    ``way``: phone (the person's own) or instructor (what the instructor heard).
    """

    __tablename__ = "live_question"
    __table_args__ = (
        CheckConstraint("verdict IN ('right', 'wrong', 'none')", name="verdict_known"),
        CheckConstraint("way IN ('phone', 'instructor')", name="way_known"),
        CheckConstraint("(verdict IS NULL) = (answered_ms IS NULL)", name="answered_once"),
    )

    check_id: Mapped[str] = mapped_column(ForeignKey("live_check.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_id: Mapped[str] = mapped_column(ForeignKey("question.id"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"))
    verdict: Mapped[str | None] = mapped_column(String(5))
    way: Mapped[str | None] = mapped_column(String(10))
    answered_ms: Mapped[int | None] = mapped_column(BigInteger)


class MarkPhoto(db.Model):
    """A photo that goes with a mark by hand: drawn anew, kept for a time. ``sent_sha256`` is of what the phone sent."""

    __tablename__ = "mark_photo"
    __table_args__ = (UniqueConstraint("file_id"),)

    scan_id: Mapped[str] = mapped_column(ForeignKey("scan.id"), primary_key=True)
    file_id: Mapped[str] = mapped_column(String(26))
    sent_sha256: Mapped[str] = mapped_column(String(64))
    by_person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    received_ms: Mapped[int] = mapped_column(BigInteger)
    entry_position: Mapped[int]
