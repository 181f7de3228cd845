"""An officer names a colleague for some days; what the colleague does is done by both, and four eyes look at both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import kept
from tests.subsidy import scene
from tests.subsidy.scene import LATER
from tests.subsidy.walks import AFTER, OFFLINE, WHOLE, do, drafted, learned, walk
from yanglao.classes import queries as class_queries
from yanglao.evidence import queries as evidence
from yanglao.evidence import standing as standing_in
from yanglao.evidence import verify
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.db import db, run
from yanglao.people import stand_ins
from yanglao.people.entrance import let_in, resolve
from yanglao.people.standing_in import stands_for
from yanglao.subsidy import claims, closing, leaving, papers, queries, refusals, repayments
from yanglao.web.office.classes import stood_for

DAY = LATER.date()
UNTIL = AFTER.date()


@pytest.fixture
def there(app, monkeypatch):
    """Give the scene, whose officers are two of each department of a county."""
    scene.use_policy(monkeypatch)
    scene.say(monkeypatch)
    return kept.filled("subsidy", scene.build)


def name(there, who, other, *, since=DAY, until=UNTIL, now=LATER):
    staff = there.staff
    return run(
        lambda: standing_in.name(
            db.session,
            staff[other].person_id,
            since=since,
            until=until,
            reason="外出培训",
            now=now,
            actor=staff[who],
        )
    )


def standing(there, who, *, at=LATER):
    """Give somebody as a sign-in makes them at a moment: with whom they stand for."""
    own = there.staff[who]
    token = run(lambda: let_in(db.session, own.person_id, carrier="bearer", client="pc", now=at).token)
    found = resolve(db.session, token, at)
    assert found is not None
    there.staff[who] = replace(own, stands_for=found.stands_for)
    return found.stands_for


def test_the_stand_in_stands_in_on_the_days_that_were_said_and_not_after_it_was_taken_back(there):
    own = name(there, "财政", "财政二", since=DAY + timedelta(days=1))
    for day, wanted in (
        (DAY, ""),
        (DAY + timedelta(days=1), "财政"),
        (UNTIL, "财政"),
        (UNTIL + timedelta(days=1), ""),
    ):
        found = stands_for(db.session, there.staff["财政二"].person_id, day)
        assert found == (there.staff[wanted].person_id if wanted else "")
    with pytest.raises(stand_ins.StandInUnknown):
        run(lambda: standing_in.end(db.session, own, now=LATER, actor=there.staff["财政二"]))
    for _ in range(2):
        run(lambda: standing_in.end(db.session, own, now=LATER, actor=there.staff["财政"]))
    assert stands_for(db.session, there.staff["财政二"].person_id, UNTIL) == ""
    kept = evidence.chain(db.session, "officer", there.staff["财政"].person_id)
    assert [one.kind for one in kept] == ["officer.stand_in", "officer.stand_in_ended"]
    assert kept[0].body["by"] == there.staff["财政二"].person_id and "外出" not in str(kept[0].body)
    assert verify.verify_chains(db.session, [("officer", there.staff["财政"].person_id)]).problems == []


def test_whatever_a_stand_in_does_says_so_in_the_ledger_and_on_the_page_of_a_class(there):
    name(there, "民政", "民政二")
    standing(there, "民政二")
    own, boss = there.classes["仁和"], there.staff["民政"].person_id
    told = Entry(("class", own), "class.approve", {"step": 1}, occurred_ms=0)
    run(lambda: append(db.session, told, now=LATER, actor=there.staff["民政"]))
    run(lambda: append(db.session, told, now=LATER, actor=there.staff["民政二"]))
    last = evidence.of_kinds(db.session, "class", own, ["class.approve"])
    assert [one.body.get("for") for one in last] == [None, boss]
    step = replace(class_queries.steps(db.session, own)[0], act="approve", position=1)
    assert stood_for(own, [step]) == {1: boss}


@pytest.mark.parametrize(
    ("who", "other", "days", "refusal"),
    [
        ("财政", "财政", (0, 3), stand_ins.NotColleague), ("财政", "人社", (0, 3), stand_ins.NotColleague),
        ("民政", "外县", (0, 3), stand_ins.NotColleague), ("仁和", "康宁", (0, 3), stand_ins.NotOffice),
        ("财政", "财政二", (3, 0), stand_ins.BadDays), ("财政", "财政二", (-9, -1), stand_ins.BadDays),
        ("财政", "财政二", (0, 92), stand_ins.BadDays),
    ],
)  # fmt: skip
def test_only_a_colleague_of_the_same_office_stands_in_and_for_days_to_come(there, who, other, days, refusal):
    since, until = (DAY + timedelta(days=one) for one in days)
    with pytest.raises(refusal):
        name(there, who, other, since=since, until=until)


def test_nobody_stands_in_twice_nor_for_each_other(there):
    name(there, "财政", "财政二")
    for who, other in (("财政", "财政二"), ("财政二", "财政")):
        with pytest.raises(stand_ins.Overlaps):
            name(there, who, other, since=UNTIL, until=UNTIL + timedelta(days=3))
    name(there, "财政", "财政二", since=UNTIL + timedelta(days=1), until=UNTIL + timedelta(days=3))


def test_a_stand_in_does_not_pay_what_the_person_they_stand_for_approved(there):
    learned(there)
    own = drafted(there)
    walk(there, own, until="fund")
    name(there, "财政", "财政二")
    assert standing(there, "财政二") == there.staff["财政"].person_id
    with pytest.raises(refusals.FourEyes):
        do(there, own, "pay", "财政二", at=AFTER)
    assert queries.my_turn(db.session, there.staff["财政二"], today=UNTIL) == []


def test_what_a_stand_in_did_counts_for_both_and_is_recorded_so(there):
    learned(there)
    own = drafted(there)
    walk(there, own, until="end_notice")
    name(there, "财政", "财政二")
    standing(there, "财政二")
    do(there, own, "fund", "财政二", at=AFTER)
    with pytest.raises(refusals.FourEyes):
        do(there, own, "pay", "财政", at=AFTER + timedelta(days=30))
    last = queries.steps(db.session, own)[-1]
    assert last.actor_name.count("（代 ") == 1
    entry = evidence.chain(db.session, "claim", own)[-1]
    assert entry.body["for"] == there.staff["财政"].person_id and verify.verify(db.session).faults == []


def test_a_stand_in_is_no_second_person_for_a_paper_or_a_repayment(there):
    enrolment = run(lambda: there.enrol("仁和", 1))
    positions = run(lambda: there.learn("仁和", 1, enrolment, WHOLE))
    own = drafted(there, asked=OFFLINE)
    walk(there, own, until="pass_county")
    scan = papers.Paper("人社审7号", b"%PDF-1.4 scan", "a.pdf", "application/pdf")
    step = run(
        lambda: papers.record(db.session, own, "pass_hrss", scan, now=LATER, actor=there.staff["民政"])
    )
    name(there, "民政", "民政二")
    standing(there, "民政二")
    assert queries.to_confirm(db.session, there.staff["民政二"]) == []
    with pytest.raises(papers.SecondPerson):
        decide_paper(there, own, step)
    there.staff["民政二"] = replace(there.staff["民政二"], stands_for="")
    decide_paper(there, own, step)
    for act, who, at in (
        ("give_notice", "人社", LATER),
        ("end_notice", "人社", AFTER),
        ("fund", "财政", AFTER),
        ("pay", "财政二", AFTER),
    ):
        do(there, own, act, who, at=at)
    run(lambda: there.void(1, enrolment, "bed", positions["bed"]))
    run(lambda: leaving.recheck(db.session, now=AFTER))
    line = next(one.id for one in queries.lines(db.session, own) if one.owed_fen)
    draft = repayments.Draft("repaid", 1, "基地交回了", "回单")
    name(there, "财政", "财政二")
    standing(there, "财政二")
    one = run(lambda: repayments.record(db.session, own, line, draft, now=AFTER, actor=there.staff["财政二"]))
    with pytest.raises(refusals.FourEyes):
        run(
            lambda: repayments.decide(
                db.session, own, one, accept=True, reason="", now=AFTER, actor=there.staff["财政"]
            )
        )
    assert repayments.waiting_for(db.session, there.staff["财政"]) == []
    run_id = queries.claim(db.session, own).run_id
    with pytest.raises(closing.RunFourEyes):
        run(lambda: closing.close(db.session, run_id, now=AFTER, actor=there.staff["财政二"]))


def decide_paper(there, own, step):
    run(
        lambda: papers.decide(
            db.session, own, step, accept=True, reason="", now=LATER, actor=there.staff["民政二"]
        )
    )


def test_nobody_passes_the_money_of_the_person_they_stand_for(there):
    learned(there, numbers=(1,))
    own = drafted(there)
    walk(there, own, until="file")
    for_trainee = replace(there.staff["民政"], stands_for=there.persons[1].person_id)
    with pytest.raises(refusals.OwnMoney):
        run(lambda: claims.act(db.session, own, "pass_county", now=LATER, actor=for_trainee))
    assert SYSTEM.hands() == ("system",)
