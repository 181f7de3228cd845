"""The demo city keeps its promise whatever the day, and its past holds before the ledger."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.conftest import settings_for
from tests.factories import NINE, world
from yanglao import create_app
from yanglao.capture.attendance import meetings
from yanglao.certificates import queries as certificates
from yanglao.classes import queries as classes
from yanglao.cli import database
from yanglao.completion.refresh import check
from yanglao.courses import authoring, library_queries, publishing, recordings
from yanglao.courses import queries as courses
from yanglao.courses.materials import ready
from yanglao.demo import lessons as own_lessons
from yanglao.demo import live, service
from yanglao.demo.cast import invent
from yanglao.evidence.verify import verify
from yanglao.kernel import policy
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.clock import day_of, held, to_ms
from yanglao.kernel.db import db, run
from yanglao.people import queries as people
from yanglao.subsidy import claimable
from yanglao.subsidy import queries as claims
from yanglao.subsidy.shapes import Asked

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Give an application whose database was made by the migrations, with the whole demo city in it, loaded once."""
    app = create_app(settings_for(tmp_path_factory.mktemp("city")))
    with app.app_context():
        database.upgrade()
        with held(NINE):
            done = invoke(app, "demo", "load", "--trainees", "30")
        assert done.exit_code == 0, done.output
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_told_past_verifies_and_stepping_equals_rebuilding(loaded):
    report = verify(db.session)

    assert report.ok, report.problems
    assert report.checkpoints >= 90
    assert check(db.session) == []


def test_the_accounts_cover_every_role_and_thirty_trainees(loaded):
    rows = service.accounts(db.session)

    assert {row["role"] for row in rows} == {
        "base_admin", "instructor", "officer", "city_officer", "assessor", "auditor", "sysadmin", "trainee",
    }  # fmt: skip
    assert sum(row["role"] == "trainee" for row in rows) == 30
    assert all(row["phone"] and row["password"] for row in rows)


def test_a_newcomer_finds_a_draft_with_a_shared_lesson_and_resources_in_three_states(loaded):
    city = service.city.find(db.session).staff["city_ca"]
    found = library_queries.listed(db.session, city, library_queries.Wanted(), now=NINE).items

    assert {one.state: one.file is not None for one in found} == {
        "published": False, "proposed": False, "draft": True,
    }  # fmt: skip
    assert all(one.is_demo for one in found)
    (draft,) = authoring.listed(db.session, city, authoring.Wanted(state="draft"))
    (taken,) = [one for one in found if one.uses]
    assert library_queries.lessons_made_of(db.session, taken.id) == {draft.id: [taken.title]}
    assert [name for _, name, _ in library_queries.teachers(db.session)] == ["急救带教老师（演示）"]
    assert {one.code for one in publishing.missing(db.session, draft, now=NINE)} >= {
        "courses.hours_missing", "courses.module_empty", "courses.syllabus_missing",
    }  # fmt: skip


def test_who_learns_now_has_lessons_of_every_kind_published_by_a_second_officer(loaded):
    own = live.running(db.session, service.city.find(db.session))[-1]
    programme = courses.programme(db.session, own.programme_id)
    lessons = {one.kind: one for one in programme.segments[0].lessons}
    materials = {kind: ready(db.session, one.material_id) for kind, one in lessons.items() if one.material_id}

    assert set(lessons) == {"video", "audio", "text", "pdf"} and (programme.version, programme.is_demo) == (
        2,
        True,
    )
    assert programme.edited_by != programme.published_by is not None
    assert {kind: len(one.pages) for kind, one in materials.items()} == {"audio": 0, "text": 3, "pdf": 2}
    assert lessons["audio"].duration_s == 77 and materials["audio"].file("captions")
    pages = [page.id for page in materials["text"].pages]
    assert set(recordings.of(db.session, "page", pages)) == set(pages)
    assert sum(path.stat().st_size for path in own_lessons.FOLDER.iterdir()) < 1_000_000


def test_money_and_certificates_are_shown_at_every_step_and_marked_as_an_example(loaded):
    found = claims.claims(db.session, EVERYTHING)
    assert {one.state for one in found} >= {
        "draft",
        "filed",
        "county_passed",
        "on_notice",
        "notice_over",
        "funded",
        "paid",
    }
    assert all(one.example and one.total_fen for one in found)
    (noticed,) = [one for one in found if one.state == "on_notice"]
    assert "pulled" in {line.state for line in claims.lines(db.session, noticed.id)}
    assert set(certificates.count(db.session, EVERYTHING)) == {"issued", "replaced", "revoked"}
    own = claimable.look(db.session, noticed.class_id, Asked("training", "offline", "employment"), now=NINE)
    codes = {each.code for line in own.lines for each in line.obstacles}
    assert codes >= {
        "subsidy.attendance_low",
        "subsidy.excluded",
        "subsidy.not_confirmed_by_person",
    }
    phone = people.find_by_id_number(db.session, invent(live.FIRST).id_number)
    assert [one.state for one in certificates.own(db.session, phone.id)] == ["issued"]


