"""What looks wrong in a session: borders of each rule, and that a look raises each thing once and decides nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.capture.attendance.conftest import MINUTE, NINE, SECOND, trainee
from yanglao.capture.attendance import service, signs, signs_rules
from yanglao.capture.attendance.models import ScanNetwork
from yanglao.capture.attendance.shapes import Place
from yanglao.capture.attendance.signs_rules import Seen, Stay
from yanglao.flags.models import Flag
from yanglao.kernel import policy
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.work.models import WorkTask

FIGURES = policy.latest().signs
T0 = 1_772_931_600_000
HALL = (32_900_000, 117_400_000)


def seen(person="a", at_s=0, **more):
    at_ms = T0 + int(at_s * 1000)
    fixed = {
        "kind": "room",
        "direction": "in",
        "outcome": "accepted",
        "code": None,
        "code_step": at_ms // 15000,
    }
    fixed |= {"captured_ms": at_ms, "sent_ms": at_ms, "received_ms": at_ms, "device": f"d-{person}"}
    return Seen(f"e-{person}", person, at_ms=at_ms, **(fixed | more))


def test_a_phone_that_signed_or_tried_to_sign_two_is_seen_but_no_registered_share_and_no_instructor():
    tried = {"outcome": "refused", "code": "attendance.device_used"}
    two = [seen("a", device="x"), seen("b", device="x", **tried)]
    assert signs_rules.devices(two, FIGURES) == {"x": {"a", "b"}}
    for harmless in (
        [seen("a", device="x"), seen("b", device="x", shared=True)],
        [seen("a", device="x", kind="card"), seen("b", device="x", kind="card")],
        [seen("a", device="x"), seen("b", device="x", outcome="refused", code="code.expired")],
    ):
        assert signs_rules.devices(harmless, FIGURES) == {}


@pytest.mark.parametrize(("others", "raised"), [(2, False), (3, True)])
def test_several_through_another_network_than_the_hall_are_seen_and_the_hall_is_not(others, raised):
    hall = [seen(f"h{n}", network="hall") for n in range(9)]
    home = [seen(f"g{n}", network="home") for n in range(others)]
    assert bool(signs_rules.networks(hall + home, FIGURES)) is raised
    assert "hall" not in signs_rules.networks(hall + home, FIGURES)


@pytest.mark.parametrize(
    ("delays", "raised"), [((19, 19), {}), ((20, 19), {}), ((20, 29), {"e-a": (2, 29)}), ((40,), {})]
)
def test_codes_shown_long_before_are_asked_about_from_the_second_on(delays, raised):
    step = T0 // 15000
    late = [seen(at_s=delay, code_step=step) for delay in delays]
    late = [
        one if n < 1 else replace(one, outcome="refused", code="code.expired") for n, one in enumerate(late)
    ]
    assert signs_rules.relayed(late, FIGURES, 15) == raised


def test_positions_are_compared_to_the_millionth_and_distances_minus_the_phone_s_doubt():
    spot = (*HALL, 20)
    three = [seen(name, place=spot) for name in "abc"]
    assert signs_rules.same_places(three, FIGURES) == {spot: {"a", "b", "c"}}
    assert signs_rules.same_places([*three[:2], seen("c", place=(HALL[0] + 1, HALL[1], 20))], FIGURES) == {}
    north = (HALL[0] + 2_000, HALL[1])  # 222 m
    assert signs_rules.distance_m(north, HALL) == 222
    assert signs_rules.outside([seen("a", place=(*north, 22))], HALL, 200) == {}
    assert signs_rules.outside([seen("a", place=(*north, 21))], HALL, 200) == {"e-a": 222}


@pytest.mark.parametrize(("count", "gap_s", "raised"), [(4, 1, 0), (5, 3, 1), (5, 3.001, 0)])
def test_sign_ins_in_roster_order_seconds_apart(count, gap_s, raised):
    row = [seen(f"p{n}", at_s=n * gap_s, roster_no=7 + n) for n in range(count)]
    assert len(signs_rules.in_order(row, FIGURES)) == raised
    mixed = [replace(one, roster_no=(n * 3) % 11) for n, one in enumerate(row)]
    assert signs_rules.in_order(mixed, FIGURES) == []


def test_clocks_hands_and_two_places_have_their_borders():
    assert signs_rules.clocks([seen(sent_ms=T0 - 300_000, captured_ms=T0 - 300_000)], FIGURES) == {}
    assert signs_rules.clocks([seen(sent_ms=T0 - 301_000, captured_ms=T0 - 301_000)], FIGURES) == {"e-a": 301}
    assert signs_rules.clocks([seen(captured_ms=T0 + 5_000)], FIGURES) == {"e-a": 5}
    assert not signs_rules.much_by_hand(3, 10, FIGURES) and signs_rules.much_by_hand(4, 10, FIGURES)
    assert not signs_rules.much_by_hand(9, 9, FIGURES)
    here, there = Stay("a", "S", T0, T0 + 100_000), Stay("a", "T", T0 + 40_000, T0 + 200_000)
    assert signs_rules.two_places([here, there], FIGURES) == {("a", "S", "T"): 60}
    assert signs_rules.two_places([here, replace(there, in_ms=T0 + 40_001)], FIGURES) == {}


def look(now):
    raised = run(lambda: signs.look(db.session, "S", now=now))
    return raised, {flag.kind: flag for flag in db.session.scalars(select(Flag))}


def test_a_closed_session_is_looked_at_once_and_again_when_something_arrives_late(world):
    world.open()
    away = Place(*HALL, 20)
    for person, at in (("wang", NINE), ("li", NINE + SECOND)):
        draft = world.draft("room", world.room(at), at, device="one", place=away, network="203.0.113.7")
        world.judge(draft, at, trainee(person))
    assert [row.digest for row in db.session.scalars(select(ScanNetwork))].count("203.0.113.7") == 0
    assert len({row.digest for row in db.session.scalars(select(ScanNetwork))}) == 1
    assert not db.session.scalars(select(WorkTask).where(WorkTask.topic == signs.TOPIC)).all()
    world.close()
    task = db.session.scalars(select(WorkTask).where(WorkTask.topic == signs.TOPIC)).one()
    assert task.payload == {"session_id": "S"}
    end = NINE + 181 * MINUTE
    assert look(end)[0] == ["attendance.one_phone"]
    raised, held = look(end + MINUTE)
    assert list(held) == ["attendance.one_phone"] and raised == ["attendance.one_phone"]
    flag = held["attendance.one_phone"]
    assert (flag.subject_kind, flag.subject_id, flag.class_id) == ("session", "S", "A")
    assert flag.facts == {"at_ms": to_ms(NINE), "people": 2, "persons": ["li", "wang"]}
    db.session.delete(task)
    db.session.commit()
    queued = world.scan("li", NINE + 10 * MINUTE, received=end + 10 * MINUTE)
    assert queued.outcome == "pending_review"
    assert db.session.scalars(select(WorkTask).where(WorkTask.topic == signs.TOPIC)).one().key == "S"
    later = NINE + timedelta(days=91)
    assert service.forget_places(db.session, now=later) == 4
    assert not any(word in str(flag.facts) for word in ("203.0", "32_9", "329", "one"))
