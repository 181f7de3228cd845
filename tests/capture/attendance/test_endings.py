from dataclasses import replace

import pytest

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE, TEACHER, put, session_row
from yanglao.capture.attendance import endings, queries, reversals
from yanglao.completion import queries as completion
from yanglao.completion import refresh
from yanglao.completion.lines import evidence_lines
from yanglao.kernel import policy
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run

NOON = NINE + 180 * MINUTE
DAY = NOON + 24 * 60 * MINUTE


@pytest.fixture
def opened(world):
    world.open()
    return world


def held():
    (one,) = queries.presences_of_enrolment(db.session, "eW")
    return one.in_ms, one.out_ms, one.assumed


def decide(answer, *, accept=True, now=DAY):
    return run(
        lambda: reversals.decide(
            db.session, answer.scan_uuid, accept=accept, reason="看过", now=now, actor=ADMIN
        )
    )


def stepped_is_rebuilt(now=DAY):
    for person in ("wang", "li"):
        run(lambda who=person: refresh.refresh(db.session, who, now=now))
    assert refresh.check(db.session) == []


def test_a_forgotten_sign_out_ends_at_the_last_proof_and_is_never_silently_full(opened):
    opened.sign("wang", NINE)
    opened.scan("wang", NINE + 70 * MINUTE)  # refused, they are in: and so they were there
    opened.scan(
        "wang", NINE + 100 * MINUTE, received=NINE + 110 * MINUTE
    )  # rests on a phone's clock: shows nothing
    opened.close(now=NOON)
    assert held() == (to_ms(NINE), to_ms(NINE + 70 * MINUTE), True)
    (entry,) = [one for one in opened.chain() if one.kind == "attendance.ended"]
    assert (entry.grade, entry.body["rule"], entry.actor_id) == ("strong", "last_proof", "teacher")
    assert opened.chain("session", "S")[-1].body["without_sign_out"] == ["eW"]
    stepped_is_rebuilt()


@pytest.mark.parametrize(("minutes", "ended"), [(209, 0), (210, 1)])
def test_of_a_session_that_nobody_closed_the_clock_ends_the_presences_once(opened, minutes, ended):
    opened.sign("wang", NINE)
    now = NINE + minutes * MINUTE
    assert run(lambda: endings.sweep(db.session, now=now)) == ended
    assert run(lambda: endings.sweep(db.session, now=now + MINUTE * 0)) == 0


def test_a_later_scan_out_from_a_queue_goes_to_review_and_wins_when_accepted(opened):
    opened.sign("wang", NINE)
    opened.close(now=NOON + MINUTE)
    late = opened.scan("wang", NOON, "out", received=NOON + 60 * MINUTE)
    assert late.outcome == "pending_review"
    decide(late)
    assert held() == (to_ms(NINE), to_ms(NOON), False)
    again = opened.scan("wang", NOON, "out", received=NOON + 61 * MINUTE)
    assert again.code == "attendance.already_out"
    assert [one.kind for one in opened.chain()][-4:-1] == [
        "attendance.pending",
        "attendance.void",
        "attendance.out",
    ]
    stepped_is_rebuilt()


def test_what_is_decided_or_voided_after_the_end_is_ended_anew(opened):
    out_first = opened.scan("li", NINE)
    opened.close(now=NOON)
    queued = opened.scan("wang", NINE, received=NOON + MINUTE)
    decide(queued)
    assert held() == (to_ms(NINE), to_ms(NINE), True)
    earlier = opened.scan("wang", NINE - MINUTE, received=NOON + 2 * MINUTE)
    decide(earlier)
    assert held() == (to_ms(NINE - MINUTE), to_ms(NINE), True)
    run(
        lambda: reversals.void(
            db.session,
            queued.scan_uuid,
            device="",
            reason="错",
            now=DAY,
            actor=replace(ADMIN, person_id="li"),
        )
    )
    assert held() == (to_ms(NINE - MINUTE), to_ms(NINE - MINUTE), True)
    run(lambda: reversals.void(db.session, out_first.scan_uuid, device="", reason="错", now=DAY, actor=ADMIN))
    assert queries.presences_of_enrolment(db.session, "eL") == []
    stepped_is_rebuilt()


@pytest.mark.parametrize(("rule", "end"), [(0, None), (2, NOON)])
def test_another_policy_gives_nothing_or_the_planned_end(opened, monkeypatch, rule, end):
    today = policy.latest()
    other = replace(today, attendance=replace(today.attendance, sign_out_forgotten=rule))
    monkeypatch.setattr(policy, "on", lambda day: other)
    opened.scan("wang", NINE, actor=TEACHER)
    opened.close(now=NOON)
    assert held()[1] == (to_ms(end) if end else None)
    stepped_is_rebuilt()


def test_a_make_up_session_gives_a_person_what_they_missed_and_the_page_says_so(opened):
    later = NINE + 24 * 60 * MINUTE
    times = {"starts_ms": to_ms(later), "ends_ms": to_ms(later + 180 * MINUTE), "makes_up_session_id": "S"}
    run(lambda: put("offline_session", session_row("S2", "A", **times)))
    opened.scan("wang", NINE)
    opened.scan("wang", NINE + 60 * MINUTE, "out")
    opened.close(now=NOON)
    opened.open("S2", now=later)
    opened.scan("wang", later, session_id="S2")
    opened.scan("wang", later + 180 * MINUTE, "out", session_id="S2")
    stepped_is_rebuilt(later + 240 * MINUTE)
    (segment,) = completion.enrolment_page(db.session, "eW", now=later + 240 * MINUTE).segments
    missed, again = segment.sessions
    assert (missed.due_s, missed.credited_s, missed.made_up_s, missed.missed_s) == (10800, 3600, 7200, 0)
    assert (again.credited_s, segment.credited_s, segment.missing) == (7200, 10800, ())
    (line,) = [one for one in evidence_lines(db.session, "eW") if "（补 " in one.sentence and one.counted_s]
    assert (line.counted_s, [code for code, _, _ in line.not_counted]) == (7200, ["hours.made_up_enough"])


@pytest.mark.parametrize(
    ("minutes", "since"),
    [(-1, None), (0, NINE), (5, NINE), (179, NINE), (180, None)],
)
def test_who_signed_in_early_is_in_class_from_the_planned_start_on(world, minutes, since):
    world.open(now=NINE - 60 * MINUTE)
    world.sign("wang", NINE - 30 * MINUTE)
    held_since = queries.present_since(db.session, ["wang", "li"], NINE + minutes * MINUTE)
    assert held_since == ({"wang": to_ms(since)} if since else {})
