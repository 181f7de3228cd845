"""Keep the bureau's own forms in versions, and which version a claim was filled into."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
FORM, VERSION, USE = "bureau_form", "bureau_form_version", "bureau_form_use"


def upgrade() -> None:
    """Make the tables. Additive: the previous code does not know them."""
    op.create_table(
        FORM,
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("retired_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FORM}")),
        sa.UniqueConstraint("name", name=op.f(f"uq_{FORM}_name")),
    )
    op.create_table(
        VERSION,
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("form_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("file_digest", sa.String(length=80), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=26), nullable=False),
        sa.Column("uploaded_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('xlsx', 'docx')", name=op.f(f"ck_{VERSION}_kind_known")),
        *_keys(VERSION, form_id=FORM, file_id="stored_file", uploaded_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{VERSION}")),
        sa.UniqueConstraint("form_id", "number", name=op.f(f"uq_{VERSION}_form_id_number")),
    )
    op.create_table(
        USE,
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("claim_id", sa.String(length=26), nullable=False),
        sa.Column("file_digest", sa.String(length=80), nullable=False),
        sa.Column("asked_by", sa.String(length=26), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        *_keys(USE, version_id=VERSION, claim_id="subsidy_claim", asked_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{USE}")),
    )
    op.create_index(f"ix_{USE}_claim_id", USE, ["claim_id"])


def _keys(table: str, **led: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, other in led.items()
    ]


def downgrade() -> None:
    """Drop them; which version was used stays in the ledger, the files stay stored."""
    for table in (USE, VERSION, FORM):
        op.drop_table(table)
