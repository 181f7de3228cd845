"""One device signs one person per session by room or spoken code, also when two press at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.capture.attendance.conftest import MINUTE, NINE, trainee
from yanglao.capture.attendance import queries
from yanglao.kernel.db import db


def by_room(world, person_id, now, device, **other):
    return world.draft("room", world.room(now), now, device=device, **other), trainee(person_id)


def test_a_second_person_from_the_same_device_is_refused_and_kept(world):
    world.open()
    first, wang = by_room(world, "wang", NINE, "one phone")
    second, li = by_room(world, "li", NINE, "one phone")
    assert world.judge(first, NINE, wang).outcome == "accepted"
    refused = world.judge(second, NINE, li)
    assert (refused.outcome, refused.code) == ("refused", "attendance.device_used")
    assert queries.scan(db.session, second.scan_uuid).code == "attendance.device_used"
    out, wang = by_room(world, "wang", NINE + 60 * MINUTE, "one phone", direction="out")
    assert world.judge(out, NINE + 60 * MINUTE, wang).outcome == "accepted"
    assert world.scan("li", NINE + MINUTE, device="one phone").outcome == "accepted"
    own, li = by_room(world, "li", NINE + 61 * MINUTE, "", direction="out")
    assert world.judge(own, NINE + 61 * MINUTE, li).outcome == "accepted"


def test_two_persons_at_once_from_one_device_are_one_presence(crowded):
    crowded.open()
    drafts = [by_room(crowded, one, NINE, "one phone") for one in ("wang", "li") for _ in range(4)]
    db.session.rollback()

    def once(pair):
        with crowded.app.app_context():
            try:
                return crowded.judge(pair[0], NINE, pair[1]).outcome
            finally:
                db.session.remove()

    with ThreadPoolExecutor(max_workers=8) as pool:
        said = list(pool.map(once, drafts))
    assert said.count("accepted") == 1
    assert len(queries.presences_of_session(db.session, "S")) == 1
