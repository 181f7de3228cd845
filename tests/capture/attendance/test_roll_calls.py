from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE, SECOND, TEACHER, trainee
from yanglao.capture.attendance import held_roll_calls, queries, roll_call_queries, roll_calls, rules
from yanglao.capture.attendance.held_roll_calls import Held
from yanglao.completion import refresh
from yanglao.completion.lines import evidence_lines
from yanglao.flags.models import Flag
from yanglao.kernel import policy
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict, NotFound, Refused

TEN = NINE + 60 * MINUTE
NOON = NINE + 180 * MINUTE


@pytest.fixture
def room(world):
    world.open()
    world.sign("wang", NINE)
    world.sign("li", NINE)
    return world


def call(now=TEN, people=None, within_s=None, actor=TEACHER, session_id="S"):
    return run(
        lambda: roll_calls.start(
            db.session, session_id, people=people, within_s=within_s, now=now, actor=actor
        )
    )


def states(found):
    return {one.enrolment_id: one.state for one in roll_call_queries.view(db.session, found.id).seats}


def credited(now=NOON):
    for person in ("wang", "li"):
        run(lambda who=person: refresh.refresh(db.session, who, now=now))
    assert refresh.check(db.session) == []
    lines = {one: evidence_lines(db.session, one) for one in ("eW", "eL")}
    return {one: sum(line.counted_s or 0 for line in held) for one, held in lines.items()}, lines


def test_who_answers_has_one_more_proof_and_who_does_not_is_listed_entered_and_flagged(room):
    found = call()
    assert states(found) == {"eW": "waiting", "eL": "waiting"}
    said = room.sign("wang", TEN + MINUTE)
    assert (said.outcome, said.code) == ("accepted", "attendance.here")
    assert room.sign("wang", TEN + 2 * MINUTE).code == "attendance.already_in"
    late = room.sign("li", TEN + 3 * MINUTE + SECOND)
    assert late.code == "attendance.already_in"
    assert run(lambda: roll_calls.sweep(db.session, now=TEN + 4 * MINUTE)) == 0
    assert run(lambda: roll_calls.sweep(db.session, now=TEN + 5 * MINUTE)) == 1
    assert states(found) == {"eW": "here", "eL": "missed"}
    (flag,) = db.session.query(Flag).all()
    assert (flag.kind, flag.subject_id, flag.facts["proof_ms"]) == (
        "attendance.roll_missed",
        "eL",
        to_ms(NINE),
    )
    room.close(now=NOON)
    ends = {one.enrolment_id: one.out_ms for one in queries.presences_of_session(db.session, "S")}
    assert ends == {"eW": to_ms(TEN + 2 * MINUTE), "eL": to_ms(late_proof())}
    _, lines = credited()
    assert any("点名：在" in one.sentence for one in lines["eW"])
    assert any("10:00 点名没有应答" in one.sentence for one in lines["eL"])


def late_proof():
    # Answered too late, and still there: the code of the room was scanned at once.
    return TEN + 3 * MINUTE + SECOND


def test_a_card_scanned_by_the_instructor_answers_also_from_a_phone_that_was_offline(room):
    found = call()
    at = TEN + 2 * MINUTE
    assert room.scan("wang", at, received=at + 110 * SECOND).code == "attendance.here"
    room.scan("li", TEN + MINUTE, "out")
    run(lambda: roll_calls.sweep(db.session, now=TEN + 6 * MINUTE))
    assert states(found) == {"eW": "here", "eL": "left"}
    assert db.session.query(Flag).count() == 0
    again = call(now=TEN + 10 * MINUTE, people=5)
    assert (states(again), again.present) == ({"eW": "waiting"}, 1)
    room.close(now=TEN + 11 * MINUTE)
    assert states(again) == {"eW": "left"}


