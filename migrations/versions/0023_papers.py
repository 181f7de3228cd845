"""Make the tables of printed papers, their pages and the scans of signed sheets. Additive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "paper",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("chain_kind", sa.String(length=16), nullable=False),
        sa.Column("chain_id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=True),
        sa.Column("base_id", sa.String(length=26), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=True),
        sa.Column("file_id", sa.String(length=26), nullable=True),
        sa.Column("entry_position", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'made')", name=op.f("ck_paper_state_known")),
        sa.CheckConstraint("(state = 'made') = (made_ms IS NOT NULL)", name=op.f("ck_paper_made_when_made")),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_paper_class_id")),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_paper_base_id")),
        sa.ForeignKeyConstraint(["division_code"], ["division.code"], name=op.f("fk_paper_division_code")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_paper_asked_by")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_paper_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index("ix_paper_class_id_asked_ms", "paper", ["class_id", "asked_ms"], unique=False)
    op.create_index("ix_paper_subject_id", "paper", ["subject_id"], unique=False)
    op.create_table(
        "paper_page",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("paper_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("root", sa.String(length=80), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_paper_page_number_from_one")),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_page_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_page")),
        sa.UniqueConstraint("code", name=op.f("uq_paper_page_code")),
        sa.UniqueConstraint("paper_id", "number", name=op.f("uq_paper_page_paper_id_number")),
    )
    op.create_table(
        "paper_scan",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("upload_id", sa.String(length=26), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=True),
        sa.Column("page_id", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("how", sa.String(length=4), nullable=False),
        sa.Column("fault", sa.String(length=60), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("picture_id", sa.String(length=26), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.String(length=26), nullable=False),
        sa.Column("uploaded_ms", sa.BigInteger(), nullable=False),
        sa.Column("filed_by", sa.String(length=26), nullable=True),
        sa.Column("filed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'filed', 'unread', 'damaged')", name=op.f("ck_paper_scan_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'filed') = (page_id IS NOT NULL)", name=op.f("ck_paper_scan_filed_to_a_page")
        ),
        sa.CheckConstraint("how IN ('', 'code', 'hand')", name=op.f("ck_paper_scan_how_known")),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_paper_scan_class_id")),
        sa.ForeignKeyConstraint(["page_id"], ["paper_page.id"], name=op.f("fk_paper_scan_page_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_paper_scan_file_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["stored_file.id"], name=op.f("fk_paper_scan_picture_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_paper_scan_uploaded_by")),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_paper_scan_filed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_scan")),
        sa.UniqueConstraint("upload_id", "part", name=op.f("uq_paper_scan_upload_id_part")),
    )
    op.create_index("ix_paper_scan_page_id", "paper_scan", ["page_id"], unique=False)
    op.create_index("ix_paper_scan_class_id_state", "paper_scan", ["class_id", "state"], unique=False)


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("paper_scan")
    op.drop_table("paper_page")
    op.drop_table("paper")
