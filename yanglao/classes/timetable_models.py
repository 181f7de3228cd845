"""Keep what stands around the timetable: venues of a base, busy farming seasons, and what was changed, by whom and why."""

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
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class Venue(db.Model):
    """A room or hall of a base. ``capacity`` None is "not known"; position in 1e-6 degrees (WGS-84), radius in metres.

    ``created_by`` None: carried over from a session that named it in plain text.
    """

    __tablename__ = "venue"
    __table_args__ = (
        UniqueConstraint("base_id", "name"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("latitude_e6 BETWEEN -90000000 AND 90000000", name="latitude_on_earth"),
        CheckConstraint("longitude_e6 BETWEEN -180000000 AND 180000000", name="longitude_on_earth"),
        CheckConstraint("radius_m > 0", name="radius_positive"),
        CheckConstraint(
            "(latitude_e6 IS NULL) = (longitude_e6 IS NULL) AND (latitude_e6 IS NULL) = (radius_m IS NULL)",
            name="position_whole",
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    base_id: Mapped[str] = mapped_column(ForeignKey("base.id"))
    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int | None]
    latitude_e6: Mapped[int | None]
    longitude_e6: Mapped[int | None]
    radius_m: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class FarmSeason(db.Model):
    """A busy farming season (农忙) of one division or of one base: shown, never a refusal. ``is_example``: invented."""

    __tablename__ = "farm_season"
    __table_args__ = (
        CheckConstraint("(division_code IS NULL) <> (base_id IS NULL)", name="of_one"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("ix_farm_season_ends_on", "ends_on"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    division_code: Mapped[str | None] = mapped_column(ForeignKey("division.code"))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    name: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    is_example: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class SessionChange(db.Model):
    """One change of a session: added after filing, moved, cancelled, or given to a substitute. ``position`` from 1.

    ``before`` and ``after`` hold what is different: times in milliseconds, names of venues, ids of instructors.
    """

    __tablename__ = "session_change"
    __table_args__ = (
        UniqueConstraint("session_id", "position"),
        CheckConstraint("act IN ('added', 'moved', 'cancelled', 'substituted')", name="act_known"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"))
    position: Mapped[int]
    act: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at_ms: Mapped[int] = mapped_column(BigInteger)
