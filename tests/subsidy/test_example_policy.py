"""A policy file that says of itself that it is an example pays nobody in production, and elsewhere is marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.subsidy import scene
from yanglao.kernel import policy
from yanglao.kernel.db import db, run
from yanglao.subsidy import claims, queries, rules, tariffs
from yanglao.subsidy.claimable import look
from yanglao.subsidy.refusals import NothingToClaim, PolicyExample
from yanglao.subsidy.shapes import Asked

ASKED = Asked("training", "online", "f")


@pytest.fixture
def example(there, monkeypatch):
    """Give the scene with one finished person, its policy file marked as an example."""
    (held,) = policy.every()
    monkeypatch.setattr(policy, "every", lambda *_: (replace(held, example=True),))
    hours = {"video": 7200, "hall": 5400, "bed": 9000}
    run(lambda: there.learn("仁和", 1, there.enrol("仁和", 1), hours))
    return there


def in_production(app):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], env="production")


def drafted(there):
    actor = there.staff["仁和"]
    return run(lambda: claims.draft(db.session, there.classes["仁和"], ASKED, now=scene.LATER, actor=actor))


def test_lines_and_claims_say_that_they_rest_on_an_example(example):
    found = look(db.session, example.classes["仁和"], ASKED, now=scene.LATER)
    assert found.example and found.lines[0].claimable and found.lines[0].trace["example"] is True
    assert queries.claim(db.session, drafted(example)).example


def test_in_production_every_line_is_blocked_with_a_sentence_and_nothing_can_be_claimed(example, app):
    in_production(app)
    (line,) = look(db.session, example.classes["仁和"], ASKED, now=scene.LATER).lines
    assert [one.code for one in line.obstacles] == ["subsidy.example_policy"]
    assert (line.amount, line.share) == (0, 22857)
    with pytest.raises(NothingToClaim):
        drafted(example)


def test_a_claim_that_was_drafted_elsewhere_does_not_move_in_production(example, app):
    claim = drafted(example)
    in_production(app)
    with pytest.raises(PolicyExample):
        run(lambda: claims.act(db.session, claim, "file", now=scene.LATER, actor=example.staff["仁和"]))


def test_the_shipped_example_shows_every_model_and_every_figure_of_it_is_set():
    held = next(one for one in policy.every() if one.name == "2022-01-01.toml")
    book = tariffs.of(held)
    lines = [tariff for wanted in book.pays_for() for tariff in [book.tariff(wanted)]]
    assert held.example and {one.model for one in lines} == set(rules.MODELS)
    for one in lines:
        rules.check(one)
    assert {wanted.kind for wanted in book.pays_for()} == {"training", "startup", "assessment", "living"}
    assert all("示例" in fund.name for fund in book.funds.values())
