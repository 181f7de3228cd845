"""The quiz as the app sees it: exactly the calls of the design, and nothing that gives the key away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.capture.quiz.school import School
from yanglao.courses import queries as courses
from yanglao.kernel.db import db

START = "/api/v1/attempts"


@pytest.fixture
def phone(campus: School) -> Any:
    """Give the trainee's app."""
    return campus.town.client("trainee")


def begin(campus: School, phone: Any) -> Any:
    body = {"enrolment_id": campus.enrolment, "segment_id": campus.segment.id}
    answer = phone.post(START, body)
    assert answer.status_code == 201, answer.text
    return answer.json


def put(phone: Any, paper: Any, question: Any, ticked: list[str]) -> Any:
    url = f"{START}/{paper['id']}/answers/{question['id']}"
    return phone.http.put(url, json={"answer": ticked}, headers={"Authorization": f"Bearer {phone.token}"})


def tick(phone: Any, paper: Any) -> None:
    """Answer everything rightly."""
    with phone.http.application.app_context():
        bank = courses.questions(db.session, [one["id"] for one in paper["questions"]])
    for question in paper["questions"]:
        right = sorted(bank[question["id"]].correct)
        assert put(phone, paper, question, right).status_code == 200


def test_a_quiz_from_begin_to_pass(campus: School, phone: Any) -> None:
    paper = begin(campus, phone)
    tick(phone, paper)
    result = phone.post(f"{START}/{paper['id']}/submit")
    assert (result.status_code, result.json["score"], result.json["passed"]) == (200, 100, True)
    assert phone.post(f"{START}/{paper['id']}/submit").json == result.json
    enrolment = phone.get(f"/api/v1/enrolments/{campus.enrolment}").json
    assert "quiz.not_taken" not in json.dumps(enrolment)


def test_the_paper_never_contains_the_key(campus: School, phone: Any) -> None:
    paper = begin(campus, phone)
    assert {key for one in paper["questions"] for key in one} == {"id", "kind", "text", "options"}
    assert {key for one in paper["questions"] for option in one["options"] for key in option} == {
        "id",
        "text",
    }
    assert "explanation" not in json.dumps(paper) and "correct" not in json.dumps(paper)


def test_an_open_attempt_is_resumed(campus: School, phone: Any) -> None:
    paper = begin(campus, phone)
    question = paper["questions"][0]
    put(phone, paper, question, [question["options"][0]["id"]])
    again = begin(campus, phone)
    assert (again["id"], again["questions"]) == (paper["id"], paper["questions"])
    assert again["answers"] == {question["id"]: [question["options"][0]["id"]]}


def test_wrong_answers_are_refused_by_name(campus: School, phone: Any) -> None:
    paper = begin(campus, phone)
    first = paper["questions"][0]
    both = [option["id"] for option in first["options"][:2]]
    assert (put(phone, paper, first, ["none"]).status_code, put(phone, paper, first, both).status_code) == (
        422,
        422,
    )
    assert put(phone, paper, first, both).json["code"] == "attempt.one_answer_only"
    assert put(phone, paper, {"id": "none"}, []).json["code"] == "attempt.question_unknown"


def test_after_expiry_everything_answers_conflict_and_the_saved_answers_count(
    campus: School, phone: Any
) -> None:
    paper = begin(campus, phone)
    tick(phone, paper)
    campus.town.later(seconds=1200)
    late = put(phone, paper, paper["questions"][0], [])
    assert (late.status_code, late.json["code"]) == (409, "attempt.expired")
    submitted = phone.post(f"{START}/{paper['id']}/submit")
    assert (submitted.status_code, submitted.json["facts"]["passed"]) == (409, True)
    assert phone.get(f"{START}/{paper['id']}").json["state"] == "expired"
    with campus.town.app.app_context():
        assert [one.body["late"] for one in campus.entries()] == [True]


def test_too_soon_says_when(campus: School, phone: Any) -> None:
    paper = begin(campus, phone)
    result = phone.post(f"{START}/{paper['id']}/submit").json
    assert (result["passed"], result["attempts_left"], result["review"]) == (False, 4, [])
    again = phone.post(START, {"enrolment_id": campus.enrolment, "segment_id": campus.segment.id})
    assert (again.status_code, again.json["code"]) == (409, "attempt.too_soon")
    assert "1 分钟" in again.json["detail"]


def test_strangers_find_nothing(campus: School, phone: Any) -> None:
    paper = begin(campus, phone)
    stranger = campus.town.client("far_trainee")
    assert put(stranger, paper, paper["questions"][0], []).status_code == 404
    assert stranger.post(f"{START}/{paper['id']}/submit").status_code == 404
    assert stranger.get(f"{START}/{paper['id']}").status_code == 404
    body = {"enrolment_id": campus.enrolment, "segment_id": campus.segment.id}
    assert stranger.post(START, body).status_code == 404
    assert campus.town.client().post(START, body).status_code == 401


def test_an_enrolment_lists_its_quizzes(campus: School, phone: Any) -> None:
    url = f"/api/v1/enrolments/{campus.enrolment}/quizzes"
    (quiz,) = phone.get(url).json["items"]
    assert (quiz["segment_id"], quiz["module_id"], quiz["refusal"]) == (campus.segment.id, None, None)
    assert (quiz["questions"], quiz["pass_mark"], quiz["attempts_left"]) == (10, 60, 5)
    paper = begin(campus, phone)
    assert phone.get(url).json["items"][0]["open_attempt"] == paper["id"]
    shown = phone.post(f"{START}/{paper['id']}/shown", {"question_ids": [paper["questions"][0]["id"], "x"]})
    assert shown.json == {"noted": 1}
    assert campus.town.client("far_trainee").get(url).status_code == 404
