"""What a push leaves either lasts, and its answer waits for the disk, or passes within a minute."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.messages.test_receiving import push
from yanglao.kernel.db import db, run
from yanglao.messages import service
from yanglao.messages.effects import EFFECTS, PASSING


def waits() -> bool:
    """Tell whether the present transaction waits for the disk when it commits."""
    if db.session.get_bind().dialect.name == "sqlite":
        return db.session.scalar(text("PRAGMA synchronous")) == 2
    return db.session.scalar(text("SHOW synchronous_commit")) == "on"


def test_only_the_transaction_that_says_so_does_not_wait(either):
    seen = [run(waits, lasting=lasting) for lasting in (True, False, False, True)]
    assert seen == [True, False, False, True]


def test_a_failed_one_leaves_the_next_waiting(either):
    def fail():
        assert not waits()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(fail, lasting=False)
    assert run(waits)


@pytest.mark.parametrize("event", ["unsubscribe", "user_authorization_revoke", "subscribe_msg_popup_event"])
def test_what_parts_people_or_counts_their_rights_lasts(event):
    assert service.lasts(push(event))


def test_every_push_that_passes_has_an_effect():
    assert set(EFFECTS) >= PASSING
