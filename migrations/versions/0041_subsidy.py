"""Keep exclusion lists, claims with their lines and steps, and settlement runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
MODES = "mode IN ('online', 'offline')"
KINDS = "kind IN ('training', 'startup', 'assessment', 'living')"


def upgrade() -> None:
    """Make the tables. Additive: the previous code does not know them."""
    _exclusions()
    _runs()
    _claims()
    _lines()
    _steps()


def downgrade() -> None:
    """Drop them; what was done stays in the ledger."""
    for table in ("step", "line", "claim", "run", "exclusion"):
        op.drop_table(f"subsidy_{table}")


def _text(name: str, length: int, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=null)


def _number(name: str, *, big: bool = True, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger() if big else sa.Integer(), nullable=null)


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _once(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _partly(name: str, table: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=only, postgresql_where=only)


def _exclusions() -> None:
    table = "subsidy_exclusion"
    op.create_table(
        table,
        _text("id", 26),
        _text("id_hash", 120),
        _text("group_key", 24),
        _text("name", 60),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        _text("imported_by", 26),
        _number("imported_ms"),
        _text("file_digest", 80),
        _check(table, "until_after_since", "until IS NULL OR until >= since"),
        _key(table, "imported_by", "person.id"),
        _once(table, "id_hash", "group_key", "since"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _runs() -> None:
    table = "subsidy_run"
    op.create_table(
        table,
        _text("id", 26),
        _text("division_code", 12),
        _text("month_key", 7),
        _text("mode", 8),
        _text("fund", 24),
        _number("opened_ms"),
        _check(table, "mode_known", MODES),
        _key(table, "division_code", "division.code"),
        _once(table, "division_code", "month_key", "mode", "fund"),
        _once(table, "id", "mode", "fund", "month_key"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _claims() -> None:
    table = "subsidy_claim"
    keys = {"class_id": "training_class.id", "base_id": "base.id"}
    keys |= {"division_code": "division.code", "created_by": "person.id"}
    run = ["run_id", "mode", "fund", "month_key"]
    op.create_table(
        table,
        *(_text(one, 26) for one in ("id", "class_id", "base_id", "created_by")),
        _text("division_code", 12),
        _text("kind", 12),
        _text("mode", 8),
        _text("fund", 24),
        _text("month_key", 7),
        _text("state", 16),
        _text("policy_file", 40),
        _text("policy_digest", 80),
        _text("roster_digest", 80, null=True),
        _number("people", big=False),
        *(_number(one) for one in ("state_ms", "total_fen", "owed_fen", "created_ms")),
        _number("filed_ms", null=True),
        sa.Column("notice_from", sa.Date(), nullable=True),
        sa.Column("notice_until", sa.Date(), nullable=True),
        _text("run_id", 26, null=True),
        _check(table, "mode_known", MODES),
        _check(table, "kind_known", KINDS),
        _check(table, "not_negative", "total_fen >= 0 AND owed_fen >= 0"),
        *(_key(table, one, other) for one, other in keys.items()),
        sa.ForeignKeyConstraint(
            run,
            [f"subsidy_run.{one}" for one in ("id", *run[1:])],
            name=op.f(f"fk_{table}_run_id"),
        ),
        _once(table, "id", "mode"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_base_id_state", table, ["base_id", "state"])
    op.create_index(f"ix_{table}_division_code_state", table, ["division_code", "state"])
    _partly(f"uq_{table}_draft", table, ["class_id", "kind", "mode", "fund"], "state = 'draft'")


def _lines() -> None:
    table = "subsidy_line"
    keys = {"enrolment_id": "enrolment.id", "person_id": "person.id", "segment_id": "programme_segment.id"}
    keys |= {"occupation": "category.code"}
    op.create_table(
        table,
        *(_text(one, 26) for one in ("id", "claim_id", "enrolment_id", "person_id", "segment_id")),
        _text("mode", 8),
        _text("occupation", 24),
        _text("level", 12),
        _number("rank", big=False),
        _text("kind", 12),
        _text("segment_key", 40),
        _number("roster_no", big=False),
        _number("seconds", big=False),
        _number("amount_fen"),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        _text("state", 12),
        _text("reason", 500),
        _check(table, "not_negative", "amount_fen >= 0 AND seconds >= 0"),
        _check(table, "live_while_claimed", "live = (state = 'claimed')"),
        _check(table, "state_known", "state IN ('draft', 'claimed', 'released', 'pulled', 'clawed_back')"),
        _check(table, "kind_known", KINDS),
        *(_key(table, one, other) for one, other in keys.items()),
        sa.ForeignKeyConstraint(
            ["claim_id", "mode"],
            ["subsidy_claim.id", "subsidy_claim.mode"],
            name=op.f(f"fk_{table}_claim_id"),
        ),
        _once(table, "claim_id", "enrolment_id", "segment_id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_person_id", table, ["person_id"])
    op.create_index(f"ix_{table}_enrolment_id", table, ["enrolment_id"])
    _partly(f"uq_{table}_live", table, ["person_id", "occupation", "level", "kind", "segment_key"], "live")


def _steps() -> None:
    table = "subsidy_step"
    keys = {"claim_id": "subsidy_claim.id", "actor_id": "person.id", "line_id": "subsidy_line.id"}
    keys |= {"file_id": "stored_file.id", "confirmed_by": "person.id"}
    op.create_table(
        table,
        _text("id", 26),
        _text("claim_id", 26),
        _number("position", big=False),
        _text("act", 16),
        _text("from_state", 16, null=True),
        _text("to_state", 16),
        _text("actor_id", 26, null=True),
        _number("at_ms"),
        _text("reason", 500),
        _text("line_id", 26, null=True),
        _text("state", 8),
        _text("document_no", 60),
        _text("file_id", 26, null=True),
        _text("confirmed_by", 26, null=True),
        _number("confirmed_ms", null=True),
        _check(table, "confirmed_by_another", "confirmed_by IS NULL OR confirmed_by <> actor_id"),
        _check(table, "state_known", "state IN ('done', 'waiting', 'refused')"),
        _check(table, "waits_by_paper", "state = 'done' OR document_no <> ''"),
        *(_key(table, one, other) for one, other in keys.items()),
        _once(table, "claim_id", "position"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    _partly(f"uq_{table}_waiting", table, ["claim_id"], "state = 'waiting'")
