"""Saving questions: an edit is a new version, the same again is nothing, and nobody writes another's bank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.courses.test_question_drafts import CASE, FILL, SINGLE
from tests.people.town import Town
from yanglao.courses import question_queries as queries
from yanglao.courses import questions as service
from yanglao.courses.question_models import Question
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.db import db, run


@pytest.fixture
def house(town: Town) -> Any:
    """Give the town with its database open."""
    with town.app.app_context():
        yield town
        db.session.remove()


def save(house: Any, bank: str, *drafts: Any) -> service.SavedReport:
    """Save drafts as the base's administrator."""
    actor = house.actor("admin")
    return run(lambda: service.save_questions(db.session, bank, drafts, now=house.now, actor=actor))


@pytest.fixture
def bank(house: Any) -> str:
    """Give an empty bank of the administrator's base."""
    base, actor = house.bases["renhe"], house.actor("admin")
    return run(lambda: service.make_bank(db.session, "护理题库", base, now=house.now, actor=actor)).key


def test_questions_get_versions_and_old_ones_keep_their_words(house: Any, bank: str) -> None:
    first = save(house, bank, SINGLE, FILL, replace(CASE, key="case1"))
    assert (len(first.new), first.new_versions, first.unchanged) == (3, (), ())
    before = {one.key: one for one in queries.current(db.session, bank)}
    again = save(house, bank, replace(SINGLE, text=f" {SINGLE.text} "), FILL, replace(CASE, key="case1"))
    assert (again.new, again.new_versions, len(again.unchanged)) == ((), (), 3)

    changed = replace(CASE, key="case1", parts=(FILL,))
    spaced = replace(SINGLE, text="拍背时，老人采取什么体位?")
    report = save(house, bank, changed, spaced)
    assert set(report.new_versions) == {"case1", first.new[0]}
    case, *older = queries.versions(db.session, bank, "case1")
    assert (case.version, case.retired_ms, [one.kind for one in case.parts]) == (2, None, ["fill_in"])
    assert [one.kind for one in older[0].parts] == ["single", "fill_in"] and older[0].retired_ms
    old = queries.questions(db.session, [before[first.new[0]].id])
    assert [one.text for one in old.values()] == [SINGLE.text]
    assert queries.draft_of(case) == changed
    assert queries.sizes(db.session)[bank] == 3


def test_the_same_question_twice_in_one_file_is_saved_once(house: Any, bank: str) -> None:
    report = save(house, bank, SINGLE, replace(SINGLE, text=SINGLE.text.replace("？", "?")))
    assert (len(report.new), len(report.new_versions)) == (1, 1)


def test_one_fault_saves_nothing_and_all_are_named(house: Any, bank: str) -> None:
    with pytest.raises(service.DraftsFaulty) as refused:
        save(house, bank, FILL, replace(SINGLE, text="", topic_code="cooking"))
    assert [(one["index"], one["code"]) for one in refused.value.facts["faults"]] == [
        (1, "question.text_missing"),
        (1, "question.topic_unknown"),
    ]
    assert queries.current(db.session, bank) == []


def test_a_retired_question_is_not_drawn_and_comes_back_as_a_version(house: Any, bank: str) -> None:
    key = save(house, bank, SINGLE).new[0]
    actor = house.actor("admin")
    run(lambda: service.retire_question(db.session, bank, key, now=house.now, actor=actor))
    assert queries.current(db.session, bank) == []
    assert save(house, bank, replace(SINGLE, key=key)).new_versions == (key,)


def test_a_bank_is_written_by_its_base_and_the_city_only(house: Any, bank: str) -> None:
    for who, allowed in (("admin", True), ("city", True), ("stranger", False), ("officer", False)):
        actor = house.actor(who)

        def act(actor: Any = actor) -> Any:
            return service.save_questions(db.session, bank, [SINGLE], now=house.now, actor=actor)

        if allowed:
            run(act)
        else:
            with pytest.raises(queries.BankUnknown):
                run(act)
    with pytest.raises(queries.BankUnknown):
        run(lambda: service.make_bank(db.session, "市题库", None, now=house.now, actor=house.actor("admin")))
    assert [one.key for one in queries.banks(db.session, EVERYTHING)] == [bank]


def test_the_database_refuses_a_nested_case_and_a_part_without_a_place(house: Any, bank: str) -> None:
    save(house, bank, CASE)
    case = db.session.scalars(select(Question).where(Question.kind == "case")).one()
    part = db.session.scalars(select(Question).where(Question.case_id == case.id)).first()
    for change in ({"kind": "case"}, {"position": None}, {"marks": 0}, {"difficulty": "x"}):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            for name, value in change.items():
                setattr(part, name, value)
            db.session.flush()
        db.session.rollback()
