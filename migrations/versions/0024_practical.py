"""Make rubrics, practical assessments, their score sheets and evidence, and the column that standings keep them in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from yanglao.courses import triggers

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the tables, the column and the triggers. Additive: the previous code leaves them empty."""
    _rubric()
    _assessment()
    _sheet()
    _evidence()
    op.add_column("completion_standing", sa.Column("practical", sa.JSON(), nullable=True))
    triggers.create(op.get_bind())


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_column("completion_standing", "practical")
    op.drop_table("practical_evidence")
    op.drop_table("practical_sheet")
    op.drop_table("practical_assessment")
    triggers.drop(op.get_bind(), tables=("rubric_item", "rubric"))
    op.drop_table("rubric_item")
    op.drop_table("rubric")


def _rubric() -> None:
    op.create_table(
        "rubric",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_rubric_mark_of_hundred")),
        sa.ForeignKeyConstraint(["segment_id"], ["programme_segment.id"], name=op.f("fk_rubric_segment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric")),
        sa.UniqueConstraint("segment_id", name=op.f("uq_rubric_segment_id")),
    )
    op.create_table(
        "rubric_item",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("look_for", sa.String(length=400), server_default=sa.text("''"), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("must_pass", sa.Boolean(), nullable=False),
        sa.CheckConstraint("points BETWEEN 1 AND 100", name=op.f("ck_rubric_item_points_of_hundred")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["rubric.segment_id"], name=op.f("fk_rubric_item_segment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_item")),
        sa.UniqueConstraint("segment_id", "key", name=op.f("uq_rubric_item_segment_id_key")),
        sa.UniqueConstraint("segment_id", "position", name=op.f("uq_rubric_item_segment_id_position")),
    )


def _assessment() -> None:
    op.create_table(
        "practical_assessment",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("rubric_digest", sa.String(length=80), nullable=False),
        sa.Column("gap_points", sa.Integer(), nullable=True),
        sa.Column("halves", sa.JSON(), nullable=True),
        sa.Column("score_bp", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(length=8), nullable=True),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_practical_assessment_number_positive")),
        sa.CheckConstraint(
            "state IN ('open', 'differs', 'settled')", name=op.f("ck_practical_assessment_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'settled') = (settled_ms IS NOT NULL) AND (state = 'settled') = (score_bp IS NOT NULL)"
            " AND (state = 'settled') = (passed IS NOT NULL) AND (state = 'settled') = (decided_by IS NOT NULL)",
            name=op.f("ck_practical_assessment_settled_whole"),
        ),
        sa.CheckConstraint(
            "score_bp BETWEEN 0 AND 10000", name=op.f("ck_practical_assessment_score_of_whole")
        ),
        sa.CheckConstraint("decided_by IN ('mean', 'third')", name=op.f("ck_practical_assessment_known_way")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_practical_assessment_enrolment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practical_assessment_person_id")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["programme_segment.id"], name=op.f("fk_practical_assessment_segment_id")
        ),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_class.id"], name=op.f("fk_practical_assessment_class_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_assessment")),
        sa.UniqueConstraint(
            "enrolment_id",
            "segment_id",
            "number",
            name="uq_practical_assessment_enrolment_id_segment_id_number",
        ),
        sa.UniqueConstraint("id", "person_id", name="uq_practical_assessment_id_person_id"),
    )
    op.create_index(
        "uq_practical_assessment_one_open",
        "practical_assessment",
        ["enrolment_id", "segment_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'settled'"),
        postgresql_where=sa.text("state <> 'settled'"),
    )
    op.create_index(
        "ix_practical_assessment_class", "practical_assessment", ["class_id", "segment_id"], unique=False
    )


def _sheet() -> None:
    op.create_table(
        "practical_sheet",
        sa.Column("sheet_uuid", sa.String(length=36), nullable=False),
        sa.Column("assessment_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("assessor_id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(length=400), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("handed_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("took_s", sa.Integer(), nullable=False),
        sa.CheckConstraint("seat IN (1, 2, 3)", name=op.f("ck_practical_sheet_known_seat")),
        sa.CheckConstraint("signed", name=op.f("ck_practical_sheet_is_signed")),
        sa.CheckConstraint("total BETWEEN 0 AND 100", name=op.f("ck_practical_sheet_total_of_hundred")),
        sa.CheckConstraint("took_s >= 0", name=op.f("ck_practical_sheet_took_not_negative")),
        sa.CheckConstraint("assessor_id <> person_id", name=op.f("ck_practical_sheet_never_oneself")),
        sa.ForeignKeyConstraint(
            ["assessment_id", "person_id"],
            ["practical_assessment.id", "practical_assessment.person_id"],
            name="fk_practical_sheet_assessment_of_person",
        ),
        sa.ForeignKeyConstraint(["assessor_id"], ["person.id"], name=op.f("fk_practical_sheet_assessor_id")),
        sa.PrimaryKeyConstraint("sheet_uuid", name=op.f("pk_practical_sheet")),
        sa.UniqueConstraint("assessment_id", "seat", name="uq_practical_sheet_one_a_seat"),
        sa.UniqueConstraint("assessment_id", "assessor_id", name="uq_practical_sheet_assessors_differ"),
    )
    op.create_index("ix_practical_sheet_assessor", "practical_sheet", ["assessor_id"], unique=False)


def _evidence() -> None:
    op.create_table(
        "practical_evidence",
        sa.Column("evidence_uuid", sa.String(length=36), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("assessor_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sent_sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sheet_uuid", sa.String(length=36), nullable=True),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('photo', 'video')", name=op.f("ck_practical_evidence_known_kind")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_practical_evidence_not_empty")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_practical_evidence_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["programme_segment.id"], name=op.f("fk_practical_evidence_segment_id")
        ),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["person.id"], name=op.f("fk_practical_evidence_assessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_uuid"], ["practical_sheet.sheet_uuid"], name=op.f("fk_practical_evidence_sheet_uuid")
        ),
        sa.PrimaryKeyConstraint("evidence_uuid", name=op.f("pk_practical_evidence")),
    )
    op.create_index("ix_practical_evidence_sheet", "practical_evidence", ["sheet_uuid"], unique=False)
