"""Keep the certificates of skill level that assessment bodies report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        "level_certificate",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("occupation", sa.String(length=60), nullable=False),
        sa.Column("level_code", sa.String(length=12), nullable=False),
        sa.Column("issuer", sa.String(length=80), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(length=26), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("file_digest", sa.String(length=80), nullable=False),
        sa.CheckConstraint("length(number) IN (16, 22)", name=op.f("ck_level_certificate_number_whole")),
        sa.CheckConstraint("recorded_by <> person_id", name=op.f("ck_level_certificate_recorded_by_another")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_level_certificate_person_id")),
        sa.ForeignKeyConstraint(
            ["level_code"], ["skill_level.code"], name=op.f("fk_level_certificate_level_code")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_level_certificate_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_level_certificate_number")),
    )
    op.create_index("ix_level_certificate_person_id", "level_certificate", ["person_id"])
    op.create_index("ix_level_certificate_issuer_issued_on", "level_certificate", ["issuer", "issued_on"])


def downgrade() -> None:
    """Drop it; the files it came from are kept by who reported them."""
    op.drop_table("level_certificate")
