"""Keep flags. What was settled stays as it was settled."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.flags.kinds import STATES, SUBJECTS, VERDICTS, WEIGHTS
from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


def _one_of(column: str, values: tuple[str, ...]) -> str:
    """Spell the CHECK that holds ``column`` to ``values``."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Flag(db.Model):
    """One thing that looks wrong. ``once`` names the occasion: raised again, it is the same flag.

    ``subject_id`` has no key, since it points to one of several tables. Class, base and division say who sees it.
    """

    __tablename__ = "flag"
    __table_args__ = (
        UniqueConstraint("once", name="uq_flag_once"),
        CheckConstraint(_one_of("weight", WEIGHTS), name="weight_known"),
        CheckConstraint(_one_of("subject_kind", SUBJECTS), name="subject_known"),
        CheckConstraint(_one_of("state", STATES), name="state_known"),
        CheckConstraint(f"verdict IS NULL OR {_one_of('verdict', VERDICTS)}", name="verdict_known"),
        CheckConstraint(
            "(state = 'open') = (settled_by IS NULL) AND (state = 'open') = (settled_ms IS NULL)"
            " AND (state = 'open') = (verdict IS NULL) AND (state = 'open') = (reason = '')",
            name="settled_whole",
        ),
        CheckConstraint(
            "settled_by IS NULL OR person_id IS NULL OR settled_by <> person_id", name="settled_by_another"
        ),
        Index("ix_flag_base_id_state", "base_id", "state"),
        Index("ix_flag_division_code_state", "division_code", "state"),
        Index("ix_flag_person_id", "person_id"),
        Index("ix_flag_subject_id", "subject_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    weight: Mapped[str] = mapped_column(String(12))
    subject_kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(String(26))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    class_id: Mapped[str | None] = mapped_column(ForeignKey("training_class.id"))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    division_code: Mapped[str | None] = mapped_column(ForeignKey("division.code"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    once: Mapped[str] = mapped_column(String(160))
    raised_ms: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8), default="open")
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    settled_ms: Mapped[int | None] = mapped_column(BigInteger)
    verdict: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500), default="")
