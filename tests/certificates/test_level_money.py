"""A recorded certificate of skill level opens the money that waits for it; withdrawn, it takes it back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import kept
from tests.certificates.test_level_rules import number
from tests.certificates.test_levels import HEAD
from tests.classes.makers import actor_with, id_number
from tests.subsidy import scene
from tests.subsidy.scene import LATER
from tests.subsidy.walks import AFTER, WHOLE, do, drafted, learned, walk
from yanglao.certificates import level_changes, level_life, level_queries, levels
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.flags import queries as flags
from yanglao.jobs import calls
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden
from yanglao.subsidy import leaving, queries, refusals
from yanglao.work.models import WorkTask

CITY = Grant("city_officer", department="civil_affairs")


@pytest.fixture
def there(app, monkeypatch):
    """Give the scene under a policy that pays by level, with an assessment body."""
    scene.use_policy(monkeypatch, "FIXED_BY_LEVEL")
    scene.say(monkeypatch)

    def make():
        found = scene.build()
        found.staff["评价"] = run(lambda: actor_with(db.session, "周评价", 60, Grant("assessor")))
        found.staff["市"] = run(lambda: actor_with(db.session, "吴干部", 61, CITY))
        return found

    return kept.filled("level-money", make)


def record(there, *, level="五级", no=None, occupation="养老护理员", day="2026-03-19"):
    """Record a certificate of the first trainee and return its id."""
    no = no or number(last="000001")
    row = ["1", "陈秀英", id_number(1, born="19700101"), no, occupation, level, "示例评价机构", day]
    content = "\n".join(",".join(each) for each in (HEAD, row)).encode()
    take = levels.take_in
    run(lambda: take(db.session, content, keep=True, now=LATER, actor=there.staff["评价"]))
    found = level_queries.by_number(db.session, no)
    assert found is not None
    return found.id


def ask(there, own, act, said=None, who="评价", reason="机构报错了"):
    return run(
        lambda: level_changes.ask(
            db.session, own, act, said, reason=reason, now=AFTER, actor=there.staff[who]
        )
    )


def decide(there, own, change, who, *, accept=True, reason=""):
    run(
        lambda: level_changes.decide(
            db.session, own, change, accept=accept, reason=reason, now=AFTER, actor=there.staff[who]
        )
    )


def take(there, own, act, who="评价", reason="机构报错了", said=None):
    """Let one ask and another one agree."""
    decide(there, own, ask(there, own, act, said, who, reason), "市" if who == "评价" else "评价")


def recheck():
    return run(lambda: leaving.recheck(db.session, now=AFTER))


def test_what_waits_for_a_certificate_of_skill_level_is_claimed_once_one_is_recorded(there):
    learned(there, numbers=(1,))
    with pytest.raises(refusals.NothingToClaim):
        drafted(there)
    own = record(there)
    claim = drafted(there)
    walk(there, claim)
    (entry,) = [
        one for one in evidence.chain(db.session, "class", there.classes["仁和"]) if "level" in one.kind
    ]
    assert (entry.kind, entry.body["certificate"], entry.body["to"]) == (
        "certificate.level_record",
        own,
        "recorded",
    )
    assert number(last="000001") not in str(entry.body) and recheck() == 0
    assert verify.verify(db.session).faults == []


@pytest.mark.parametrize(
    "other",
    [{"level": "四级", "no": number(level="4")}, {"occupation": "茶艺师"}, {"day": "2026-03-01", "no": number()}],
)  # fmt: skip
def test_a_certificate_of_another_level_or_occupation_or_older_than_the_class_opens_nothing(there, other):
    learned(there, numbers=(1,))
    record(there, **other)
    with pytest.raises(refusals.NothingToClaim):
        drafted(there)


def test_a_withdrawn_certificate_stops_the_payment_and_claws_back_what_was_paid(there):
    enrolment = learned(there, numbers=(1,))[1]
    own = record(there)
    claim = drafted(there)
    walk(there, claim, until="fund")
    take(there, own, "withdraw")
    with pytest.raises(refusals.ProofMissing) as refused:
        do(there, claim, "pay", "财政二", at=AFTER)
    assert refused.value.facts == {"lines": 1, "numbers": [1]}
    take(there, own, "restore", "市", "机构来函说明")
    do(there, claim, "pay", "财政二", at=AFTER)
    take(there, own, "withdraw")
    before = queries.claim(db.session, claim).total_fen
    assert (recheck(), recheck()) == (1, 0)
    found, (line,) = queries.claim(db.session, claim), queries.lines(db.session, claim)
    assert (found.owed_fen, found.total_fen) == (before, 0) and line.reason == "要凭的证书后来撤销或撤回"
    assert [one.kind for one in flags.blocking(db.session, enrolment)] == ["claim.certificate_gone"]
    assert [one.act for one in level_queries.steps(db.session, own)] == [
        "record",
        "withdraw",
        "restore",
        "withdraw",
    ]


def test_a_correction_to_another_level_takes_the_money_back_and_keeps_what_stood_before(there):
    learned(there, numbers=(1,))
    own = record(there)
    claim = drafted(there)
    walk(there, claim, until="pass_county")
    said = level_life.Correction(number(level="4"), "养老护理员", "四级", "示例评价机构", LATER.date())
    take(there, own, "correct", reason="等级报错了", said=said)
    assert recheck() == 1 and queries.claim(db.session, claim).owed_fen == 0
    last = level_queries.steps(db.session, own)[-1]
    assert (last.before["level"], last.after["level"], last.reason) == ("L5", "L4", "等级报错了")
    bad = level_life.Correction(number(level="4"), "养老护理员", "五级", "示例评价机构", LATER.date())
    with pytest.raises(level_life.LevelWrong):
        ask(there, own, "correct", bad)


def test_only_who_recorded_it_or_the_city_changes_a_certificate_and_never_their_own(there):
    learned(there, numbers=(1,))
    own = record(there)
    for who in ("民政", "仁和", "审计", "人社"):
        with pytest.raises(level_life.LevelUnknown):
            take(there, own, "withdraw", who)
    mine = Actor(there.persons[1].person_id, "陈秀英", (CITY,))
    with pytest.raises(Forbidden):
        run(lambda: level_changes.ask(db.session, own, "withdraw", reason="不是我的", now=AFTER, actor=mine))
    with pytest.raises(level_life.LevelReason):
        take(there, own, "withdraw", reason="错")
    with pytest.raises(level_life.LevelState):
        take(there, own, "restore")


def test_nothing_changes_before_another_agrees_and_who_asked_does_not(there):
    learned(there, numbers=(1,))
    own = record(there)
    change = ask(there, own, "withdraw")
    assert level_queries.one(db.session, own).state == "recorded"
    assert level_changes.waiting_for(db.session, there.staff["评价"]) == []
    assert [one.id for one in level_changes.waiting_for(db.session, there.staff["市"])] == [change]
    with pytest.raises(level_changes.ChangeWaits):
        ask(there, own, "withdraw", who="市")
    with pytest.raises(level_changes.LevelFourEyes):
        decide(there, own, change, "评价")
    for who in ("民政", "仁和", "审计", "人社"):
        with pytest.raises(level_life.LevelUnknown):
            decide(there, own, change, who)
    decide(there, own, change, "市", accept=False, reason="机构核实没有错")
    with pytest.raises(level_changes.ChangeUnknown):
        decide(there, own, change, "市")
    assert (
        level_queries.one(db.session, own).state == "recorded"
        and len(level_queries.steps(db.session, own)) == 1
    )
    take(there, own, "withdraw", "市")
    last = level_queries.steps(db.session, own)[-1]
    assert (last.filed_name, last.actor_name, last.act) == ("吴干部", "周评价", "withdraw")
    entry = evidence.chain(db.session, "class", there.classes["仁和"])[-1]
    assert entry.body["filed_by"] == there.staff["市"].person_id and verify.verify(db.session).faults == []


def test_a_certificate_recorded_before_the_enrolment_counts_once_hours_are_whole(there):
    run(lambda: there.enrol("康宁", 1))
    record(there)
    enrolment = run(lambda: there.enrol("仁和", 1))
    run(lambda: there.learn("仁和", 1, enrolment, WHOLE))
    with pytest.raises(refusals.NothingToClaim):
        drafted(there)
    person = there.persons[1].person_id
    waits = [one.payload["person_id"] for one in due_tasks("completion.ask_word")]
    assert waits == [person]
    for _ in range(2):
        run(lambda: calls.ask_for_words(db.session, {"person_id": person}, now=AFTER, report=int.__add__))
    assert queries.lines(db.session, drafted(there))[0].amount_fen > 0
    chain = evidence.chain(db.session, "class", there.classes["仁和"])
    assert [one.kind for one in chain if "level" in one.kind] == ["certificate.level_record"]


def due_tasks(topic):
    return list(db.session.scalars(select(WorkTask).where(WorkTask.topic == topic)))


def test_a_certificate_recorded_before_the_enrolment_counts_once_the_sheet_comes_again(there):
    run(lambda: there.enrol("仁和", 1))
    record(there)
    run(lambda: there.enrol("康宁", 1))
    record(there)
    for base in ("仁和", "康宁"):
        chain = evidence.chain(db.session, "class", there.classes[base])
        assert [one.kind for one in chain if "level" in one.kind] == ["certificate.level_record"]


def certified(there, enrolment, state, act="issue"):
    """Enter what an issued certificate of completion leaves in the chain of the class."""
    from yanglao.evidence.ledger import Entry, append
    from yanglao.kernel.actor import SYSTEM

    body = {"certificate": f"c-{enrolment}", "enrolment": enrolment, "to": state}
    entry = Entry(("class", there.classes["仁和"]), f"certificate.{act}", body, 1)
    run(lambda: append(db.session, entry, now=LATER, actor=SYSTEM))


def test_where_all_must_be_finished_a_revoked_certificate_or_another_voided_segment_claws_back(
    there, monkeypatch
):
    scene.use_policy(monkeypatch, "FULL_ON_ALL")
    positions = {}

    def learn():
        made = {number_: there.enrol("仁和", number_) for number_ in (1, 2)}
        for number_, one in made.items():
            positions[number_] = there.learn("仁和", number_, one, WHOLE)
        return made

    found = run(learn)
    for one in found.values():
        certified(there, one, "issued")
    claim = drafted(there)
    walk(there, claim)
    certified(there, found[1], "suspended", "suspend")
    assert recheck() == 0
    certified(there, found[1], "revoked", "revoke")
    run(lambda: there.void(2, found[2], "bed", positions[2]["bed"]))
    assert recheck() == 2
    states = [(one.state, one.reason) for one in queries.lines(db.session, claim)]
    assert states == [("clawed_back", "要凭的证书后来撤销或撤回"), ("clawed_back", "学时后来作废")]
    assert not any(one.live for one in queries.lines(db.session, claim))
