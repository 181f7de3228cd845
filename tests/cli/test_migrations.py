from __future__ import annotations

from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade
from sqlalchemy import inspect, text

from tests.classes import makers
from yanglao.classes import service as classes
from yanglao.cli import database
from yanglao.courses import triggers as course_triggers
from yanglao.evidence import triggers
from yanglao.kernel.actor import Grant
from yanglao.kernel.db import db, reading, run
from yanglao.outside import schema
from yanglao.places import service as places


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


def test_rooms_named_in_text_become_one_venue_for_each_base_and_name_and_the_text_stays(house):
    run(_four_sessions)
    db.session.remove()
    downgrade(directory=str(schema.FOLDER), revision="0020")
    with db.engine.begin() as connection:
        texts = list(connection.scalars(text("SELECT venue FROM offline_session ORDER BY starts_ms, id")))
        connection.execute(text("UPDATE offline_session SET venue = ' 大厅 ' WHERE venue = '二楼'"))
    assert texts == ["大厅", "大厅", "二楼", "三楼"]
    database.upgrade()
    joined = "SELECT s.venue, v.name FROM offline_session s JOIN venue v ON v.id = s.venue_id"
    with db.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(f"{joined} ORDER BY s.starts_ms, s.id"))]
        bases = connection.scalar(text("SELECT count(DISTINCT base_id) FROM venue WHERE name = '大厅'"))
        venues = connection.scalar(text("SELECT count(*) FROM venue"))
    assert found == [("大厅", "大厅"), ("大厅", "大厅"), (" 大厅 ", "大厅"), ("三楼", "三楼")]
    assert (bases, venues) == (2, 3)


def _four_sessions() -> None:
    """Plan 大厅 at two bases, then 二楼 and 三楼 at the first."""
    programme, _, offline = makers.made_programme(db.session)
    bases = [places.add_base(db.session, places.BaseDraft(name, name, "371323")) for name in ("仁和", "康宁")]
    for number, base in enumerate(bases):
        admin = makers.actor_with(db.session, "李管理", 2 * number, Grant("base_admin", base=base))
        teacher = makers.actor_with(db.session, "王老师", 2 * number + 1, Grant("instructor", base=base))
        draft = classes.ClassDraft(base, programme, date(2026, 3, 2), date(2026, 3, 20), 5)
        own = classes.create_class(db.session, draft, now=makers.THEN, actor=admin)
        for day, venue in ((5, "大厅"), (6, "二楼"), (7, "三楼"))[: 1 if number else 3]:
            meeting = classes.SessionDraft(
                own.id, offline, makers.at(day, 9), makers.at(day, 11), venue, teacher.person_id
            )
            classes.plan_session(db.session, meeting, now=makers.THEN, actor=admin)
