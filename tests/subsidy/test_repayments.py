"""What is owed back is settled by two people, repaid or deducted from a later line, and never more than is owed."""

from __future__ import annotations

import pytest

from tests.subsidy.scene import LATER
from tests.subsidy.walks import AFTER, OFFLINE, WAY, WHOLE, do, drafted, learned, walk
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden
from yanglao.subsidy import closing, leaving, personal, queries, refusals, repayments, runs
from yanglao.subsidy.payees import AccountDraft
from yanglao.subsidy.repayments import Draft

BED = 60001
SLIP = Draft("repaid", 10001, "基地交回一部分", "银行回单0071")


@pytest.fixture
def owing(there):
    """Give a claim of which the line of the bed is clawed back after it was paid, and that line."""
    enrolment = run(lambda: there.enrol("仁和", 1))
    positions = run(lambda: there.learn("仁和", 1, enrolment, WHOLE))
    own = drafted(there, asked=OFFLINE)
    walk(there, own)
    run(lambda: there.void(1, enrolment, "bed", positions["bed"]))
    run(lambda: leaving.recheck(db.session, now=AFTER))
    line = next(one for one in queries.lines(db.session, own) if one.owed_fen)
    assert (line.state, line.owed_fen) == ("clawed_back", BED)
    return own, line.id


def record(there, owing, draft=SLIP, who="财政"):
    own, line = owing
    return run(lambda: repayments.record(db.session, own, line, draft, now=AFTER, actor=there.staff[who]))


def decide(there, owing, one, who="财政二", *, accept=True, reason=""):
    run(
        lambda: repayments.decide(
            db.session, owing[0], one, accept=accept, reason=reason, now=AFTER, actor=there.staff[who]
        )
    )


def sums(claim_id):
    found = queries.claim(db.session, claim_id)
    return found.owed_fen, found.settled_fen, found.deducted_fen


def test_what_was_repaid_counts_once_a_second_person_agrees(there, owing):
    one = record(there, owing)
    assert sums(owing[0]) == (BED, 0, 0) and repayments.waiting_for(db.session, there.staff["财政"]) == []
    assert repayments.waiting_for(db.session, there.staff["财政二"]) == [owing[0]]
    with pytest.raises(refusals.FourEyes):
        decide(there, owing, one, "财政")
    decide(there, owing, one)
    assert sums(owing[0]) == (BED, 10001, 0)
    with pytest.raises(refusals.RepaymentUnknown):
        decide(there, owing, one)
    kinds = [each.kind for each in evidence.chain(db.session, "claim", owing[0])][-2:]
    assert kinds == ["claim.repayment_recorded", "claim.repayment_done"]
    assert verify.verify(db.session).faults == []


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (Draft("repaid", BED + 1, "基地全部交回", "回单1"), refusals.TooMuch),
        (Draft("repaid", 0, "基地全部交回", "回单1"), refusals.TooMuch),
        (Draft("repaid", BED, "基地全部交回"), refusals.SlipMissing),
        (Draft("repaid", BED, "短", "回单1"), refusals.ReasonMissing),
        (Draft("deducted", BED, "从后面扣下来"), refusals.NotDeductible),
    ],
)
def test_what_cannot_be_a_repayment_is_refused(there, owing, draft, refusal):
    with pytest.raises(refusal):
        record(there, owing, draft)


def test_only_finance_of_the_division_settles_and_only_what_is_still_owed(there, owing):
    for who, refusal in (("人社", Forbidden), ("仁和", Forbidden), ("外县", refusals.ClaimUnknown)):
        with pytest.raises(refusal):
            record(there, owing, who=who)
    decide(there, owing, record(there, owing), accept=False, reason="回单对不上")
    decide(there, owing, record(there, owing))
    waits = record(there, owing, Draft("repaid", BED - 10001, "余下的交回", "回单2"))
    with pytest.raises(refusals.NothingOwed):
        record(there, owing)
    decide(there, owing, waits)
    with pytest.raises(refusals.TooMuch):
        record(there, owing, Draft("repaid", 1, "再交一分钱", "回单3"))
    assert runs.runs(db.session, EVERYTHING)[0].owed_fen == 0


@pytest.fixture
def later(there, owing):
    """Give a later claim of the same base that finance approved and nobody has paid yet."""
    learned(there, "仁和", (2,))
    own = drafted(there, asked=OFFLINE)
    walk(there, own, until="fund")
    line = next(one for one in queries.lines(db.session, own) if one.segment_title == "bed")
    return own, line.id


def test_what_is_owed_is_deducted_from_a_later_line_of_the_base(there, owing, later):
    assert later[1] in [line for line, _, _ in repayments.deductible(db.session, owing[0])]
    one = record(there, owing, Draft("deducted", BED, "从后面扣下来", against_line_id=later[1]))
    decide(there, owing, one)
    found = queries.claim(db.session, later[0])
    assert sums(owing[0]) == (BED, BED, 0) and found.payout_fen == found.total_fen - BED == 17143
    do(there, later[0], "pay", "财政二", at=AFTER)
    with pytest.raises(refusals.TooMuch):
        record(there, owing, Draft("repaid", 1, "再交一分钱", "回单3"))


def test_a_deduction_is_undone_when_its_line_leaves_before_it_is_paid(there, owing, later):
    one = record(there, owing, Draft("deducted", BED, "从后面扣下来", against_line_id=later[1]))
    decide(there, owing, one)
    enrolment = next(each.enrolment_id for each in queries.lines(db.session, later[0]))
    chain = evidence.chain(db.session, "enrolment", enrolment)
    last = max(each.position for each in chain if each.kind == "attendance.out")
    run(lambda: there.void(2, enrolment, "bed", last))
    run(lambda: leaving.recheck(db.session, now=AFTER))
    assert sums(owing[0]) == (BED, 0, 0) and sums(later[0]) == (0, 0, 0)
    assert [each.state for each in repayments.of_claim(db.session, owing[0])] == ["undone"]
    assert verify.verify(db.session).faults == []


def test_what_the_bank_sent_back_whole_is_owed_no_more(there, owing):
    do(there, owing[0], "bank_return", "财政", at=AFTER)
    assert sums(owing[0]) == (0, 0, 0)


def test_a_repayment_recorded_before_the_bank_sent_all_back_settles_nothing(there, owing):
    one = record(there, owing)
    do(there, owing[0], "bank_return", "财政", at=AFTER)
    with pytest.raises(refusals.NothingOwed):
        decide(there, owing, one)
    decide(there, owing, one, accept=False, reason="银行整笔退回了")
    assert sums(owing[0]) == (0, 0, 0)


def test_what_a_base_owes_is_not_deducted_from_a_trainees_own_claim(there, owing):
    enrolment = learned(there, "仁和", (2,))[2]
    card = AccountDraft("陈秀英", "示例银行", "6222021001116245708")
    who = there.persons[2]
    own = run(lambda: personal.apply(db.session, enrolment, "offline", card, now=LATER, actor=who))
    for name, one, at in WAY[1:6]:
        do(there, own, name, one, at=at)
    line = queries.lines(db.session, own)[0].id
    assert repayments.deductible(db.session, owing[0]) == []
    with pytest.raises(refusals.NotDeductible):
        record(there, owing, Draft("deducted", 1, "从后面扣下来", against_line_id=line))


def test_a_closed_run_says_what_of_it_is_still_owed(there, owing):
    held = queries.claim(db.session, owing[0]).run_id
    run(lambda: closing.close(db.session, held, now=AFTER, actor=there.staff["财政二"]))
    decide(there, owing, record(there, owing))
    assert runs.run(db.session, held).owed_fen == BED - 10001
