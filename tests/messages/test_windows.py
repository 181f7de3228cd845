from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.messages.makers import LI, NOON, WANG
from yanglao.kernel.db import db, run
from yanglao.messages import rules, windows

SECOND = timedelta(seconds=1)


def opened(kind, at=NOON, openid=WANG):
    run(lambda: windows.open_window(db.session, openid, kind, at))


def used(count, at=NOON):
    """Use ``count`` messages up and tell how many there were."""
    return sum(run(lambda: windows.use(db.session, WANG, now=at)) for _ in range(count))


@pytest.mark.parametrize("kind", sorted(rules.WINDOWS))
def test_each_act_allows_its_number_of_messages_until_its_end(either, kind):
    count, length_s = rules.WINDOWS[kind]
    opened(kind)
    last = NOON + timedelta(seconds=length_s) - SECOND
    assert windows.is_open(db.session, WANG, now=last) and not windows.is_open(db.session, LI, now=NOON)
    assert not windows.is_open(db.session, WANG, now=last + SECOND)
    db.session.rollback()
    assert used(1, last + SECOND) == 0 and used(count + 2, last) == count


@pytest.mark.parametrize("kind", ["VIEW", "unsubscribe", "LOCATION", ""])
def test_other_acts_allow_nothing(app, kind):
    opened(kind)
    assert used(1) == 0


def test_a_tap_in_the_menu_does_not_shorten_what_a_message_opened(either):
    opened("message")
    used(1)
    opened("CLICK")
    assert used(9, NOON + timedelta(hours=47)) == 4


def test_a_tap_after_the_last_answer_opens_anew_and_a_message_fills_up(either):
    opened("message")
    assert used(9) == 5
    opened("CLICK")
    assert used(9) == 3
    opened("message", NOON + SECOND)
    assert used(9, NOON + SECOND) == 5


def test_four_workers_use_three_messages_up_three_times(either):
    opened("CLICK")
    gate, hits = threading.Barrier(4), []

    def act():
        with either.app_context():
            gate.wait()
            hits.append(used(1))
            db.session.remove()

    running = [threading.Thread(target=act) for _ in range(4)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    assert sorted(hits) == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("status", "noted"),
    [
        ("success", ("arrived", "")),
        ("failed:user block", ("failed", "told_user_block")),
        ("failed: system failed", ("failed", "told_system_failed")),
        ("failed:freq limit", ("failed", "told_freq_limit")),
        ("failed", ("failed", "told_failed")),
        ("什么", ("failed", "told_failed")),
    ],
)
def test_each_word_of_wechat_on_a_delivery_is_noted(status, noted):
    assert rules.arrival(status) == noted
