from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.capture.attendance.conftest import NINE, TEACHER, trainee
from yanglao.capture.attendance import queries, roll_call_queries, roll_calls, walk_ins
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict


def fifty_times(world, draft, actor):
    def once(_):
        with world.app.app_context():
            try:
                return world.judge(draft, NINE, actor)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(max_workers=25) as pool:
        return list(pool.map(once, range(50)))


@pytest.mark.parametrize("kind", ["room", "card", "forged"])
def test_the_same_scan_fifty_times_at_once_is_one_presence_one_entry_one_answer(crowded, kind):
    crowded.open()
    if kind == "room":
        actor, draft = trainee("wang"), crowded.draft("room", crowded.room(NINE), NINE)
    else:
        payload = crowded.card("wang", NINE).now.payload
        payload = payload if kind == "card" else payload[:20] + "ZZZZZZZZZZ"
        actor, draft = TEACHER, crowded.draft("card", payload, NINE, session_id="S")
    db.session.rollback()
    answers = fifty_times(crowded, draft, actor)
    assert len(set((a.outcome, a.code, a.recorded_ms) for a in answers)) == 1
    assert len(queries.scans_of_session(db.session, "S")) == 1
    accepted = kind != "forged"
    assert len(queries.presences_of_session(db.session, "S")) == int(accepted)
    assert len(crowded.chain()) == int(accepted)


def test_fifty_different_scans_of_one_person_at_once_are_one_presence(crowded):
    crowded.open()
    drafts = [crowded.draft("room", crowded.room(NINE), NINE) for _ in range(50)]
    db.session.rollback()

    def once(draft):
        with crowded.app.app_context():
            try:
                return crowded.judge(draft, NINE, trainee("wang")).code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(max_workers=25) as pool:
        said = sorted(pool.map(once, drafts), key=str)
    assert said.count(None) == 1 and said.count("attendance.already_in") == 49
    assert len(queries.presences_of_session(db.session, "S")) == 1


def test_roll_calls_and_walk_ins_at_once_are_one_open_call_and_one_walk_in(crowded):
    crowded.open()
    crowded.sign("wang", NINE)
    db.session.rollback()
    came = walk_ins.Arrived("", "孙梅", "13900000009", to_ms(NINE), to_ms(NINE))

    def once(number):
        who = replace(came, walk_in_uuid=f"walk-{number:08d}")
        with crowded.app.app_context():
            try:
                return (
                    run(lambda: walk_ins.record(db.session, "S", who, now=NINE, actor=TEACHER)).walk_in.id,
                    run(
                        lambda: roll_calls.start(
                            db.session, "S", people=None, within_s=None, now=NINE, actor=TEACHER
                        )
                    ).id,
                )
            except Conflict as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(max_workers=12) as pool:
        said = list(pool.map(once, range(12)))
    assert said.count("roll_call.running") == 11, said
    assert (
        len(walk_ins.of_sessions(db.session, ["S"]))
        == 1
        == len(roll_call_queries.of_session(db.session, "S"))
    )
