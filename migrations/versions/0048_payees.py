"""Keep the accounts that subsidies are paid to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
TABLE = "payee_account"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=True),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("bank", sa.String(length=80), nullable=False),
        sa.Column("number_cipher", sa.Text(), nullable=False),
        sa.Column("number_masked", sa.String(length=40), nullable=False),
        sa.Column("number_mark", sa.String(length=80), nullable=False),
        sa.Column("luhn_holds", sa.Boolean(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.String(length=26), nullable=False),
        sa.Column("set_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (base_id IS NULL)", name=op.f(f"ck_{TABLE}_of_one")),
        sa.CheckConstraint("kind IN ('social_card', 'card', 'account')", name=op.f(f"ck_{TABLE}_kind_known")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name, other in (("person_id", "person"), ("base_id", "base"), ("set_by", "person"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_number_mark", TABLE, ["number_mark"])
    for name in ("person", "base"):
        live = sa.text("live")
        op.create_index(
            f"uq_{TABLE}_{name}", TABLE, [f"{name}_id"], unique=True, sqlite_where=live, postgresql_where=live
        )


def downgrade() -> None:
    """Drop it; the accounts are told anew."""
    op.drop_table(TABLE)
