"""Make the tables of WeChat identities, OAuth states, slips and tickets; a sign-in says how it came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make them; sign-ins so far came in by password."""
    _oauth_state()
    _bind_slip()
    _sign_in_ticket()
    _wechat_act()
    _wechat_identity()
    op.add_column("sign_in", sa.Column("via", sa.String(length=8), nullable=False, server_default="password"))


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_column("sign_in", "via")
    op.drop_table("wechat_identity")
    op.drop_table("wechat_act")
    op.drop_table("sign_in_ticket")
    op.drop_table("bind_slip")
    op.drop_table("oauth_state")


def _oauth_state() -> None:
    op.create_table(
        "oauth_state",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("next_path", sa.String(length=2000), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("openid", sa.String(length=64), nullable=True),
        sa.Column("unionid", sa.String(length=64), nullable=True),
        sa.Column("exchanged_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "openid IS NULL OR exchanged_ms IS NOT NULL", name=op.f("ck_oauth_state_openid_when_exchanged")
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oauth_state")),
    )
    op.create_index("ix_oauth_state_browser_hash", "oauth_state", ["browser_hash"], unique=False)
    op.create_index("ix_oauth_state_created_ms", "oauth_state", ["created_ms"], unique=False)


def _bind_slip() -> None:
    op.create_table(
        "bind_slip",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("issued_by", sa.String(length=26), nullable=True),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_bind_slip_issued_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bind_slip_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bind_slip")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_bind_slip_token_hash")),
    )
    op.create_index("ix_bind_slip_person_id", "bind_slip", ["person_id"], unique=False)


def _sign_in_ticket() -> None:
    op.create_table(
        "sign_in_ticket",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("scene", sa.String(length=24), nullable=False),
        sa.Column("sid_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("next_path", sa.String(length=2000), nullable=False),
        sa.Column("device_label", sa.String(length=80), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("scanned_by", sa.String(length=26), nullable=True),
        sa.Column("scanned_ms", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_ms", sa.BigInteger(), nullable=True),
        sa.Column("consumed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state = 'pending' OR scanned_by IS NOT NULL", name=op.f("ck_sign_in_ticket_scanned_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'scanned', 'confirmed', 'consumed', 'refused')",
            name=op.f("ck_sign_in_ticket_state_known"),
        ),
        sa.ForeignKeyConstraint(["scanned_by"], ["person.id"], name=op.f("fk_sign_in_ticket_scanned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_ticket")),
        sa.UniqueConstraint("scene", name=op.f("uq_sign_in_ticket_scene")),
        sa.UniqueConstraint("sid_hash", name=op.f("uq_sign_in_ticket_sid_hash")),
    )
    op.create_index("ix_sign_in_ticket_created_ms", "sign_in_ticket", ["created_ms"], unique=False)


def _wechat_act() -> None:
    op.create_table(
        "wechat_act",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("done_by", sa.String(length=26), nullable=True),
        sa.Column("done_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('bound', 'unbound', 'slip_issued')", name=op.f("ck_wechat_act_kind_known")
        ),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_wechat_act_done_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wechat_act_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_act")),
    )
    op.create_index("ix_wechat_act_person_id", "wechat_act", ["person_id"], unique=False)


def _wechat_identity() -> None:
    op.create_table(
        "wechat_identity",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("appid", sa.String(length=64), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=True),
        sa.Column("openid_key", sa.String(length=64), nullable=False),
        sa.Column("unionid", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("bound_ms", sa.BigInteger(), nullable=False),
        sa.Column("unbound_ms", sa.BigInteger(), nullable=True),
        sa.Column("unbound_why", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "how IN ('slip', 'form', 'account', 'restored')", name=op.f("ck_wechat_identity_how_known")
        ),
        sa.CheckConstraint(
            "(unbound_ms IS NULL) = (openid IS NOT NULL)", name=op.f("ck_wechat_identity_openid_while_live")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wechat_identity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_identity")),
    )
    op.create_index("ix_wechat_identity_openid_key", "wechat_identity", ["openid_key"], unique=False)
    op.create_index("ix_wechat_identity_person_id", "wechat_identity", ["person_id"], unique=False)
    op.create_index(
        "uq_wechat_identity_live_openid",
        "wechat_identity",
        ["appid", "openid"],
        unique=True,
        sqlite_where=sa.text("unbound_ms IS NULL"),
        postgresql_where=sa.text("unbound_ms IS NULL"),
    )
    op.create_index(
        "uq_wechat_identity_live_person",
        "wechat_identity",
        ["appid", "person_id"],
        unique=True,
        sqlite_where=sa.text("unbound_ms IS NULL"),
        postgresql_where=sa.text("unbound_ms IS NULL"),
    )
