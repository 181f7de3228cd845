"""Keep the bureau's own forms in versions, and which version a claim was filled into."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class BureauForm(db.Model):
    """A form by its name. ``retired_ms``: no longer offered; what was filled in stays known."""

    __tablename__ = "bureau_form"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(60))
    made_ms: Mapped[int] = mapped_column(BigInteger)
    retired_ms: Mapped[int | None] = mapped_column(BigInteger)


class BureauFormVersion(db.Model):
    """One upload of a form, numbered from 1; never changed. ``words`` are the placeholders found in it."""

    __tablename__ = "bureau_form_version"
    __table_args__ = (
        UniqueConstraint("form_id", "number"),
        CheckConstraint("kind IN ('xlsx', 'docx')", name="kind_known"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    form_id: Mapped[str] = mapped_column(ForeignKey("bureau_form.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(4))
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"))
    file_digest: Mapped[str] = mapped_column(String(80))
    words: Mapped[list[Any]] = mapped_column(JSON)
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    uploaded_ms: Mapped[int] = mapped_column(BigInteger)


class BureauFormUse(db.Model):
    """That a claim was filled into a version of a form, by whom and when."""

    __tablename__ = "bureau_form_use"
    __table_args__ = (Index("ix_bureau_form_use_claim_id", "claim_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    version_id: Mapped[str] = mapped_column(ForeignKey("bureau_form_version.id"))
    claim_id: Mapped[str] = mapped_column(ForeignKey("subsidy_claim.id"))
    file_digest: Mapped[str] = mapped_column(String(80))  # of what was made
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    asked_ms: Mapped[int] = mapped_column(BigInteger)
