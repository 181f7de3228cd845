"""Keep the photos that help an instructor to know a person by sight."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id

WAITING, APPROVED = text("state = 'waiting'"), text("state = 'approved'")


class PersonPhoto(db.Model):
    """One photo of a person. At most one waits and at most one stands; the picture itself lies in ``files``.

    ``taken_by``: the instructor who took it at a scan; None for what the person, or the base by a zip, handed in.
    """

    __tablename__ = "person_photo"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'removed', 'replaced')", name="state_known"
        ),
        CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name="decided_by_another"),
        Index(
            "uq_person_photo_waiting",
            "person_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index(
            "uq_person_photo_approved",
            "person_id",
            unique=True,
            sqlite_where=APPROVED,
            postgresql_where=APPROVED,
        ),
        Index("ix_person_photo_state_taken_ms", "state", "taken_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    file_id: Mapped[str] = mapped_column(String(26))  # no key: the file's row goes when its time is over
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    taken_ms: Mapped[int] = mapped_column(BigInteger)
    taken_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200), default="")
