"""三优资源: every pair of state and step, nobody reviews their own, and a courseware is taken over and counted."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.courses.test_authoring import NOW, author, draft_of, officer
from yanglao.courses import library, queries
from yanglao.courses.library import ResourceDraft, Spot
from yanglao.courses.states import STATES, STEPS, after
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.db import db, run
from yanglao.kernel.identifiers import new_id


def test_the_table_of_steps_is_walked_pair_by_pair() -> None:
    walked = {(state, act): after(act, state) for state in STATES for act in STEPS}
    assert {pair: ends for pair, ends in walked.items() if ends} == {
        ("draft", "propose"): "proposed",
        ("proposed", "recall"): "draft",
        ("proposed", "review"): "reviewed",
        ("proposed", "return"): "draft",
        ("reviewed", "return"): "draft",
        ("reviewed", "publish"): "published",
        ("published", "withdraw"): "withdrawn",
    }


def test_a_courseware_is_proposed_reviewed_by_another_published_and_taken_over(app: Any) -> None:
    world = factories.world(trainees=2)
    lesson = queries.programme_by_code(db.session, "leader").segments[0].lessons[0]
    draft = ResourceDraft("courseware", "机构安全", author="示例基地", lesson_id=lesson.id)
    made = run(lambda: library.offer(db.session, draft, now=NOW, actor=author(world)))

    def take(act: str, who: Actor, reason: str = "") -> None:
        run(lambda: library.take(db.session, made, act, reason=reason, now=NOW, actor=who))

    stranger = Actor(world.teacher.person_id, "别处", (Grant("base_admin", base=new_id()),))
    with pytest.raises(library.ResourceUnknown):
        library.seen(db.session, made, stranger)
    take("propose", author(world))
    with pytest.raises(library.OwnProposal):
        take("review", author(world), "好")
    with pytest.raises(library.ReasonMissing):
        take("review", officer(world))
    take("review", officer(world), "内容准确")
    with pytest.raises(library.StepNotAllowed):
        take("withdraw", officer(world), "x")
    take("publish", officer(world))
    assert library.listed(db.session, stranger, text="安全")[0].uses == 0
    into = draft_of(world)
    spot = Spot(into, "online_theory", "main", 1)
    run(lambda: library.reuse(db.session, made, spot, now=NOW, actor=author(world)))
    assert queries.programme(db.session, into).segments[0].lessons[-1].title == "机构安全"
    take("withdraw", officer(world), "有了新版")
    with pytest.raises(library.ResourceUnknown):
        run(lambda: library.reuse(db.session, made, spot, now=NOW, actor=author(world)))
    told = library.seen(db.session, made, officer(world))
    assert (told.uses, told.state) == (1, "withdrawn")
    assert [one.act for one in told.steps] == ["offer", "propose", "review", "publish", "withdraw"]
