"""Keep certificates of skill level as an assessment body reported them, and what was corrected or withdrawn since."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class LevelCertificate(db.Model):
    """One 职业技能等级证书. ``file_digest`` names the file it came in, ``occupation`` as written there.

    ``state``: recorded, or withdrawn. What it says may be corrected; every step keeps what stood before.
    """

    __tablename__ = "level_certificate"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("length(number) IN (16, 22)", name="number_whole"),
        CheckConstraint("recorded_by <> person_id", name="recorded_by_another"),
        CheckConstraint("state IN ('recorded', 'withdrawn')", name="state_known"),
        Index("ix_level_certificate_person_id", "person_id"),
        Index("ix_level_certificate_issuer_issued_on", "issuer", "issued_on"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(22))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    occupation: Mapped[str] = mapped_column(String(60))
    level_code: Mapped[str] = mapped_column(ForeignKey("skill_level.code"))
    issuer: Mapped[str] = mapped_column(String(80))
    issued_on: Mapped[date]
    recorded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    recorded_ms: Mapped[int] = mapped_column(BigInteger)
    file_digest: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default="recorded", server_default="recorded")


class LevelStep(db.Model):
    """One step of a certificate of skill level, from 1; ``before`` and ``after`` hold what it says. Never changed; triggers hold it.

    ``filed_by``: who asked for it, where another one agreed.
    """

    __tablename__ = "level_certificate_step"
    __table_args__ = (CheckConstraint("position >= 1", name="position_from_one"),)

    certificate_id: Mapped[str] = mapped_column(ForeignKey("level_certificate.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    at_ms: Mapped[int] = mapped_column(BigInteger)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    filed_by: Mapped[str | None] = mapped_column(String(26))


class LevelChange(db.Model):
    """That somebody asks to correct, withdraw or restore a certificate of skill level; it happens once a second person agrees.

    ``said``: of a correction, what the certificate really says. ``filed_for``: for whom a stand-in asked.
    """

    __tablename__ = "level_certificate_change"
    __table_args__ = (
        CheckConstraint("act IN ('correct', 'withdraw', 'restore')", name="act_known"),
        CheckConstraint("state IN ('waiting', 'done', 'refused')", name="state_known"),
        CheckConstraint("decided_by IS NULL OR decided_by <> filed_by", name="decided_by_another"),
        CheckConstraint("state = 'waiting' OR decided_by IS NOT NULL", name="decided_by_somebody"),
        Index("ix_level_certificate_change_certificate_id", "certificate_id"),
        Index(
            "uq_level_certificate_change_waiting",
            "certificate_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    certificate_id: Mapped[str] = mapped_column(ForeignKey("level_certificate.id"))
    act: Mapped[str] = mapped_column(String(10))
    said: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500))
    filed_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    filed_for: Mapped[str | None] = mapped_column(String(26))
    filed_ms: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision: Mapped[str] = mapped_column(String(500), default="")
