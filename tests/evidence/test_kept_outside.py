"""Checkpoints that somebody kept outside are compared with the ledger of today by one command."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text

from yanglao.evidence import checkpoint, ledger, queries, triggers
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run

NOW = datetime(2026, 3, 8, tzinfo=timezone.utc)


def append(number: int) -> None:
    entry = ledger.Entry(chain=("class", "c1"), kind="class.step", body={"n": number}, occurred_ms=to_ms(NOW))
    run(lambda: ledger.append(db.session, entry, now=NOW, actor=SYSTEM))


@pytest.fixture
def kept(app, tmp_path: Path) -> Path:
    """Give the file of two days' checkpoints, downloaded before the ledger went on."""
    for day in range(2):
        append(day)
        run(lambda when=NOW + timedelta(days=day): checkpoint.make(db.session, now=when))
    rows = [
        {"day": str(one.day), "statement": one.statement, "signature": one.signature}
        for one in queries.checkpoints(db.session)
    ]
    file = tmp_path / "checkpoints.json"
    file.write_text(json.dumps({"items": rows}), encoding="utf-8")
    append(2)
    return file


def prove(app, file: Path):
    return app.test_cli_runner().invoke(args=["ledger", "prove", str(file)])


def test_a_ledger_that_only_grew_agrees(app, kept):
    done = prove(app, kept)

    assert done.exit_code == 0 and done.output.strip().endswith("2")


def test_a_rewritten_entry_disagrees_from_its_day_on(app, kept):
    with db.engine.begin() as connection:
        triggers.drop(connection)
        connection.execute(text("UPDATE evidence_entry SET hash = 'sha256:0' WHERE position = 2"))

    done = prove(app, kept)

    assert done.exit_code == 1 and "2026-03-09" in done.stderr and "2026-03-08" not in done.stderr


def test_a_checkpoint_that_vanished_disagrees(app, kept):
    with db.engine.begin() as connection:
        triggers.drop(connection)
        connection.execute(text("DELETE FROM evidence_checkpoint WHERE day = '2026-03-08'"))

    assert prove(app, kept).exit_code == 1


def test_a_file_of_another_kind_is_said_in_one_line(app, tmp_path):
    other = tmp_path / "other.json"
    other.write_text("[]", encoding="utf-8")

    done = prove(app, other)

    assert done.exit_code == 1 and "holds no checkpoints" in done.stderr
