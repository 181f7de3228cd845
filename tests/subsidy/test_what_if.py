"""Another policy file over a class: both sides by the rules of real claims, nothing written, faults told line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.subsidy import scene
from yanglao.kernel import policy
from yanglao.kernel.actor import EVERYTHING, Actor, Grant
from yanglao.kernel.clock import day_of
from yanglao.kernel.db import db, run
from yanglao.subsidy import claims, tariffs, what_if, what_if_rules
from yanglao.subsidy.claimable import look
from yanglao.subsidy.eligibility_rules import Obstacle
from yanglao.subsidy.shapes import Asked
from yanglao.subsidy.what_if import PolicyTooLarge, PolicyUnknown, PolicyWrong, Wanted
from yanglao.subsidy.what_if_rules import Side, Sums, change, wrong

RAW = (policy.FOLDER / "2021-01-01.toml").read_text()
HEAD = RAW[: RAW.index("[subsidy]")]
WHOLE = {"video": 7200, "hall": 5400, "bed": 9000}
OFFICER = Actor("", "孙干部", (Grant("city_officer", department="hrss"),))


def tried(model: str = "SEGMENT_RATIO", more: str = "", head: str = HEAD) -> bytes:
    """Return a whole policy file whose money is that of a model of the scene."""
    figures = scene.TARIFFS[model] + more
    money = scene.FILE.format(model=model, figures=figures)
    for name in ("limits", "funds", "tariffs"):
        money = money.replace(f"[[{name}]]", f"[[subsidy.{name}]]")
    return f"{head}[subsidy]{money}".encode()


@pytest.fixture
def learned(there):
    """Give the scene with three people: all done, too little presence, nothing of the practice."""
    parts = ({}, {"hall": 4200}, {"bed": 0})

    def learn():
        for number, part in enumerate(parts, 1):
            there.learn("仁和", number, there.enrol("仁和", number), WHOLE | part)

    run(learn)
    return there


def compared(raw: bytes, **wanted):
    held = policy.parse(raw, name="试.toml", valid_from=day_of(scene.LATER))
    own = what_if.classes_of(db.session, EVERYTHING, Wanted(state="draft", **wanted))
    found = what_if.compare(db.session, own, held, Wanted(**wanted), now=scene.LATER, actor=OFFICER)
    return [line for one in found for line in one.lines]


def test_the_same_file_changes_nothing_and_each_side_is_what_the_real_look_says(learned):
    lines = compared(tried())
    assert lines and {one.change for one in lines} == {"same"}
    real = [
        one
        for mode in ("online", "offline")
        for one in look(
            db.session, learned.classes["仁和"], Asked("training", mode, "f"), now=scene.LATER
        ).lines
    ]
    assert sorted((one.enrolment_id, one.segment_key, one.amount, one.share) for one in real) == sorted(
        (one.enrolment_id, one.segment_title, one.after.amount, one.after.share) for one in lines
    )


@pytest.mark.parametrize("model", list(scene.TARIFFS))
def test_every_model_gives_what_it_would_give_were_it_in_force(learned, monkeypatch, model):
    after = {(one.enrolment_id, one.segment_title): one.after for one in compared(tried(model))}
    scene.use_policy(monkeypatch, model, name="试.toml", digest="y")
    for mode in ("online", "offline"):
        asked = Asked("training", mode, "f")
        for one in look(db.session, learned.classes["仁和"], asked, now=scene.LATER).lines:
            told = after[one.enrolment_id, one.segment_key]
            assert (told.amount, told.share, told.obstacles) == (one.amount, one.share, one.obstacles)


def test_an_attendance_line_below_the_gap_lets_a_line_through_and_the_sums_say_who_gains(learned):
    low = HEAD.replace("attendance_min_bp = 8000", "attendance_min_bp = 7000")
    lines = compared(tried(head=low), mode="offline")
    sums = Sums()
    for one in lines:
        sums.add(one.person_id, one.before, one.after)
    gone = "出勤率 77.77%，未达 80%"
    assert gone in sums.gone and not sums.new
    high = HEAD.replace("online_share_max_bp = 5000", "online_share_max_bp = 3000")
    assert {one.change for one in compared(tried(head=high)) if not one.before.obstacles} == {"blocked"}


def test_a_lower_daily_cap_takes_online_hours_away_by_the_same_fold_and_a_higher_one_gives_none(learned):
    lines = {}
    for cap_s in (7199, 7200, 90000):
        raw = tried(head=HEAD.replace("daily_cap_s = 21600", f"daily_cap_s = {cap_s}"))
        lines[cap_s] = [one for one in compared(raw, mode="online") if not one.before.obstacles]
    assert {one.change for one in lines[7199]} == {"blocked"}
    assert "还差线上 1 秒" in lines[7199][0].after.sentences[0]
    assert {one.change for cap_s in (7200, 90000) for one in lines[cap_s]} == {"same"}


def test_a_line_that_was_filed_is_not_in_its_own_way_and_is_judged_on_the_day_of_filing(learned):
    asked = Asked("training", "online", "f")
    own = learned.classes["仁和"]
    claim = run(lambda: claims.draft(db.session, own, asked, now=scene.LATER, actor=learned.staff["仁和"]))
    run(lambda: claims.act(db.session, claim, "file", now=scene.LATER, actor=learned.staff["仁和"]))
    held = policy.parse(tried("FULL_ON_ALL"), name="试.toml", valid_from=day_of(scene.LATER))
    classes = what_if.classes_of(db.session, EVERYTHING, Wanted(state="draft"))
    late = scene.LATER + timedelta(days=200)
    found = list(what_if.compare(db.session, classes, held, Wanted(), now=late, actor=OFFICER))
    lines = {one.claimed is not None: one for each in found for one in each.lines}
    codes = {known: {each.code for each in one.before.obstacles} for known, one in lines.items()}
    assert codes[True] == set() and lines[True].before.amount == lines[True].claimed
    assert "subsidy.too_late" in codes[False]


def test_a_class_whose_own_file_contradicts_itself_is_named_and_the_others_go_on(learned, monkeypatch):
    (held,) = policy.every()
    held = replace(held, subsidy={**held.subsidy, "more": 1})
    monkeypatch.setattr(policy, "every", lambda *_: (held,))
    other = policy.parse(tried(), name="试.toml", valid_from=day_of(scene.LATER))
    own = what_if.classes_of(db.session, EVERYTHING, Wanted(state="draft"))
    found = list(what_if.compare(db.session, own, other, Wanted(), now=scene.LATER, actor=OFFICER))
    assert [(one.fault, one.lines) for one in found] == [("claim.policy_bad", ())] * 2


def test_it_runs_where_nothing_can_be_written(learned):
    db.session.execute(text("PRAGMA query_only = ON"))
    assert compared(tried("PER_HOUR_CAPPED"))
    db.session.execute(text("PRAGMA query_only = OFF"))


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ((5, 5, ""), (5, 5, ""), "same"),
        ((5, 5, ""), (6, 6, ""), "more"),
        ((5, 5, ""), (4, 4, ""), "less"),
        ((5, 5, ""), (0, 5, "subsidy.not_reviewed"), "blocked"),
        ((0, 5, "subsidy.not_reviewed"), (5, 5, ""), "unblocked"),
        ((0, 5, "subsidy.not_reviewed"), (0, 6, "subsidy.not_reviewed"), "later"),
        ((0, 5, "subsidy.not_reviewed"), (0, 5, "subsidy.disputed"), "reasons"),
    ],
)
def test_what_changes_for_a_line_has_a_name(before, after, what):
    sides = [Side(a, b, (Obstacle(code, {}),) if code else ()) for a, b, code in (before, after)]
    assert change(*sides) == what and what in what_if_rules.CHANGES


WRONG = [
    ('lease_s = 60', 'lease_s = "60"', "viewing", "lease_s", "policy.not_whole"),
    ("idle_s = 120\n", "", "viewing", "idle_s", "policy.lacks"),
    ("idle_s = 120\n", "idle_s = 120\nidle_m = 2\n", "viewing", "idle_m", "policy.unknown"),
    ("[quiz]", "[quizz]", "quiz", "", "policy.no_table"),
    ("notice_workdays = 5", "notice_workdays = -5", "subsidy", "notice_workdays", "policy.bad_value"),
    ('model = "SEGMENT_RATIO"', 'model = "ALL"', "subsidy.tariffs 第 1 个", "model", "policy.no_choice"),
    ('fund = "f"', 'fund = "g"', "subsidy.tariffs 第 1 个", "fund", "policy.no_fund"),
    ('[viewing]', '[viewing', "文件开头", "", "policy.not_toml"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "section", "key", "code"), WRONG)
def test_a_file_that_cannot_be_used_is_told_by_line_section_and_key(old, new, section, key, code):
    text_ = tried().decode().replace(old, new, 1)
    told = next(one for one in wrong(text_.encode()) if one.code == code)
    assert (told.section, told.key) == (section, key)
    if key and code != "policy.lacks":
        assert text_.splitlines()[told.line - 1].startswith(key)
        assert f"第 {told.line} 行" in told.sentence and "…" not in told.sentence


def test_the_shipped_files_have_no_fault_and_all_faults_are_told_at_once():
    for file in policy.FOLDER.glob("*.toml"):
        assert wrong(file.read_bytes()) == []
    both = (
        tried().decode().replace("idle_s = 120\n", "").replace("notice_workdays = 5", "notice_workdays = 'x'")
    )
    assert [one.code for one in wrong(both.encode())] == ["policy.lacks", "policy.bad_value"]
    assert [one.code for one in wrong(b"\xff\xfe")] == ["policy.not_text"]


def test_a_file_is_kept_for_whom_tries_it_and_nobody_else_and_is_never_in_force(there):
    me, other = there.staff["民政"], there.staff["人社"]
    before = policy.every()
    kept = run(lambda: what_if.try_out(db.session, tried(), "新.toml", now=scene.NOW, actor=me))
    assert what_if.chosen(db.session, kept, now=scene.NOW, actor=me).name == "新.toml"
    assert policy.every() == before and not (policy.FOLDER / "新.toml").exists()
    for who, when in ((other, scene.NOW), (me, scene.NOW + timedelta(days=8))):
        with pytest.raises(PolicyUnknown):
            what_if.chosen(db.session, kept, now=when, actor=who)
    with pytest.raises(PolicyWrong):
        what_if.try_out(db.session, b"x = 1", "x.toml", now=scene.NOW, actor=me)
    with pytest.raises(PolicyTooLarge):
        what_if.try_out(db.session, b" " * (what_if.MOST_BYTES + 1), "x.toml", now=scene.NOW, actor=me)


def test_a_book_marked_as_an_example_says_so():
    raw = b"example = true\n" + tried()
    held = policy.parse(raw, name="x.toml", valid_from=day_of(scene.NOW))
    assert held.example and tariffs.of(held).example and not tariffs.of(replace(held, example=False)).example
    assert [one.code for one in wrong(b"example = 1\n" + tried())] == ["policy.not_bool"]
