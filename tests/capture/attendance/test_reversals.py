import pytest

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE, TEACHER, trainee
from yanglao.capture.attendance import queries, reversals
from yanglao.completion.lines import evidence_lines
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden, NotFound, Problem

NOON = NINE + 180 * MINUTE
OTHER_BASE = Actor("zhao", "外人", (Grant("base_admin", base="base2"),))


def void(answer, *, actor, now=NINE + MINUTE, device=""):
    return run(
        lambda: reversals.void(
            db.session, answer.scan_uuid, device=device, reason="扫错人", now=now, actor=actor
        )
    )


def decide(answer, accept, *, actor=ADMIN):
    return run(
        lambda: reversals.decide(
            db.session, answer.scan_uuid, accept=accept, reason="看过", now=NOON, actor=actor
        )
    )


def kinds(world):
    return [entry.kind for entry in world.chain()]


@pytest.fixture
def opened(world):
    world.open()
    return world


def test_the_same_device_takes_a_scan_back_within_fifteen_minutes(opened):
    answer = opened.scan("wang", NINE, device="phone-t")
    void(answer, actor=TEACHER, device="phone-t", now=NINE + 15 * MINUTE)
    assert queries.presences_of_session(db.session, "S") == []
    assert kinds(opened) == ["attendance.in", "attendance.void"]
    assert opened.scan("wang", NINE + 16 * MINUTE).outcome == "accepted"


@pytest.mark.parametrize(("device", "minutes"), [("phone-t", 16), ("another", 1), ("", 1)])
def test_later_or_from_another_device_only_a_person_with_the_right(opened, device, minutes):
    answer = opened.scan("wang", NINE, device="phone-t")
    with pytest.raises(reversals.VoidTooLate):
        void(answer, actor=TEACHER, device=device, now=NINE + minutes * MINUTE)
    void(answer, actor=ADMIN, now=NINE + 60 * MINUTE)
    assert kinds(opened)[-1] == "attendance.void"


def test_voiding_an_out_leaves_the_presence_open_again(opened):
    opened.scan("wang", NINE)
    out = opened.scan("wang", NINE + 60 * MINUTE, "out")
    void(out, actor=ADMIN)
    assert queries.presences_of_session(db.session, "S")[0].out_ms is None
    assert opened.scan("wang", NOON, "out").outcome == "accepted"


def test_voiding_an_in_voids_its_out_too(opened):
    first = opened.scan("wang", NINE)
    opened.scan("wang", NOON, "out")
    void(first, actor=ADMIN, now=NOON)
    assert [entry.body["voids"] for entry in opened.chain() if entry.kind == "attendance.void"] == [2, 1]


def test_what_was_voided_or_refused_is_not_voided_again(opened):
    answer = opened.scan("wang", NINE)
    again = opened.scan("wang", NINE + MINUTE)
    void(answer, actor=ADMIN)
    with pytest.raises(reversals.AlreadyVoided):
        void(answer, actor=ADMIN)
    with pytest.raises(reversals.NotAccepted):
        void(again, actor=ADMIN)


def test_a_late_scan_counts_once_another_person_accepts_it(opened):
    late = opened.scan("wang", NINE, received=NINE + 30 * MINUTE)
    assert late.outcome == "pending_review"
    decide(late, True)
    assert queries.presences_of_session(db.session, "S")[0].in_ms == to_ms(NINE)
    entry = opened.chain()[-1]
    assert (entry.kind, entry.body["decided_by"], entry.body["pending"]) == ("attendance.in", "admin", 1)


def test_a_late_scan_that_is_turned_down_stays_on_record(opened):
    late = opened.scan("wang", NINE, received=NINE + 30 * MINUTE)
    decide(late, False)
    assert kinds(opened) == ["attendance.pending", "attendance.refused"]
    with pytest.raises(reversals.NotPending):
        decide(late, True)


def test_nobody_decides_on_what_they_scanned_or_on_themselves(opened):
    late = opened.scan("wang", NINE, received=NINE + 30 * MINUTE, actor=ADMIN)
    with pytest.raises(reversals.OwnDecision):
        decide(late, True)
    own = opened.scan("li", NINE, received=NINE + 30 * MINUTE)
    with pytest.raises(reversals.OwnDecision):
        decide(own, True, actor=Actor("li", "李", (Grant("base_admin", base="base1"),)))


def test_who_has_no_right_is_refused_and_a_stranger_does_not_find_it(opened):
    late = opened.scan("wang", NINE, received=NINE + 30 * MINUTE)
    with pytest.raises(Problem):
        decide(late, True, actor=TEACHER)
    with pytest.raises(NotFound):
        decide(late, True, actor=OTHER_BASE)
    with pytest.raises((Forbidden, Problem)):
        decide(late, True, actor=trainee("wang"))


def test_accepting_cannot_put_somebody_in_twice(opened):
    late = opened.scan("wang", NINE + 50 * MINUTE, received=NINE + 90 * MINUTE)
    earlier = opened.scan("wang", NINE, received=NINE + 91 * MINUTE)
    decide(earlier, True)
    with pytest.raises(Problem) as fault:
        decide(late, True)
    assert fault.value.code == "attendance.already_in"


def test_an_earlier_in_that_arrives_late_lets_the_presence_begin_earlier(opened):
    late = opened.scan("wang", NINE, received=NINE + 30 * MINUTE)
    opened.sign("wang", NINE + 40 * MINUTE)
    decide(late, True)
    (held,) = queries.presences_of_enrolment(db.session, "eW")
    assert held.in_ms == to_ms(NINE)
    void(late, actor=Actor("li", "另一位", ADMIN.grants), now=NOON)
    (held,) = queries.presences_of_enrolment(db.session, "eW")
    assert held.in_ms == to_ms(NINE + 40 * MINUTE)


def test_accepting_an_in_settles_the_out_that_waited_for_it(opened):
    late = opened.scan("wang", NINE, received=NINE + 30 * MINUTE)
    opened.sign("wang", NINE + 90 * MINUTE, "out")
    decide(late, True)
    assert queries.presences_of_enrolment(db.session, "eW")[0].out_ms == to_ms(NINE + 90 * MINUTE)


def test_a_closed_session_is_corrected_by_a_person_above_who_says_why(opened):
    answer = opened.scan("wang", NINE, device="phone-t")
    opened.close(now=NINE + 5 * MINUTE)
    with pytest.raises(reversals.VoidTooLate):
        void(answer, actor=TEACHER, device="phone-t", now=NINE + 6 * MINUTE)
    silent = {"device": "", "reason": " ", "now": NOON, "actor": ADMIN}
    with pytest.raises(reversals.CorrectionReasonMissing):
        run(lambda: reversals.void(db.session, answer.scan_uuid, **silent))
    void(answer, actor=ADMIN, now=NOON)
    assert queries.presences_of_session(db.session, "S") == []
    said = [one.sentence for one in evidence_lines(db.session, "eW") if one.kind == "attendance.void"]
    assert said[-1] == "撤销第 1 条记录：扫错人"
