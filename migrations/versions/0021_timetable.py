"""Let sessions name venues, substitutes and what they make up; keep changes and farming seasons. Additive.

Each text in which the sessions of a base named their room becomes one venue of that base, without capacity and place. The text
stays: it is what the previous code reads and writes, and what the way back keeps.
"""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

from yanglao.kernel.identifiers import new_id

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables, add the columns, and carry the rooms over."""
    _venue()
    _farm_season()
    with op.batch_alter_table("offline_session") as table:
        for name in ("venue_id", "planned_instructor_id", "makes_up_session_id"):
            table.add_column(sa.Column(name, sa.String(length=26), nullable=True))
        table.create_foreign_key(op.f("fk_offline_session_venue_id"), "venue", ["venue_id"], ["id"])
        table.create_foreign_key(
            op.f("fk_offline_session_planned_instructor_id"), "person", ["planned_instructor_id"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_offline_session_makes_up_session_id"), "offline_session", ["makes_up_session_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_offline_session_makes_up_another"), "makes_up_session_id <> id"
        )
        table.create_check_constraint(
            op.f("ck_offline_session_substitute_another"), "planned_instructor_id <> instructor_id"
        )
    op.create_index("ix_offline_session_venue_id", "offline_session", ["venue_id"], unique=False)
    op.create_index("ix_offline_session_starts_ms", "offline_session", ["starts_ms"], unique=False)
    _session_change()
    _carry_over()


def downgrade() -> None:
    """Drop them; each session keeps the name of its room."""
    op.drop_table("session_change")
    op.drop_index("ix_offline_session_starts_ms", table_name="offline_session")
    op.drop_index("ix_offline_session_venue_id", table_name="offline_session")
    with op.batch_alter_table("offline_session") as table:
        table.drop_constraint(op.f("ck_offline_session_substitute_another"), type_="check")
        table.drop_constraint(op.f("ck_offline_session_makes_up_another"), type_="check")
        for name in ("makes_up_session_id", "planned_instructor_id", "venue_id"):
            table.drop_constraint(op.f(f"fk_offline_session_{name}"), type_="foreignkey")
            table.drop_column(name)
    op.drop_table("farm_season")
    op.drop_table("venue")


def _carry_over() -> None:
    meeting = sa.table("offline_session", *map(sa.column, ("id", "class_id", "venue", "venue_id")))
    held = sa.table("training_class", *map(sa.column, ("id", "base_id")))
    venue = sa.table("venue", *map(sa.column, ("id", "base_id", "name", "active", "created_ms")))
    connection, made = op.get_bind(), {}
    joined = sa.select(meeting.c.id, held.c.base_id, meeting.c.venue).join(
        held, held.c.id == meeting.c.class_id
    )
    for session_id, base_id, text in connection.execute(joined.order_by(meeting.c.id)).all():
        key = (base_id, text.strip())
        if not key[1]:
            continue
        if key not in made:
            made[key] = new_id()
            row = {"id": made[key], "base_id": base_id, "name": key[1], "active": True}
            connection.execute(venue.insert().values(**row, created_ms=time.time_ns() // 1_000_000))
        named = meeting.update().where(meeting.c.id == session_id).values(venue_id=made[key])
        connection.execute(named)


def _venue() -> None:
    op.create_table(
        "venue",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("base_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("latitude_e6", sa.Integer(), nullable=True),
        sa.Column("longitude_e6", sa.Integer(), nullable=True),
        sa.Column("radius_m", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_venue_capacity_positive")),
        sa.CheckConstraint(
            "latitude_e6 BETWEEN -90000000 AND 90000000", name=op.f("ck_venue_latitude_on_earth")
        ),
        sa.CheckConstraint(
            "longitude_e6 BETWEEN -180000000 AND 180000000", name=op.f("ck_venue_longitude_on_earth")
        ),
        sa.CheckConstraint("radius_m > 0", name=op.f("ck_venue_radius_positive")),
        sa.CheckConstraint(
            "(latitude_e6 IS NULL) = (longitude_e6 IS NULL) AND (latitude_e6 IS NULL) = (radius_m IS NULL)",
            name=op.f("ck_venue_position_whole"),
        ),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_venue_base_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_venue_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("base_id", "name", name=op.f("uq_venue_base_id_name")),
    )


def _farm_season() -> None:
    op.create_table(
        "farm_season",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("division_code", sa.String(length=12), nullable=True),
        sa.Column("base_id", sa.String(length=26), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(division_code IS NULL) <> (base_id IS NULL)", name=op.f("ck_farm_season_of_one")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_farm_season_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["division_code"], ["division.code"], name=op.f("fk_farm_season_division_code")
        ),
        sa.ForeignKeyConstraint(["base_id"], ["base.id"], name=op.f("fk_farm_season_base_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_farm_season_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_farm_season")),
    )
    op.create_index("ix_farm_season_ends_on", "farm_season", ["ends_on"], unique=False)


def _session_change() -> None:
    op.create_table(
        "session_change",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "act IN ('added', 'moved', 'cancelled', 'substituted')", name=op.f("ck_session_change_act_known")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["offline_session.id"], name=op.f("fk_session_change_session_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_session_change_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_change")),
        sa.UniqueConstraint("session_id", "position", name=op.f("uq_session_change_session_id_position")),
    )
