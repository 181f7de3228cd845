"""Make the tables of standings and oversight."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of standings and oversight."""
    _completion_person()
    _completion_note()
    _completion_standing()


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("completion_standing")
    op.drop_table("completion_note")
    op.drop_table("completion_person")


def _completion_person() -> None:
    op.create_table(
        "completion_person",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("folded_to", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_completion_person_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_completion_person")),
    )


def _completion_note() -> None:
    op.create_table(
        "completion_note",
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_completion_note_enrolment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "position", name=op.f("pk_completion_note")),
    )


def _completion_standing() -> None:
    op.create_table(
        "completion_standing",
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("segment_position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("required_s", sa.Integer(), nullable=False),
        sa.Column("entered_s", sa.Integer(), nullable=False),
        sa.Column("quiz_best", sa.Integer(), nullable=True),
        sa.Column("quiz_passed", sa.Boolean(), nullable=False),
        sa.Column("quiz_attempts", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("presences", sa.JSON(), nullable=False),
        sa.Column("covered", sa.JSON(), nullable=False),
        sa.Column("review", sa.JSON(), nullable=True),
        sa.CheckConstraint("mode IN ('online', 'offline')", name=op.f("ck_completion_standing_mode_known")),
        sa.CheckConstraint(
            "state IN ('not_started', 'in_progress', 'hours_met', 'complete')",
            name=op.f("ck_completion_standing_state_known"),
        ),
        sa.CheckConstraint("entered_s >= 0", name=op.f("ck_completion_standing_not_negative")),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_completion_standing_base_id")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_class.id"], name=op.f("fk_completion_standing_class_id")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_completion_standing_division_code")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_completion_standing_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_completion_standing_person_id")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["programme_segment.id"], name=op.f("fk_completion_standing_segment_id")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "segment_id", name=op.f("pk_completion_standing")),
    )
    op.create_index(
        "ix_completion_standing_base",
        "completion_standing",
        ["base_id", "class_id", "enrolment_id", "segment_position"],
        unique=False,
    )
    op.create_index(
        "ix_completion_standing_class",
        "completion_standing",
        ["class_id", "enrolment_id", "segment_position"],
        unique=False,
    )
    op.create_index("ix_completion_standing_person", "completion_standing", ["person_id"], unique=False)
