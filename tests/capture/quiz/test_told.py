"""What a trainee is told of a quiz that tells nothing, and what a module's quiz adds to what a segment needs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.capture.quiz.school import School, plan_before
from tests.capture.quiz.test_pages import begin, browser, hand_in
from yanglao.completion import queries, refresh, rules
from yanglao.completion.next_step import now_do
from yanglao.completion.shapes import EnrolmentStanding
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run


def plans(campus: School, feedback: str, *, module: bool = False) -> str:
    """Plan the segment's own feedback and, wanted or not, a quiz of its first module; return the module's id."""
    own = campus.segment.modules[0].id
    place = {"segment_id": campus.segment.id, "bank_key": "five_topics", "feedback": feedback}
    with campus.town.app.app_context():
        run(lambda: plan_before(id="01segment", **place, module_id=None))
        if module:
            run(lambda: plan_before(**place, module_id=own))
        db.session.remove()
    return own


def test_of_a_quiz_that_tells_nothing_no_page_and_no_answer_names_the_score(campus: School) -> None:
    module = plans(campus, "nothing", module=True)
    phone, web, office = (
        campus.town.client("trainee"),
        browser(campus, "trainee"),
        campus.town.client("admin"),
    )
    attempts = [begin(campus, phone)]
    place = {"enrolment_id": campus.enrolment, "segment_id": campus.segment.id, "module_id": module}
    attempts.append(phone.post("/api/v1/attempts", place).json["id"])
    for attempt in attempts:
        hand_in(phone, attempt, rightly=False)
    own = f"/api/v1/enrolments/{campus.enrolment}"
    answers = [
        phone.get(url).json
        for url in (
            own, f"{own}/evidence", f"{own}/hours", f"{own}/quizzes", "/api/v1/enrolments", "/api/v1/messages",
            "/api/v1/me/next-step", *(f"/api/v1/attempts/{one}" for one in attempts),
            f"{own}/segments/{campus.segment.id}/quiz", f"{own}/segments/{campus.segment.id}/quiz?module_id={module}",
        )
    ]  # fmt: skip
    assert [one for each in answers for one in scores(each)] == []
    pages = ("/learn/", "/learn/hours", f"/learn/hours/{campus.enrolment}", "/learn/messages",
             *(f"/learn/quiz/{one}" for one in attempts))  # fmt: skip
    for url in pages:
        page = web.get(url)
        assert page.status_code == 200
        assert not re.findall(r"(?<!\d)0 分(?!钟)|得分|None|没有?合格", page.text), url
    assert (
        "已交卷" in web.get("/learn/").text and "已交卷" in web.get(f"/learn/hours/{campus.enrolment}").text
    )
    seen = office.get(own).json["segments"][0]
    assert (seen["quiz"]["best"], seen["modules"][0]["quiz"]["best"]) == (0, 0)
    assert [one["facts"]["best"] for one in seen["missing"] if "best" in one["facts"]] == [0, 0]
    assert len(list(scores(office.get(f"{own}/evidence").json))) == 4


def scores(found: Any) -> Any:
    """Yield every score or verdict in an answer, however deep."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name in ("score", "best", "right_count") and value is not None:
                yield name, value
            yield from scores(value)
    elif isinstance(found, list):
        for one in found:
            yield from scores(one)
    elif isinstance(found, str) and ("得 " in found or "最好 " in found):
        yield found


def test_a_planned_module_quiz_must_be_passed_and_leads_there(campus: School) -> None:
    module = plans(campus, "score", module=True)
    phone = campus.town.client("trainee")
    place = {"enrolment_id": campus.enrolment, "segment_id": campus.segment.id, "module_id": module}

    def codes() -> list[str]:
        lacks = phone.get(f"/api/v1/enrolments/{campus.enrolment}").json["segments"][0]["missing"]
        return [one["code"] for one in lacks if one["code"].startswith("quiz.")]

    assert codes() == ["quiz.module_not_taken", "quiz.not_taken"]
    for rightly, lacks in ((False, ["quiz.module_not_passed", "quiz.not_taken"]), (True, ["quiz.not_taken"])):
        hand_in(phone, phone.post("/api/v1/attempts", place).json["id"], rightly=rightly)
        assert codes() == lacks
    with campus.town.app.app_context():
        held = queries.enrolment_page(db.session, campus.enrolment, now=campus.now).segments[0].modules[0]
        assert (held.quiz.passed, held.quiz.best, held.quiz.attempts) == (True, 100, 2)
        assert refresh.differences(db.session, campus.pupil.person_id) == []


@pytest.mark.parametrize(
    ("passed", "tested", "state"),
    [(True, ["m1"], "complete"), (False, ["m1"], "hours_met"), (True, ["m1", "m2"], "hours_met"),
     (False, [], "complete")],
)  # fmt: skip
def test_a_segment_is_complete_with_every_planned_module(passed: bool, tested: list[str], state: str) -> None:
    found = rules.SegmentSum(entered_s=10, modules={"m1": {"best": 60, "passed": passed, "attempts": 1}})
    assert rules.state_of(found, required_s=10, assessed=False, tested=tested) == state


def test_the_next_step_is_the_module_quiz_once_its_lessons_are_covered(campus: School) -> None:
    module = plans(campus, "score", module=True)
    with campus.town.app.app_context():
        one = queries.enrolment_page(db.session, campus.enrolment, now=campus.now)
    first = one.segments[0]
    seen = replace(first, lessons=tuple(replace(each, covered_s=each.duration_s) for each in first.lessons))

    def step(segment: Any) -> Any:
        whole: EnrolmentStanding = replace(one, segments=(segment,))
        return now_do([whole], now_ms=to_ms(campus.now))

    assert step(first).code == "first_lesson"
    found = step(seen)
    assert (found.code, found.href.rpartition("?")[2]) == ("module_quiz", f"module={module}")
