"""Make the tables of classes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables of classes."""
    _roster_mapping()
    _training_class()
    _class_step()
    _enrolment()
    _late_addition()
    _offline_session()
    _roster_import()


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("roster_import")
    op.drop_table("offline_session")
    op.drop_table("late_addition")
    op.drop_table("enrolment")
    op.drop_table("class_step")
    op.drop_table("training_class")
    op.drop_table("roster_mapping")


def _roster_mapping() -> None:
    op.create_table(
        "roster_mapping",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=False),
        sa.Column("heading", sa.String(length=80), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_roster_mapping_base_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_mapping")),
        sa.UniqueConstraint("base_id", "heading", name=op.f("uq_roster_mapping_base_id_heading")),
    )


def _training_class() -> None:
    op.create_table(
        "training_class",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("level_code", sa.String(length=12), nullable=True),
        sa.Column("programme_id", sa.String(length=26), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("filed_by", sa.String(length=26), nullable=True),
        sa.Column("filed_ms", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.String(length=26), nullable=True),
        sa.Column("approved_ms", sa.BigInteger(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'filed', 'approved', 'running', 'finished', 'archived', 'withdrawn')",
            name=op.f("ck_training_class_state_known"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> filed_by",
            name=op.f("ck_training_class_approved_by_another"),
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_training_class_capacity_positive")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_training_class_ends_after_start")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_training_class_approved_by")),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_training_class_base_id")),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_training_class_category_code")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_training_class_created_by")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_training_class_division_code")
        ),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_training_class_filed_by")),
        sa.ForeignKeyConstraint(
            ["level_code"], ["skill_level.code"], name=op.f("fk_training_class_level_code")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_training_class_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_class")),
        sa.UniqueConstraint("number", name=op.f("uq_training_class_number")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_training_class_year_serial")),
    )
    op.create_index("ix_training_class_base_id_state", "training_class", ["base_id", "state"], unique=False)
    op.create_index(
        "ix_training_class_division_code_state", "training_class", ["division_code", "state"], unique=False
    )


def _class_step() -> None:
    op.create_table(
        "class_step",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_class_step_actor_id")),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_class_step_class_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_step")),
        sa.UniqueConstraint("class_id", "position", name=op.f("uq_class_step_class_id_position")),
    )


def _enrolment() -> None:
    op.create_table(
        "enrolment",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("roster_no", sa.Integer(), nullable=False),
        sa.Column("employer", sa.String(length=120), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("trainee_status", sa.String(length=40), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("source IN ('roster', 'late')", name=op.f("ck_enrolment_source_known")),
        sa.CheckConstraint("state IN ('enrolled', 'withdrawn')", name=op.f("ck_enrolment_state_known")),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_enrolment_class_id")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_enrolment_division_code")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("class_id", "person_id", name=op.f("uq_enrolment_class_id_person_id")),
        sa.UniqueConstraint("class_id", "roster_no", name=op.f("uq_enrolment_class_id_roster_no")),
    )
    op.create_index("ix_enrolment_person_id", "enrolment", ["person_id"], unique=False)


def _late_addition() -> None:
    op.create_table(
        "late_addition",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("employer", sa.String(length=120), nullable=False),
        sa.Column("trainee_status", sa.String(length=40), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_by", sa.String(length=26), nullable=False),
        sa.Column("requested_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'approved', 'refused')", name=op.f("ck_late_addition_state_known")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> requested_by",
            name=op.f("ck_late_addition_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_late_addition_class_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_late_addition_decided_by")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_late_addition_division_code")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_late_addition_person_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["person.id"], name=op.f("fk_late_addition_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_addition")),
    )
    op.create_index("ix_late_addition_class_id_state", "late_addition", ["class_id", "state"], unique=False)
    op.create_index(
        "uq_late_addition_pending",
        "late_addition",
        ["class_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _offline_session() -> None:
    op.create_table(
        "offline_session",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code_no", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_ms", sa.BigInteger(), nullable=False),
        sa.Column("breaks", sa.JSON(), nullable=False),
        sa.Column("venue", sa.String(length=120), nullable=False),
        sa.Column("instructor_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(length=26), nullable=True),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'closed', 'cancelled')", name=op.f("ck_offline_session_state_known")
        ),
        sa.CheckConstraint(
            "code_no > 0 AND code_no < 2147483648", name=op.f("ck_offline_session_code_no_31_bits")
        ),
        sa.CheckConstraint("ends_ms > starts_ms", name=op.f("ck_offline_session_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["class_id"], ["training_class.id"], name=op.f("fk_offline_session_class_id")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_offline_session_closed_by")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_offline_session_created_by")),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["person.id"], name=op.f("fk_offline_session_instructor_id")
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["programme_segment.id"], name=op.f("fk_offline_session_segment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_session")),
        sa.UniqueConstraint("code_no", name=op.f("uq_offline_session_code_no")),
    )
    op.create_index(
        "ix_offline_session_class_id_starts_ms", "offline_session", ["class_id", "starts_ms"], unique=False
    )
    op.create_index(
        "ix_offline_session_instructor_id_starts_ms",
        "offline_session",
        ["instructor_id", "starts_ms"],
        unique=False,
    )
    op.create_index("ix_offline_session_segment_id", "offline_session", ["segment_id"], unique=False)


def _roster_import() -> None:
    op.create_table(
        "roster_import",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cells_sealed", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("committed_by", sa.String(length=26), nullable=True),
        sa.Column("committed_ms", sa.BigInteger(), nullable=True),
        sa.Column("handout_sealed", sa.Text(), nullable=True),
        sa.Column("handout_until_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('checked', 'committed')", name=op.f("ck_roster_import_state_known")),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_roster_import_base_id")),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_roster_import_class_id")),
        sa.ForeignKeyConstraint(["committed_by"], ["person.id"], name=op.f("fk_roster_import_committed_by")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_roster_import_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    op.create_index("ix_roster_import_class_id_digest", "roster_import", ["class_id", "digest"], unique=False)
