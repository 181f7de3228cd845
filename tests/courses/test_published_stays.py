"""What is published stays as it is: the database refuses, whoever asks it; everything that is lacking is said at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.courses.test_publishing import MANDATORY, segment
from yanglao.courses import publish_rules, queries, service, triggers
from yanglao.courses.publish_rules import Ground
from yanglao.courses.shapes import (
    ProgrammeView,
    RubricItemView,
    RubricView,
    SyllabusLine,
    SyllabusView,
)
from yanglao.kernel.db import db
from yanglao.places import service as places

NOW = datetime(2026, 3, 8, 1, 0, tzinfo=UTC)
TOUCHES = (
    "UPDATE programme SET name = 'x' WHERE state = 'published'",
    "UPDATE programme SET state = 'draft', published_ms = NULL WHERE state = 'published'",
    "DELETE FROM programme WHERE state = 'published'",
    "UPDATE programme_segment SET required_s = 1",
    "DELETE FROM segment_topic",
    "UPDATE programme_module SET title = 'x'",
    "DELETE FROM lesson",
    "UPDATE lesson SET duration_s = 1",
    "INSERT INTO segment_topic (segment_id, topic_code) SELECT s.id, 'law' FROM programme_segment s",
    "INSERT INTO programme_module (id, segment_id, key, position, title)"
    " SELECT 'x' || substr(id, 2), id, 'more', 9, 'x' FROM programme_segment",
)
SQLITE_TOUCHES = (
    "INSERT OR REPLACE INTO lesson SELECT * FROM lesson",
    "INSERT OR REPLACE INTO programme SELECT * FROM programme",
)


def test_the_database_refuses_every_touch_of_what_is_published(either: Any) -> None:
    places.load_notice(db.session)
    service.load_courses(db.session, NOW)
    db.session.commit()
    sqlite = db.engine.dialect.name == "sqlite"
    more = SQLITE_TOUCHES if sqlite else ("TRUNCATE lesson CASCADE",)
    for statement in TOUCHES + more:
        with pytest.raises(DBAPIError, match="published and never changes"):
            db.session.execute(text(statement))
        db.session.rollback()
    with db.engine.connect() as connection:
        assert triggers.missing(connection) == []


def test_a_draft_may_be_changed_but_nobody_publishes_their_own_edit(either: Any) -> None:
    places.load_notice(db.session)
    person = "0" * 26
    made = (
        "INSERT INTO programme (id, code, version, name, category_code, syllabus, hours_note, state, content_digest,"
        " created_ms, is_demo, edited_by) VALUES ('p', 'p', 1, 'x', 'leader', '', '', 'draft', '', 0, false, :who)"
    )
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        db.session.execute(text("ALTER TABLE programme DROP CONSTRAINT fk_programme_edited_by"))
        db.session.execute(text("ALTER TABLE programme DROP CONSTRAINT fk_programme_published_by"))
    db.session.execute(text(made), {"who": person})
    db.session.execute(text("UPDATE programme SET name = 'y'"))
    published = "UPDATE programme SET state = 'published', published_ms = 1, published_by = :who"
    with pytest.raises(DBAPIError, match="published and never changes"):
        db.session.execute(text(published), {"who": person})


def test_modules_hold_the_lessons_of_the_bundled_programmes(session: Any) -> None:
    places.load_notice(session)
    service.load_courses(session, NOW)
    online = queries.programme_by_code(session, "caregiver_l5").segments[0]
    assert [one.key for one in online.modules] == ["main"]
    assert online.of_module(online.modules[0].id) == online.lessons


def lacking(*segments: Any, ground: Ground | None = None, syllabus: str = "大纲") -> list[str]:
    programme = ProgrammeView(
        "p", "c", 1, "养老护理员五级", "caregiver", "L5", syllabus, "", "draft", None, True, segments
    )
    return [one.code for one in publish_rules.missing(programme, ground or GROUND)]


GROUND = Ground(mandatory=MANDATORY, bank_sizes={"b": 30}, most_bp=9500)


def line(title: str, theory_s: int | None, practice_s: int | None, topic: str | None = None) -> SyllabusLine:
    return SyllabusLine(1, title, topic, theory_s, practice_s)


def syllabus(*lines: SyllabusLine, state: str = "published") -> SyllabusView:
    return SyllabusView(
        "s", "c", 1, "护理大纲", "caregiver", "L5", "文件", "2026-01-01", None, state, 1, None, 0, None, lines
    )


def test_everything_that_is_missing_is_said_at_once() -> None:
    assert lacking(syllabus="") == ["courses.no_segments", "courses.syllabus_missing"]
    bare = segment(hours_missing=True, required_s=0, assessment="none", lessons=(), topics=("law",))
    assert lacking(bare, segment(id="t", quiz_questions=31)) == [
        "courses.hours_missing",
        "courses.assessment_missing",
        "courses.lessons_missing",
        "courses.bank_too_small",
    ]


@pytest.mark.parametrize(("practice_s", "enough"), [(40, False), (41, True)])
def test_the_least_share_of_practice_is_held_to_the_second(practice_s: int, enough: bool) -> None:
    practice = segment(
        id="o", mode="offline", kind="practice", assessment="none", lessons=(), required_s=practice_s
    )
    found = lacking(segment(), practice, ground=replace(GROUND, practice_bp=3000))
    assert found == ([] if enough else ["courses.practice_share_low"])


@pytest.mark.parametrize(("offline_s", "enough"), [(94, False), (95, True)])
def test_the_largest_share_of_online_hours_is_held_to_the_second(offline_s: int, enough: bool) -> None:
    offline = segment(id="o", mode="offline", assessment="none", lessons=(), required_s=offline_s)
    found = lacking(segment(), offline, ground=replace(GROUND, online_bp=5000))
    assert found == ([] if enough else ["courses.online_share_high"])


def test_hours_are_held_against_the_syllabus_and_unknown_is_not_zero() -> None:
    whole = segment(required_s=95)
    known = replace(GROUND, syllabus=syllabus(line("翻身", 95, 0)))
    assert lacking(whole, ground=known) == []
    more = replace(
        GROUND, syllabus=syllabus(line("翻身", 96, 1), line("手工", 0, 0, "handicraft"), state="draft")
    )
    assert lacking(whole, ground=more) == [
        "courses.syllabus_topics_missing",
        "courses.syllabus_draft",
        "courses.theory_too_short",
        "courses.practice_too_short",
    ]
    unknown = replace(GROUND, syllabus=syllabus(line("翻身", None, 0)))
    assert lacking(whole, ground=unknown) == ["courses.syllabus_hours_missing"]


def test_a_rubric_must_be_whole_and_stand_at_a_practice_segment() -> None:
    def work(*points: int, kind: str = "practice") -> Any:
        items = tuple(RubricItemView(f"i{at}", "翻身", "", each, False) for at, each in enumerate(points))
        held = RubricView("o", True, 60, "", items)
        return segment(id="o", mode="offline", kind=kind, assessment="none", lessons=(), practical=held)

    assert lacking(work(60, 40)) == []
    assert lacking(work(60, 41)) == lacking(work(60, 39)) == ["courses.rubric_points"]
    assert lacking(work()) == ["courses.rubric_empty"]
    assert lacking(work(100, kind="theory")) == ["courses.rubric_kind"]
