"""Keep programmes, their segments and lessons; modules and syllabi stand in programme_models, questions in question_models.

A published programme never changes: a change is a new version with the same code. A segment keeps its ``key`` from version to
version, so that whatever is paid per segment can be recognised again.
"""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


class Programme(db.Model):
    """What a category of people at one level must learn. ``level_code`` is empty where the category has no levels.

    Without a base it is the city's. ``revision`` counts every change to it or to what belongs to it.
    """

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("state IN ('draft', 'published')", name="known_state"),
        CheckConstraint("(state = 'published') = (published_ms IS NOT NULL)", name="published_has_a_time"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    level_code: Mapped[str | None] = mapped_column(ForeignKey("skill_level.code"))
    syllabus: Mapped[str] = mapped_column(String(80), default="")
    hours_note: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(12), default="draft")
    content_digest: Mapped[str] = mapped_column(String(80))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    published_ms: Mapped[int | None] = mapped_column(BigInteger)
    published_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    syllabus_id: Mapped[str | None] = mapped_column(ForeignKey("syllabus.id"))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    revision: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    edited_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    edited_ms: Mapped[int | None] = mapped_column(BigInteger)


class ProgrammeSegment(db.Model):
    """A part that is trained, assessed and subsidised on its own.

    ``required_s`` is empty while nobody has filled in the hours; an empty value is not zero and cannot be published.
    """

    __tablename__ = "programme_segment"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        UniqueConstraint("programme_id", "position"),
        CheckConstraint("mode IN ('online', 'offline')", name="known_mode"),
        CheckConstraint("kind IN ('theory', 'practice')", name="known_kind"),
        CheckConstraint("assessment IN ('none', 'quiz')", name="known_assessment"),
        CheckConstraint("required_s > 0", name="hours_positive"),
        CheckConstraint("pass_mark BETWEEN 0 AND 100", name="mark_of_hundred"),
        CheckConstraint(
            "assessment = 'none' OR (bank_key IS NOT NULL AND pass_mark IS NOT NULL AND quiz_questions > 0"
            " AND quiz_time_limit_s > 0 AND quiz_attempts > 0 AND min_gap_s >= 0)",
            name="quiz_complete",
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    mode: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    required_s: Mapped[int | None]
    assessment: Mapped[str] = mapped_column(String(8), default="none")
    bank_key: Mapped[str | None] = mapped_column(String(40))
    pass_mark: Mapped[int | None]
    quiz_questions: Mapped[int | None]
    quiz_time_limit_s: Mapped[int | None]
    quiz_attempts: Mapped[int | None]
    min_gap_s: Mapped[int | None]


class SegmentTopic(db.Model):
    """A topic that a segment (its lessons or its sessions) teaches."""

    __tablename__ = "segment_topic"

    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"), primary_key=True)
    topic_code: Mapped[str] = mapped_column(ForeignKey("topic.code"), primary_key=True)


class Lesson(db.Model):
    """One film, sound, text or PDF. ``duration_s`` is whole seconds rounded down; ``media_digest`` says what was meant.

    Either a bundled film (``media_name``) or a ``material`` of an administrator; then ``media_name`` is empty.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        UniqueConstraint("segment_id", "key"),
        UniqueConstraint("segment_id", "position"),
        CheckConstraint("kind IN ('video', 'audio', 'text', 'pdf')", name="known_kind"),
        CheckConstraint("duration_s > 0", name="lasts"),
        CheckConstraint("(media_name = '') = (material_id IS NOT NULL)", name="one_source"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8), default="video")
    title: Mapped[str] = mapped_column(String(80))
    duration_s: Mapped[int]
    media_name: Mapped[str] = mapped_column(String(80))
    media_digest: Mapped[str] = mapped_column(String(80))
    bytes: Mapped[int] = mapped_column(BigInteger)
    poster: Mapped[str | None] = mapped_column(String(80))
    captions: Mapped[str | None] = mapped_column(String(80))
    material_id: Mapped[str | None] = mapped_column(ForeignKey("material.id"))
    topic_code: Mapped[str | None] = mapped_column(ForeignKey("topic.code"))
    module_id: Mapped[str | None] = mapped_column(ForeignKey("programme_module.id"))
