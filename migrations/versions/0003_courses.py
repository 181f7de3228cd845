"""Make the tables of courses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of courses."""
    _programme()
    _question()
    _programme_segment()
    _question_option()
    _lesson()
    _segment_topic()


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("segment_topic")
    op.drop_table("lesson")
    op.drop_table("question_option")
    op.drop_table("programme_segment")
    op.drop_table("question")
    op.drop_table("programme")


def _programme() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("level_code", sa.String(length=12), nullable=True),
        sa.Column("syllabus", sa.String(length=80), nullable=False),
        sa.Column("hours_note", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content_digest", sa.String(length=80), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("published_ms", sa.BigInteger(), nullable=True),
        sa.Column("published_by", sa.String(length=26), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state = 'published') = (published_ms IS NOT NULL)",
            name=op.f("ck_programme_published_has_a_time"),
        ),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_programme_known_state")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_programme_version_positive")),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_programme_category_code")
        ),
        sa.ForeignKeyConstraint(["level_code"], ["skill_level.code"], name=op.f("fk_programme_level_code")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_programme_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_programme_code_version")),
    )


def _question() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("bank_key", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("topic_code", sa.String(length=24), nullable=True),
        sa.Column("content_digest", sa.String(length=80), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("retired_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('single', 'multiple', 'true_false')", name=op.f("ck_question_known_kind")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_question_version_positive")),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_question_topic_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("bank_key", "key", "version", name=op.f("uq_question_bank_key_key_version")),
    )
    op.create_index("ix_question_current", "question", ["bank_key", "retired_ms"], unique=False)


def _programme_segment() -> None:
    op.create_table(
        "programme_segment",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("programme_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("required_s", sa.Integer(), nullable=True),
        sa.Column("assessment", sa.String(length=8), nullable=False),
        sa.Column("bank_key", sa.String(length=40), nullable=True),
        sa.Column("pass_mark", sa.Integer(), nullable=True),
        sa.Column("quiz_questions", sa.Integer(), nullable=True),
        sa.Column("quiz_time_limit_s", sa.Integer(), nullable=True),
        sa.Column("quiz_attempts", sa.Integer(), nullable=True),
        sa.Column("min_gap_s", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "assessment = 'none' OR (bank_key IS NOT NULL AND pass_mark IS NOT NULL AND quiz_questions > 0 AND quiz_time_limit_s > 0 AND quiz_attempts > 0 AND min_gap_s >= 0)",
            name=op.f("ck_programme_segment_quiz_complete"),
        ),
        sa.CheckConstraint(
            "assessment IN ('none', 'quiz')", name=op.f("ck_programme_segment_known_assessment")
        ),
        sa.CheckConstraint("kind IN ('theory', 'practice')", name=op.f("ck_programme_segment_known_kind")),
        sa.CheckConstraint("mode IN ('online', 'offline')", name=op.f("ck_programme_segment_known_mode")),
        sa.CheckConstraint("pass_mark BETWEEN 0 AND 100", name=op.f("ck_programme_segment_mark_of_hundred")),
        sa.CheckConstraint("required_s > 0", name=op.f("ck_programme_segment_hours_positive")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_programme_segment_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_segment")),
        sa.UniqueConstraint("programme_id", "key", name=op.f("uq_programme_segment_programme_id_key")),
        sa.UniqueConstraint(
            "programme_id", "position", name=op.f("uq_programme_segment_programme_id_position")
        ),
    )


def _question_option() -> None:
    op.create_table(
        "question_option",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("question_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_option_question_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_option")),
        sa.UniqueConstraint("question_id", "position", name=op.f("uq_question_option_question_id_position")),
    )


def _lesson() -> None:
    op.create_table(
        "lesson",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("media_name", sa.String(length=80), nullable=False),
        sa.Column("media_digest", sa.String(length=80), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("poster", sa.String(length=80), nullable=True),
        sa.Column("captions", sa.String(length=80), nullable=True),
        sa.Column("topic_code", sa.String(length=24), nullable=True),
        sa.CheckConstraint("kind IN ('video')", name=op.f("ck_lesson_known_kind")),
        sa.CheckConstraint("duration_s > 0", name=op.f("ck_lesson_lasts")),
        sa.ForeignKeyConstraint(["segment_id"], ["programme_segment.id"], name=op.f("fk_lesson_segment_id")),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_lesson_topic_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("segment_id", "key", name=op.f("uq_lesson_segment_id_key")),
        sa.UniqueConstraint("segment_id", "position", name=op.f("uq_lesson_segment_id_position")),
    )


def _segment_topic() -> None:
    op.create_table(
        "segment_topic",
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("topic_code", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["programme_segment.id"], name=op.f("fk_segment_topic_segment_id")
        ),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_segment_topic_topic_code")),
        sa.PrimaryKeyConstraint("segment_id", "topic_code", name=op.f("pk_segment_topic")),
    )
