"""A claim goes from draft to paid by other hands at each step, and every line that leaves it leaves a trace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests.conftest import build, settings_for
from tests.subsidy import scene
from tests.subsidy.scene import LATER
from tests.subsidy.walks import AFTER, WAY, WHOLE, do, drafted, learned, state, walk
from yanglao.classes import queries as classes
from yanglao.completion import confirming
from yanglao.completion.own_days import own_days
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.flags import queries as flags
from yanglao.kernel.actor import EVERYTHING, Actor
from yanglao.kernel.calendar import YearNotLoaded
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden, Problem
from yanglao.subsidy import claims, known, leaving, papers, queries, refusals, runs
from yanglao.subsidy.claims import DraftExists, FourEyes, LinesChanged, PolicyChanged, WrongState
from yanglao.subsidy.models import ClaimLine
from yanglao.subsidy.papers import Paper
from yanglao.subsidy.shapes import Asked
from yanglao.subsidy.states import ACTS

SCAN = Paper("人社审〔2026〕7号", b"%PDF-1.4 scan", "scan.pdf", "application/pdf")


def test_a_claim_goes_all_the_way_and_the_ledger_verifies(there):
    learned(there)
    own = drafted(there)
    walk(there, own, until="pay")
    found = queries.claim(db.session, own)
    assert (found.state, found.people, found.total_fen, found.owed_fen) == ("paid", 2, 2 * 22857, 0)
    assert [one.act for one in queries.steps(db.session, own)] == ["draft", *(name for name, *_ in WAY)]
    chain = evidence.chain(db.session, "claim", own)
    assert [one.kind for one in chain] == ["claim.draft", *(f"claim.{name}" for name, *_ in WAY)]
    assert chain[-1].body["roster"] == found.roster_digest and "陈" not in str([one.body for one in chain])
    assert verify.verify(db.session).faults == []
    (ran,) = runs.runs(db.session, EVERYTHING)
    assert (ran.month_key, ran.mode, ran.fund, ran.claims, ran.paid_fen) == (
        "2026-03",
        "online",
        "f",
        1,
        2 * 22857,
    )


def test_what_the_table_does_not_say_is_refused_in_every_state(there):
    learned(there)
    own = drafted(there)
    for name, who, at in (("draft", "", LATER), *WAY):
        if name != "draft":
            do(there, own, name, who, at=at)
        now = state(own)
        for one in (act for act in ACTS if now not in act.since):
            for each in there.staff:
                with pytest.raises((WrongState, Forbidden, claims.ClaimUnknown)):
                    do(there, own, one.name, each, at=AFTER)


def test_nobody_does_the_next_step_on_what_they_did(there):
    learned(there)
    own = drafted(there)
    both = Actor(
        there.staff["民政"].person_id, "孙干部",
        (*there.staff["民政"].grants, *there.staff["人社"].grants, *there.staff["财政"].grants, *there.staff["仁和"].grants),
    )  # fmt: skip
    run(lambda: claims.act(db.session, own, "file", now=LATER, actor=both))
    with pytest.raises(FourEyes):
        run(lambda: claims.act(db.session, own, "pass_county", now=LATER, actor=both))
    do(there, own, "pass_county", "民政二")
    with pytest.raises(FourEyes):
        run(lambda: claims.act(db.session, own, "pass_hrss", now=LATER, actor=both))
    do(there, own, "pass_hrss", "人社")
    do(there, own, "give_notice", "人社")
    do(there, own, "end_notice", "人社", at=AFTER)
    do(there, own, "fund", "财政", at=AFTER)
    with pytest.raises(FourEyes):
        do(there, own, "pay", "财政", at=AFTER)
    assert state(own) == "funded"


def test_who_may_see_and_do_goes_by_role_and_reach(there):
    learned(there)
    own = drafted(there)
    do(there, own, "file", "仁和")
    for who, refusal in (("康宁", claims.ClaimUnknown), ("外县", claims.ClaimUnknown), ("仁和", Forbidden),
                         ("审计", Forbidden), ("财政", Forbidden), ("人社", Forbidden)):  # fmt: skip
        with pytest.raises(refusal):
            do(there, own, "pass_county", who)
    trainee = Actor(there.persons[1].person_id, "陈秀英", there.staff["民政"].grants)
    with pytest.raises(claims.OwnMoney):
        run(lambda: claims.act(db.session, own, "pass_county", now=LATER, actor=trainee))


def test_a_claim_sent_back_frees_its_people_and_is_filed_anew(there):
    learned(there)
    own = drafted(there)
    do(there, own, "file", "仁和")
    with pytest.raises(claims.ReasonMissing):
        do(there, own, "return", "民政", reason="不")
    do(there, own, "return", "民政")
    assert {one.state for one in queries.lines(db.session, own)} == {"released"}
    run(lambda: claims.redraw(db.session, own, now=LATER, actor=there.staff["仁和"]))
    do(there, own, "file", "仁和")
    assert {one.live for one in queries.lines(db.session, own)} == {True}
    do(there, own, "withdraw", "仁和")
    assert drafted(there) != own


def test_the_notice_lasts_whole_working_days_and_never_into_a_year_without_a_table(there):
    learned(there)
    own = drafted(there)
    walk(there, own, until="give_notice")
    found = queries.claim(db.session, own)
    assert (found.notice_from, found.notice_until) == (date(2026, 3, 21), date(2026, 3, 27))
    with pytest.raises(claims.NoticeRunning):
        do(there, own, "end_notice", "人社", at=LATER + timedelta(days=6))
    do(there, own, "end_notice", "人社", at=LATER + timedelta(days=7))
    other = drafted(there, asked=Asked("training", "offline", "f"))
    for name, who, _ in WAY[:3]:
        do(there, other, name, who)
    with pytest.raises(YearNotLoaded):
        do(there, other, "give_notice", "人社", at=LATER.replace(year=2031))


def test_an_objection_pulls_one_line_and_the_others_go_on(there):
    learned(there)
    own = drafted(there)
    walk(there, own, until="give_notice")
    line = queries.lines(db.session, own)[0]
    run(
        lambda: leaving.pull(
            db.session, own, line.id, reason="群众反映没去", now=LATER, actor=there.staff["人社"]
        )
    )
    found = queries.claim(db.session, own)
    assert (found.people, found.total_fen, found.state) == (1, 22857, "on_notice")
    assert queries.lines(db.session, own)[0].state == "pulled"
    with pytest.raises(leaving.LineUnknown):
        run(
            lambda: leaving.pull(
                db.session, own, line.id, reason="群众反映没去", now=LATER, actor=there.staff["人社"]
            )
        )


def test_a_department_on_paper_needs_a_second_person(there):
    learned(there)
    own = drafted(there)
    walk(there, own, until="pass_county")
    staff = there.staff

    def confirm(step, who, accept=True, reason=""):
        run(
            lambda: papers.decide(
                db.session, own, step, accept=accept, reason=reason, now=LATER, actor=staff[who]
            )
        )

    step = run(lambda: papers.record(db.session, own, "pass_hrss", SCAN, now=LATER, actor=staff["民政"]))
    assert state(own) == "county_passed" and queries.to_confirm(db.session, staff["民政二"])[0].id == own
    with pytest.raises(claims.PaperWaits):
        do(there, own, "pass_hrss", "人社")
    with pytest.raises(papers.SecondPerson):
        confirm(step, "民政")
    confirm(step, "民政二", accept=False, reason="文号不对")
    step = run(lambda: papers.record(db.session, own, "pass_hrss", SCAN, now=LATER, actor=staff["民政"]))
    confirm(step, "民政二")
    told = [(one.act, one.state, one.document_no) for one in queries.steps(db.session, own)][-3:]
    assert told == [
        ("pass_hrss", "refused", SCAN.document_no),
        ("pass_hrss", "done", SCAN.document_no),
        ("confirm_paper", "done", ""),
    ]
    assert state(own) == "hrss_passed" and verify.verify(db.session).faults == []
    with pytest.raises(papers.NotByPaper):
        run(lambda: papers.record(db.session, own, "give_notice", SCAN, now=LATER, actor=staff["民政"]))


def test_a_voided_presence_claws_the_line_back_and_what_was_paid_is_owed(there):
    own_enrolment = run(lambda: there.enrol("仁和", 1))
    positions = run(lambda: there.learn("仁和", 1, own_enrolment, WHOLE))
    offline = drafted(there, asked=Asked("training", "offline", "f"))
    walk(there, offline, until="pay")
    assert run(lambda: leaving.recheck(db.session, now=AFTER)) == 0
    run(lambda: there.void(1, own_enrolment, "bed", positions["bed"]))
    assert run(lambda: leaving.recheck(db.session, now=AFTER)) == 1
    found = queries.claim(db.session, offline)
    states = {one.segment_title: (one.state, one.amount_fen) for one in queries.lines(db.session, offline)}
    assert states == {"hall": ("claimed", 17143), "bed": ("clawed_back", 60001)}
    assert (found.total_fen, found.owed_fen) == (17143, 60001)
    assert run(lambda: leaving.recheck(db.session, now=AFTER)) == 0
    (flag,) = flags.blocking(db.session, own_enrolment)
    assert flag.kind == "claim.clawed_back" and verify.verify(db.session).faults == []


def test_the_trainees_own_word_is_what_opens_a_line_and_is_closed_while_it_is_claimed(there, monkeypatch):
    found = learned(there)
    monkeypatch.setattr(known, "said_of", scene.SAID_OF)
    own, segment = classes.enrolment(db.session, found[1]), there.segments["video"]
    with pytest.raises(claims.NothingToClaim):
        drafted(there)

    def say(word):
        said = confirming.Said(
            word, own_days(db.session, own, segment).digest, what="missing" if word == "no" else ""
        )
        return run(
            lambda: confirming.say(db.session, own.id, segment, said, now=LATER, actor=there.persons[1])
        )

    say("no")
    with pytest.raises(claims.NothingToClaim):
        drafted(there)
    say("yes")
    claim = drafted(there)
    do(there, claim, "file", "仁和")
    assert queries.claim(db.session, claim).people == 1
    with pytest.raises(confirming.WordClosed):
        say("no")
    do(there, claim, "return", "民政")
    say("no")


def test_no_money_moves_for_a_segment_whose_credit_was_voided_today(there):
    enrolment = run(lambda: there.enrol("仁和", 1))
    positions = run(lambda: there.learn("仁和", 1, enrolment, WHOLE))
    own = drafted(there, asked=Asked("training", "offline", "f"))
    walk(there, own, until="end_notice")
    run(lambda: there.void(1, enrolment, "bed", positions["bed"]))
    with pytest.raises(refusals.CreditVoided) as refused:
        do(there, own, "fund", "财政", at=AFTER)
    assert refused.value.facts == {"lines": 1, "numbers": [1]}
    run(lambda: leaving.recheck(db.session, now=AFTER))
    do(there, own, "fund", "财政", at=AFTER)
    assert (queries.claim(db.session, own).total_fen, queries.claim(db.session, own).owed_fen) == (17143, 0)


def test_a_draft_whose_lines_changed_is_not_filed_before_it_is_looked_at_again(there):
    found = learned(there)
    own = drafted(there)
    run(lambda: there.learn("仁和", 2, found[2], {}, confirm=False))
    with pytest.raises(DraftExists):
        drafted(there)
    run(lambda: flags_raise(found[2]))
    with pytest.raises(LinesChanged) as refused:
        do(there, own, "file", "仁和")
    assert refused.value.facts == {"lines": 1, "numbers": [2]}
    run(lambda: claims.redraw(db.session, own, now=LATER, actor=there.staff["仁和"]))
    do(there, own, "file", "仁和")
    assert queries.claim(db.session, own).people == 1


def flags_raise(enrolment):
    from yanglao.flags.service import raise_flag

    facts = {"claimed_s": 7200, "entered_s": 1}
    raise_flag(
        db.session, "claim.clawed_back", subject=("enrolment", enrolment), facts=facts, once="x", now=LATER
    )


def test_a_policy_file_that_was_changed_after_use_stops_its_claims(there, monkeypatch):
    learned(there)
    own = drafted(there)
    do(there, own, "file", "仁和")
    scene.use_policy(monkeypatch, digest="changed")
    with pytest.raises(PolicyChanged):
        do(there, own, "pass_county", "民政")
    with pytest.raises(PolicyChanged):
        drafted(there, asked=Asked("training", "offline", "f"))
    do(there, own, "return", "民政")


@pytest.mark.parametrize(
    "change", [{"mode": "offline"}, {"state": "draft"}, {"amount_fen": -1}, {"person_id": "nobody"}]
)
def test_the_database_itself_holds_a_line_to_its_claim(there, change):
    learned(there)
    own = drafted(there)
    do(there, own, "file", "仁和")
    with pytest.raises(IntegrityError):
        run(lambda: db.session.execute(update(ClaimLine).values(**change)))


def test_the_database_itself_refuses_a_second_live_line_of_a_segment(there):
    learned(there)
    own = drafted(there)
    do(there, own, "file", "仁和")
    first, second = queries.lines(db.session, own)
    same = update(ClaimLine).where(ClaimLine.id == second.id).values(person_id=first.person_id)
    with pytest.raises(IntegrityError):
        run(lambda: db.session.execute(same))


def test_whose_turn_it_is_stands_on_their_list_alone(there):
    learned(there)
    own = drafted(there)

    def turn(who, today=LATER):
        return [one.act.name for one in queries.my_turn(db.session, there.staff[who], today=today.date())]

    assert turn("仁和") == ["file"] and turn("康宁") == turn("民政") == []
    do(there, own, "file", "仁和")
    assert (turn("仁和"), turn("民政"), turn("外县"), turn("人社")) == ([], ["pass_county"], [], [])
    for name, who, _ in WAY[1:4]:
        do(there, own, name, who)
    assert turn("人社") == [] and turn("人社", AFTER) == ["end_notice"]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_two_bases_that_file_the_same_person_at_once_are_paid_once(request, monkeypatch, tmp_path, database):
    url = {"DATABASE_URL": request.getfixturevalue("pg_built_url")} if database == "postgres" else {}
    scene.use_policy(monkeypatch)
    scene.say(monkeypatch)
    app = build(settings_for(tmp_path, **url))
    with app.app_context():
        there = scene.build()
        for base in ("仁和", "康宁"):
            learned(there, base, (1,) if base == "仁和" else (2,))
        offline = Asked("training", "offline", "f")
        run(lambda: there.learn("康宁", 1, there.enrol("康宁", 1), {"hall": 5400, "bed": 9000}))
        ids = {base: drafted(there, base, offline) for base in ("仁和", "康宁")}
        db.session.remove()

    def file(base):
        with app.app_context():
            try:
                run(lambda: claims.act(db.session, ids[base], "file", now=LATER, actor=there.staff[base]))
            except Problem as refusal:
                return refusal.code
            finally:
                db.session.remove()
            return "filed"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(file, ids))
    assert answers == ["claim.lines_changed", "filed"]
    with app.app_context():
        live = [one for own in ids.values() for one in queries.lines(db.session, own) if one.live]
        mine = [one.segment_title for one in live if one.person_id == there.persons[1].person_id]
        assert sorted(mine) == ["bed", "hall"]
        db.session.remove()
        db.engine.dispose()
