"""Keep printed papers, their pages as printed, and the scans of the signed sheets. Pages and scans are never changed back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class Paper(db.Model):
    """One document that was asked for. ``kind`` says what fills it, ``subject_id`` whom or what it is about.

    What was printed of it is entered in the chain (``chain_kind``, ``chain_id``). ``class_id``: the class it belongs to, if any.
    """

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'made')", name="state_known"),
        CheckConstraint("(state = 'made') = (made_ms IS NOT NULL)", name="made_when_made"),
        Index("ix_paper_class_id_asked_ms", "class_id", "asked_ms"),
        Index("ix_paper_subject_id", "subject_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(26))
    chain_kind: Mapped[str] = mapped_column(String(16))
    chain_id: Mapped[str] = mapped_column(String(26))
    class_id: Mapped[str | None] = mapped_column(ForeignKey("training_class.id"))
    base_id: Mapped[str] = mapped_column(ForeignKey("base.id"))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8), default="asked")
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    asked_ms: Mapped[int] = mapped_column(BigInteger)
    made_ms: Mapped[int | None] = mapped_column(BigInteger)
    file_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    entry_position: Mapped[int | None]  # of paper.printed in its chain


class PaperPage(db.Model):
    """One page as printed. ``content`` is canonical JSON and holds names: it is no part of the ledger, its digest is."""

    __tablename__ = "paper_page"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("paper_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    paper_id: Mapped[str] = mapped_column(ForeignKey("paper.id"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(16))
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(80))
    heads: Mapped[list[Any]] = mapped_column(JSON)  # [[chain kind, chain id, position, hash], …] it rests on
    root: Mapped[str] = mapped_column(String(80))


class PaperScan(db.Model):
    """One page of what was photographed or scanned. Filed to the page whose code it shows, or by hand."""

    __tablename__ = "paper_scan"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'filed', 'unread', 'damaged')", name="state_known"),
        CheckConstraint("(state = 'filed') = (page_id IS NOT NULL)", name="filed_to_a_page"),
        CheckConstraint("how IN ('', 'code', 'hand')", name="how_known"),
        Index("ix_paper_scan_page_id", "page_id"),
        Index("ix_paper_scan_class_id_state", "class_id", "state"),
        UniqueConstraint("upload_id", "part"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    upload_id: Mapped[str] = mapped_column(String(26))  # the file as sent: all its parts share it
    part: Mapped[int]  # page within the file, from 1; 0 while it was not looked at
    class_id: Mapped[str | None] = mapped_column(ForeignKey("training_class.id"))  # where it was handed in
    page_id: Mapped[str | None] = mapped_column(ForeignKey("paper_page.id"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    how: Mapped[str] = mapped_column(String(4), default="")
    fault: Mapped[str] = mapped_column(String(60), default="")
    file_id: Mapped[str] = mapped_column(ForeignKey("stored_file.id"))  # as sent
    picture_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))  # this page, drawn anew
    sha256: Mapped[str] = mapped_column(String(64))  # of the file as sent
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    uploaded_ms: Mapped[int] = mapped_column(BigInteger)
    filed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    filed_ms: Mapped[int | None] = mapped_column(BigInteger)
