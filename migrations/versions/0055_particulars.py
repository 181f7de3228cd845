"""Keep schooling and household registration of persons, for the rosters of claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
TABLE = "person_particulars"


def upgrade() -> None:
    """Make the table. Additive: the previous code does not know it."""
    op.create_table(
        TABLE,
        sa.Column("person_id", sa.String(length=26), nullable=False),
        *(
            sa.Column(name, sa.String(length=length), nullable=False)
            for name, length in (("schooling", 20), ("registered", 60), ("household", 20))
        ),
        sa.Column("set_by", sa.String(length=26), nullable=True),
        sa.Column("set_ms", sa.BigInteger(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_{TABLE}_{name}"))
            for name in ("person_id", "set_by")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f(f"pk_{TABLE}")),
    )


def downgrade() -> None:
    """Drop it with what was entered."""
    op.drop_table(TABLE)