def test_loading_again_changes_nothing_but_the_session_to_open(loaded):
    before = len(service.accounts(db.session))

    run(lambda: service.load(db.session, trainees=30, now=NINE + timedelta(minutes=1)))

    assert len(service.accounts(db.session)) == before


def invoke(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


def listed(app):
    return json.loads(invoke(app, "demo", "accounts", "--json").stdout)


def test_every_role_has_an_account_the_sum_of_everything_holds_and_loading_again_doubles_nobody(loaded):
    accounts = before = listed(loaded)
    wanted = {
        "trainee",
        "instructor",
        "base_admin",
        "officer",
        "city_officer",
        "assessor",
        "auditor",
        "sysadmin",
    }
    assert wanted <= {row["role"] for row in accounts}
    assert {"civil_affairs", "hrss", "finance"} <= {row["department"] for row in accounts}
    assert invoke(loaded, "ledger", "verify").exit_code == 0
    assert invoke(loaded, "completion", "rebuild", "--check").exit_code == 0
    assert invoke(loaded, "completion", "rebuild").exit_code == 0
    assert invoke(loaded, "completion", "rebuild", "--check").exit_code == 0
    with held(NINE):
        assert invoke(loaded, "demo", "load", "--trainees", "30").exit_code == 0
        assert invoke(loaded, "demo", "load").exit_code == 0
    assert listed(loaded) == before


@pytest.fixture
def there(app):
    return world(now=NINE)


def meetings_at(there, now):
    with held(now):
        run(lambda: service.renew(db.session, now=now))
    return classes.sessions_of_class(db.session, live.running(db.session, there.city)[-1].id)


@pytest.mark.parametrize("hours", [0, 1, 2, 5, 14, 24, 24 * 30, 24 * 58, 24 * 61, 24 * 200])
def test_whatever_the_day_there_is_a_session_that_can_be_opened_and_runs_three_hours(there, hours):
    now = NINE + timedelta(hours=hours, minutes=7)

    found = [one for one in meetings_at(there, now) if one.state == "planned" and one.ends_ms > to_ms(now)]

    assert len(found) == 1
    assert found[0].ends_ms - found[0].starts_ms == 3 * 3_600_000
    assert (
        run(lambda: meetings.open_session(db.session, found[0].id, now=now, actor=there.teacher)).state
        == "open"
    )


def test_a_session_in_use_is_left_alone_and_one_that_was_closed_gets_a_successor(there):
    run(lambda: meetings.open_session(db.session, there.session_id, now=NINE, actor=there.teacher))
    assert [one.state for one in meetings_at(there, NINE + timedelta(hours=1))] == ["open"]

    closed_at = NINE + timedelta(minutes=62)
    run(lambda: meetings.close_session(db.session, there.session_id, now=closed_at, actor=there.teacher))

    states = [one.state for one in meetings_at(there, NINE + timedelta(hours=1, minutes=5))]
    assert states == ["closed", "planned"]


def test_a_session_in_use_is_closed_for_its_teacher_only_when_nobody_signs_out_any_more(there):
    run(lambda: meetings.open_session(db.session, there.session_id, now=NINE, actor=there.teacher))
    over = NINE + timedelta(hours=3)
    until = over + timedelta(seconds=policy.on(day_of(NINE)).attendance.close_after_s)

    for now, states in ((over + timedelta(minutes=5), ["open"]), (until, ["closed", "planned"])):
        assert [one.state for one in meetings_at(there, now)] == states


def test_a_class_that_nears_its_end_is_followed_by_one_with_the_same_people(there):
    now = NINE + timedelta(days=58)
    with held(now):
        run(lambda: service.renew(db.session, now=now))

    first, second = live.running(db.session, there.city)

    assert [v.person_id for v in classes.roster(db.session, first.id)] == [
        v.person_id for v in classes.roster(db.session, second.id)
    ]
    run(lambda: service.renew(db.session, now=now))
    assert len(live.running(db.session, there.city)) == 2
