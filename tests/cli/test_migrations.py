from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade
from sqlalchemy import inspect, text

from yanglao.cli import database
from yanglao.courses import triggers as course_triggers
from yanglao.evidence import triggers
from yanglao.kernel.db import db, reading
from yanglao.outside import schema


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request, migrated):
    """Give a migrated house on SQLite, then on PostgreSQL."""
    url = {} if request.param == "sqlite" else {"DATABASE_URL": request.getfixturevalue("pg_url")}
    app = migrated(**url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_make_what_the_models_say(house):
    with db.engine.connect() as connection:
        assert (
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata)
            == []
        )
        assert schema.current(connection) == schema.head()


def test_the_triggers_stand_after_the_migrations(house):
    with db.engine.connect() as connection:
        assert triggers.missing(connection) == [] == course_triggers.missing(connection)


def test_the_notice_is_loaded_by_the_upgrade_and_once(house):
    def divisions():
        with reading():
            return db.session.scalar(text("SELECT count(*) FROM division"))

    before = divisions()
    database.upgrade()
    assert before == divisions() >= 13


def test_every_migration_goes_back_and_forth_again(house):
    downgrade(directory=str(schema.FOLDER), revision="base")
    with db.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    database.upgrade()
    with db.engine.connect() as connection:
        assert triggers.missing(connection) == [] and schema.current(connection) == schema.head()


def test_foreign_keys_hold_again_after_a_migration(house):
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
