"""A phone twenty minutes wrong, an hour without network: sixty scans sent twice and out of order come to what truly happened."""

from __future__ import annotations

import random
from dataclasses import replace

from tests.capture.attendance.conftest import (
    ADMIN,
    MINUTE,
    NINE,
    SECOND,
    TEACHER,
    enrolment_row,
    people_rows,
    put,
)
from yanglao.capture.attendance import cards, queries, reversals, service
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run

PEOPLE = 30
HOUR = 60 * MINUTE
WRONG_BY = 20 * MINUTE


def seat_thirty():
    like = next(people_rows())
    for at in range(PEOPLE):
        put("person", like | {"id": f"p{at:02d}", "name": f"学员{at}", "id_hash": f"p{at:02d}"})
        put("enrolment", enrolment_row(f"e{at:02d}", "A", f"p{at:02d}"))


def truth(at):
    """Return when the person ``at`` came and went."""
    return NINE + 2 * MINUTE + at * 7 * SECOND, NINE + 50 * MINUTE + at * 11 * SECOND


def test_a_wrong_clock_and_a_queue_sent_twice_and_out_of_order_give_the_truth(world):
    run(seat_thirty)
    world.open()
    drafts, back = [], NINE + HOUR
    for at in range(PEOPLE):
        for direction, moment in zip(("in", "out"), truth(at), strict=True):
            payload = cards.card(db.session, f"p{at:02d}", now=moment).now.payload
            phone = {"captured_ms": to_ms(moment + WRONG_BY), "sent_ms": to_ms(back + WRONG_BY)}
            drafts.append(
                replace(world.draft("card", payload, moment, session_id="S", direction=direction), **phone)
            )
    dice = random.Random(20)
    first = {}
    for received in (back, back + 3 * MINUTE):
        dice.shuffle(drafts)
        for part in (drafts[:25], drafts[25:]):
            late = [replace(one, sent_ms=to_ms(received + WRONG_BY)) for one in part]
            answers = run(
                lambda late=late, received=received: service.judge_batch(
                    db.session, late, now=received, actor=TEACHER
                )
            )
            for one in answers:
                assert first.setdefault(one.scan_uuid, one) == one, "a repeat gets the first answer"
    assert {one.outcome for one in first.values()} == {"pending_review"} and len(first) == 2 * PEOPLE
    assert queries.presences_of_session(db.session, "S") == [], "a wrong clock is looked at by a person first"

    waiting = queries.scans_of_session(db.session, "S", outcome="pending_review")
    for one in sorted(waiting, key=lambda one: (one.direction == "out", one.at_ms)):
        run(
            lambda one=one: reversals.decide(
                db.session, one.scan_uuid, accept=True, reason="问过", now=back + HOUR, actor=ADMIN
            )
        )
    held = {one.person_id: (one.in_ms, one.out_ms) for one in queries.presences_of_session(db.session, "S")}
    assert held == {f"p{at:02d}": tuple(to_ms(moment) for moment in truth(at)) for at in range(PEOPLE)}
