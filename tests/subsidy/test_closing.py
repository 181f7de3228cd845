"""A run is closed by somebody else once everything in it is paid, and is never changed again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from tests.conftest import build, settings_for
from tests.subsidy import scene
from tests.subsidy.walks import AFTER, OFFLINE, WHOLE, do, drafted, learned, state, walk
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.kernel.actor import EVERYTHING, Actor
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden, Problem
from yanglao.subsidy import closing, leaving, queries, refusals, runs, settlement
from yanglao.subsidy.models import Claim
from yanglao.subsidy.run_models import RunClosing, RunLine


def close(there, run_id, who="财政二"):
    return run(lambda: closing.close(db.session, run_id, now=AFTER, actor=there.staff[who]))


def run_of(claim_id):
    return queries.claim(db.session, claim_id).run_id


def paid(there, base="仁和", **asked):
    own = drafted(there, base, **asked)
    walk(there, own, base=base)
    return own


def test_a_closed_run_says_what_it_held_and_the_chain_of_each_claim_knows_its_digest(there):
    learned(there)
    own = paid(there)
    sealed = close(there, run_of(own))
    (found,) = runs.runs(db.session, EVERYTHING, runs.RunFilters(state="closed"))
    assert (found.claims, found.people, found.total_fen, found.digest) == (1, 2, 2 * 22857, sealed)
    assert [one.amount_fen for one in runs.lines_in(db.session, found)] == [22857, 22857]
    last = evidence.chain(db.session, "claim", own)[-1]
    assert (last.kind, last.body["run_digest"], last.body["lines"]) == ("claim.run_closed", sealed, 2)
    assert (
        verify.verify(db.session).faults == []
        and runs.runs(db.session, EVERYTHING, runs.RunFilters(state="open")) == []
    )
    with pytest.raises(closing.RunClosed):
        close(there, found.id)


def test_a_run_is_not_closed_before_all_of_it_is_paid(there):
    learned(there)
    own = drafted(there)
    walk(there, own, until="fund")
    with pytest.raises(closing.RunUnpaid) as refused:
        close(there, run_of(own))
    assert refused.value.facts == {"claims": 1}
    assert not runs.may_close(db.session, runs.run(db.session, run_of(own)), there.staff["财政二"])


def test_who_approved_anything_in_a_run_does_not_close_it(there):
    learned(there)
    own = paid(there)
    both = {name: there.staff[name].grants for name in ("仁和", "民政", "人社", "财政", "财政二")}
    for name in ("仁和", "民政", "人社", "财政"):
        whole = Actor(
            there.staff[name].person_id, "孙干部", tuple(one for part in both.values() for one in part)
        )
        with pytest.raises(closing.RunFourEyes):
            run(lambda whole=whole: closing.close(db.session, run_of(own), now=AFTER, actor=whole))
    paid_to = Actor(there.persons[1].person_id, "陈秀英", there.staff["财政二"].grants)
    with pytest.raises(refusals.OwnMoney):
        run(lambda: closing.close(db.session, run_of(own), now=AFTER, actor=paid_to))
    for name, refusal in (
        ("审计", Forbidden),
        ("人社", Forbidden),
        ("外县", closing.RunUnknown),
        ("仁和", closing.RunUnknown),
    ):
        with pytest.raises(refusal):
            close(there, run_of(own), name)
    assert runs.may_close(db.session, runs.run(db.session, run_of(own)), there.staff["财政二"])


def test_what_comes_after_the_closing_goes_into_the_next_run_of_the_month(there):
    found = learned(there)
    first = paid(there, enrolments=[found[1]])
    close(there, run_of(first))
    second = paid(there, enrolments=[found[2]])
    assert [one.number for one in runs.runs(db.session, EVERYTHING)] == [2, 1]
    assert run_of(first) != run_of(second)
    close(there, run_of(second))
    assert {one.state for one in runs.runs(db.session, EVERYTHING)} == {"closed"}


def test_what_the_bank_returns_out_of_a_closed_run_is_paid_through_a_later_one(there):
    learned(there)
    own = paid(there)
    held = run_of(own)
    close(there, held)
    do(there, own, "bank_return", "财政", at=AFTER)
    assert run_of(own) != held and state(own) == "bank_returned"
    first = runs.run(db.session, held)
    assert (first.total_fen, first.people, first.owed_fen) == (2 * 22857, 2, 0)
    assert [(one.left, one.amount_fen) for one in runs.lines_in(db.session, first)] == [(True, 22857)] * 2
    with pytest.raises(closing.RunEmpty):
        close(there, run_of(own))
    do(there, own, "pay", "财政二", at=AFTER)
    close(there, run_of(own))
    assert [one.total_fen for one in runs.runs(db.session, EVERYTHING)] == [2 * 22857] * 2


def test_what_was_returned_before_the_closing_moves_on(there):
    found = learned(there)
    first, second = (paid(there, enrolments=[found[number]]) for number in (1, 2))
    do(there, first, "bank_return", "财政", at=AFTER)
    held = run_of(second)
    close(there, held)
    assert run_of(second) == held != run_of(first)
    assert runs.run(db.session, held).total_fen == 22857


def test_a_credit_voided_later_is_owed_and_the_closed_run_stays_as_it_was(there):
    enrolment = run(lambda: there.enrol("仁和", 1))
    positions = run(lambda: there.learn("仁和", 1, enrolment, WHOLE))
    own = paid(there, asked=OFFLINE)
    close(there, run_of(own))
    before = [one.amount_fen for one in runs.lines_in(db.session, runs.run(db.session, run_of(own)))]
    run(lambda: there.void(1, enrolment, "bed", positions["bed"]))
    run(lambda: leaving.recheck(db.session, now=AFTER))
    after = runs.run(db.session, run_of(own))
    assert [one.amount_fen for one in runs.lines_in(db.session, after)] == before
    assert (after.total_fen, after.owed_fen) == (17143 + 60001, 60001)
    assert {one.line.state for one in runs.lines_in(db.session, after)} == {"claimed", "clawed_back"}


@pytest.mark.parametrize(
    "change",
    [
        update(RunClosing).values(total_fen=1), delete(RunClosing), update(RunLine).values(amount_fen=1), delete(RunLine),
    ],
)  # fmt: skip
def test_the_database_itself_keeps_a_closed_run_as_it_was(there, change):
    learned(there)
    close(there, run_of(paid(there)))
    with pytest.raises(IntegrityError):
        run(lambda: db.session.execute(change))


def test_online_and_offline_never_share_a_run_whoever_writes(there):
    learned(there)
    online, offline = paid(there), paid(there, asked=OFFLINE)
    assert run_of(online) != run_of(offline)
    with pytest.raises(IntegrityError):
        run(
            lambda: db.session.execute(update(Claim).where(Claim.id == offline).values(run_id=run_of(online)))
        )


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_run_closed_while_another_claim_is_funded_holds_it_whole_or_not_at_all(
    request, monkeypatch, tmp_path, database
):
    url = {"DATABASE_URL": request.getfixturevalue("pg_url")} if database == "postgres" else {}
    scene.use_policy(monkeypatch)
    scene.say(monkeypatch)
    app = build(settings_for(tmp_path, **url))
    with app.app_context():
        there = scene.build()
        found = learned(there, numbers=(1, 2))
        first = paid(there, enrolments=[found[1]])
        second = drafted(there, enrolments=[found[2]])
        walk(there, second, until="end_notice")
        held = run_of(first)
        db.session.remove()

    def attempt(act):
        with app.app_context():
            try:
                act()
            except Problem as refusal:
                return refusal.code
            finally:
                db.session.remove()
            return "done"

    acts = (
        lambda: close(there, held),
        lambda: do(there, second, "fund", "财政", at=AFTER),
        lambda: close(there, held),
    )
    with ThreadPoolExecutor(3) as pool:
        closed, funded, again = pool.map(attempt, acts)
    with app.app_context():
        ended = settlement.closed(db.session, held)
        inside = run_of(second) == held
        assert funded == "done" and not (ended and inside) and [closed, again].count("done") == int(ended)
        assert verify.verify(db.session).faults == []
        db.session.remove()
        db.engine.dispose()
