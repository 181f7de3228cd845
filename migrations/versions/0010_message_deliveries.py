"""Make the tables of messages, their deliveries and what people choose; a right may wait for WeChat's word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make them; no notice was sent so far, so no right waits."""
    _message()
    _delivery()
    op.create_table(
        "message_choice",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("off", sa.JSON(), nullable=False),
        sa.Column("quiet_nights", sa.Boolean(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_choice_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_message_choice")),
    )
    op.create_table(
        "answer_window",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_answer_window_not_negative")),
        sa.PrimaryKeyConstraint("openid", name=op.f("pk_answer_window")),
    )
    op.create_index("ix_answer_window_until_ms", "answer_window", ["until_ms"], unique=False)
    op.add_column("notice_right", sa.Column("unconfirmed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("wechat_identity", sa.Column("bad_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_column("wechat_identity", "bad_ms")
    op.drop_column("notice_right", "unconfirmed")
    op.drop_table("answer_window")
    op.drop_table("message_choice")
    op.drop_table("delivery")
    op.drop_table("message")


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("told_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("read_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("until_ms >= told_ms", name=op.f("ck_message_until_after_told")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("person_id", "kind", "once", name=op.f("uq_message_person_id_kind_once")),
    )
    op.create_index("ix_message_person_id_told_ms", "message", ["person_id", "told_ms"], unique=False)
    op.create_index("ix_message_told_ms", "message", ["told_ms"], unique=False)


def _delivery() -> None:
    states = "'waiting', 'sending', 'sent', 'arrived', 'unknown', 'failed', 'skipped'"
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("client_msg_id", sa.String(length=26), nullable=False),
        sa.Column("msgid", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=True),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("way IN ('template', 'notice', 'text')", name=op.f("ck_delivery_way_known")),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_delivery_state_known")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts_not_negative")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_delivery_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_id", "way", name=op.f("uq_delivery_message_id_way")),
        sa.UniqueConstraint("client_msg_id", name=op.f("uq_delivery_client_msg_id")),
    )
    op.create_index("ix_delivery_msgid", "delivery", ["msgid"], unique=False)
    op.create_index("ix_delivery_state_changed_ms", "delivery", ["state", "changed_ms"], unique=False)
