"""The quiz on the phone: what is drawn before, during and after."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.capture.quiz.school import School
from tests.people.town import PASSWORD
from yanglao.courses import queries as courses
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.web.auth import COOKIE


@pytest.fixture
def phone(campus: School) -> Any:
    """Give the trainee's app, for calls of the API."""
    return campus.town.client("trainee")


def browser(campus: School, who: str) -> Any:
    """Give a browser in which somebody is signed in."""
    town = campus.town
    with town.app.app_context():
        held = run(
            lambda: people.sign_in(
                db.session,
                town.phones[who],
                PASSWORD,
                carrier="cookie",
                client="wechat",
                device_label="",
                now=town.now,
            )
        )
    client = town.app.test_client()
    client.set_cookie(COOKIE, held.token)
    return client


@pytest.fixture
def web(campus: School) -> Any:
    """Give the trainee's browser."""
    return browser(campus, "trainee")


def begin(campus: School, phone: Any) -> str:
    body = {"enrolment_id": campus.enrolment, "segment_id": campus.segment.id}
    return str(phone.post("/api/v1/attempts", body).json["id"])


def before(campus: School, web: Any) -> str:
    answer = web.get(f"/learn/quiz/{campus.enrolment}/{campus.segment.id}")
    assert answer.status_code == 200
    return str(answer.text)


def hand_in(phone: Any, attempt: str, *, rightly: bool) -> None:
    paper = phone.get(f"/api/v1/attempts/{attempt}").json
    with phone.http.application.app_context():
        bank = courses.questions(db.session, [one["id"] for one in paper["questions"]])
    for one in paper["questions"] if rightly else []:
        url = f"/api/v1/attempts/{attempt}/answers/{one['id']}"
        body = {"answer": sorted(bank[one["id"]].correct)}
        phone.http.put(url, json=body, headers={"Authorization": f"Bearer {phone.token}"})
    assert phone.post(f"/api/v1/attempts/{attempt}/submit").status_code == 200


def test_before_the_quiz_its_terms_are_said(campus: School, web: Any) -> None:
    text = before(campus, web)
    for words in ("10 道题", "20 分钟", "60 分", "5 次", "开始答题"):
        assert words in text


def test_an_open_paper_is_offered_to_be_continued(campus: School, phone: Any, web: Any) -> None:
    attempt = begin(campus, phone)
    assert f"/learn/quiz/{attempt}" in before(campus, web)


def test_the_page_carries_the_paper_without_its_key(campus: School, phone: Any, web: Any) -> None:
    text = web.get(f"/learn/quiz/{begin(campus, phone)}").text
    facts = re.search(r'<script type="application/json" id="facts">(.*?)</script>', text, re.S)
    assert facts is not None
    paper = json.loads(facts[1])
    assert len(paper["questions"]) == 10
    assert {key for one in paper["questions"] for option in one["options"] for key in option} == {
        "id",
        "text",
    }


def test_a_failed_result_says_what_to_do_and_keeps_the_explanations(
    campus: School, phone: Any, web: Any
) -> None:
    attempt = begin(campus, phone)
    hand_in(phone, attempt, rightly=False)
    text = web.get(f"/learn/quiz/{attempt}").text
    assert "没合格" in text and "还可以考 4 次" in text and "再考一次" in text
    assert "正确答案" not in text
    assert "请歇一会儿再考" in before(campus, web)


def test_a_passed_result_explains_every_question(campus: School, phone: Any, web: Any) -> None:
    attempt = begin(campus, phone)
    hand_in(phone, attempt, rightly=True)
    text = web.get(f"/learn/quiz/{attempt}").text
    assert "得了 100 分" in text and text.count("正确答案") == 10
    assert "已经合格了" in before(campus, web)


def test_pages_of_others_lead_to_ones_own(campus: School, phone: Any) -> None:
    attempt = begin(campus, phone)
    stranger = browser(campus, "far_trainee")
    assert stranger.get(f"/learn/quiz/{attempt}").location == "/learn/"
    assert stranger.get(f"/learn/quiz/{campus.enrolment}/{campus.segment.id}").location == "/learn/"
