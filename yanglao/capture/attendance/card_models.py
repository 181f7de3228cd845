"""Keep printed cards: one live card per person, good for all of the person's classes until it is revoked."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db

LIVE = text("revoked_ms IS NULL")


class PrintedCard(db.Model):
    """One issued card. ``number`` stands on the card, is drawn at random and never used again; no secret is kept.

    ``seen_ms`` and ``seen_session_id``: the moment and session of the latest scan of it.
    """

    __tablename__ = "printed_card"
    __table_args__ = (
        CheckConstraint("number > 0 AND number < 2147483648", name="number_31_bits"),
        CheckConstraint("(revoked_ms IS NULL) = (revoked_by IS NULL)", name="revoked_by_somebody"),
        Index("uq_printed_card_live", "person_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    issued_ms: Mapped[int] = mapped_column(BigInteger)
    issued_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    printed_ms: Mapped[int | None] = mapped_column(BigInteger)
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    seen_ms: Mapped[int | None] = mapped_column(BigInteger)
    seen_session_id: Mapped[str | None] = mapped_column(ForeignKey("offline_session.id"))
