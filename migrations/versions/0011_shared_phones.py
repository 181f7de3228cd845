"""Let two registered persons share a WeChat; make class windows to bind in, the claims made there, and photos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
LIVE = sa.text("unbound_ms IS NULL")
HOW = "how IN ('slip', 'form', 'account', 'restored')"
HOW_NOW = "how IN ('slip', 'form', 'account', 'restored', 'class', 'shared')"
ACTS = "kind IN ('bound', 'unbound', 'slip_issued')"
ACTS_NOW = (
    "kind IN ('bound', 'unbound', 'slip_issued', 'share_filed', 'share_approved', 'share_refused',"
    " 'share_ended')"
)
SHARE_APPROVED = (
    "(share_id IS NULL AND share_state IS NULL)"
    " OR (share_id IS NOT NULL AND share_state IS NOT NULL AND share_state = 'approved')"
)


def upgrade() -> None:
    """Make the tables; whoever is bound now holds the first slot. Neither table made anew here has a trigger."""
    _wechat_share()
    _wechat_claim()
    _binding_window()
    _person_photo()
    with op.batch_alter_table("wechat_identity") as table:
        table.add_column(sa.Column("slot", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("share_id", sa.String(length=26), nullable=True))
        table.add_column(sa.Column("share_state", sa.String(length=10), nullable=True))
        table.drop_constraint(op.f("ck_wechat_identity_how_known"), type_="check")
        table.create_check_constraint(op.f("ck_wechat_identity_how_known"), HOW_NOW)
        table.create_check_constraint(op.f("ck_wechat_identity_slot_known"), "slot IN (1, 2)")
        table.create_check_constraint(
            op.f("ck_wechat_identity_second_by_share"),
            "unbound_ms IS NOT NULL OR (slot = 2) = (share_id IS NOT NULL)",
        )
        table.create_check_constraint(op.f("ck_wechat_identity_share_approved"), SHARE_APPROVED)
        table.create_foreign_key(
            "fk_wechat_identity_share_id", "wechat_share", ["share_id", "share_state"], ["id", "state"]
        )
        table.drop_index("uq_wechat_identity_live_openid")
    _live_openid(["appid", "openid", "slot"])
    with op.batch_alter_table("wechat_act") as table:
        table.alter_column("kind", type_=sa.String(length=16), existing_type=sa.String(length=12))
        table.drop_constraint(op.f("ck_wechat_act_kind_known"), type_="check")
        table.create_check_constraint(op.f("ck_wechat_act_kind_known"), ACTS_NOW)
    op.add_column("viewing", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Drop them. Second persons are parted; who bound in a class counts as bound by three fields."""
    op.drop_column("viewing", "shared")
    op.execute("DELETE FROM wechat_act WHERE kind LIKE 'share_%'")
    op.execute(
        "UPDATE wechat_identity SET openid = NULL, unionid = NULL, unbound_ms = bound_ms,"
        " unbound_why = 'share_ended', share_id = NULL, share_state = NULL"
        " WHERE slot = 2 AND unbound_ms IS NULL"
    )
    op.execute("UPDATE wechat_identity SET how = 'form' WHERE how IN ('class', 'shared')")
    with op.batch_alter_table("wechat_act") as table:
        table.drop_constraint(op.f("ck_wechat_act_kind_known"), type_="check")
        table.create_check_constraint(op.f("ck_wechat_act_kind_known"), ACTS)
        table.alter_column("kind", type_=sa.String(length=12), existing_type=sa.String(length=16))
    with op.batch_alter_table("wechat_identity") as table:
        table.drop_index("uq_wechat_identity_live_openid")
        table.drop_constraint("fk_wechat_identity_share_id", type_="foreignkey")
        for name in ("how_known", "slot_known", "second_by_share", "share_approved"):
            table.drop_constraint(op.f(f"ck_wechat_identity_{name}"), type_="check")
        table.create_check_constraint(op.f("ck_wechat_identity_how_known"), HOW)
        table.drop_column("share_state")
        table.drop_column("share_id")
        table.drop_column("slot")
    _live_openid(["appid", "openid"])
    op.drop_table("person_photo")
    op.drop_table("binding_window")
    op.drop_table("wechat_claim")
    op.drop_table("wechat_share")


