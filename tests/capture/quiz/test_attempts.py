"""Attempts from beginning to result, at every border of time, marks and number."""

from datetime import timedelta

import pytest

from tests.capture.quiz.school import School
from yanglao.capture.quiz import queries, rules
from yanglao.capture.quiz import service as quiz
from yanglao.classes import service as classes
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.courses.queries import SegmentUnknown
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run

LIMIT_S = 1200


def test_an_open_attempt_is_resumed_with_the_same_paper_and_the_saved_answers(school: School) -> None:
    first = school.start()
    question = first.questions[0]
    school.save(first, question.id, [question.options[0].id])
    again = school.start(minutes=5)
    assert (again.id, again.questions, again.expires_ms) == (first.id, first.questions, first.expires_ms)
    assert again.answers == {question.id: (question.options[0].id,)}


@pytest.mark.parametrize(("wrong", "score", "passed"), [(4, 60, True), (5, 50, False), (0, 100, True)])
def test_the_pass_mark_itself_passes_and_less_does_not(
    school: School, wrong: int, score: int, passed: bool
) -> None:
    paper = school.start()
    school.tick(paper, wrong=wrong)
    result = school.submit(paper)
    assert (result.score, result.passed, result.pass_mark) == (score, passed, 60)
    assert [(one.body["score"], one.body["passed"], one.body["late"]) for one in school.entries()] == [
        (score, passed, False)
    ]


def test_a_second_before_the_end_an_answer_and_a_submission_still_count(school: School) -> None:
    paper = school.start()
    school.tick(paper, seconds=LIMIT_S - 1)
    assert school.submit(paper, seconds=LIMIT_S - 1).passed


def test_at_the_very_end_nothing_is_taken_any_more(school: School) -> None:
    paper = school.start()
    school.tick(paper, wrong=2)
    with pytest.raises(quiz.AttemptExpired):
        school.save(paper, paper.questions[0].id, [], seconds=LIMIT_S)
    with pytest.raises(quiz.AttemptExpired) as refused:
        school.submit(paper, seconds=LIMIT_S)
    assert refused.value.facts == {"score": 80, "pass_mark": 60, "passed": True}


def test_the_sweep_grades_what_was_saved_before_the_end(school: School) -> None:
    paper = school.start()
    school.tick(paper, wrong=3)
    end = school.now + timedelta(seconds=LIMIT_S)
    assert run(lambda: quiz.sweep(db.session, now=end - timedelta(seconds=1))) == []
    assert run(lambda: quiz.sweep(db.session, now=end)) == [school.pupil.person_id]
    assert run(lambda: quiz.sweep(db.session, now=end)) == []
    entry = school.entries()[0].body
    assert (entry["score"], entry["late"], entry["submitted_ms"]) == (70, True, paper.expires_ms)


def test_beginning_again_closes_what_ran_out(school: School) -> None:
    first = school.start()
    second = school.start(seconds=LIMIT_S + 60)
    assert (second.number, second.id != first.id) == (2, True)
    assert [one.state for one in queries.attempts(db.session, [school.enrolment])] == ["expired", "open"]


def test_an_attempt_left_open_stays_the_only_one(school: School) -> None:
    assert school.start().id == school.start(seconds=LIMIT_S - 1).id
    assert len(queries.attempts(db.session, [school.enrolment])) == 1


def test_the_pause_between_attempts_is_kept_to_the_second(school: School) -> None:
    school.submit(school.start(), seconds=10)
    with pytest.raises(rules.TooSoon) as refused:
        school.start(seconds=69)
    assert refused.value.facts["wait_s"] == 1
    assert school.start(seconds=70).number == 2


def test_after_the_last_attempt_none_is_left(school: School) -> None:
    for n in range(5):
        result = school.submit(school.start(hours=n), hours=n)
        assert result.attempts_left == 4 - n
    assert result.next_allowed_ms is None
    with pytest.raises(rules.NoneLeft):
        school.start(days=3)


def test_who_has_passed_need_not_try_again(school: School) -> None:
    paper = school.start()
    school.tick(paper)
    school.submit(paper)
    with pytest.raises(rules.AlreadyPassed):
        school.start(days=1)


def test_handing_in_twice_gives_the_same_result_and_one_entry(school: School) -> None:
    paper = school.start()
    school.tick(paper, wrong=1)
    assert school.submit(paper, seconds=30) == school.submit(paper, days=2)
    assert len(school.entries()) == 1


def test_after_handing_in_answers_stay_as_they_are(school: School) -> None:
    paper = school.start()
    school.submit(paper)
    with pytest.raises(quiz.AttemptClosed):
        school.save(paper, paper.questions[0].id, [])


def test_explanations_come_only_after_passing(school: School) -> None:
    failed = school.submit(school.start())
    assert failed.review == ()
    paper = school.start(hours=1)
    school.tick(paper, wrong=1, hours=1)
    passed = school.submit(paper, hours=1)
    assert [one.is_right for one in passed.review].count(False) == 1
    assert all(one.explanation and one.right for one in passed.review)


def test_a_second_paper_asks_other_questions(school: School) -> None:
    first = school.start()
    school.submit(first)
    second = school.start(hours=1)
    assert not {one.id for one in first.questions} & {one.id for one in second.questions}


def test_other_peoples_enrolments_and_attempts_are_not_found(school: School) -> None:
    paper = school.start()
    with pytest.raises(EnrolmentUnknown):
        quiz.start(db.session, school.enrolment, school.segment.id, now=school.now, actor=school.stranger)
    with pytest.raises(queries.AttemptUnknown):
        quiz.submit(db.session, paper.id, now=school.now, actor=school.stranger)
    draft = quiz.AnswerDraft(paper.questions[0].id, ())
    with pytest.raises(queries.AttemptUnknown):
        quiz.answer(db.session, paper.id, draft, now=school.now, actor=school.stranger)


def test_a_segment_without_a_quiz_or_of_no_programme_is_refused(school: School) -> None:
    with pytest.raises(rules.NoQuiz):
        quiz.start(db.session, school.enrolment, school.offline_segment, now=school.now, actor=school.pupil)
    with pytest.raises(SegmentUnknown):
        quiz.start(db.session, school.enrolment, "none", now=school.now, actor=school.pupil)


def test_who_left_the_class_cannot_begin(school: School) -> None:
    admin = school.town.actor("admin")
    run(lambda: classes.withdraw(db.session, school.enrolment, reason="搬家", now=school.now, actor=admin))
    with pytest.raises(quiz.NotRunning):
        school.start()


def test_the_best_attempt_is_kept(school: School) -> None:
    for n, wrong in enumerate((8, 6, 7)):
        paper = school.start(hours=n)
        school.tick(paper, wrong=wrong, hours=n)
        school.submit(paper, hours=n)
    best = queries.best(db.session, [school.enrolment])[(school.enrolment, school.segment.id)]
    assert (best.score, best.attempts, best.passed) == (40, 3, False)
    left = queries.allowance(db.session, school.enrolment, school.segment.id)
    assert (left.attempts_left, left.next_allowed_ms) == (
        2,
        to_ms(school.now + timedelta(hours=2, seconds=60)),
    )
