"""Rows of online learning. A viewing carries its open window, which each beat updates in one short transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


class Viewing(db.Model):
    """One person watching one lesson on one client. A person has at most one live viewing, whatever the device.

    ``beats`` and ``pieces`` are the open window: what was answered and credited since the last ledger entry.
    ``shared``: it runs through a WeChat that two registered persons use. ``pieces``: [[wall_ms, media_s, seconds, late]], ``beats``: [[seq, from_s, to_s, credited_s, [[code, seconds]]]].
    ``held``: pieces that wait for the answer to a challenge. ``released_s``: what answers let go of within the window.
    ``since_challenge_s`` is of the time when a challenge was counted in credited seconds; nothing reads it.
    """

    __tablename__ = "viewing"
    __table_args__ = (
        CheckConstraint("state IN ('live', 'closed')", name="state_known"),
        CheckConstraint("next_seq >= 1", name="seq_from_one"),
        CheckConstraint("window_credited_s >= 0", name="window_not_negative"),
        Index(
            "uq_viewing_one_live",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        Index("ix_viewing_enrolment", "enrolment_id", "segment_id"),
        {
            "postgresql_with": {"fillfactor": 50}
        },  # a beat changes no indexed column and finds room beside its row
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    lesson_id: Mapped[str] = mapped_column(ForeignKey("lesson.id"))
    client: Mapped[str] = mapped_column(String(10))
    device_digest: Mapped[str | None] = mapped_column(String(80))
    shared: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), default="live")
    opened_ms: Mapped[int] = mapped_column(BigInteger)
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
    closed_why: Mapped[str | None] = mapped_column(String(20))
    next_seq: Mapped[int] = mapped_column(default=1)
    position_s: Mapped[int] = mapped_column(default=0)
    duration_s: Mapped[int]
    required_s: Mapped[int]
    cursor_ms: Mapped[int] = mapped_column(BigInteger)
    reach_s: Mapped[int] = mapped_column(default=0)
    arrival_ms: Mapped[int] = mapped_column(BigInteger)
    client_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    lag_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    lag_since_ms: Mapped[int | None] = mapped_column(BigInteger)
    late_s: Mapped[int] = mapped_column(default=0)
    watched_ms: Mapped[int | None] = mapped_column(BigInteger)
    live_since_ms: Mapped[int | None] = mapped_column(BigInteger)
    contact_ms: Mapped[int | None] = mapped_column(BigInteger)
    covered: Mapped[list[Any]] = mapped_column(JSON, default=list)
    day_used: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    base_credited_s: Mapped[int] = mapped_column(default=0)
    window_credited_s: Mapped[int] = mapped_column(default=0)
    since_challenge_s: Mapped[int] = mapped_column(default=0)
    pieces: Mapped[list[Any]] = mapped_column(JSON, default=list)
    beats: Mapped[list[Any]] = mapped_column(JSON, default=list)
    held: Mapped[list[Any] | None] = mapped_column(JSON, default=list)
    released_s: Mapped[int | None] = mapped_column(default=0)


# Spelled out, not bound: only so does a database see that the small index of what is live will do.
IS_LIVE = Viewing.state == literal_column("'live'")


class ViewingChallenge(db.Model):
    """A question whether somebody is there: shown at ``show_ms``, to be answered by ``due_ms``.

    ``hold_ms``: from when on credit waits for the answer, where that is not ``due_ms``.
    """

    __tablename__ = "viewing_challenge"
    __table_args__ = (
        CheckConstraint("due_ms > show_ms", name="due_after_show"),
        Index(
            "uq_viewing_challenge_one_open",
            "viewing_id",
            unique=True,
            sqlite_where=text("answered_ms IS NULL"),
            postgresql_where=text("answered_ms IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    viewing_id: Mapped[str] = mapped_column(ForeignKey("viewing.id"))
    show_ms: Mapped[int] = mapped_column(BigInteger)
    due_ms: Mapped[int] = mapped_column(BigInteger)
    hold_ms: Mapped[int | None] = mapped_column(BigInteger)
    answered_ms: Mapped[int | None] = mapped_column(BigInteger)
    received_ms: Mapped[int | None] = mapped_column(BigInteger)
    in_time: Mapped[bool | None]
