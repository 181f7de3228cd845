"""The short way of beats answers what the long way answers, refuses nothing by itself and lets nobody in who left."""

from __future__ import annotations

import re

import pytest

from tests.factories import NINE, PASSWORD, phone_of, world
from tests.web.phone import Phone, beat
from yanglao.kernel import clock
from yanglao.kernel.db import db

ALIKE = (
    "Content-Type",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Cache-Control",
)


@pytest.fixture
def there(app, tmp_path):
    made = world(now=NINE)
    clock.use_file(tmp_path / "clock")
    return made


@pytest.fixture
def ways(app):
    """Give a list that says of each request whether it went the short way."""
    true, found = app.extensions["short.answer"], []

    def counted(*asked):
        answer = true(*asked)
        found.append(answer is not None)
        return answer

    app.extensions["short.answer"] = counted
    return found


def test_a_token_known_lately_goes_the_short_way_to_the_same_answer_and_headers(app, there, ways, tmp_path):
    phone = Phone(app, phone_of(there.wang), NINE, tmp_path / "clock")
    viewing = phone.open(there)["id"]

    def send(body, token=phone.token):
        db.session.remove()
        ways.clear()
        carried = {"Authorization": f"Bearer {token}"}
        answer = phone.http.post(f"/api/v1/viewings/{viewing}/beats", json=body, headers=carried)
        return answer, ways[0]

    phone.wait(15)
    (first, short), (again, shorter) = send(beat(1, 0, 15)), send(beat(1, 0, 15))
    assert (short, shorter) == (False, True)
    assert first.json == again.json and first.json["credited_s"] == 15
    assert [first.headers[name] for name in ALIKE] == [again.headers[name] for name in ALIKE]
    assert {name for name, _ in first.headers} == {name for name, _ in again.headers}
    phone.wait(15)
    several, short = send([beat(1, 0, 15), beat(2, 15, 30)])
    assert short and [item["seq"] for item in several.json["items"]] == [1, 2]
    for wrong, status, code in (
        (beat(9, 30, 45), 409, "viewing.gap"),
        ({"seq": "3"}, 422, "content.invalid"),
        (beat(3, 30, 10**6), 422, "viewing.span_beyond_lesson"),
    ):
        refused, short = send(wrong)
        assert (short, refused.status_code, refused.json["code"]) == (False, status, code)
    assert send(beat(3, 30, 45), "somebody's")[0].status_code == 401
    assert send(beat(2, 15, 30))[1] is True
    out = phone.http.post("/api/v1/sign-out", headers={"Authorization": f"Bearer {phone.token}"})
    assert out.status_code == 204
    left, short = send(beat(2, 15, 30))
    assert (short, left.status_code) == (False, 401)


def test_a_page_goes_the_short_way_only_with_the_cookies_and_the_token_that_were_checked(app, there, ways):
    http = app.test_client()
    form = http.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
    http.post("/sign-in", data={"phone": phone_of(there.wang), "password": PASSWORD, "csrf_token": token})
    token = re.search(r'name="csrf-token" content="([^"]+)"', http.get("/learn/").text)[1]
    body = {"enrolment_id": there.wang.enrolment_id, "lesson_id": there.online.lessons[0].id, "client": "pc"}
    opened = http.post("/api/v1/viewings", json=body, headers={"X-CSRF-Token": token}).json

    def send(carried):
        db.session.remove()
        ways.clear()
        answer = http.post(f"/api/v1/viewings/{opened['id']}/beats", json=beat(1, 0, 0), headers=carried)
        return ways[0], answer.status_code

    assert send({}) == (False, 403)
    assert send({"X-CSRF-Token": token}) == (False, 200)
    assert send({"X-CSRF-Token": token}) == (True, 200)
    assert send({}) == (False, 403)
    assert send({"X-CSRF-Token": token[:-1]}) == (False, 403)
