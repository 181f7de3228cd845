"""A client that speaks the API through the test client, with a clock that the test moves."""

from __future__ import annotations

from datetime import timedelta, timezone

from tests.factories import PASSWORD
from yanglao.kernel.db import db


class Phone:
    """A client that speaks the API, with a clock that the test moves."""

    def __init__(self, app, phone, at, clock_file):
        self.http = app.test_client()
        self.at = at
        self.clock_file = clock_file
        self.wait(0)
        self.token = self.call("POST", "sign-in", {"phone": phone, "password": PASSWORD})["token"]

    def wait(self, seconds):
        self.at += timedelta(seconds=seconds)
        self.clock_file.write_text(self.at.astimezone(timezone.utc).isoformat())
        return self

    def call(self, method, path, body=None, *, status=None):
        headers = {"Authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        db.session.remove()
        answer = self.http.open(f"/api/v1/{path}", method=method, json=body, headers=headers)
        assert answer.status_code == status if status else answer.status_code < 300, answer.get_data(
            as_text=True
        )
        return answer.get_json()

    def open(self, there, *, lesson=0, status=None, client="app", **more):
        body = {
            "enrolment_id": there.wang.enrolment_id,
            "lesson_id": there.online.lessons[lesson].id,
            "client": client,
        }
        return self.call("POST", "viewings", body | more, status=status)

    def segment(self, there, mode="online"):
        found = self.call("GET", f"enrolments/{there.wang.enrolment_id}")
        return next(one for one in found["segments"] if one["mode"] == mode)


def beat(seq, start, end, client_ms=None):
    return {"seq": seq, "from_s": start, "to_s": end, "rate": 1.0, "client_ms": client_ms or end * 1000}


def watch(phone, viewing, start, end, *, first_seq=1):
    seq = first_seq
    for at in range(start, end, 15):
        to = min(at + 15, end)
        phone.wait(to - at)
        answer = phone.call("POST", f"viewings/{viewing}/beats", beat(seq, at, to, to * 1000))
        seq += 1
    return answer
