"""What looks wrong in the viewings of a day: borders of the rules, and that the morning's look raises each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import NINE, world
from yanglao.capture.viewing import signs
from yanglao.capture.viewing.models import Viewing
from yanglao.capture.viewing.signs_rules import Seen, changes, crowded, lockstep, night_s
from yanglao.evidence.ledger import Entry, append
from yanglao.flags.models import Flag
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import SHANGHAI, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.identifiers import new_id

MORNING = datetime(2026, 3, 9, 6, 20, tzinfo=SHANGHAI)
MIDNIGHT = to_ms(datetime(2026, 3, 9, tzinfo=SHANGHAI))
HOUR = 3_600_000


def seen(person="a", lesson="l", at_s=0, **more):
    at_ms = MIDNIGHT - 10 * HOUR + int(at_s * 1000)
    fixed = {
        "client": "app",
        "device": person,
        "shared": False,
        "closed_ms": at_ms + 60_000,
        "closed_why": "closed",
    }
    return Seen(person, lesson, opened_ms=at_ms, **(fixed | {"arrival_ms": at_ms + 60_000} | more))


@pytest.mark.parametrize(
    ("from_ms", "seconds", "counted"),
    [(-2 * HOUR, 3600, 0), (-2 * HOUR, 3601, 1), (0, 10_800, 10_800), (6 * HOUR - 1000, 60, 1), (6 * HOUR, 60, 0)],
)  # fmt: skip
def test_a_night_is_from_eleven_to_six(from_ms, seconds, counted):
    assert night_s([(MIDNIGHT + from_ms, seconds)], MIDNIGHT, MIDNIGHT + 6 * HOUR) == counted


def test_only_changes_between_two_playing_devices_count():
    taken = {"closed_why": "taken_over"}
    rows = [seen(at_s=0, **taken), seen(at_s=60, client="pc", **taken), seen(at_s=120, client="pc")]

    assert changes(rows, 60) == {"a": 1}
    assert changes([seen(arrival_ms=0, **taken), seen(at_s=90, client="pc")], 60) == {"a": 0}


def test_a_phone_of_several_persons_is_seen_but_not_a_registered_pair_or_a_pc():
    three = [seen(name, device="one") for name in "abc"]
    pair = [seen(name, device="two", shared=True) for name in "de"]
    hall = [seen(name, device="three", client="pc") for name in "fgh"]

    assert crowded([*three, *pair, *hall]) == {"one": {"a", "b", "c"}}


@pytest.mark.parametrize(("apart_s", "times"), [(0, 1), (2, 1), (2.001, 0)])
def test_two_who_begin_a_lesson_within_two_seconds_are_in_step(apart_s, times):
    assert lockstep([seen("a"), seen("b", at_s=apart_s)]).get(("a", "b"), 0) == times


def test_a_class_told_to_begin_is_nobodys_lockstep():
    assert lockstep([seen(f"p{number:02d}") for number in range(13)]) == {}


def test_the_morning_raises_each_finding_once(app):
    there = world(now=NINE)
    first, second, third = there.trainees

    def happen():
        for number, lesson in enumerate(there.online.lessons[:3]):
            for one in (first, second, third):
                at_ms = to_ms(NINE) + number * HOUR
                db.session.add(
                    Viewing(
                        id=new_id(), person_id=one.actor.person_id, enrolment_id=one.enrolment_id, segment_id=there.online.id,
                        lesson_id=lesson.id, duration_s=600, required_s=600, client="app", device_digest="hmac-sha256:1",
                        state="closed", closed_ms=at_ms + 9000, closed_why="closed", opened_ms=at_ms, cursor_ms=at_ms,
                        arrival_ms=at_ms, covered=[], day_used={}, pieces=[], beats=[],
                    )
                )  # fmt: skip
        body = {
            "pieces": [[MIDNIGHT - HOUR // 2, 0, 10_801, 0]],
            "viewing": "v",
            "lesson": there.online.lessons[0].id,
        }
        append(
            db.session,
            Entry(
                chain=("enrolment", first.enrolment_id), kind="viewing.span", body=body, occurred_ms=MIDNIGHT,
                person_id=first.actor.person_id, enrolment_id=first.enrolment_id, segment_id=there.online.id, client="app",
            ),
            now=MORNING - timedelta(hours=3),
            actor=SYSTEM,
        )  # fmt: skip

    run(happen)
    raised = run(lambda: signs.look(db.session, now=MORNING))
    again = run(lambda: signs.look(db.session, now=MORNING + timedelta(minutes=5)))

    kinds = sorted(db.session.scalars(select(Flag.kind)))
    assert kinds == sorted(raised) == sorted(again)
    assert kinds == ["device.many_persons", "viewing.lockstep", "viewing.lockstep", "viewing.lockstep", "viewing.long_night"]  # fmt: skip
