"""The table of files that are on their way."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class Upload(db.Model):
    """One file that arrives in pieces. ``received_bytes`` lie safely on disk; what was used up is ``taken``."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="not_empty"),
        CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name="within_size"),
        CheckConstraint("state IN ('open', 'complete', 'taken')", name="known_state"),
        CheckConstraint("state = 'open' OR received_bytes = size_bytes", name="complete_is_whole"),
        Index("ix_upload_owner_id_state", "owner_id", "state"),
        Index("ix_upload_touched_ms", "touched_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(String(26))  # a person; no key, as in stored_file
    name: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    received_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")  # as announced; empty when it was not
    state: Mapped[str] = mapped_column(String(10), default="open")
    created_ms: Mapped[int] = mapped_column(BigInteger)
    touched_ms: Mapped[int] = mapped_column(BigInteger)
