"""A segment is claimed by its base with a contract or by the person, by one of them only; then both go the same way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from tests.conftest import build, settings_for
from tests.subsidy import scene
from tests.subsidy.scene import LATER
from tests.subsidy.walks import AFTER, OFFLINE, ONLINE, WAY, do, drafted, learned, state, walk
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden, Problem
from yanglao.subsidy import claimable, payees, personal, proxies, queries, refusals
from yanglao.subsidy.papers import Paper, PaperMissing
from yanglao.subsidy.payees import AccountDraft, NumberWrong, Owner, SetByPerson

CARD = AccountDraft("陈秀英", "示例银行", "6222021001116245708", "social_card")
SCAN = Paper("代领2026-07", b"%PDF-1.4 scan", "scan.pdf", "application/pdf")


def apply(there, enrolment, mode="online", number=1, card=CARD):
    who = there.persons[number]
    return run(lambda: personal.apply(db.session, enrolment, mode, card, now=LATER, actor=who))


def withdraw(there, claim, number=1, reason="改由基地代领"):
    run(lambda: personal.withdraw(db.session, claim, reason=reason, now=LATER, actor=there.persons[number]))


def contract(there, enrolment, *, paper=SCAN, who="仁和", on=date(2026, 3, 2), free=True):
    actor = there.staff[who]
    return run(
        lambda: proxies.record(
            db.session, enrolment, paper, signed_on=on, free_of_charge=free, now=LATER, actor=actor
        )
    )


def codes(there, asked=ONLINE):
    found = claimable.look(db.session, there.classes["仁和"], asked, now=LATER).lines
    return [[each.code for each in one.obstacles] for one in found]


def test_a_trainee_claims_for_themself_and_it_goes_the_way_of_every_claim(there):
    found = learned(there)
    own = apply(there, found[1])
    told = queries.claim(db.session, own)
    assert (told.state, told.route, told.people, told.total_fen) == ("filed", "personal", 1, 22857)
    assert codes(there)[0] == ["subsidy.paid_already"] and codes(there)[1] == []
    for name, who, at in WAY[1:]:
        do(there, own, name, who, at=at)
    assert state(own) == "paid" and verify.verify(db.session).faults == []
    assert "6245708" not in str([one.body for one in evidence.chain(db.session, "claim", own)])
    assert payees.of_people(db.session, [there.persons[1].person_id])[there.persons[1].person_id].masked


def test_what_the_base_filed_is_not_claimed_by_the_person_and_the_other_way_round(there):
    found = learned(there)
    walk(there, drafted(there, enrolments=[found[1]]), until="file")
    with pytest.raises(refusals.NothingToClaim):
        apply(there, found[1])
    own = apply(there, found[2], number=2)
    with pytest.raises(refusals.NothingToClaim):
        drafted(there)
    withdraw(there, own, number=2)
    assert queries.claim(db.session, drafted(there)).people == 1


def test_only_the_person_files_and_takes_back_and_only_before_somebody_examined_it(there):
    found = learned(there)
    own = apply(there, found[1])
    with pytest.raises(refusals.PersonalClaim):
        do(there, own, "withdraw", "仁和")
    assert queries.acts_for(db.session, queries.claim(db.session, own), there.staff["仁和"]) == []
    with pytest.raises(refusals.ClaimUnknown):
        withdraw(there, own, number=2)
    with pytest.raises(EnrolmentUnknown):
        apply(there, found[1], number=2)
    with pytest.raises(NumberWrong):
        apply(there, found[1], "offline", card=AccountDraft("陈秀英", "示例银行", "12", "card"))
    do(there, own, "return", "民政")
    assert apply(there, found[1]) == own and state(own) == "filed"
    do(there, own, "pass_county", "民政")
    with pytest.raises(refusals.WrongState):
        withdraw(there, own)
    officer = Actor(there.persons[1].person_id, "陈秀英", (Grant("officer", "371323", None, "hrss"),))
    with pytest.raises(refusals.FourEyes):
        do_as(own, "pass_hrss", officer)


def do_as(claim, name, actor):
    from yanglao.subsidy import claims

    run(lambda: claims.act(db.session, claim, name, now=AFTER, actor=actor))


def test_a_base_does_not_lead_the_money_of_a_person_elsewhere(there):
    found = learned(there)
    own = queries.claim(db.session, apply(there, found[1]))
    other = AccountDraft("陈秀英", "示例银行", "6222021001116245702", "card")
    with pytest.raises(SetByPerson):
        run(
            lambda: payees.set_account(
                db.session, own, Owner(own_person(there)), other, now=LATER, actor=there.staff["仁和"]
            )
        )


def own_person(there):
    return there.persons[1].person_id


def test_where_the_policy_asks_for_contracts_the_base_claims_only_for_who_signed_one(there, monkeypatch):
    monkeypatch.setattr(
        scene, "FILE", scene.FILE.replace("claim_within_days", "proxy_contract = true, claim_within_days")
    )
    scene.use_policy(monkeypatch)
    found = learned(there)
    assert codes(there) == [["subsidy.no_proxy"]] * 2
    first = contract(there, found[1])
    assert codes(there) == [[], ["subsidy.no_proxy"]]
    own = drafted(there)
    assert queries.lines(db.session, own)[0].trace["proxy"] == first
    do(there, own, "file", "仁和")
    assert apply(there, found[2], number=2)
    chain = evidence.chain(db.session, "class", there.classes["仁和"])
    assert [one.body["proxy"] for one in chain if one.kind == "claim.proxy"] == [first]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"free": False}, proxies.FeeTaken), ({"on": LATER.date() + timedelta(days=1)}, proxies.SignedLater),
        ({"paper": Paper("", SCAN.content, "a.pdf", SCAN.media_type)}, PaperMissing), ({"paper": Paper("7", b"", "", "")}, PaperMissing),
        ({"who": "康宁"}, EnrolmentUnknown), ({"who": "民政"}, (EnrolmentUnknown, Forbidden)),
    ],
)  # fmt: skip
def test_what_is_no_contract_is_refused(there, change, refusal):
    found = learned(there, numbers=(1,))
    with pytest.raises(refusal):
        contract(there, found[1], **change)


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_base_and_person_who_claim_at_once_are_paid_once(request, monkeypatch, tmp_path, database):
    url = {"DATABASE_URL": request.getfixturevalue("pg_url")} if database == "postgres" else {}
    scene.use_policy(monkeypatch)
    scene.say(monkeypatch)
    app = build(settings_for(tmp_path, **url))
    with app.app_context():
        there = scene.build()
        found = learned(there, numbers=(1,))
        base = drafted(there, asked=OFFLINE)
        db.session.remove()

    def attempt(act):
        with app.app_context():
            try:
                act()
            except Problem as refusal:
                return refusal.code
            finally:
                db.session.remove()
            return "filed"

    acts = [lambda: do(there, base, "file", "仁和"), lambda: apply(there, found[1], "offline")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(attempt, acts))
    assert answers.count("filed") == 1 and set(answers) - {"filed"} <= {
        "claim.lines_changed",
        "claim.nothing",
    }
    with app.app_context():
        live = [one for one in queries.lines_of_enrolment(db.session, found[1]) if one.live]
        assert sorted(one.segment_title for one in live) == ["bed", "hall"]
        db.session.remove()
        db.engine.dispose()
