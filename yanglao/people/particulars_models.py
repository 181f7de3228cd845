"""Keep what claim papers ask of a person beyond the ID: schooling and household registration."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


class PersonParticulars(db.Model):
    """What a base entered or imported of a person for the rosters of claims; empty is unknown. ``set_by`` is None for the system."""

    __tablename__ = "person_particulars"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    schooling: Mapped[str] = mapped_column(String(20), default="")
    registered: Mapped[str] = mapped_column(String(60), default="")
    household: Mapped[str] = mapped_column(String(20), default="")
    set_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    set_ms: Mapped[int] = mapped_column(BigInteger)
