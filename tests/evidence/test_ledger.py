"""The ledger cannot be changed unseen, on either database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.factories import NINE, tell, world
from yanglao.demo import acts
from yanglao.evidence import checkpoint, queries, triggers
from yanglao.evidence.verify import proves, verify
from yanglao.kernel.db import db, run

pytestmark = pytest.mark.usefixtures("either")

CHANGES = [
    "UPDATE evidence_entry SET body = '{}'",
    "UPDATE evidence_entry SET recorded_ms = recorded_ms + 1 WHERE position = 1",
    "DELETE FROM evidence_entry",
    "UPDATE evidence_checkpoint SET root = 'x'",
    "DELETE FROM evidence_leaf",
]


@pytest.fixture
def told(either):
    """Give a world in which somebody watched a lesson and was scanned in and out, with a checkpoint after it."""
    there = world()
    wang = there.wang
    tell(
        *acts.watch(db.session, wang, there.online.lessons[0], NINE - timedelta(0)),
        acts.open_meeting(db.session, there.teacher, there.session_id, NINE + timedelta(minutes=5)),
        acts.scan(
            db.session, there.teacher, there.session_id, wang, direction="in", at=NINE + timedelta(minutes=6)
        ),
        acts.scan(
            db.session,
            there.teacher,
            there.session_id,
            wang,
            direction="out",
            at=NINE + timedelta(minutes=96),
        ),
    )
    run(lambda: checkpoint.make(db.session, now=NINE + timedelta(hours=14)))
    return there


def tamper(*statements):
    """Change rows as somebody with the database file could: without the triggers."""
    db.session.rollback()
    with db.engine.begin() as connection:
        triggers.drop(connection)
        for statement in statements:
            connection.execute(text(statement))
    db.session.rollback()


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_itself_refuses_every_change(told, change):
    with pytest.raises(DBAPIError, match="append-only"):
        run(lambda: db.session.execute(text(change)))

    assert verify(db.session).ok


def test_an_insert_over_an_existing_key_is_refused(told):
    columns = ", ".join(
        column.name for column in db.metadata.tables["evidence_entry"].columns if column.name != "kind"
    )
    over = f"INTO evidence_entry ({columns}, kind) SELECT {columns}, 'forged' FROM evidence_entry WHERE position = 1"
    verb = "INSERT OR REPLACE" if db.engine.dialect.name == "sqlite" else "INSERT"
    clause = "" if db.engine.dialect.name == "sqlite" else " ON CONFLICT (id) DO UPDATE SET kind = 'forged'"

    with pytest.raises(DBAPIError, match="append-only|duplicate key"):
        run(lambda: db.session.execute(text(f"{verb} {over}{clause}")))

    assert verify(db.session).ok


def test_truncating_is_refused_on_postgresql(told):
    if db.engine.dialect.name != "postgresql":
        return
    with pytest.raises(DBAPIError, match="append-only"):
        run(lambda: db.session.execute(text("TRUNCATE evidence_entry")))


def test_triggers_that_are_gone_are_named(told):
    with db.engine.begin() as connection:
        triggers.drop(connection)
        assert "tr_evidence_entry_" in triggers.missing(connection)[0]
        triggers.create(connection)
        assert triggers.missing(connection) == []


def wangs(told, position):
    return f"chain enrolment/{told.wang.enrolment_id} entry {position}"


@pytest.mark.parametrize("column", ["occurred_ms", "recorded_ms"])
def test_a_changed_entry_is_named(told, column):
    tamper(f"UPDATE evidence_entry SET {column} = {column} + 1000 WHERE kind = 'attendance.in'")

    report = verify(db.session)

    assert not report.ok
    assert report.first_broken is not None
    assert wangs(told, 2) in report.first_broken


def test_a_changed_body_is_named(told):
    tamper(
        f"UPDATE evidence_entry SET body = replace(body, '{told.session_id}', 'x') WHERE kind = 'attendance.out'"
    )

    assert wangs(told, 3) in str(verify(db.session).first_broken)


def test_a_deleted_entry_is_named(told):
    tamper("DELETE FROM evidence_entry WHERE kind = 'attendance.in'")

    assert "entry 2 is missing" in str(verify(db.session).first_broken)


def test_a_chain_cut_at_its_end_is_named(told):
    tamper("DELETE FROM evidence_entry WHERE kind = 'attendance.out'")

    assert wangs(told, 3) in str(verify(db.session).first_broken)


def test_a_chain_cut_with_its_head_still_breaks_the_checkpoint(told):
    last = queries.chain(db.session, "enrolment", told.wang.enrolment_id)[-2]
    tamper(
        "DELETE FROM evidence_entry WHERE kind = 'attendance.out'",
        f"UPDATE evidence_head SET position = 2, hash = '{last.hash}' WHERE chain_id = '{told.wang.enrolment_id}'",
    )

    assert "is not what checkpoint 2026-03-08 signed" in str(verify(db.session).first_broken)


def test_a_checkpoint_kept_outside_proves_against_todays_ledger(told):
    kept = queries.checkpoints(db.session)[-1]
    tell(*acts.watch(db.session, told.wang, told.online.lessons[1], NINE + timedelta(days=1)))
    run(lambda: checkpoint.make(db.session, now=NINE + timedelta(days=1, hours=14)))

    assert proves(db.session, kept.statement, kept.signature) == []
    assert proves(db.session, kept.statement.replace('"chains":', '"chains": '), kept.signature)

    tamper("UPDATE evidence_entry SET hash = 'sha256:0' WHERE kind = 'attendance.out'")
    assert proves(db.session, kept.statement, kept.signature)


def test_one_day_has_one_checkpoint(told):
    assert run(lambda: checkpoint.make(db.session, now=NINE + timedelta(hours=14, minutes=5))) is None
