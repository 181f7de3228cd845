"""Keep certificates of skill level as an assessment body reported them. Rows are never changed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class LevelCertificate(db.Model):
    """One 职业技能等级证书. ``file_digest`` names the file it came in, ``occupation`` as written there."""

    __tablename__ = "level_certificate"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("length(number) IN (16, 22)", name="number_whole"),
        CheckConstraint("recorded_by <> person_id", name="recorded_by_another"),
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
