"""A change is a new version: copied, edited by one, published by another; running classes stay on theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests import factories
from yanglao.classes import queries as classes
from yanglao.courses import authoring, diff_rules, publishing, queries, question_queries, questions
from yanglao.courses.documents import Edit, PartUnknown, ProgrammeDoc, document_of
from yanglao.courses.drafting import DocumentFaulty
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.clock import from_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden, Refused
from yanglao.kernel.identifiers import new_id

NOW = factories.NINE


def officer(world: Any) -> Actor:
    """Return a second city officer who may publish."""
    return Actor(world.teacher.person_id, "城市", (Grant("city_officer", department="civil_affairs"),))


def author(world: Any) -> Actor:
    """Return a city officer, another person than ``officer``."""
    return Actor(world.wang.actor.person_id, "作者", (Grant("city_officer", department="civil_affairs"),))


def draft_of(world: Any) -> str:
    old = queries.programme_by_code(db.session, "caregiver_l5")
    return run(lambda: authoring.copy(db.session, old.id, now=NOW, actor=author(world)))


def edit(made: str, who: Actor, **change: Any) -> None:
    seen = queries.programme(db.session, made).revision
    run(lambda: authoring.edit(db.session, made, Edit(**change), revision=seen, now=NOW, actor=who))


def test_a_running_class_stays_on_its_version_when_the_next_is_published(app: Any) -> None:
    world = factories.world(trainees=2)
    old = queries.programme_by_code(db.session, "caregiver_l5")
    made = draft_of(world)
    assert document_of(queries.programme(db.session, made)) == document_of(old)
    edit(
        made, author(world), act="change", what="segment", segment="online_theory", values={"required_s": 200}
    )
    edit(made, author(world), act="down", what="lesson", segment="online_theory", module="main",
         lesson="hand_washing")  # fmt: skip
    with pytest.raises(publishing.OwnEdit):
        run(lambda: publishing.publish(db.session, made, now=NOW, actor=author(world)))
    run(lambda: publishing.publish(db.session, made, now=NOW, actor=officer(world)))
    new = queries.programme_by_code(db.session, "caregiver_l5")
    assert (new.id, new.version, new.segments[0].required_s) == (made, 2, 200)
    assert [one.key for one in new.segments[0].lessons][:2] == ["turning_and_patting", "hand_washing"]
    running = classes.class_(db.session, world.class_id)
    assert running.programme_id == old.id
    assert queries.programme(db.session, old.id) == old
    told = [
        (one.act, one.label, one.before, one.after)
        for one in diff_rules.compare(*map(document_of, (old, new)))
    ]
    assert told[0] == ("changed", "学时", 300, 200)
    assert [one[:2] for one in told[1:]] == [("changed", "课的顺序")] and told[1][2] == [
        told[1][3][n] for n in (1, 0, 2)
    ]
    with pytest.raises(publishing.AlreadyPublished):
        edit(made, author(world), act="remove", what="segment", segment="online_theory")


def test_a_comparison_tells_moved_lessons_and_what_became_of_the_questions(app: Any) -> None:
    world = factories.world(trainees=2)
    old = queries.programme_by_code(db.session, "caregiver_l5")
    made, me = draft_of(world), author(world)
    later = from_ms(old.published_ms or 0) + timedelta(hours=1)
    edit(made, me, act="add", what="module", segment="online_theory", values={"title": "第二讲"})
    doc = document_of(queries.programme(db.session, made))
    first, second = doc.segments[0].modules
    parts = (
        first.model_copy(update={"lessons": first.lessons[1:]}),
        second.model_copy(update={"lessons": first.lessons[:1]}),
    )
    moved = doc.model_copy(
        update={"segments": (doc.segments[0].model_copy(update={"modules": parts}), *doc.segments[1:])}
    )
    told = diff_rules.compare(document_of(old), moved)
    assert [(one.act, one.label, one.after) for one in told] == [
        ("added", "模块", "第二讲"),
        ("changed", "模块", "第二讲"),
    ]
    held = question_queries.current(db.session, "caregiver_basic")
    gone, kept = held[0], held[1]
    run(lambda: questions.retire_question(db.session, "caregiver_basic", gone.key, now=later, actor=me))
    again = replace(question_queries.draft_of(kept), explanation="换了解析")
    new = replace(question_queries.draft_of(kept), key=None, text="新来的题，说的是别的事？")
    run(lambda: questions.save_questions(db.session, "caregiver_basic", [again, new], now=later, actor=me))
    seen = queries.programme(db.session, made)
    whole = {"removed": 1, "changed": 1, "added": 1}

    def changes(who: Actor, now: datetime) -> list[authoring.BankChanges]:
        return authoring.question_changes(db.session, old, seen, now=now, actor=who)

    (bank,) = changes(me, later)
    assert bank.counts == whole and {one.key for one in bank.items if one.after is None} == {gone.key}
    base = Actor(me.person_id, "基地", (Grant("base_admin", base=new_id()),))
    (counted,) = changes(base, later)
    assert (counted.counts, counted.items) == (whole, ())
    assert changes(me, later - timedelta(minutes=1)) == []


def test_the_second_of_two_editors_is_refused_and_nothing_faulty_is_written(app: Any) -> None:
    world = factories.world(trainees=2)
    made = draft_of(world)
    first = Edit(act="change", what="segment", segment="online_theory", values={"title": "线上课"})
    run(lambda: authoring.edit(db.session, made, first, revision=1, now=NOW, actor=author(world)))
    with pytest.raises(publishing.RevisionPassed) as late:
        run(lambda: authoring.edit(db.session, made, first, revision=1, now=NOW, actor=officer(world)))
    assert late.value.facts == {"revision": 2}
    before = queries.programme(db.session, made)
    with pytest.raises(DocumentFaulty) as faulty:
        edit(made, author(world), act="add", what="lesson", segment="online_theory", module="main",
             values={"title": "新课", "media": "none.mp4", "topic": "nothing"})  # fmt: skip
    assert [one["code"] for one in faulty.value.facts["faults"]] == [
        "courses.topic_unknown",
        "courses.no_such_material",
    ]
    with pytest.raises(PartUnknown):
        edit(made, author(world), act="up", what="module", segment="online_theory", module="none")
    assert queries.programme(db.session, made) == before


def test_a_base_writes_its_own_and_a_stranger_finds_nothing(app: Any) -> None:
    world = factories.world(trainees=2)
    doc = ProgrammeDoc(code="own", name="本基地的培训", category="caregiver", level="L5")
    own = classes.class_(db.session, world.class_id).base_id
    mine = Actor(world.trainees[1].actor.person_id, "本基地", (Grant("base_admin", base=own),))
    other = Actor(world.wang.actor.person_id, "别处", (Grant("base_admin", base=new_id()),))
    made = run(lambda: authoring.create(db.session, doc, base_id=own, now=NOW, actor=mine))
    edit(made, mine, act="add", what="segment", values={"title": "线上", "mode": "online", "kind": "theory"})
    with pytest.raises(queries.ProgrammeUnknown):
        authoring.seen(db.session, made, other)
    with pytest.raises(queries.ProgrammeUnknown):
        edit(made, other, act="remove", what="segment", segment="s1")
    with pytest.raises(Forbidden):
        run(lambda: authoring.create(db.session, doc, base_id=None, now=NOW, actor=mine))
    with pytest.raises(Forbidden):
        run(lambda: publishing.publish(db.session, made, now=NOW, actor=mine))
    with pytest.raises(Refused) as lacking:
        run(lambda: publishing.publish(db.session, made, now=NOW, actor=officer(world)))
    told = [one["code"] for one in lacking.value.facts["missing"]]
    assert told == ["courses.topics_missing", "courses.syllabus_missing", "courses.hours_missing",
                    "courses.assessment_missing", "courses.lessons_missing"]  # fmt: skip
