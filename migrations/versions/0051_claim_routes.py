"""Tell claims of a base from those of a trainee, and keep the proxy contracts that a base claims with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Give every claim a route: all before are the base's. The previous code makes no others."""
    op.add_column(
        "subsidy_claim",
        sa.Column("route", sa.String(length=12), nullable=False, server_default="institution"),
    )
    table = "subsidy_proxy"
    keys = {"enrolment_id": "enrolment.id", "file_id": "stored_file.id", "recorded_by": "person.id"}
    op.create_table(
        table,
        *(sa.Column(name, sa.String(length=26), nullable=False) for name in ("id", *keys)),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("free_of_charge", sa.Boolean(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.CheckConstraint("free_of_charge", name=op.f(f"ck_{table}_free_of_charge")),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{table}_{name}"))
            for name, other in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        f"uq_{table}_live",
        table,
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )


def downgrade() -> None:
    """Drop the contracts and the routes; the ledger keeps who filed."""
    op.drop_table("subsidy_proxy")
    op.drop_column("subsidy_claim", "route")
