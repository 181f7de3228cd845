"""Make the tables of viewing, quiz and attendance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables of viewing, quiz and attendance."""
    _person_card()
    _scan_waste()
    _quiz_attempt()
    _scan()
    _screen()
    _viewing()
    _attempt_answer()
    _presence()
    _scan_place()
    _viewing_challenge()


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("viewing_challenge")
    op.drop_table("scan_place")
    op.drop_table("presence")
    op.drop_table("attempt_answer")
    op.drop_table("viewing")
    op.drop_table("screen")
    op.drop_table("scan")
    op.drop_table("quiz_attempt")
    op.drop_table("scan_waste")
    op.drop_table("person_card")


def _person_card() -> None:
    op.create_table(
        "person_card",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number > 0 AND number < 2147483648", name=op.f("ck_person_card_number_31_bits")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_card_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_card")),
        sa.UniqueConstraint("number", name=op.f("uq_person_card_number")),
    )


def _scan_waste() -> None:
    op.create_table(
        "scan_waste",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("bucket_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scan_waste_person_id")),
        sa.PrimaryKeyConstraint("person_id", "bucket_ms", "code", name=op.f("pk_scan_waste")),
    )


def _quiz_attempt() -> None:
    op.create_table(
        "quiz_attempt",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("paper", sa.JSON(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("submitted_ms", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (submitted_ms IS NULL) AND (state = 'open') = (score IS NULL) AND (state = 'open') = (passed IS NULL)",
            name=op.f("ck_quiz_attempt_graded_when_closed"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'submitted', 'expired')", name=op.f("ck_quiz_attempt_known_state")
        ),
        sa.CheckConstraint("expires_ms > started_ms", name=op.f("ck_quiz_attempt_lasts")),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_quiz_attempt_mark_of_hundred")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_quiz_attempt_score_of_hundred")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_quiz_attempt_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quiz_attempt_person_id")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["programme_segment.id"], name=op.f("fk_quiz_attempt_segment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt")),
        sa.UniqueConstraint(
            "enrolment_id",
            "segment_id",
            "number",
            name=op.f("uq_quiz_attempt_enrolment_id_segment_id_number"),
        ),
    )
    op.create_index("ix_quiz_attempt_due", "quiz_attempt", ["state", "expires_ms"], unique=False)
    op.create_index("ix_quiz_attempt_person", "quiz_attempt", ["person_id"], unique=False)
    op.create_index(
        "uq_quiz_attempt_one_open",
        "quiz_attempt",
        ["enrolment_id", "segment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _scan() -> None:
    op.create_table(
        "scan",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("scan_uuid", sa.String(length=64), nullable=False),
        sa.Column("content_digest", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=True),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("by_person_id", sa.String(length=26), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=False),
        sa.Column("code_step", sa.BigInteger(), nullable=True),
        sa.Column("claim_digest", sa.String(length=80), nullable=True),
        sa.Column("captured_ms", sa.BigInteger(), nullable=False),
        sa.Column("sent_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("judged_ms", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("client", sa.String(length=10), nullable=False),
        sa.Column("device_digest", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("chain_kind", sa.String(length=16), nullable=False),
        sa.Column("entry_position", sa.Integer(), nullable=True),
        sa.Column("presence_id", sa.String(length=26), nullable=True),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.String(length=200), nullable=False),
        sa.Column("voided_ms", sa.BigInteger(), nullable=True),
        sa.Column("voided_by", sa.String(length=26), nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_scan_direction_known")),
        sa.CheckConstraint("kind IN ('card', 'room', 'spoken', 'manual')", name=op.f("ck_scan_kind_known")),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'pending_review', 'refused')", name=op.f("ck_scan_outcome_known")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> by_person_id", name=op.f("ck_scan_decided_by_another")
        ),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_scan_by_person_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_scan_decided_by")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_scan_enrolment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_scan_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["offline_session.id"], name=op.f("fk_scan_session_id")),
        sa.ForeignKeyConstraint(["voided_by"], ["person.id"], name=op.f("fk_scan_voided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("claim_digest", name=op.f("uq_scan_claim_digest")),
        sa.UniqueConstraint("scan_uuid", name=op.f("uq_scan_scan_uuid")),
    )
    op.create_index("ix_scan_by_person_id_judged_ms", "scan", ["by_person_id", "judged_ms"], unique=False)
    op.create_index("ix_scan_enrolment_id", "scan", ["enrolment_id"], unique=False)
    op.create_index(
        "ix_scan_pending",
        "scan",
        ["session_id"],
        unique=False,
        sqlite_where=sa.text("outcome = 'pending_review'"),
        postgresql_where=sa.text("outcome = 'pending_review'"),
    )
    op.create_index("ix_scan_session_id_judged_ms", "scan", ["session_id", "judged_ms"], unique=False)


def _screen() -> None:
    op.create_table(
        "screen",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=80), nullable=False),
        sa.Column("pairing", sa.String(length=16), nullable=False),
        sa.Column("pairing_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=True),
        sa.Column("bound_by", sa.String(length=26), nullable=True),
        sa.Column("bound_ms", sa.BigInteger(), nullable=True),
        sa.Column("released_ms", sa.BigInteger(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bound_by"], ["person.id"], name=op.f("fk_screen_bound_by")),
        sa.ForeignKeyConstraint(["session_id"], ["offline_session.id"], name=op.f("fk_screen_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen")),
        sa.UniqueConstraint("pairing", name=op.f("uq_screen_pairing")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_screen_token_hash")),
    )
    op.create_index("ix_screen_session_id", "screen", ["session_id"], unique=False)


def _viewing() -> None:
    op.create_table(
        "viewing",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("lesson_id", sa.String(length=26), nullable=False),
        sa.Column("client", sa.String(length=10), nullable=False),
        sa.Column("device_digest", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_why", sa.String(length=20), nullable=True),
        sa.Column("next_seq", sa.Integer(), nullable=False),
        sa.Column("position_s", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("required_s", sa.Integer(), nullable=False),
        sa.Column("cursor_ms", sa.BigInteger(), nullable=False),
        sa.Column("reach_s", sa.Integer(), nullable=False),
        sa.Column("arrival_ms", sa.BigInteger(), nullable=False),
        sa.Column("client_ms", sa.BigInteger(), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("lag_ms", sa.BigInteger(), nullable=False),
        sa.Column("late_s", sa.Integer(), nullable=False),
        sa.Column("covered", sa.JSON(), nullable=False),
        sa.Column("day_used", sa.JSON(), nullable=False),
        sa.Column("base_credited_s", sa.Integer(), nullable=False),
        sa.Column("window_credited_s", sa.Integer(), nullable=False),
        sa.Column("since_challenge_s", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("beats", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('live', 'closed')", name=op.f("ck_viewing_state_known")),
        sa.CheckConstraint("next_seq >= 1", name=op.f("ck_viewing_seq_from_one")),
        sa.CheckConstraint("window_credited_s >= 0", name=op.f("ck_viewing_window_not_negative")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_viewing_enrolment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_viewing_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_viewing_person_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["programme_segment.id"], name=op.f("fk_viewing_segment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewing")),
    )
    op.create_index("ix_viewing_enrolment", "viewing", ["enrolment_id", "segment_id"], unique=False)
    op.create_index("ix_viewing_state", "viewing", ["state", "arrival_ms"], unique=False)
    op.create_index(
        "uq_viewing_one_live",
        "viewing",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )


def _attempt_answer() -> None:
    op.create_table(
        "attempt_answer",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("question_id", sa.String(length=26), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["quiz_attempt.id"], name=op.f("fk_attempt_answer_attempt_id")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_attempt_answer_question_id")),
        sa.PrimaryKeyConstraint("attempt_id", "question_id", name=op.f("pk_attempt_answer")),
    )


def _presence() -> None:
    op.create_table(
        "presence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("in_ms", sa.BigInteger(), nullable=False),
        sa.Column("out_ms", sa.BigInteger(), nullable=True),
        sa.Column("in_scan_id", sa.String(length=26), nullable=False),
        sa.Column("out_scan_id", sa.String(length=26), nullable=True),
        sa.Column("in_position", sa.Integer(), nullable=False),
        sa.Column("out_position", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=False),
        sa.Column("voided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("out_ms IS NULL OR out_ms >= in_ms", name=op.f("ck_presence_out_after_in")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_presence_enrolment_id")),
        sa.ForeignKeyConstraint(["in_scan_id"], ["scan.id"], name=op.f("fk_presence_in_scan_id")),
        sa.ForeignKeyConstraint(["out_scan_id"], ["scan.id"], name=op.f("fk_presence_out_scan_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_person_id")),
        sa.ForeignKeyConstraint(["session_id"], ["offline_session.id"], name=op.f("fk_presence_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_enrolment_id", "presence", ["enrolment_id"], unique=False)
    op.create_index("ix_presence_person_id_in_ms", "presence", ["person_id", "in_ms"], unique=False)
    op.create_index("ix_presence_session_id", "presence", ["session_id"], unique=False)
    op.create_index(
        "uq_presence_open",
        "presence",
        ["session_id", "enrolment_id"],
        unique=True,
        sqlite_where=sa.text("out_ms IS NULL AND voided_ms IS NULL"),
        postgresql_where=sa.text("out_ms IS NULL AND voided_ms IS NULL"),
    )


def _scan_place() -> None:
    op.create_table(
        "scan_place",
        sa.Column("scan_id", sa.String(length=26), nullable=False),
        sa.Column("latitude_e6", sa.Integer(), nullable=False),
        sa.Column("longitude_e6", sa.Integer(), nullable=False),
        sa.Column("accuracy_m", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_scan_place_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_scan_place")),
    )


def _viewing_challenge() -> None:
    op.create_table(
        "viewing_challenge",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("viewing_id", sa.String(length=26), nullable=False),
        sa.Column("show_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.CheckConstraint("due_ms > show_ms", name=op.f("ck_viewing_challenge_due_after_show")),
        sa.ForeignKeyConstraint(["viewing_id"], ["viewing.id"], name=op.f("fk_viewing_challenge_viewing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewing_challenge")),
    )
    op.create_index(
        "uq_viewing_challenge_one_open",
        "viewing_challenge",
        ["viewing_id"],
        unique=True,
        sqlite_where=sa.text("answered_ms IS NULL"),
        postgresql_where=sa.text("answered_ms IS NULL"),
    )
