"""Make question banks and quiz plans; let questions be gaps and cases, be harder or easier, and weigh more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
KINDS = "kind IN ('single', 'multiple', 'true_false')"
KINDS_NOW = "kind IN ('single', 'multiple', 'true_false', 'fill_in', 'case')"
NO_MODULE = sa.text("module_id IS NULL")
OF_MODULE = sa.text("module_id IS NOT NULL")
NEW = (
    "difficulty",
    "blanks",
    "numerals",
    "marks",
    "case_id",
    "position",
    "picture_name",
    "picture_id",
    "audio_name",
    "made_by",
)


def upgrade() -> None:
    """Make the tables, a row for each bank that is there, and the columns. No table made anew here has a trigger."""
    _question_bank()
    _quiz_plan()
    op.execute(
        "INSERT INTO question_bank (key, name, created_ms)"
        " SELECT bank_key, bank_key, min(created_ms) FROM question GROUP BY bank_key"
    )
    with op.batch_alter_table("question") as table:
        table.add_column(sa.Column("difficulty", sa.String(length=8), nullable=True))
        table.add_column(sa.Column("blanks", sa.JSON(), nullable=True))
        table.add_column(sa.Column("numerals", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        table.add_column(sa.Column("marks", sa.Integer(), nullable=False, server_default=sa.text("1")))
        table.add_column(sa.Column("case_id", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("position", sa.Integer(), nullable=True))
        table.add_column(sa.Column("picture_name", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("picture_id", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("audio_name", sa.String(length=200), nullable=True))
        table.add_column(sa.Column("made_by", sa.String(length=26), nullable=True))
        table.drop_constraint(op.f("ck_question_known_kind"), type_="check")
        table.create_check_constraint(op.f("ck_question_known_kind"), KINDS_NOW)
        table.create_check_constraint(
            op.f("ck_question_known_difficulty"), "difficulty IN ('easy', 'medium', 'hard')"
        )
        table.create_check_constraint(
            op.f("ck_question_part_has_a_place"), "(case_id IS NULL) = (position IS NULL)"
        )
        table.create_check_constraint(op.f("ck_question_no_nesting"), "case_id IS NULL OR kind <> 'case'")
        table.create_check_constraint(op.f("ck_question_marks_of_hundred"), "marks BETWEEN 1 AND 100")
        table.create_unique_constraint(op.f("uq_question_case_id_position"), ["case_id", "position"])
        table.create_foreign_key(op.f("fk_question_case_id"), "question", ["case_id"], ["id"])
        table.create_foreign_key(op.f("fk_question_made_by"), "person", ["made_by"], ["id"])


def downgrade() -> None:
    """Drop them. Gaps and cases go, with what was answered to them."""
    gone = "SELECT id FROM question WHERE kind IN ('fill_in', 'case') OR case_id IS NOT NULL"
    op.execute(f"DELETE FROM attempt_answer WHERE question_id IN ({gone})")  # noqa: S608
    op.execute(f"DELETE FROM question_option WHERE question_id IN ({gone})")  # noqa: S608
    op.execute("DELETE FROM question WHERE case_id IS NOT NULL")
    op.execute("DELETE FROM question WHERE kind IN ('fill_in', 'case')")
    with op.batch_alter_table("question") as table:
        table.drop_constraint(op.f("fk_question_case_id"), type_="foreignkey")
        table.drop_constraint(op.f("fk_question_made_by"), type_="foreignkey")
        table.drop_constraint(op.f("uq_question_case_id_position"), type_="unique")
        for name in ("known_kind", "known_difficulty", "part_has_a_place", "no_nesting", "marks_of_hundred"):
            table.drop_constraint(op.f(f"ck_question_{name}"), type_="check")
        table.create_check_constraint(op.f("ck_question_known_kind"), KINDS)
        for name in NEW:
            table.drop_column(name)
    op.drop_table("quiz_plan")
    op.drop_table("question_bank")


def _question_bank() -> None:
    op.create_table(
        "question_bank",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("multiple_rule", sa.String(length=8), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "multiple_rule IN ('all', 'share')", name=op.f("ck_question_bank_known_multiple_rule")
        ),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_question_bank_base_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_question_bank_created_by")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_question_bank")),
    )


def _quiz_plan() -> None:
    op.create_table(
        "quiz_plan",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("module_id", sa.String(length=26), nullable=True),
        sa.Column("bank_key", sa.String(length=40), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("time_limit_s", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("min_gap_s", sa.Integer(), nullable=False),
        sa.Column("feedback", sa.String(length=32), nullable=False),
        sa.Column("blueprint", sa.JSON(), nullable=True),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_quiz_plan_mark_of_hundred")),
        sa.CheckConstraint(
            "questions > 0 AND time_limit_s > 0 AND attempts > 0 AND min_gap_s >= 0",
            name=op.f("ck_quiz_plan_complete"),
        ),
        sa.CheckConstraint(
            "feedback IN ('nothing', 'score', 'explanations_after_passing')",
            name=op.f("ck_quiz_plan_known_feedback"),
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["programme_segment.id"], name=op.f("fk_quiz_plan_segment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_plan")),
    )
    op.create_index(
        "uq_quiz_plan_segment",
        "quiz_plan",
        ["segment_id"],
        unique=True,
        sqlite_where=NO_MODULE,
        postgresql_where=NO_MODULE,
    )
    op.create_index(
        "uq_quiz_plan_module",
        "quiz_plan",
        ["segment_id", "module_id"],
        unique=True,
        sqlite_where=OF_MODULE,
        postgresql_where=OF_MODULE,
    )
