"""A class of 60 with known hours is claimed to the fen as an independent calculation says, under all five models."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from tests import kept
from tests.classes.makers import id_number
from tests.subsidy import scene
from tests.subsidy.scene import LATER, SEGMENTS
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.people import queries as people
from yanglao.subsidy import exclusions, known
from yanglao.subsidy.claimable import look
from yanglao.subsidy.models import Exclusion
from yanglao.subsidy.rules import Proof
from yanglao.subsidy.shapes import Asked

WHOLE = {"video": 7200, "hall": 5400, "bed": 9000}
SHORT = {3: ("video", 7199), 4: ("hall", 4000), 5: ("bed", 7200)}
EXCLUDED, UNCONFIRMED = 7, 8


def fill(there):
    """Let 60 people learn: three fall short in one segment, one is a pensioner, one is not confirmed."""
    found = {}
    for number in range(1, 61):
        found[number] = there.enrol("仁和", number)
        hours = dict(WHOLE)
        if number in SHORT:
            key, seconds = SHORT[number]
            hours[key] = seconds
        there.learn("仁和", number, found[number], hours, confirm=number != UNCONFIRMED)
    db.session.add(
        Exclusion(
            id_hash=people.id_hash("resident", id_number(EXCLUDED, born="19700101")), group_key="pensioner", name="领取养老金",
            since=date(2026, 3, 20), until=None, imported_by=there.staff["人社"].person_id, imported_ms=1, file_digest="d",
        )
    )  # fmt: skip
    return found


@pytest.fixture
def sixty(app, monkeypatch):
    """Give the scene with its sixty people, and number -> enrolment."""
    scene.use_policy(monkeypatch)
    scene.say(monkeypatch)

    def make():
        there = scene.build()
        return there, run(lambda: fill(there))

    return kept.filled("subsidy-sixty", make)


def parts_of(whole, weights):
    """Split by exact fractions: what is left over goes one by one to the largest fractions, the earlier first."""
    exact = [Fraction(whole * weight, sum(weights)) for weight in weights]
    floors = [int(one) for one in exact]
    order = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    return [floors[at] + (at in order[: whole - sum(floors)]) for at in range(len(exact))]


def independent(model):
    """Return key -> fen of a finished segment, worked out apart from the rules of the house."""
    planned = {key: seconds for key, _, _, seconds in SEGMENTS}

    def by_hours(whole):
        return dict(zip(planned, parts_of(whole, list(planned.values())), strict=True))

    if model == "SEGMENT_RATIO":
        theory, practice = parts_of(100001, [4000, 6000])
        video, hall = parts_of(theory, [7200, 5400])
        return {"video": video, "hall": hall, "bed": practice}
    if model == "BLENDED_DISCOUNT":
        return by_hours(100001 * 7 // 10)
    if model == "PER_HOUR_CAPPED":
        caps = by_hours(7003)
        return {key: min(caps[key], planned[key] // 2700 * 1001) for key in planned}
    return by_hours(100001 if model == "FULL_ON_ALL" else 77777)


@pytest.mark.parametrize("model", list(scene.TARIFFS))
def test_sixty_people_are_worth_to_the_fen_what_an_independent_calculation_says(sixty, monkeypatch, model):
    there, found = sixty
    scene.use_policy(monkeypatch, model)
    certified = model in ("FULL_ON_ALL", "FIXED_BY_LEVEL")
    monkeypatch.setattr(
        known,
        "proofs",
        lambda _s, _c, ids: {one: Proof(certified, certified and one != found[9]) for one in ids},
    )
    due, whole = independent(model), model == "FULL_ON_ALL"
    for mode in ("online", "offline"):
        lines = look(db.session, there.classes["仁和"], Asked("training", mode, "f"), now=LATER).lines
        assert len(lines) == 60 * (1 if mode == "online" else 2)
        for line in lines:
            number = line.roster_no
            short = SHORT.get(number, ("", 0))[0]
            stopped = number in (EXCLUDED, UNCONFIRMED) or short == line.segment_key
            stopped |= whole and number in SHORT
            stopped |= model == "FIXED_BY_LEVEL" and number == 9
            assert line.amount == (0 if stopped else due[line.segment_key]), (model, number, line)
            assert line.claimable is not stopped


def test_each_obstacle_is_named_with_its_figures(sixty):
    there, _ = sixty
    lines = {
        (one.roster_no, one.segment_key): [each.code for each in one.obstacles]
        for mode in ("online", "offline")
        for one in look(db.session, there.classes["仁和"], Asked("training", mode, "f"), now=LATER).lines
    }
    assert lines[1, "video"] == [] == lines[EXCLUDED - 1, "bed"]
    assert lines[3, "video"] == ["subsidy.lacking", "subsidy.not_confirmed_by_person"]
    assert lines[4, "hall"][:2] == ["subsidy.lacking", "subsidy.attendance_low"]
    assert lines[5, "bed"] == ["subsidy.lacking", "subsidy.not_confirmed_by_person"]
    assert lines[UNCONFIRMED, "bed"] == ["subsidy.not_reviewed"]
    assert lines[EXCLUDED, "bed"] == ["subsidy.excluded"] == lines[EXCLUDED, "video"]


def test_what_was_credited_after_the_base_confirmed_waits_for_a_new_confirmation(there):
    own = run(lambda: there.enrol("仁和", 1))
    run(lambda: there.learn("仁和", 1, own, {"video": 7200}))
    run(lambda: there.learn("仁和", 1, own, {"hall": 5400}, confirm=False))
    asked = Asked("training", "online", "f")
    assert look(db.session, there.classes["仁和"], asked, now=LATER).lines[0].claimable
    late = look(db.session, there.classes["仁和"], asked, now=LATER + timedelta(days=101)).lines[0]
    assert [one.code for one in late.obstacles] == ["subsidy.too_late"]
    assert late.trace["evidence_head"] and late.trace["policy_file"] == "x.toml"


def test_a_missing_figure_blocks_with_a_sentence_that_names_it(there, monkeypatch):
    own = run(lambda: there.enrol("仁和", 1))
    run(lambda: there.learn("仁和", 1, own, {"video": 7200}))
    monkeypatch.setitem(scene.TARIFFS, "FULL_ON_ALL", "amount_fen = 0")
    scene.use_policy(monkeypatch, "FULL_ON_ALL")
    line = look(db.session, there.classes["仁和"], Asked("training", "online", "f"), now=LATER).lines[0]
    assert line.amount == 0 and line.obstacles[0].code == "subsidy.figure_missing"
    assert line.obstacles[0].facts["figure"] == "全班的金额"
    other = look(db.session, there.classes["仁和"], Asked("living", "online", "f"), now=LATER).lines[0]
    assert [one.code for one in other.obstacles] == ["subsidy.no_tariff"]


def test_a_trainee_who_said_no_holds_the_line(there, monkeypatch):
    own = run(lambda: there.enrol("仁和", 1))
    run(lambda: there.learn("仁和", 1, own, {"video": 7200}))
    scene.say(monkeypatch, "no")
    line = look(db.session, there.classes["仁和"], Asked("training", "online", "f"), now=LATER).lines[0]
    assert [one.code for one in line.obstacles] == ["subsidy.disputed"]


def test_what_needs_the_certificate_opens_with_its_entry_in_the_ledger_and_closes_when_it_is_revoked(
    there, monkeypatch
):
    own = run(lambda: there.enrol("仁和", 1))
    run(lambda: there.learn("仁和", 1, own, WHOLE))
    scene.use_policy(monkeypatch, "FULL_ON_ALL")

    def enter(name, to):
        body = {"certificate": name, "enrolment": own, "to": to}
        entry = Entry(("class", there.classes["仁和"]), "certificate.x", body, to_ms(LATER))
        run(lambda: append(db.session, entry, now=LATER, actor=SYSTEM))

    def codes():
        line = look(db.session, there.classes["仁和"], Asked("training", "online", "f"), now=LATER).lines[0]
        return [one.code for one in line.obstacles]

    assert codes() == ["subsidy.no_completion_certificate"]
    enter("c1", "issued")
    assert codes() == []
    enter("c2", "issued")
    enter("c1", "replaced")
    assert codes() == []
    enter("c2", "revoked")
    assert codes() == ["subsidy.no_completion_certificate"]


def test_a_list_hashed_under_a_key_that_was_replaced_stops_everything_until_it_is_taken_in_anew(there):
    own = run(lambda: there.enrol("仁和", 1))
    run(lambda: there.learn("仁和", 1, own, WHOLE))
    old = Exclusion(
        id_hash="hmac-sha256:old:00", group_key="pensioner", name="领取养老金", since=date(2020, 1, 1), until=None,
        imported_by=there.staff["人社"].person_id, imported_ms=1, file_digest="d",
    )  # fmt: skip
    run(lambda: db.session.add(old))

    def codes():
        line = look(db.session, there.classes["仁和"], Asked("training", "online", "f"), now=LATER).lines[0]
        return [one.code for one in line.obstacles]

    assert codes() == ["subsidy.lists_stale"]
    text = f"身份证号,从\n{id_number(2, born='19700101')},2020-01-01\n".encode()
    run(
        lambda: exclusions.take_in(
            db.session, "pensioner", text, keep=True, now=LATER, actor=there.staff["人社"]
        )
    )
    assert codes() == []
