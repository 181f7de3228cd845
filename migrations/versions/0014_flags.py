"""Make the table of flags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make it."""
    op.create_table(
        "flag",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("weight", sa.String(length=12), nullable=False),
        sa.Column("subject_kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("class_id", sa.String(length=26), nullable=True),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("once", sa.String(length=160), nullable=False),
        sa.Column("raised_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("settled_by", sa.String(length=26), nullable=True),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("weight IN ('info', 'warn', 'blocks_claim')", name=op.f("ck_flag_weight_known")),
        sa.CheckConstraint(
            "subject_kind IN ('enrolment', 'person', 'session', 'class', 'attempt')",
            name=op.f("ck_flag_subject_known"),
        ),
        sa.CheckConstraint("state IN ('open', 'settled')", name=op.f("ck_flag_state_known")),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('explained', 'confirmed')", name=op.f("ck_flag_verdict_known")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (settled_by IS NULL) AND (state = 'open') = (settled_ms IS NULL)"
            " AND (state = 'open') = (verdict IS NULL) AND (state = 'open') = (reason = '')",
            name=op.f("ck_flag_settled_whole"),
        ),
        sa.CheckConstraint(
            "settled_by IS NULL OR person_id IS NULL OR settled_by <> person_id",
            name=op.f("ck_flag_settled_by_another"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_flag_person_id")),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_flag_class_id")),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_flag_base_id")),
        sa.ForeignKeyConstraint(["division_code"], ["division.code"], name=op.f("fk_flag_division_code")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_flag_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint("once", name="uq_flag_once"),
    )
    op.create_index("ix_flag_base_id_state", "flag", ["base_id", "state"], unique=False)
    op.create_index("ix_flag_division_code_state", "flag", ["division_code", "state"], unique=False)
    op.create_index("ix_flag_person_id", "flag", ["person_id"], unique=False)
    op.create_index("ix_flag_subject_id", "flag", ["subject_id"], unique=False)


def downgrade() -> None:
    """Drop it, and what is in it."""
    op.drop_table("flag")
