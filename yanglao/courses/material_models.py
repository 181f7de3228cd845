"""Keep what lessons are made of: films, sound, texts, pages; and sound recorded for a question or a page.

What is ready never changes (captions aside): its seconds are what people are credited by. Another content is another
material. The bytes themselves lie in ``files``; its rows are named here without a key, as everywhere.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id

READY = text("state = 'ready'")


class Material(db.Model):
    """One thing to watch, hear or read. ``base_id`` is empty for the city's own; ``digest`` names the whole content."""

    __tablename__ = "material"
    __table_args__ = (
        CheckConstraint("kind IN ('video', 'audio', 'text', 'pdf')", name="known_kind"),
        CheckConstraint("state IN ('processing', 'ready', 'refused')", name="known_state"),
        CheckConstraint("(state = 'ready') = (ready_ms IS NOT NULL)", name="ready_has_a_time"),
        CheckConstraint(
            "state <> 'ready' OR (duration_s > 0 AND bytes > 0 AND digest <> '')", name="complete"
        ),
        CheckConstraint("(state = 'refused') = (fault <> '')", name="refused_says_why"),
        Index("ix_material_base_id_made_ms", "base_id", "made_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(80))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    state: Mapped[str] = mapped_column(String(12), default="processing")
    fault: Mapped[str] = mapped_column(String(60), default="")
    fault_facts: Mapped[str] = mapped_column(Text, default="{}")
    source: Mapped[str] = mapped_column(Text, default="{}")  # what it is made from, canonical JSON
    duration_s: Mapped[int | None]
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)  # of the clear version, all pages together
    digest: Mapped[str] = mapped_column(String(80), default="")
    policy: Mapped[str] = mapped_column(String(80), default="")  # the figures its seconds come from
    made_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    made_ms: Mapped[int] = mapped_column(BigInteger)
    ready_ms: Mapped[int | None] = mapped_column(BigInteger)
    is_demo: Mapped[bool] = mapped_column(default=False)


class MaterialFile(db.Model):
    """One file of a material: ``clear`` or ``light`` (a page's position, else 0), ``poster``, ``captions``, a ``picture``."""

    __tablename__ = "material_file"
    __table_args__ = (
        CheckConstraint("role IN ('clear', 'light', 'poster', 'captions', 'picture')", name="known_role"),
        CheckConstraint("bytes > 0", name="not_empty"),
    )

    material_id: Mapped[str] = mapped_column(ForeignKey("material.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(8), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(String(26))
    bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)


class MaterialPage(db.Model):
    """One page of a text or a PDF: half-open seconds of the lesson, and what stands on it."""

    __tablename__ = "material_page"
    __table_args__ = (
        UniqueConstraint("material_id", "position"),
        CheckConstraint("from_s >= 0 AND to_s > from_s", name="lasts"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    material_id: Mapped[str] = mapped_column(ForeignKey("material.id"))
    position: Mapped[int]
    from_s: Mapped[int]
    to_s: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    blocks: Mapped[str] = mapped_column(Text, default="[]")  # canonical JSON; empty for a PDF


class Recording(db.Model):
    """A voice that reads a question or a page aloud. At most one per target is ready; older ones are removed."""

    __tablename__ = "recording"
    __table_args__ = (
        CheckConstraint("target_kind IN ('question', 'page')", name="known_target"),
        CheckConstraint("state IN ('processing', 'ready', 'refused', 'removed')", name="known_state"),
        CheckConstraint("state <> 'ready' OR (file_id IS NOT NULL AND duration_s > 0)", name="complete"),
        Index(
            "uq_recording_ready",
            "target_kind",
            "target_id",
            unique=True,
            sqlite_where=READY,
            postgresql_where=READY,
        ),
        Index("ix_recording_target", "target_kind", "target_id", "made_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    target_kind: Mapped[str] = mapped_column(String(8))
    target_id: Mapped[str] = mapped_column(String(26))
    state: Mapped[str] = mapped_column(String(12), default="processing")
    fault: Mapped[str] = mapped_column(String(60), default="")
    fault_facts: Mapped[str] = mapped_column(Text, default="{}")
    source_file_id: Mapped[str | None] = mapped_column(String(26))
    file_id: Mapped[str | None] = mapped_column(String(26))
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    duration_s: Mapped[int] = mapped_column(default=0)
    speech: Mapped[str] = mapped_column(String(20), default="")  # 普通话, or the dialect as people call it
    made_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    made_ms: Mapped[int] = mapped_column(BigInteger)
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
