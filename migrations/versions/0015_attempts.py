"""Let attempts belong to modules, keep seed and feedback of a paper, order saved answers, and note what was shown when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
FEEDBACK = "feedback IN ('nothing', 'score', 'explanations_after_passing')"


def upgrade() -> None:
    """Make the columns and the table; papers that are there keep what was told until now. No table here has a trigger."""
    op.drop_index("uq_quiz_attempt_one_open", table_name="quiz_attempt")
    with op.batch_alter_table("quiz_attempt") as table:
        table.add_column(sa.Column("module_id", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("seed", sa.String(length=26), nullable=True))
        table.add_column(
            sa.Column(
                "feedback",
                sa.String(length=32),
                nullable=False,
                server_default=sa.text("'explanations_after_passing'"),
            )
        )
        table.add_column(sa.Column("by_share", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        table.create_check_constraint(op.f("ck_quiz_attempt_known_feedback"), FEEDBACK)
    _one_open("uq_quiz_attempt_one_open", "segment_id", "state = 'open' AND module_id IS NULL")
    _one_open("uq_quiz_attempt_one_open_module", "module_id", "state = 'open' AND module_id IS NOT NULL")
    op.create_index("ix_quiz_attempt_segment", "quiz_attempt", ["segment_id", "submitted_ms"], unique=False)
    with op.batch_alter_table("attempt_answer") as table:
        table.add_column(sa.Column("counter", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
        table.add_column(sa.Column("first_ms", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("waited", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        table.create_check_constraint(op.f("ck_attempt_answer_counter_not_negative"), "counter >= 0")
    op.create_index("ix_attempt_answer_question", "attempt_answer", ["question_id"], unique=False)
    op.create_table(
        "attempt_shown",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("question_id", sa.String(length=26), nullable=False),
        sa.Column("shown_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["quiz_attempt.id"], name=op.f("fk_attempt_shown_attempt_id")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_attempt_shown_question_id")),
        sa.PrimaryKeyConstraint("attempt_id", "question_id", name=op.f("pk_attempt_shown")),
    )


def downgrade() -> None:
    """Drop them. Attempts at modules go, with their answers."""
    op.drop_table("attempt_shown")
    of_modules = "SELECT id FROM quiz_attempt WHERE module_id IS NOT NULL"
    op.execute(f"DELETE FROM attempt_answer WHERE attempt_id IN ({of_modules})")  # noqa: S608
    op.execute("DELETE FROM quiz_attempt WHERE module_id IS NOT NULL")
    op.drop_index("ix_attempt_answer_question", table_name="attempt_answer")
    with op.batch_alter_table("attempt_answer") as table:
        table.drop_constraint(op.f("ck_attempt_answer_counter_not_negative"), type_="check")
        for name in ("counter", "first_ms", "waited"):
            table.drop_column(name)
    op.drop_index("ix_quiz_attempt_segment", table_name="quiz_attempt")
    op.drop_index("uq_quiz_attempt_one_open_module", table_name="quiz_attempt")
    op.drop_index("uq_quiz_attempt_one_open", table_name="quiz_attempt")
    with op.batch_alter_table("quiz_attempt") as table:
        table.drop_constraint(op.f("ck_quiz_attempt_known_feedback"), type_="check")
        for name in ("module_id", "seed", "feedback", "by_share"):
            table.drop_column(name)
    _one_open("uq_quiz_attempt_one_open", "segment_id", "state = 'open'")


def _one_open(name: str, of: str, where: str) -> None:
    op.create_index(
        name,
        "quiz_attempt",
        ["enrolment_id", of],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