def _live_openid(columns: list[str]) -> None:
    op.create_index(
        "uq_wechat_identity_live_openid",
        "wechat_identity",
        columns,
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def _person_key(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def _wechat_share() -> None:
    op.create_table(
        "wechat_share",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("appid", sa.String(length=64), nullable=False),
        sa.Column("openid_key", sa.String(length=64), nullable=False),
        sa.Column("first_id", sa.String(length=26), nullable=False),
        sa.Column("second_id", sa.String(length=26), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("filed_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ended_by", sa.String(length=26), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'ended')", name=op.f("ck_wechat_share_state_known")
        ),
        sa.CheckConstraint(
            "relation IN ('couple', 'parent_child', 'siblings', 'one_phone')",
            name=op.f("ck_wechat_share_relation_known"),
        ),
        sa.CheckConstraint(
            "how IN ('slip', 'form', 'account', 'class')", name=op.f("ck_wechat_share_how_known")
        ),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_wechat_share_two_persons")),
        sa.CheckConstraint(
            "decided_by IS NULL OR (decided_by <> first_id AND decided_by <> second_id)",
            name=op.f("ck_wechat_share_decided_by_another"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decided_ms IS NOT NULL",
            name=op.f("ck_wechat_share_decided_when"),
        ),
        *(_person_key("wechat_share", name) for name in ("first_id", "second_id", "decided_by", "ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_share")),
        sa.UniqueConstraint("id", "state", name=op.f("uq_wechat_share_id_state")),
    )
    op.create_index("ix_wechat_share_first_id", "wechat_share", ["first_id"], unique=False)
    op.create_index("ix_wechat_share_second_id", "wechat_share", ["second_id"], unique=False)
    still = "state IN ('waiting', 'approved')"
    _partial("uq_wechat_share_open", "wechat_share", ["appid", "openid_key"], still)
    _partial("uq_wechat_share_open_second", "wechat_share", ["appid", "second_id"], still)


def _wechat_claim() -> None:
    op.create_table(
        "wechat_claim",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("window_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("appid", sa.String(length=64), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=True),
        sa.Column("openid_key", sa.String(length=64), nullable=False),
        sa.Column("unionid", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("wrong_count", sa.Integer(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'shared', 'refused', 'lost', 'ended')",
            name=op.f("ck_wechat_claim_state_known"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (openid IS NOT NULL)", name=op.f("ck_wechat_claim_openid_while_waiting")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> person_id", name=op.f("ck_wechat_claim_decided_by_another")
        ),
        *(_person_key("wechat_claim", name) for name in ("person_id", "decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_claim")),
    )
    op.create_index("ix_wechat_claim_window_id", "wechat_claim", ["window_id"], unique=False)
    op.create_index("ix_wechat_claim_state_until_ms", "wechat_claim", ["state", "until_ms"], unique=False)
    _partial("uq_wechat_claim_waiting", "wechat_claim", ["window_id", "openid_key"], "state = 'waiting'")


def _binding_window() -> None:
    op.create_table(
        "binding_window",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_sealed", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.String(length=26), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("until_ms > opened_ms", name=op.f("ck_binding_window_until_after_opened")),
        sa.ForeignKeyConstraint(["class_id"], ["training_class.id"], name=op.f("fk_binding_window_class_id")),
        _person_key("binding_window", "opened_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding_window")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_binding_window_code_hash")),
    )
    op.create_index("ix_binding_window_class_id", "binding_window", ["class_id"], unique=False)
    _partial("uq_binding_window_open", "binding_window", ["class_id"], "closed_ms IS NULL")


def _person_photo() -> None:
    op.create_table(
        "person_photo",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("taken_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'removed', 'replaced')",
            name=op.f("ck_person_photo_state_known"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> person_id", name=op.f("ck_person_photo_decided_by_another")
        ),
        *(_person_key("person_photo", name) for name in ("person_id", "decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_photo")),
    )
    op.create_index("ix_person_photo_state_taken_ms", "person_photo", ["state", "taken_ms"], unique=False)
    _partial("uq_person_photo_waiting", "person_photo", ["person_id"], "state = 'waiting'")
    _partial("uq_person_photo_approved", "person_photo", ["person_id"], "state = 'approved'")
