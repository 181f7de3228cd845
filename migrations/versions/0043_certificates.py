"""Make certificates and their append-only steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from yanglao.evidence import triggers

revision = "0043"
down_revision = "0042"
UNISSUED = "state IN ('reviewed', 'returned')"
STANDING = "state IN ('issued', 'suspended')"
WAITING = "state = 'reviewed'"
ISSUED_WHOLE = " AND ".join(
    f"(({UNISSUED}) = ({column} IS NULL))"
    for column in ("number", "code", "statement", "signature", "issued_by", "issued_ms")
)
KEYS = {
    "enrolment_id": "enrolment.id", "person_id": "person.id", "class_id": "training_class.id", "base_id": "base.id",
    "division_code": "division.code", "replaces_id": "certificate.id", "reviewed_by": "person.id", "issued_by": "person.id",
}  # fmt: skip


def upgrade() -> None:
    """Make the tables and the triggers. Additive: the previous code does not know them."""
    _certificate()
    _step()
    triggers.create(op.get_bind())


def downgrade() -> None:
    """Drop them; what was issued and revoked stays in the ledger."""
    op.drop_table("certificate_step")
    op.drop_table("certificate")


def _certificate() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("enrolment_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("class_id", sa.String(length=26), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_ms", sa.BigInteger(), nullable=False),
        sa.Column("replaces_id", sa.String(length=26), nullable=True),
        sa.Column("reviewed_by", sa.String(length=26), nullable=False),
        sa.Column("reviewed_ms", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.String(length=26), nullable=True),
        sa.Column("issued_ms", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.String(length=21), nullable=True),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("printed", sa.JSON(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("signature", sa.String(length=160), nullable=True),
        *(sa.ForeignKeyConstraint([c], [to], name=op.f(f"fk_certificate_{c}")) for c, to in KEYS.items()),
        sa.CheckConstraint(
            "state IN ('reviewed', 'returned', 'issued', 'suspended', 'revoked', 'replaced')",
            name=op.f("ck_certificate_state_known"),
        ),
        sa.CheckConstraint(ISSUED_WHOLE, name=op.f("ck_certificate_issued_whole")),
        sa.CheckConstraint(
            "issued_by IS NULL OR issued_by <> reviewed_by", name=op.f("ck_certificate_four_eyes")
        ),
        sa.CheckConstraint("reviewed_by <> person_id", name=op.f("ck_certificate_not_own_review")),
        sa.CheckConstraint(
            "issued_by IS NULL OR issued_by <> person_id", name=op.f("ck_certificate_not_own_issue")
        ),
        sa.CheckConstraint(
            "replaces_id IS NULL OR replaces_id <> id", name=op.f("ck_certificate_replaces_another")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
    )
    for name, where in (("uq_certificate_standing", STANDING), ("uq_certificate_waiting", WAITING)):
        op.create_index(
            name, "certificate", ["enrolment_id"], unique=True,
            sqlite_where=sa.text(where), postgresql_where=sa.text(where),
        )  # fmt: skip
    op.create_index("ix_certificate_base_id_state", "certificate", ["base_id", "state"])
    op.create_index("ix_certificate_class_id", "certificate", ["class_id"])
    op.create_index("ix_certificate_person_id", "certificate", ["person_id"])
    op.create_index("ix_certificate_issued_by_issued_ms", "certificate", ["issued_by", "issued_ms"])


def _step() -> None:
    op.create_table(
        "certificate_step",
        sa.Column("certificate_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("from_state", sa.String(length=10), nullable=True),
        sa.Column("to_state", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_certificate_step_position_from_one")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_step_certificate_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_certificate_step_actor_id")),
        sa.PrimaryKeyConstraint("certificate_id", "position", name=op.f("pk_certificate_step")),
    )
