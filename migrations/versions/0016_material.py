"""Make the tables of lessons' material, of uploads and of recordings; let a lesson be sound, a text or a PDF."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
READY = sa.text("state = 'ready'")


def upgrade() -> None:
    """Make them."""
    _upload()
    _material()
    _recording()
    with op.batch_alter_table("lesson") as table:
        table.add_column(sa.Column("material_id", sa.String(length=26), nullable=True))
        table.drop_constraint(op.f("ck_lesson_known_kind"), type_="check")
        table.create_check_constraint(
            op.f("ck_lesson_known_kind"), "kind IN ('video', 'audio', 'text', 'pdf')"
        )
        table.create_check_constraint(
            op.f("ck_lesson_one_source"), "(media_name = '') = (material_id IS NOT NULL)"
        )
        table.create_foreign_key(op.f("fk_lesson_material_id"), "material", ["material_id"], ["id"])


def downgrade() -> None:
    """Drop them. Lessons of a material stay as films whose file is gone."""
    op.execute(
        "UPDATE lesson SET kind = 'video', media_name = 'gone.mp4', material_id = NULL WHERE material_id IS NOT NULL"
    )
    with op.batch_alter_table("lesson") as table:
        table.drop_constraint(op.f("fk_lesson_material_id"), type_="foreignkey")
        table.drop_constraint(op.f("ck_lesson_one_source"), type_="check")
        table.drop_constraint(op.f("ck_lesson_known_kind"), type_="check")
        table.create_check_constraint(op.f("ck_lesson_known_kind"), "kind IN ('video')")
        table.drop_column("material_id")
    for name in ("recording", "material_page", "material_file", "material", "upload"):
        op.drop_table(name)


def _upload() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("touched_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_upload_not_empty")),
        sa.CheckConstraint("received_bytes BETWEEN 0 AND size_bytes", name=op.f("ck_upload_within_size")),
        sa.CheckConstraint("state IN ('open', 'complete', 'taken')", name=op.f("ck_upload_known_state")),
        sa.CheckConstraint(
            "state = 'open' OR received_bytes = size_bytes", name=op.f("ck_upload_complete_is_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_owner_id_state", "upload", ["owner_id", "state"])
    op.create_index("ix_upload_touched_ms", "upload", ["touched_ms"])


def _material() -> None:
    op.create_table(
        "material",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fault", sa.String(length=60), nullable=False),
        sa.Column("fault_facts", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("policy", sa.String(length=80), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("ready_ms", sa.BigInteger(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('video', 'audio', 'text', 'pdf')", name=op.f("ck_material_known_kind")),
        sa.CheckConstraint(
            "state IN ('processing', 'ready', 'refused')", name=op.f("ck_material_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'ready') = (ready_ms IS NOT NULL)", name=op.f("ck_material_ready_has_a_time")
        ),
        sa.CheckConstraint(
            "state <> 'ready' OR (duration_s > 0 AND bytes > 0 AND digest <> '')",
            name=op.f("ck_material_complete"),
        ),
        sa.CheckConstraint("(state = 'refused') = (fault <> '')", name=op.f("ck_material_refused_says_why")),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_material_base_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_material_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    op.create_index("ix_material_base_id_made_ms", "material", ["base_id", "made_ms"])
    op.create_table(
        "material_file",
        sa.Column("material_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(length=26), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('clear', 'light', 'poster', 'captions', 'picture')",
            name=op.f("ck_material_file_known_role"),
        ),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_material_file_not_empty")),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_material_file_material_id")),
        sa.PrimaryKeyConstraint("material_id", "role", "position", name=op.f("pk_material_file")),
    )
    op.create_table(
        "material_page",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("material_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_s", sa.Integer(), nullable=False),
        sa.Column("to_s", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("blocks", sa.Text(), nullable=False),
        sa.CheckConstraint("from_s >= 0 AND to_s > from_s", name=op.f("ck_material_page_lasts")),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_material_page_material_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_page")),
        sa.UniqueConstraint("material_id", "position", name=op.f("uq_material_page_material_id_position")),
    )


def _recording() -> None:
    op.create_table(
        "recording",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("target_kind", sa.String(length=8), nullable=False),
        sa.Column("target_id", sa.String(length=26), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("fault", sa.String(length=60), nullable=False),
        sa.Column("fault_facts", sa.Text(), nullable=False),
        sa.Column("source_file_id", sa.String(length=26), nullable=True),
        sa.Column("file_id", sa.String(length=26), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("speech", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.String(length=26), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("target_kind IN ('question', 'page')", name=op.f("ck_recording_known_target")),
        sa.CheckConstraint(
            "state IN ('processing', 'ready', 'refused', 'removed')", name=op.f("ck_recording_known_state")
        ),
        sa.CheckConstraint(
            "state <> 'ready' OR (file_id IS NOT NULL AND duration_s > 0)", name=op.f("ck_recording_complete")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_recording_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
    )
    op.create_index(
        "uq_recording_ready",
        "recording",
        ["target_kind", "target_id"],
        unique=True,
        sqlite_where=READY,
        postgresql_where=READY,
    )
    op.create_index("ix_recording_target", "recording", ["target_kind", "target_id", "made_ms"])
