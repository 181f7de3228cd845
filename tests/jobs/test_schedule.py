from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yanglao.jobs import schedule
from yanglao.jobs.schedule import Planned
from yanglao.kernel.clock import SHANGHAI, from_ms
from yanglao.kernel.db import db, run
from yanglao.work import queries

NIGHT = datetime(2026, 3, 8, 0, 10, tzinfo=SHANGHAI)
DAILY = Planned("evidence.checkpoint", daily_s=600)


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        (NIGHT - timedelta(milliseconds=1), NIGHT - timedelta(days=1)),
        (NIGHT, NIGHT),
        (NIGHT + timedelta(hours=23), NIGHT),
    ],
)
def test_a_daily_topic_has_one_slot_a_day_in_shanghai(moment, slot):
    assert from_ms(schedule.slot_ms(DAILY, moment)) == slot


@pytest.mark.parametrize(("after_ms", "slot_s"), [(59_999, 0), (60_000, 60)])
def test_a_minutely_topic_has_one_slot_a_minute(after_ms, slot_s):
    moment = NIGHT + timedelta(milliseconds=after_ms)
    assert from_ms(schedule.slot_ms(Planned("viewing.sweep", every_s=60), moment)) == NIGHT + timedelta(
        seconds=slot_s
    )


def ask(moment):
    return run(lambda: schedule.ask(db.session, "test", now=moment))


@pytest.mark.usefixtures("app")
def test_cron_and_relay_asking_in_one_slot_ask_once():
    assert ask(NIGHT) == len(schedule.SCHEDULE)
    assert ask(NIGHT) == 0
    assert len(queries.due(db.session, now=NIGHT)) == len(schedule.SCHEDULE)


@pytest.mark.usefixtures("app")
def test_what_was_missed_while_the_machine_was_off_is_asked_for_afterwards():
    ask(NIGHT)
    assert {one.topic for one in schedule.missing(db.session, "test", now=NIGHT + timedelta(days=3))} == {
        one.topic for one in schedule.SCHEDULE
    }


def test_the_demo_is_never_renewed_in_production():
    assert "demo.renew" not in {one.topic for one in schedule.of("production")}


def test_every_planned_topic_has_a_call(app):
    assert {one.topic for one in schedule.SCHEDULE} <= set(app.extensions["topics"])
