"""Make the tables of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of people."""
    _person()
    _wrong_tries()
    _account()
    _consent()
    _sign_in()
    _person_act()
    _role_grant()


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("role_grant")
    op.drop_table("person_act")
    op.drop_table("sign_in")
    op.drop_table("consent")
    op.drop_table("account")
    op.drop_table("wrong_tries")
    op.drop_table("person")


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("id_type", sa.String(length=12), nullable=False),
        sa.Column("id_cipher", sa.Text(), nullable=False),
        sa.Column("id_hash", sa.String(length=120), nullable=False),
        sa.Column("id_key_id", sa.String(length=40), nullable=False),
        sa.Column("id_masked", sa.String(length=40), nullable=False),
        sa.Column("id_tail4", sa.String(length=4), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=8), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.String(length=26), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "id_type IN ('resident', 'hkmo', 'taiwan', 'passport', 'other')",
            name=op.f("ck_person_id_type_known"),
        ),
        sa.CheckConstraint("sex IS NULL OR sex IN ('male', 'female')", name=op.f("ck_person_sex_known")),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR merged_into_id <> id", name=op.f("ck_person_not_merged_into_itself")
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["person.id"], name=op.f("fk_person_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("id_hash", name=op.f("uq_person_id_hash")),
    )
    op.create_index("ix_person_merged_into_id", "person", ["merged_into_id"], unique=False)
    op.create_index("ix_person_name", "person", ["name"], unique=False)


def _wrong_tries() -> None:
    op.create_table(
        "wrong_tries",
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("wrong_count", sa.Integer(), nullable=False),
        sa.Column("window_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("wrong_count >= 0", name=op.f("ck_wrong_tries_wrong_count_not_negative")),
        sa.PrimaryKeyConstraint("phone_key", name=op.f("pk_wrong_tries")),
    )


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("font_px", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("password_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("font_px BETWEEN 18 AND 30", name=op.f("ck_account_font_px_range")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
        sa.UniqueConstraint("phone", name=op.f("uq_account_phone")),
    )


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("client", sa.String(length=8), nullable=False),
        sa.Column("agreed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("person_id", "version", name=op.f("uq_consent_person_id_version")),
    )


def _sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("carrier", sa.String(length=8), nullable=False),
        sa.Column("client", sa.String(length=8), nullable=False),
        sa.Column("device_label", sa.String(length=80), nullable=False),
        sa.Column("device_uuid", sa.String(length=64), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("carrier IN ('cookie', 'bearer')", name=op.f("ck_sign_in_carrier_known")),
        sa.CheckConstraint("client IN ('wechat', 'pc', 'app')", name=op.f("ck_sign_in_client_known")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    op.create_index("ix_sign_in_person_id", "sign_in", ["person_id"], unique=False)


def _person_act() -> None:
    op.create_table(
        "person_act",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("other_person_id", sa.String(length=26), nullable=True),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("before_digest", sa.String(length=80), nullable=False),
        sa.Column("after_digest", sa.String(length=80), nullable=True),
        sa.Column("filed_by", sa.String(length=26), nullable=True),
        sa.Column("filed_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "kind IN ('merge', 'id_correction', 'password_reset', 'account_opened', 'id_revealed')",
            name=op.f("ck_person_act_kind_known"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('merge', 'id_correction') OR state = 'pending' OR decided_by IS NOT NULL",
            name=op.f("ck_person_act_two_persons"),
        ),
        sa.CheckConstraint("state IN ('pending', 'done', 'refused')", name=op.f("ck_person_act_state_known")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> filed_by", name=op.f("ck_person_act_decided_by_another")
        ),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_person_act_base_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_person_act_decided_by")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_person_act_division_code")
        ),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_person_act_filed_by")),
        sa.ForeignKeyConstraint(
            ["other_person_id"], ["person.id"], name=op.f("fk_person_act_other_person_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_act_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_act")),
    )
    op.create_index("ix_person_act_person_id", "person_act", ["person_id"], unique=False)
    op.create_index("ix_person_act_state_kind", "person_act", ["state", "kind"], unique=False)
    op.create_index(
        "uq_person_act_pending",
        "person_act",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )


def _role_grant() -> None:
    op.create_table(
        "role_grant",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("department", sa.String(length=16), nullable=True),
        sa.Column("reach_key", sa.String(length=80), nullable=False),
        sa.Column("granted_by", sa.String(length=26), nullable=True),
        sa.Column("granted_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_by", sa.String(length=26), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "granted_by IS NULL OR granted_by <> person_id", name=op.f("ck_role_grant_granted_by_another")
        ),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_role_grant_base_id")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_role_grant_division_code")
        ),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name=op.f("fk_role_grant_granted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name=op.f("fk_role_grant_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_base_id_role", "role_grant", ["base_id", "role"], unique=False)
    op.create_index("ix_role_grant_division_code_role", "role_grant", ["division_code", "role"], unique=False)
    op.create_index(
        "uq_role_grant_live",
        "role_grant",
        ["person_id", "role", "reach_key"],
        unique=True,
        sqlite_where=sa.text("revoked_ms IS NULL"),
        postgresql_where=sa.text("revoked_ms IS NULL"),
    )