def test_where_the_policy_takes_the_time_it_is_the_time_without_proof_until_a_person_above_gives_it_back(
    room, monkeypatch
):
    today = policy.latest()
    other = replace(today, attendance=replace(today.attendance, roll_call_missed=1))
    monkeypatch.setattr(policy, "on", lambda day: other)
    found = call()
    room.sign("wang", TEN + MINUTE)
    run(lambda: roll_calls.sweep(db.session, now=TEN + 5 * MINUTE))
    for person in ("wang", "li"):
        room.sign(person, NOON - MINUTE, "out")
    seconds, lines = credited()
    assert seconds == {"eW": 179 * 60, "eL": 179 * 60 - 63 * 60}
    out = [one for one in lines["eL"] if one.kind == "attendance.out"]
    assert [code for code, _, _ in out[0].not_counted] == ["hours.roll_call_missed"]

    def excuse(actor, reason="在厕所"):
        return run(
            lambda: roll_calls.excuse(db.session, found.id, "eL", reason=reason, now=NOON, actor=actor)
        )

    for actor, fault, code in (
        (trainee("wang"), NotFound, "roll_call.unknown"),
        (replace(ADMIN, person_id="teacher"), Exception, "roll_call.own"),
    ):
        with pytest.raises(fault) as raised:
            excuse(actor)
        assert raised.value.code == code
    with pytest.raises(Refused):
        excuse(ADMIN, " ")
    excuse(ADMIN)
    with pytest.raises(Conflict):
        excuse(ADMIN)
    assert (states(found)["eL"], credited()[0]["eL"]) == ("excused", 179 * 60)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"within_s": 119}, "roll_call.time"),
        ({"within_s": 301}, "roll_call.time"),
        ({"now": NINE - MINUTE}, "roll_call.not_in_class"),
        ({"now": NOON}, "roll_call.not_in_class"),
        ({"session_id": "T"}, "roll_call.not_in_class"),
        ({"actor": trainee("wang")}, "classes.session_unknown"),
    ],
)
def test_a_roll_call_is_held_by_the_instructor_in_class_for_two_to_five_minutes(room, other, code):
    with pytest.raises((Conflict, NotFound, Refused)) as raised:
        call(**other)
    assert raised.value.code == code
    call(within_s=120)
    with pytest.raises(roll_calls.RollCallRunning):
        call(now=TEN + MINUTE)


def held(received, at=TEN, drawn=("eW", "eL", "eZ"), uuid="call-00001", actor=TEACHER, within_s=180):
    told = Held(uuid, rules.Times(to_ms(at), to_ms(received), to_ms(received)), within_s, drawn)
    return run(lambda: held_roll_calls.take(db.session, "S", told, now=received, actor=actor))


def test_a_roll_call_held_without_network_is_answered_by_what_the_phone_scanned_then(room):
    room.scan("li", TEN - MINUTE, "out")
    room.scan("li", TEN + MINUTE, "in")
    back = TEN + 40 * MINUTE
    found = held(back)
    assert held(back + SECOND).id == found.id, "sent twice"
    assert (found.started_ms, found.until_ms, found.present) == (to_ms(TEN), to_ms(TEN + 3 * MINUTE), 1)
    assert states(found) == {"eW": "waiting"}, (
        "who was not in the room then, or is not of the class, is not asked"
    )
    assert run(lambda: roll_calls.sweep(db.session, now=back + MINUTE)) == 0, "the answers are on their way"
    assert room.scan("wang", TEN + MINUTE, received=back + MINUTE).code == "attendance.here"
    assert run(lambda: roll_calls.sweep(db.session, now=back + 2 * MINUTE)) == 1
    assert states(found) == {"eW": "here"} and db.session.query(Flag).count() == 0


def test_an_answer_that_arrives_when_the_call_is_settled_is_refused_by_name_and_taken_back_by_who_is_above(
    room,
):
    found = held(TEN + 4 * MINUTE, drawn=("eL",))
    run(lambda: roll_calls.sweep(db.session, now=TEN + 6 * MINUTE))
    late = room.scan("li", TEN + 2 * MINUTE, received=TEN + 7 * MINUTE)
    assert (late.outcome, late.code, states(found)) == ("refused", "roll_call.answer_late", {"eL": "missed"})
    assert room.scan("wang", TEN + 2 * MINUTE, received=TEN + 7 * MINUTE).code == "attendance.already_in"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"actor": trainee("wang")}, "classes.session_unknown"),
        ({"at": NINE - MINUTE}, "roll_call.not_in_class"),
        ({"within_s": 301}, "roll_call.time"),
        ({"drawn": ("eZ",)}, "roll_call.nobody_there"),
    ],
)
def test_a_held_roll_call_is_judged_like_any_other(room, other, code):
    with pytest.raises((Conflict, NotFound, Refused)) as raised:
        held(TEN + 5 * MINUTE, **other)
    assert raised.value.code == code
    call(now=TEN + 5 * MINUTE)
    with pytest.raises(roll_calls.RollCallRunning):
        held(TEN + 6 * MINUTE)


@given(st.sets(st.text("abcdef", min_size=1, max_size=3), min_size=1, max_size=12), st.data())
def test_who_was_drawn_least_is_drawn_first_and_a_seed_draws_the_same_again(present, data):
    asked = data.draw(st.dictionaries(st.sampled_from(sorted(present)), st.integers(0, 3)))
    count, seed = data.draw(st.integers(1, 12)), data.draw(st.text(max_size=4))
    chosen = rules.drawn(sorted(present), asked, count, seed)
    assert chosen == rules.drawn(sorted(present, reverse=True), asked, count, seed)
    assert len(set(chosen)) == len(chosen) == min(count, len(present))
    rest = present - set(chosen)
    assert all(asked.get(one, 0) <= asked.get(other, 0) for one in chosen for other in rest)
