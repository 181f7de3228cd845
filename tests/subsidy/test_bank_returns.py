"""A line that the bank sends back is held alone, paid again by another hand, never twice, and every sum says so."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests.subsidy.walks import AFTER, OFFLINE, WHOLE, do, drafted, learned, walk
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden
from yanglao.messages import queries as messages
from yanglao.subsidy import bank_returns, closing, leaving, payees, queries, refusals, runs
from yanglao.subsidy.payees import AccountDraft, Owner
from yanglao.subsidy.run_models import Payment

WHY = "账号与户名不符"
FEN = 22857


@pytest.fixture
def paid(there):
    """Give a paid claim of two people and the line of the first."""
    learned(there)
    own = drafted(there)
    walk(there, own)
    return own, queries.lines(db.session, own)[0].id


def give_back(there, paid, who="财政", reason=WHY):
    run(lambda: bank_returns.give_back(db.session, *paid, reason=reason, now=AFTER, actor=there.staff[who]))


def pay_again(there, paid, who="财政二"):
    run(lambda: bank_returns.pay_again(db.session, *paid, now=AFTER, actor=there.staff[who]))


def close(there, run_id):
    run(lambda: closing.close(db.session, run_id, now=AFTER, actor=there.staff["财政二"]))


def sums(run_id):
    found = runs.run(db.session, run_id)
    return found.total_fen, found.paid_fen, found.held_fen


def payments(paid):
    """Return number and state of each payment, those of the line that comes back first."""
    rows = db.session.query(Payment).filter_by(claim_id=paid[0])
    ordered = sorted(rows, key=lambda row: (row.line_id != paid[1], row.number))
    return [(row.number, row.state) for row in ordered]


def test_one_line_comes_back_and_is_paid_again_while_the_other_stays_paid(there, paid):
    give_back(there, paid)
    own, (first, second) = queries.claim(db.session, paid[0]), queries.lines(db.session, paid[0])
    assert (own.state, own.total_fen, own.held_fen) == ("paid", 2 * FEN, FEN)
    assert (first.state_name, first.bank_reason, first.due) == ("银行退回，待重付", WHY, True)
    assert second.state_name == "已拨付" and sums(own.run_id) == (2 * FEN, FEN, FEN)
    told, _ = messages.messages(db.session, there.persons[1].person_id)
    assert [one.kind for one in told] == ["subsidy_returned"]
    pay_again(there, paid)
    assert sums(own.run_id) == (2 * FEN, 2 * FEN, 0) and queries.claim(db.session, own.id).held_fen == 0
    assert payments(paid) == [(1, "returned"), (2, "paid"), (1, "paid")]
    chain = [one for one in evidence.chain(db.session, "claim", own.id) if one.body.get("line") == first.id]
    assert [(one.kind, one.body["payment"]) for one in chain] == [
        ("claim.return_line", 2),
        ("claim.pay_line", 2),
    ]
    assert WHY not in str(chain) and verify.verify(db.session).faults == []


def test_who_recorded_the_return_does_not_pay_again_and_nobody_else_may_at_all(there, paid):
    for who, refusal in (
        ("仁和", Forbidden),
        ("人社", Forbidden),
        ("审计", Forbidden),
        ("外县", refusals.ClaimUnknown),
    ):
        with pytest.raises(refusal):
            give_back(there, paid, who)
    with pytest.raises(refusals.ReasonMissing):
        give_back(there, paid, reason="错")
    with pytest.raises(refusals.NotDueLine):
        pay_again(there, paid)
    give_back(there, paid)
    with pytest.raises(refusals.NotPaidLine):
        give_back(there, paid)
    with pytest.raises(refusals.FourEyes):
        pay_again(there, paid, "财政")
    pay_again(there, paid)
    with pytest.raises(refusals.NotDueLine):
        pay_again(there, paid)


def test_who_paid_a_whole_claim_does_not_record_that_it_came_back(there, paid):
    with pytest.raises(refusals.FourEyes):
        do(there, paid[0], "bank_return", "财政二", at=AFTER)
    give_back(there, paid)
    do(there, paid[0], "bank_return", "财政", at=AFTER)
    assert payments(paid) == [(1, "returned"), (2, "dropped"), (1, "returned")]
    do(there, paid[0], "pay", "财政二", at=AFTER)
    assert payments(paid)[2:] == [(3, "paid"), (1, "returned"), (2, "paid")]


def test_what_waits_says_whether_the_account_was_corrected_since(there, paid):
    give_back(there, paid)

    def seen(who="财政二", right="claim.finance"):
        return [
            (one.lines, one.corrected)
            for one in bank_returns.waiting_for(db.session, there.staff[who], right)
        ]

    assert seen() == [(1, 0)] and seen("仁和", "claim.file") == [(1, 0)] and seen("外县") == []
    card = AccountDraft("陈秀英", "示例银行", "6222021001116245708")
    own, person = queries.claim(db.session, paid[0]), there.persons[1].person_id
    run(
        lambda: payees.set_account(db.session, own, Owner(person), card, now=AFTER, actor=there.staff["仁和"])
    )
    assert seen() == [(1, 1)]


def test_a_run_is_closed_without_the_line_and_the_next_one_pays_it(there, paid):
    held = queries.claim(db.session, paid[0]).run_id
    give_back(there, paid)
    close(there, held)
    first = runs.run(db.session, held)
    (later,) = runs.runs(db.session, EVERYTHING, runs.RunFilters(state="open"))
    assert (first.total_fen, first.people) == (FEN, 1) and sums(later.id) == (FEN, 0, FEN)
    pay_again(there, paid)
    assert sums(later.id) == (FEN, FEN, 0)
    close(there, later.id)
    assert [one.total_fen for one in runs.runs(db.session, EVERYTHING)] == [FEN, FEN]


def test_a_line_sent_back_out_of_a_closed_run_stays_known_there_and_is_paid_in_a_later_one(there, paid):
    held = queries.claim(db.session, paid[0]).run_id
    close(there, held)
    give_back(there, paid)
    first = runs.run(db.session, held)
    assert [one.left for one in runs.lines_in(db.session, first)] == [True, False]
    (later,) = runs.runs(db.session, EVERYTHING, runs.RunFilters(state="open"))
    assert [one.line.id for one in runs.lines_in(db.session, later)] == [paid[1]]
    with pytest.raises(closing.RunEmpty):
        close(there, later.id)
    pay_again(there, paid)
    assert runs.may_close(db.session, runs.run(db.session, later.id), there.staff["财政二"])
    close(there, later.id)


def test_credit_voided_while_the_money_is_back_owes_nothing(there):
    enrolment = run(lambda: there.enrol("仁和", 1))
    positions = run(lambda: there.learn("仁和", 1, enrolment, WHOLE))
    own = drafted(there, asked=OFFLINE)
    walk(there, own)
    bed = next(one.id for one in queries.lines(db.session, own) if one.segment_title == "bed")
    give_back(there, (own, bed))
    run(lambda: there.void(1, enrolment, "bed", positions["bed"]))
    with pytest.raises(refusals.CreditVoided):
        pay_again(there, (own, bed))
    assert run(lambda: leaving.recheck(db.session, now=AFTER)) == 1
    found = queries.claim(db.session, own)
    assert (found.owed_fen, found.held_fen, found.total_fen) == (0, 0, 17143)
    with pytest.raises(refusals.NotPaidLine):
        pay_again(there, (own, bed))


def test_the_database_itself_refuses_a_second_payment_of_a_line(there, paid):
    give_back(there, paid)
    with pytest.raises(IntegrityError):
        run(lambda: db.session.execute(update(Payment).values(state="paid")))
