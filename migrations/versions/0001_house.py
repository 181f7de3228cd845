"""Make the tables of work, files and places."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of work, files and places."""
    _category()
    _division()
    _skill_level()
    _stored_file()
    _topic()
    _work_task()
    _base()
    _city_target()
    _quota_plan()


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("quota_plan")
    op.drop_table("city_target")
    op.drop_table("base")
    op.drop_table("work_task")
    op.drop_table("topic")
    op.drop_table("stored_file")
    op.drop_table("skill_level")
    op.drop_table("division")
    op.drop_table("category")


def _category() -> None:
    op.create_table(
        "category",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("parent", sa.String(length=24), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["category.code"], name=op.f("fk_category_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category")),
    )


def _division() -> None:
    op.create_table(
        "division",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('city', 'county', 'zone')", name=op.f("ck_division_kind_known")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_division")),
    )


def _skill_level() -> None:
    op.create_table(
        "skill_level",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sort_rank", sa.Integer(), nullable=False),
        sa.Column("organiser", sa.String(length=8), nullable=False),
        sa.CheckConstraint("organiser IN ('county', 'city')", name=op.f("ck_skill_level_organiser_known")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_skill_level")),
        sa.UniqueConstraint("sort_rank", name=op.f("uq_skill_level_sort_rank")),
    )


def _stored_file() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_stored_file_size_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.create_index("ix_stored_file_expires_ms", "stored_file", ["expires_ms"], unique=False)
    op.create_index("ix_stored_file_sha256", "stored_file", ["sha256"], unique=False)


def _topic() -> None:
    op.create_table(
        "topic",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_topic")),
    )


def _work_task() -> None:
    op.create_table(
        "work_task",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("handed_ms", sa.BigInteger(), nullable=True),
        sa.Column("lease_until_ms", sa.BigInteger(), nullable=True),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error_code", sa.String(length=80), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=True),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_work_task_state")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_work_task_attempts_not_negative")),
        sa.CheckConstraint(
            "progress_done >= 0 AND progress_total >= 0", name=op.f("ck_work_task_progress_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_task")),
    )
    op.create_index("ix_work_task_state_due_ms", "work_task", ["state", "due_ms"], unique=False)
    op.create_index("ix_work_task_topic_created_ms", "work_task", ["topic", "created_ms"], unique=False)
    op.create_index(
        "uq_work_task_open",
        "work_task",
        ["topic", "key"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )


def _base() -> None:
    op.create_table(
        "base",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("short_name", sa.String(length=20), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('school', 'institution', 'care_home')", name=op.f("ck_base_kind_known")),
        sa.ForeignKeyConstraint(["division_code"], ["division.code"], name=op.f("fk_base_division_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base")),
        sa.UniqueConstraint("name", name=op.f("uq_base_name")),
        sa.UniqueConstraint("uscc", name=op.f("uq_base_uscc")),
    )
    op.create_index("ix_base_division_code", "base", ["division_code"], unique=False)


def _city_target() -> None:
    op.create_table(
        "city_target",
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("per_year", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("per_year >= 0", name=op.f("ck_city_target_per_year_not_negative")),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_city_target_category_code")
        ),
        sa.PrimaryKeyConstraint("category_code", name=op.f("pk_city_target")),
    )


def _quota_plan() -> None:
    op.create_table(
        "quota_plan",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "planned IS NULL OR planned >= 0", name=op.f("ck_quota_plan_planned_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["category_code"], ["category.code"], name=op.f("fk_quota_plan_category_code")
        ),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_quota_plan_division_code")
        ),
        sa.PrimaryKeyConstraint("year", "division_code", "category_code", name=op.f("pk_quota_plan")),
    )
