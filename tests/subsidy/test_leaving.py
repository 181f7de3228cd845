"""Who left a class keeps what was finished in it; who turns out to be one person is paid once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.conftest import build, settings_for
from tests.subsidy import scene
from tests.subsidy.scene import LATER
from tests.subsidy.walks import AFTER, OFFLINE, do, drafted, learned, walk
from yanglao.classes import service as classes
from yanglao.flags import queries as flags
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.subsidy import claimable, leaving, queries, refusals


def withdraw(there, enrolment):
    run(
        lambda: classes.withdraw(
            db.session, enrolment, reason="回老家了", now=LATER, actor=there.staff["仁和"]
        )
    )


def one_person(there, keep, gone):
    """Let the record of one number be merged into that of another, as a decided merge leaves it."""
    into = {"keep": there.persons[keep].person_id, "gone": there.persons[gone].person_id}
    run(lambda: db.session.execute(text("UPDATE person SET merged_into_id = :keep WHERE id = :gone"), into))


def test_who_left_the_class_is_paid_for_what_was_finished_and_for_nothing_else(there):
    enrolment = run(lambda: there.enrol("仁和", 1))
    run(lambda: there.learn("仁和", 1, enrolment, {"hall": 5400}))
    withdraw(there, enrolment)
    found = claimable.look(db.session, there.classes["仁和"], OFFLINE, now=LATER)
    assert [(one.segment_key, one.claimable) for one in found.lines] == [("hall", True)]
    own = drafted(there, asked=OFFLINE)
    walk(there, own)
    assert queries.claim(db.session, own).total_fen == 17143
    assert run(lambda: leaving.recheck(db.session, now=AFTER)) == 0


@pytest.mark.parametrize("model", ["FULL_ON_ALL", "FIXED_BY_LEVEL"])
def test_a_model_that_pays_for_all_pays_nothing_to_who_left(there, monkeypatch, model):
    scene.use_policy(monkeypatch, model)
    enrolment = run(lambda: there.enrol("仁和", 1))
    run(lambda: there.learn("仁和", 1, enrolment, {"hall": 5400}))
    withdraw(there, enrolment)
    with pytest.raises(refusals.NothingToClaim):
        drafted(there, asked=OFFLINE)


def test_what_was_paid_before_a_merge_blocks_the_other_record_after_it(there):
    learned(there, "仁和", (1,))
    learned(there, "康宁", (2,))
    walk(there, drafted(there))
    other = drafted(there, "康宁")
    one_person(there, 2, 1)
    with pytest.raises(refusals.LinesChanged):
        do(there, other, "file", "康宁")
    (line,) = claimable.look(db.session, there.classes["康宁"], OFFLINE, now=LATER).lines[:1]
    assert [one.code for one in line.obstacles] == ["subsidy.level_paid"]


def test_a_merge_that_shows_one_person_paid_twice_claws_the_later_one_back(there):
    found = learned(there, "仁和", (1,)), learned(there, "康宁", (2,))
    first, second = drafted(there), drafted(there, "康宁")
    walk(there, first)
    walk(there, second, base="康宁")
    one_person(there, 1, 2)
    assert [run(lambda: leaving.recheck(db.session, now=AFTER)) for _ in range(2)] == [1, 0]
    owed = [queries.claim(db.session, one).owed_fen for one in (first, second)]
    assert owed == [0, 22857] and queries.lines(db.session, second)[0].reason.endswith("前面已经申报过")
    assert [one.kind for one in flags.blocking(db.session, found[1][2])] == ["claim.paid_twice"]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_two_drafts_of_one_person_merged_since_are_filed_once(request, monkeypatch, tmp_path, database):
    url = {"DATABASE_URL": request.getfixturevalue("pg_url")} if database == "postgres" else {}
    scene.use_policy(monkeypatch)
    scene.say(monkeypatch)
    app = build(settings_for(tmp_path, **url))
    with app.app_context():
        there = scene.build()
        learned(there, "仁和", (1,))
        learned(there, "康宁", (2,))
        ids = {base: drafted(there, base) for base in ("仁和", "康宁")}
        one_person(there, 1, 2)
        db.session.remove()

    def file(base):
        with app.app_context():
            try:
                do(there, ids[base], "file", base)
            except Problem as refusal:
                return refusal.code
            finally:
                db.session.remove()
            return "filed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(file, ids)) == ["claim.lines_changed", "filed"]
    with app.app_context():
        live = [one for own in ids.values() for one in queries.lines(db.session, own) if one.live]
        assert [one.person_id for one in live] == [there.persons[1].person_id]
        db.session.remove()
        db.engine.dispose()
