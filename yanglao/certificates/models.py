"""Keep certificates and what became of them. Steps are never changed; triggers hold it (see ``evidence.triggers``)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.certificates.states import STANDING, STATES, UNISSUED
from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


def _one_of(column: str, values: tuple[str, ...]) -> str:
    """Spell the condition that holds ``column`` to ``values``."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


_NOT_ISSUED = _one_of("state", UNISSUED)


class Certificate(db.Model):
    """One 培训合格证书. Nothing is printed or signed before it is issued; from then on that part never changes.

    ``printed`` holds the texts on the paper by field (see ``rules.PRINTED``), ``statement`` their canonical bytes as signed.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("code"),
        CheckConstraint(_one_of("state", STATES), name="state_known"),
        CheckConstraint(
            " AND ".join(
                f"(({_NOT_ISSUED}) = ({column} IS NULL))"
                for column in ("number", "code", "statement", "signature", "issued_by", "issued_ms")
            ),
            name="issued_whole",
        ),
        CheckConstraint("issued_by IS NULL OR issued_by <> reviewed_by", name="four_eyes"),
        CheckConstraint("reviewed_by <> person_id", name="not_own_review"),
        CheckConstraint("issued_by IS NULL OR issued_by <> person_id", name="not_own_issue"),
        CheckConstraint("replaces_id IS NULL OR replaces_id <> id", name="replaces_another"),
        Index(
            "uq_certificate_standing",
            "enrolment_id",
            unique=True,
            sqlite_where=text(_one_of("state", STANDING)),
            postgresql_where=text(_one_of("state", STANDING)),
        ),
        Index(
            "uq_certificate_waiting",
            "enrolment_id",
            unique=True,
            sqlite_where=text("state = 'reviewed'"),
            postgresql_where=text("state = 'reviewed'"),
        ),
        Index("ix_certificate_base_id_state", "base_id", "state"),
        Index("ix_certificate_class_id", "class_id"),
        Index("ix_certificate_person_id", "person_id"),
        Index("ix_certificate_issued_by_issued_ms", "issued_by", "issued_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    base_id: Mapped[str] = mapped_column(ForeignKey("base.id"))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    state: Mapped[str] = mapped_column(String(10), default="reviewed")
    state_ms: Mapped[int] = mapped_column(BigInteger)
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("certificate.id"))
    reviewed_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reviewed_ms: Mapped[int] = mapped_column(BigInteger)
    issued_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    issued_ms: Mapped[int | None] = mapped_column(BigInteger)
    number: Mapped[str | None] = mapped_column(String(21))
    code: Mapped[str | None] = mapped_column(String(16))
    printed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    statement: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[str | None] = mapped_column(String(160))


class CertificateStep(db.Model):
    """One step of a certificate, from 1; ``reason`` may name people and therefore stands here, not in the ledger."""

    __tablename__ = "certificate_step"
    __table_args__ = (CheckConstraint("position >= 1", name="position_from_one"),)

    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[str] = mapped_column(String(10))
    from_state: Mapped[str | None] = mapped_column(String(10))
    to_state: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    at_ms: Mapped[int] = mapped_column(BigInteger)
