"""Let a certificate of skill level be corrected, withdrawn or restored by two persons: one asks, another one agrees."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
TABLE = "level_certificate_change"
STEP = "level_certificate_step"


def upgrade() -> None:
    """Make the table, and say of a step who asked for it. The previous code leaves both empty."""
    checks = {
        "act_known": "act IN ('correct', 'withdraw', 'restore')",
        "state_known": "state IN ('waiting', 'done', 'refused')",
        "decided_by_another": "decided_by IS NULL OR decided_by <> filed_by",
        "decided_by_somebody": "state = 'waiting' OR decided_by IS NOT NULL",
    }
    keys = {"certificate_id": "level_certificate.id", "filed_by": "person.id", "decided_by": "person.id"}
    op.create_table(
        TABLE,
        *(
            sa.Column(name, sa.String(length=26), nullable=name in ("decided_by", "filed_for"))
            for name in ("id", *keys, "filed_for")
        ),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("said", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("filed_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in checks.items()),
        *(
            sa.ForeignKeyConstraint([name], [other], name=op.f(f"fk_{TABLE}_{name}"))
            for name, other in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_certificate_id", TABLE, ["certificate_id"])
    only = sa.text("state = 'waiting'")
    op.create_index(
        f"uq_{TABLE}_waiting",
        TABLE,
        ["certificate_id"],
        unique=True,
        sqlite_where=only,
        postgresql_where=only,
    )
    op.add_column(STEP, sa.Column("filed_by", sa.String(length=26), nullable=True))


def downgrade() -> None:
    """Drop what was asked for; the ledger keeps what was done."""
    op.drop_column(STEP, "filed_by")
    op.drop_table(TABLE)
