"""Keep the phones that help to scan at one session."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class HelperPhone(db.Model):
    """A code to help at one session and, once it was used, the phone that used it. Of code and token only digests are kept."""

    __tablename__ = "helper_phone"
    __table_args__ = (
        CheckConstraint("(joined_ms IS NULL) = (token_hash IS NULL)", name="joined_with_token"),
        CheckConstraint("(ended_ms IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        Index("uq_helper_phone_code_hash", "code_hash", unique=True),
        Index("uq_helper_phone_token_hash", "token_hash", unique=True),
        Index("ix_helper_phone_session_id", "session_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"))
    invited_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    code_hash: Mapped[str] = mapped_column(String(80))
    code_until_ms: Mapped[int] = mapped_column(BigInteger)
    token_hash: Mapped[str | None] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(20), default="")
    joined_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    scans: Mapped[int] = mapped_column(default=0)
