from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import text

from yanglao.evidence import ledger, triggers
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run

NOW = datetime(2026, 3, 8, tzinfo=timezone.utc)


def append(number):
    entry = ledger.Entry(chain=("class", "c1"), kind="class.step", body={"n": number}, occurred_ms=to_ms(NOW))
    return run(lambda: ledger.append(db.session, entry, now=NOW, actor=SYSTEM))


def verify(app):
    return app.test_cli_runner().invoke(args=["ledger", "verify"])


def test_an_intact_ledger_is_said_with_its_numbers(app):
    append(1)
    done = verify(app)
    assert done.exit_code == 0 and "1 条" in done.output


def test_the_first_broken_entry_is_named(app):
    for number in range(3):
        append(number)
    with db.engine.begin() as connection:
        triggers.drop(connection)
        connection.execute(text("UPDATE evidence_entry SET kind = 'class.other' WHERE position = 2"))
    done = verify(app)
    assert done.exit_code == 1
    assert "c1" in done.stderr and "2" in done.stderr.splitlines()[0]


def test_a_checkpoint_is_made_once_a_day(app):
    append(1)
    runner = app.test_cli_runner()
    assert "sha256:" in runner.invoke(args=["ledger", "checkpoint"]).output
    assert "already" in runner.invoke(args=["ledger", "checkpoint"]).output
