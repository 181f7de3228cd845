"""Beats that arrive at the same moment are kept together, and nobody's fault costs another one anything."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories import NINE, phone_of, world
from tests.web.phone import Phone, beat
from yanglao.kernel import clock
from yanglao.kernel.db import db, run
from yanglao.kernel.together import Together
from yanglao.people import service as people


@pytest.fixture
def there(either):
    return world(now=NINE, trainees=6)


def open_of(phone, there, number):
    body = {
        "enrolment_id": there.trainees[number].enrolment_id,
        "lesson_id": there.online.lessons[0].id,
        "client": "app",
    }
    return phone.call("POST", "viewings", body)["id"]


def test_beats_of_many_at_once_are_each_answered_by_their_own_right(either, there, tmp_path):
    file = tmp_path / "clock"
    clock.use_file(file)
    phones = [Phone(either, phone_of(one), NINE, file) for one in there.trainees]
    viewings = [open_of(phone, there, number) for number, phone in enumerate(phones)]
    db.session.remove()
    phones[0].wait(15)
    calls = [
        (phone.token, viewing, beat(1, 0, 15))
        for phone, viewing in zip(phones[:5], viewings[:5], strict=True)
    ]
    calls += [calls[0], calls[0]]  # the same beat again, at the same moment
    calls += [(phones[1].token, viewings[2], beat(1, 0, 15)), (phones[3].token, viewings[3], beat(9, 0, 15))]
    calls += [("nobody", viewings[4], beat(1, 0, 15)), (phones[5].token, viewings[5], beat(1, 15, 0))]
    start = threading.Barrier(len(calls))

    def send(call):
        token, viewing, body = call
        with either.app_context():
            http = either.test_client()
            start.wait(30)
            headers = {"Authorization": f"Bearer {token}"}
            answer = http.post(f"/api/v1/viewings/{viewing}/beats", json=body, headers=headers)
            db.session.remove()
            return answer.status_code, answer.get_json()

    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(send, calls))

    assert [status for status, _ in answers] == [200] * 7 + [404, 409, 401, 422]
    assert [body["credited_s"] for _, body in answers[:7]] == [15] * 7
    assert answers[5][1]["items"] == answers[6][1]["items"] == answers[0][1]["items"]


def test_who_signed_out_is_refused_at_once_though_the_token_was_just_known(app, tmp_path):
    there = world(now=NINE)
    file = tmp_path / "clock"
    clock.use_file(file)
    phone = Phone(app, phone_of(there.wang), NINE, file)
    viewing = phone.open(there)["id"]
    phone.wait(15).call("POST", f"viewings/{viewing}/beats", beat(1, 0, 15))
    with clock.held(NINE):
        me = people.resolve(db.session, phone.token, NINE)
        run(lambda: people.sign_out_everywhere(db.session, now=NINE, actor=me))

    problem = phone.wait(15).call("POST", f"viewings/{viewing}/beats", beat(2, 15, 30), status=401)

    assert problem["code"].startswith("identity.")


def test_a_fault_in_common_leaves_everybody_to_go_alone(app):
    def together(many):
        if len(many) > 1 or "bad" in many:
            raise RuntimeError
        return many

    def alone(one):
        if one == "bad":
            raise ValueError(one)
        return one.upper()

    queue = Together(together, alone)

    def bring(one):
        with app.app_context():
            try:
                return queue(one)
            except ValueError:
                return "refused"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(bring, [*"abcdefg", "bad"] * 4))
    assert {one.upper() for one in found} == {*"ABCDEFG", "REFUSED"}
    assert found.count("refused") == 4
