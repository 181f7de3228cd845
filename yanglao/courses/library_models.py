"""Keep the shared library 三优资源: what is proposed, every step of its life, and where it is used."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.courses.states import KINDS, STATES
from yanglao.kernel.db import db


def _one_of(column: str, values: tuple[str, ...]) -> str:
    """Spell the CHECK that holds ``column`` to ``values``."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class SharedResource(db.Model):
    """A textbook, a courseware or a teacher that a base offers to all. A courseware is a published lesson or a material.

    ``file_id`` is what can be saved: a book, slides.
    """

    __tablename__ = "shared_resource"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind_known"),
        CheckConstraint(_one_of("state", STATES), name="state_known"),
        CheckConstraint("kind = 'courseware' OR lesson_id IS NULL", name="only_courseware_is_a_lesson"),
        CheckConstraint(
            "material_id IS NULL OR (kind = 'courseware' AND lesson_id IS NULL)", name="one_source"
        ),
        CheckConstraint("reviewed_by <> proposed_by", name="reviewed_by_another"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(80))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    lesson_id: Mapped[str | None] = mapped_column(ForeignKey("lesson.id"))
    file_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    material_id: Mapped[str | None] = mapped_column(ForeignKey("material.id"))
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    proposed_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class ResourceStep(db.Model):
    """One step in the life of a resource; steps are only added."""

    __tablename__ = "resource_step"
    __table_args__ = (UniqueConstraint("resource_id", "number"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("shared_resource.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500))
    at_ms: Mapped[int] = mapped_column(BigInteger)


class ResourceUse(db.Model):
    """A programme that took a resource over; once each, however often it was copied in."""

    __tablename__ = "resource_use"

    resource_id: Mapped[str] = mapped_column(ForeignKey("shared_resource.id"), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"), primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger)


class ResourceLesson(db.Model):
    """A lesson that a resource went into, by the keys it has in its programme; it may show something else by now."""

    __tablename__ = "resource_lesson"
    __table_args__ = (
        # A draft that is dropped takes its uses along, and previous code does not know this table.
        ForeignKeyConstraint(
            ["resource_id", "programme_id"],
            ["resource_use.resource_id", "resource_use.programme_id"],
            ondelete="CASCADE",
        ),
    )

    resource_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    programme_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    segment_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    lesson_key: Mapped[str] = mapped_column(String(40), primary_key=True)
