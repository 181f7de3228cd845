"""Gaps, cases, modules, the order of saves and what the feedback tells, through the services."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.capture.quiz.school import School, plan_before
from tests.courses.test_question_drafts import CASE, FILL, SINGLE
from yanglao.capture.quiz import papers, queries, rules
from yanglao.capture.quiz import service as quiz
from yanglao.capture.quiz.shapes import Paper
from yanglao.completion import queries as standings
from yanglao.completion.refresh import refresh
from yanglao.courses import publishing, question_queries, questions, quiz_plans, triggers
from yanglao.courses import queries as courses
from yanglao.courses.models import Programme
from yanglao.courses.shapes import QuizPlanView
from yanglao.evidence import queries as evidence
from yanglao.kernel.db import db, run

MODULE = "01module"


def plan(school: School, feedback: str = "score", *, module: str | None = MODULE, **figures: Any) -> None:
    """Let a module (or the segment) be tested with three questions of a bank of its own: single, gap, case of two."""
    actor, base = school.town.actor("admin"), school.town.bases["renhe"]

    def act() -> None:
        bank = questions.make_bank(db.session, "小测", base, now=school.now, actor=actor)
        drafts = [replace(SINGLE, explanation="防误吸"), FILL, replace(CASE, key="case")]
        questions.save_questions(db.session, bank.key, drafts, now=school.now, actor=actor)
        place = {"segment_id": school.segment.id, "module_id": module, "bank_key": bank.key}
        plan_before(**place, feedback=feedback, **figures)

    run(act)


def begin(school: School, module: str | None = MODULE) -> Paper:
    place = (school.enrolment, school.segment.id, module)
    return run(lambda: quiz.start(db.session, *place, now=school.now, actor=school.pupil))


def save(school: School, paper: Paper, question: str, *answer: str, **more: Any) -> quiz.Saved:
    draft = quiz.AnswerDraft(question, answer, **more)
    return run(lambda: quiz.answer(db.session, paper.id, draft, now=school.now, actor=school.pupil))


def fill(school: School, paper: Paper, *, rightly: bool = True) -> None:
    """Answer everything."""
    for one in paper.questions:
        view = question_queries.questions(db.session, [one.id])[one.id]
        wrong = [option.id for option in view.options if not option.correct]
        ticked = sorted(view.correct) if rightly else wrong
        save(school, paper, one.id, *((view.blanks[0][-1] if rightly else "5",) if view.blanks else ticked))


def test_gaps_and_cases_are_asked_without_their_answers_and_marked_by_shares(school: School) -> None:
    plan(school)
    paper = begin(school)
    assert [one.kind for one in paper.questions] == ["single", "fill_in", "single", "fill_in"]
    assert [(one.case.part, one.case.parts) for one in paper.questions if one.case] == [(1, 2), (2, 2)]
    assert [one.blanks for one in paper.questions] == [0, 1, 0, 1] and paper.questions[1].options == ()
    save(school, paper, paper.questions[1].id, " ２０ ")
    save(school, paper, paper.questions[3].id, "二十")
    assert school.submit(paper).score == 50  # one of three, and half a case


def test_a_module_is_tested_apart_from_its_segment(school: School) -> None:
    plan(school)
    segments, paper = school.start(), begin(school)
    assert paper.id != segments.id and begin(school).id == paper.id and school.start().id == segments.id
    fill(school, paper)
    assert school.submit(paper).passed
    with pytest.raises(rules.AlreadyPassed):
        begin(school)
    run(lambda: refresh(db.session, school.pupil.person_id, now=school.now))
    standing = standings.enrolment_page(db.session, school.enrolment, now=school.now).segments[0]
    assert (standing.quiz.passed, standing.quiz.attempts) == (False, 0)
    assert queries.allowance(db.session, school.enrolment, school.segment.id).attempts == 0
    kinds = [one.kind for one in evidence.chain(db.session, "enrolment", school.enrolment)]
    assert "quiz.module_submitted" in kinds and "quiz.submitted" not in kinds
    with pytest.raises(papers.ModuleUnknown):
        begin(school, "01another")


def test_an_older_save_never_overwrites_a_newer_one(school: School) -> None:
    paper = school.start()
    one = next(each for each in paper.questions if each.kind == "single")
    first, second, third = (option.id for option in one.options[:3])
    assert save(school, paper, one.id, second, counter=20).old is False
    late = save(school, paper, one.id, first, counter=10, waited=True)
    assert (late.old, late.answer, late.counter) == (True, (second,), 20)
    assert save(school, paper, one.id, second, counter=20).answer == (second,)
    assert save(school, paper, one.id, third).counter == 21  # who counts nothing is taken as it arrives
    again = queries.paper(db.session, paper.id)
    assert (again.answers, again.counters) == ({one.id: (third,)}, {one.id: 21})
    assert save(school, paper, one.id, counter=22).answer == ()
    assert queries.paper(db.session, paper.id).counters == {one.id: 22}


@pytest.mark.parametrize(
    ("feedback", "rightly", "scored", "explained"),
    [
        ("nothing", True, False, False),
        ("score", True, True, False),
        ("explanations_after_passing", True, True, True),
        ("explanations_after_passing", False, True, False),
    ],
)
def test_a_result_tells_what_the_feedback_allows(
    school: School, feedback: str, rightly: bool, scored: bool, explained: bool
) -> None:
    plan(school, feedback)
    paper = begin(school)
    fill(school, paper, rightly=rightly)
    result = school.submit(paper)
    assert (result.passed, result.score is not None, result.right_count is not None) == (
        rightly,
        scored,
        scored,
    )
    assert bool(result.review) is explained
    if explained:
        assert [one.right for one in result.review] == [("侧卧位",), ("20",), ("侧卧位",), ("20",)]
        assert result.review[0].explanation == "防误吸" and result.review[2].case_text.startswith("王奶奶")


def test_what_was_not_told_is_not_told_after_the_end_either(school: School) -> None:
    plan(school, "nothing")
    paper = begin(school)
    with pytest.raises(quiz.AttemptExpired) as refused:
        school.submit(paper, seconds=600)
    assert (refused.value.code, refused.value.facts) == ("attempt.expired_unscored", {})


def test_an_open_paper_keeps_its_words_and_its_key_when_the_bank_is_edited(school: School) -> None:
    plan(school)
    paper = begin(school)
    bank = papers.terms(db.session, school.segment.id, MODULE).bank_key
    actor = school.town.actor("admin")
    turned = tuple(replace(one, correct=not one.correct) for one in SINGLE.options)
    key = next(one.key for one in question_queries.current(db.session, bank) if one.kind == "single")
    draft = replace(SINGLE, key=key, text="换了题", options=turned)
    run(lambda: questions.save_questions(db.session, bank, [draft], now=school.now, actor=actor))
    assert begin(school).questions == paper.questions
    fill(school, paper)
    assert school.submit(paper).score == 100


def test_a_bank_that_lacks_questions_is_a_plain_refusal_and_named_beforehand(school: School) -> None:
    plan(school, questions=4)
    assert [short[0].held for _, short in quiz_plans.lacking(db.session, [school.segment.id])] == [3]
    with pytest.raises(rules.BankShort):
        begin(school)
    assert queries.allowance(db.session, school.enrolment, school.segment.id, MODULE).attempts_left == 5


def test_a_plan_is_fixed_with_its_programme_and_an_unknown_place_in_it_is_refused(school: School) -> None:
    view = QuizPlanView(school.segment.id, None, "b", 60, 3, 60, 1, 0, "score", {"topics": {"cooking": 1}})
    with pytest.raises(quiz_plans.PlanFixed):
        run(lambda: quiz_plans.set_plan(db.session, view))
    good = replace(view, bank_key="five_topics", questions=4, blueprint={"topics": {"daily_care": 1}})

    def act() -> list[Any]:
        triggers.drop(db.session.connection())
        db.session.query(Programme).update({"state": "draft", "published_ms": None})
        with pytest.raises(quiz_plans.BlueprintFaulty):
            quiz_plans.set_plan(db.session, view)
        quiz_plans.set_plan(db.session, good)
        whole = courses.programme_by_code(db.session, "caregiver_l5", version=1)
        return [
            one for one in publishing.missing(db.session, whole, now=school.now) if "blueprint" in one.code
        ]

    short = run(act)
    assert all(one.place == ("segment", school.segment.id) and "{" not in one.sentence for one in short)


def test_the_first_time_a_question_is_shown_is_kept(school: School) -> None:
    paper = school.start()
    ids = [one.id for one in paper.questions[:2]]

    def show(*wanted: str) -> int:
        return run(lambda: quiz.show(db.session, paper.id, wanted, now=school.now, actor=school.pupil))

    assert (show(*ids), show(*ids, "none"), show(paper.questions[2].id)) == (2, 0, 1)
    with pytest.raises(queries.AttemptUnknown):
        quiz.show(db.session, paper.id, ids, now=school.now, actor=school.stranger)
