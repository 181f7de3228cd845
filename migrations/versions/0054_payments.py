"""Keep each payment of a line, so that the bank may send one line back and no line is paid twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
TABLE = "subsidy_payment"
STANDING = "state IN ('paid', 'due')"
PAID = """INSERT INTO subsidy_payment
    (id, line_id, number, claim_id, mode, fund, month_key, run_id, amount_fen, state, state_ms, reason)
SELECT one.id, one.id, 1, own.id, own.mode, own.fund, own.month_key, own.run_id, one.amount_fen, 'paid', own.state_ms, ''
FROM subsidy_line AS one JOIN subsidy_claim AS own ON own.id = one.claim_id
WHERE own.state = 'paid' AND own.run_id IS NOT NULL AND (one.state = 'claimed' OR one.owed_fen > 0)"""


def upgrade() -> None:
    """Make the table and a row for whatever is paid. The previous code knows it not; what it pays meanwhile gets its row when it comes back."""
    checks = {
        "state_known": "state IN ('paid', 'due', 'returned', 'dropped')",
        "not_negative": "amount_fen >= 0 AND number >= 1",
    }
    run = ("run_id", "mode", "fund", "month_key")
    op.create_table(
        TABLE,
        *(
            sa.Column(name, sa.String(length=26), nullable=False)
            for name in ("id", "line_id", "claim_id", "run_id")
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("fund", sa.String(length=24), nullable=False),
        sa.Column("month_key", sa.String(length=7), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("state_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in checks.items()),
        sa.ForeignKeyConstraint(["line_id"], ["subsidy_line.id"], name=op.f(f"fk_{TABLE}_line_id")),
        sa.ForeignKeyConstraint(
            ["claim_id", "mode"],
            ["subsidy_claim.id", "subsidy_claim.mode"],
            name=op.f(f"fk_{TABLE}_claim_id_mode"),
        ),
        sa.ForeignKeyConstraint(
            list(run),
            ["subsidy_run.id", "subsidy_run.mode", "subsidy_run.fund", "subsidy_run.month_key"],
            name=op.f(f"fk_{TABLE}_{'_'.join(run)}"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("line_id", "number", name=op.f(f"uq_{TABLE}_line_id_number")),
    )
    op.create_index(f"ix_{TABLE}_claim_id", TABLE, ["claim_id"])
    op.create_index(f"ix_{TABLE}_run_id", TABLE, ["run_id"])
    only = sa.text(STANDING)
    op.create_index(
        f"uq_{TABLE}_standing", TABLE, ["line_id"], unique=True, sqlite_where=only, postgresql_where=only
    )
    op.execute(PAID)


def downgrade() -> None:
    """Drop it; the ledger keeps what came back and was paid again."""
    op.drop_table(TABLE)
