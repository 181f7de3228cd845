"""The table of stored files."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


class StoredFile(db.Model):
    """One file somebody may fetch until it expires. Equal content lies on disk once, whatever the rows."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size_bytes >= 0", name="size_not_negative"),
        Index("ix_stored_file_sha256", "sha256"),
        Index("ix_stored_file_expires_ms", "expires_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))  # lower-case hex of the content
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(200))  # as it is offered for saving
    media_type: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(40))
    owner_id: Mapped[str | None] = mapped_column(String(26))  # a person; no key: the row outlives a merge
    created_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int | None] = mapped_column(BigInteger)
