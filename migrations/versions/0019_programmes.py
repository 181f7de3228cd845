"""Make syllabi, modules and the shared library; give every segment a module; keep what is published by triggers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from yanglao.courses import triggers
from yanglao.kernel.identifiers import new_id

revision = "0019"
down_revision = "0018"

# Added one by one, not in batch mode: these tables have children and, from here on, triggers.
COLUMNS = (
    ("programme", "syllabus_id", "VARCHAR(26) CONSTRAINT fk_programme_syllabus_id REFERENCES syllabus (id)"),
    ("programme", "base_id", "VARCHAR(26) CONSTRAINT fk_programme_base_id REFERENCES base (id)"),
    ("programme", "revision", "INTEGER DEFAULT 1 NOT NULL"),
    ("programme", "created_by", "VARCHAR(26) CONSTRAINT fk_programme_created_by REFERENCES person (id)"),
    ("programme", "edited_by", "VARCHAR(26) CONSTRAINT fk_programme_edited_by REFERENCES person (id)"),
    ("programme", "edited_ms", "BIGINT"),
    ("lesson", "module_id", "VARCHAR(26) CONSTRAINT fk_lesson_module_id REFERENCES programme_module (id)"),
)


def upgrade() -> None:
    """Make tables and columns, then a module for each segment, then the triggers."""
    _syllabus()
    _programme_module()
    for table, name, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    _library()
    _fill_modules()
    triggers.create(op.get_bind())


def downgrade() -> None:
    """Drop them, and what is in them."""
    triggers.drop(op.get_bind())
    for name in ("resource_use", "resource_step", "shared_resource"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("lesson") as table:
            table.drop_column("module_id")
        with op.batch_alter_table("programme") as table:
            for owner, name, _ in COLUMNS:
                if owner == "programme":
                    table.drop_column(name)
    else:
        for owner, name, _ in COLUMNS:
            op.drop_column(owner, name)
    for name in ("programme_module", "syllabus_topic", "syllabus"):
        op.drop_table(name)


def _fill_modules() -> None:
    bind = op.get_bind()
    for segment_id, title in bind.execute(sa.text("SELECT id, title FROM programme_segment")).fetchall():
        bind.execute(
            sa.text(
                "INSERT INTO programme_module (id, segment_id, key, position, title)"
                " VALUES (:id, :segment_id, 'main', 1, :title)"
            ),
            {"id": new_id(), "segment_id": segment_id, "title": title},
        )
    op.execute(
        "UPDATE lesson SET module_id ="
        " (SELECT m.id FROM programme_module m WHERE m.segment_id = lesson.segment_id)"
    )


def _syllabus() -> None:
    op.create_table(
        "syllabus",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("category_code", sa.String(length=24), nullable=False),
        sa.Column("level_code", sa.String(length=12), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=True),
        sa.Column("edited_ms", sa.BigInteger(), nullable=False),
        sa.Column("edited_by", sa.String(length=26), nullable=True),
        sa.Column("published_ms", sa.BigInteger(), nullable=True),
        sa.Column("published_by", sa.String(length=26), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_syllabus_version_positive")),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_syllabus_known_state")),
        sa.CheckConstraint(
            "(state = 'published') = (published_ms IS NOT NULL)",
            name=op.f("ck_syllabus_published_has_a_time"),
        ),
        sa.CheckConstraint("published_by <> edited_by", name=op.f("ck_syllabus_published_by_another")),
        sa.ForeignKeyConstraint(["category_code"], ["category.code"], name=op.f("fk_syllabus_category_code")),
        sa.ForeignKeyConstraint(["level_code"], ["skill_level.code"], name=op.f("fk_syllabus_level_code")),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_syllabus_base_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_syllabus_created_by")),
        sa.ForeignKeyConstraint(["edited_by"], ["person.id"], name=op.f("fk_syllabus_edited_by")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_syllabus_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_syllabus")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_syllabus_code_version")),
    )
    op.create_table(
        "syllabus_topic",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("syllabus_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("topic_code", sa.String(length=24), nullable=True),
        sa.Column("theory_s", sa.Integer(), nullable=True),
        sa.Column("practice_s", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "theory_s >= 0 AND practice_s >= 0", name=op.f("ck_syllabus_topic_hours_not_negative")
        ),
        sa.ForeignKeyConstraint(["syllabus_id"], ["syllabus.id"], name=op.f("fk_syllabus_topic_syllabus_id")),
        sa.ForeignKeyConstraint(["topic_code"], ["topic.code"], name=op.f("fk_syllabus_topic_topic_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_syllabus_topic")),
        sa.UniqueConstraint("syllabus_id", "position", name=op.f("uq_syllabus_topic_syllabus_id_position")),
    )


def _programme_module() -> None:
    op.create_table(
        "programme_module",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("segment_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["programme_segment.id"], name=op.f("fk_programme_module_segment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_module")),
        sa.UniqueConstraint("segment_id", "key", name=op.f("uq_programme_module_segment_id_key")),
        sa.UniqueConstraint("segment_id", "position", name=op.f("uq_programme_module_segment_id_position")),
    )


def _library() -> None:
    op.create_table(
        "shared_resource",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("lesson_id", sa.String(length=26), nullable=True),
        sa.Column("file_id", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("reviewed_by", sa.String(length=26), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('textbook', 'courseware', 'teacher')", name=op.f("ck_shared_resource_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'reviewed', 'published', 'withdrawn')",
            name=op.f("ck_shared_resource_state_known"),
        ),
        sa.CheckConstraint(
            "kind = 'courseware' OR lesson_id IS NULL",
            name=op.f("ck_shared_resource_only_courseware_is_a_lesson"),
        ),
        sa.CheckConstraint("reviewed_by <> proposed_by", name=op.f("ck_shared_resource_reviewed_by_another")),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_shared_resource_base_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_shared_resource_lesson_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_shared_resource_file_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_shared_resource_proposed_by")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["person.id"], name=op.f("fk_shared_resource_reviewed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_resource")),
    )
    op.create_table(
        "resource_step",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("resource_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["shared_resource.id"], name=op.f("fk_resource_step_resource_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_resource_step_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_step")),
        sa.UniqueConstraint("resource_id", "number", name=op.f("uq_resource_step_resource_id_number")),
    )
    op.create_table(
        "resource_use",
        sa.Column("resource_id", sa.String(length=26), nullable=False),
        sa.Column("programme_id", sa.String(length=26), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["shared_resource.id"], name=op.f("fk_resource_use_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_resource_use_programme_id")
        ),
        sa.PrimaryKeyConstraint("resource_id", "programme_id", name=op.f("pk_resource_use")),
    )
