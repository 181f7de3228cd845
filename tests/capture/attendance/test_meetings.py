import pytest

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE, SECOND, TEACHER, trainee
from yanglao.capture.attendance import codes, meetings, queries, screens
from yanglao.classes.queries import SessionUnknown
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.db import db, run

NOON = NINE + 180 * MINUTE


def test_opening_notes_it_on_the_chain_of_the_session_and_gives_out_card_numbers(world):
    assert world.open().state == "open"
    (entry,) = world.chain("session", "S")
    assert (entry.kind, entry.body["expected"]) == ("session.opened", 2)
    assert world.card("wang", NINE).kept and world.card("li", NINE).kept


def test_opening_twice_changes_nothing(world):
    world.open()
    world.open()
    assert len(world.chain("session", "S")) == 1


@pytest.mark.parametrize(("early", "code"), [(121, "session.too_early"), (-180, "session.over")])
def test_a_session_opens_only_near_its_time(world, early, code):
    with pytest.raises(meetings.NotNow) as fault:
        world.open(now=NINE - early * MINUTE)
    assert fault.value.code == code


@pytest.mark.parametrize(
    "actor", [trainee("wang"), Actor("other", "别的老师", (Grant("instructor", base="base1"),))]
)
def test_a_session_of_somebody_else_does_not_exist(world, actor):
    with pytest.raises(SessionUnknown):
        world.open(actor=actor)


def test_closing_writes_down_plan_against_reality(world):
    world.open(now=NINE - 10 * MINUTE, actor=ADMIN)
    world.sign("wang", NINE)
    world.sign("wang", NINE + 100 * MINUTE, "out")
    world.scan("li", NINE)
    world.close(now=NINE + 170 * MINUTE)
    body = world.chain("session", "S")[-1].body
    assert (body["planned_s"], body["held_s"]) == (180 * 60, 170 * 60)
    assert (body["headcount"], body["expected"], body["without_sign_out"]) == (2, 2, ["eL"])


def test_the_code_is_told_one_step_at_a_time_and_only_while_open(world):
    meeting = world.open()
    now = NINE + 7 * SECOND
    told = meetings.room_now(meeting, base_url="https://yl.cn", now=now)
    assert codes.read_room(told.url).code_no == meeting.code_no
    assert told.expires_ms - told.server_ms == 8000
    with pytest.raises(meetings.NotNow):
        meetings.room_now(world.close(), base_url="https://yl.cn", now=NOON)


def test_counts_tell_who_is_in_the_room_and_who_came(world):
    world.open()
    world.sign("wang", NINE)
    world.sign("wang", NINE + 60 * MINUTE, "out")
    world.sign("li", NINE)
    assert queries.counts(db.session, ["S"])["S"] == queries.Count(expected=2, present=1, came=2)
    assert queries.present_now(db.session, "li", NINE + MINUTE) == "S"
    assert queries.present_now(db.session, "wang", NINE + 61 * MINUTE) is None


def test_a_screen_shows_a_session_once_an_instructor_binds_it(world):
    world.open()
    waiting = run(lambda: screens.enrol(db.session, now=NINE))
    assert screens.shown(db.session, waiting.token) is None
    run(lambda: screens.bind(db.session, waiting.pairing, "S", now=NINE, actor=TEACHER))
    assert screens.shown(db.session, waiting.token).id == "S"
    with pytest.raises(screens.PairingUnknown):
        run(lambda: screens.bind(db.session, waiting.pairing, "S", now=NINE, actor=TEACHER))


def test_a_pairing_code_is_good_for_ten_minutes_and_a_released_screen_forgets(world):
    waiting = run(lambda: screens.enrol(db.session, now=NINE))
    with pytest.raises(screens.PairingUnknown):
        run(lambda: screens.bind(db.session, waiting.pairing, "S", now=NINE + 11 * MINUTE, actor=TEACHER))
    run(lambda: screens.bind(db.session, waiting.pairing, "S", now=NINE, actor=TEACHER))
    assert run(lambda: screens.release(db.session, "S", now=NINE, actor=TEACHER)) == 1
    with pytest.raises(screens.ScreenUnknown):
        screens.shown(db.session, waiting.token)
