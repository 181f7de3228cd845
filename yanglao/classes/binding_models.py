"""Keep the windows in which the people of a class bind their WeChat by the class's code."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id

OPEN = text("closed_ms IS NULL")


class BindingWindow(db.Model):
    """A window of one class; one at a time. The code is kept sealed, to be shown again, and found by its hash."""

    __tablename__ = "binding_window"
    __table_args__ = (
        UniqueConstraint("code_hash"),
        Index("uq_binding_window_open", "class_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("until_ms > opened_ms", name="until_after_opened"),
        Index("ix_binding_window_class_id", "class_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    code_sealed: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    opened_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    closed_ms: Mapped[int | None] = mapped_column(BigInteger)
