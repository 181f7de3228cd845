"""Keep syllabi and their hours by topic, and the modules between a segment and its lessons.

What belongs to a published syllabus or programme never changes; triggers hold it (see triggers.py).
"""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


class Syllabus(db.Model):
    """One version of a syllabus (大纲). ``source`` says which document the hours come from; without a base it is the city's."""

    __tablename__ = "syllabus"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("state IN ('draft', 'published')", name="known_state"),
        CheckConstraint("(state = 'published') = (published_ms IS NOT NULL)", name="published_has_a_time"),
        CheckConstraint("published_by <> edited_by", name="published_by_another"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    level_code: Mapped[str | None] = mapped_column(ForeignKey("skill_level.code"))
    source: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    edited_ms: Mapped[int] = mapped_column(BigInteger)
    edited_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    published_ms: Mapped[int | None] = mapped_column(BigInteger)
    published_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class SyllabusTopic(db.Model):
    """One line of a syllabus. Seconds; empty means that the document does not say, which is not zero."""

    __tablename__ = "syllabus_topic"
    __table_args__ = (
        UniqueConstraint("syllabus_id", "position"),
        CheckConstraint("theory_s >= 0 AND practice_s >= 0", name="hours_not_negative"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    syllabus_id: Mapped[str] = mapped_column(ForeignKey("syllabus.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    topic_code: Mapped[str | None] = mapped_column(ForeignKey("topic.code"))
    theory_s: Mapped[int | None]
    practice_s: Mapped[int | None]


class ProgrammeModule(db.Model):
    """A part of a segment that holds lessons (模块). It keeps its ``key`` from version to version."""

    __tablename__ = "programme_module"
    __table_args__ = (UniqueConstraint("segment_id", "key"), UniqueConstraint("segment_id", "position"))

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
