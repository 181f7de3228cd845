"""Keep who stands in for whom, on which days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class StandIn(db.Model):
    """That somebody does an officer's work from one day to another, both included, unless ended before.

    The table keeps the word under which it was made.
    """

    __tablename__ = "person_substitute"
    __table_args__ = (
        CheckConstraint("substitute_id <> person_id", name="another"),
        CheckConstraint("until >= since", name="until_after_since"),
        Index("ix_person_substitute_substitute_id", "substitute_id"),
        Index("ix_person_substitute_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    stand_in_id: Mapped[str] = mapped_column("substitute_id", ForeignKey("person.id"))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(200), default="")
    set_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    set_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
