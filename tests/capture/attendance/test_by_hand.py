from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE, TEACHER, World, enrolment_row, put
from yanglao.capture.attendance import lists, queries, reversals, rules
from yanglao.kernel.actor import Grant
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden, NotFound
from yanglao.kernel.policy import latest

COLLEAGUE = replace(TEACHER, person_id="zhao", name="赵老师")
STRANGER = replace(COLLEAGUE, grants=(Grant("instructor", base="base2"),))


def by_hand(world: World, enrolment_id, at=NINE, direction="in", actor=TEACHER):
    draft = world.draft("manual", enrolment_id, at, session_id="S", reason="手机坏了", direction=direction)
    return world.judge(draft, at, actor)


def decide(answer, actor):
    return run(
        lambda: reversals.decide(
            db.session, answer.scan_uuid, accept=True, reason="见到本人", now=NINE, actor=actor
        )
    )


@pytest.mark.parametrize(("enrolled", "most"), [(1, 1), (9, 1), (10, 2), (14, 2), (15, 3), (60, 12)])
def test_a_fifth_of_the_roster_may_be_marked_by_hand_and_always_one(enrolled, most):
    assert rules.manual_most(enrolled, latest().attendance) == most


def test_above_the_cap_a_second_person_confirms_who_never_is_the_one_that_marked(world):
    world.open()
    assert by_hand(world, "eW").outcome == "accepted"
    assert (
        by_hand(world, "eW", NINE + MINUTE, "out").outcome == "accepted"
    )  # the same person is no further one
    over = by_hand(world, "eL")
    out = by_hand(world, "eL", NINE + 60 * MINUTE, "out")
    assert (over.outcome, over.code) == ("pending_review", "attendance.manual_over_cap")
    assert over.facts == {"most": 1, "enrolled": 2}
    assert [one.own for one in lists.waiting(db.session, TEACHER)] == [True]
    assert [one.scan.scan_uuid for one in lists.waiting(db.session, COLLEAGUE)] == [over.scan_uuid]
    assert lists.waiting(db.session, STRANGER) == []
    for actor, fault in ((TEACHER, reversals.OwnDecision), (STRANGER, NotFound)):
        with pytest.raises(fault):
            decide(over, actor)
    decide(over, COLLEAGUE)
    (held,) = queries.presences_of_enrolment(db.session, "eL")
    assert (
        held.out_ms is None
    )  # the sign-out by hand waited for its sign-in, and waits for a second person now
    assert queries.scan(db.session, out.scan_uuid).code == "attendance.manual_over_cap"
    decide(out, ADMIN)
    assert queries.presences_of_enrolment(db.session, "eL")[0].out_ms is not None


def test_another_instructor_decides_nothing_else(world):
    world.open()
    late = world.scan("wang", NINE, received=NINE + 30 * MINUTE)
    with pytest.raises((NotFound, Forbidden)):
        decide(late, COLLEAGUE)


def test_posts_at_once_cannot_slip_past_the_cap(crowded):
    crowded.open()
    run(lambda: put("enrolment", enrolment_row("eX", "A", "zhao"), enrolment_row("eY", "A", "admin")))
    drafts = [
        crowded.draft("manual", own, NINE, session_id="S", reason="没带手机")
        for own in ("eW", "eL", "eX", "eY")
        for _ in range(3)
    ]
    db.session.rollback()

    def once(draft):
        with crowded.app.app_context():
            try:
                return crowded.judge(draft, NINE, TEACHER).outcome
            finally:
                db.session.remove()

    with ThreadPoolExecutor(max_workers=12) as pool:
        said = list(pool.map(once, drafts))
    assert said.count("accepted") == 1
    assert len(queries.presences_of_session(db.session, "S")) == 1
