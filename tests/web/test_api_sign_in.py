from __future__ import annotations

import pytest

from tests.people.town import PASSWORD
from yanglao.kernel.db import db
from yanglao.people.models import SignIn, WrongTries


def test_sign_in_answers_with_a_token_and_who_one_is(town):
    api = town.client()
    answer = api.post("/api/v1/sign-in", {"phone": town.phones["admin"], "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json["person"]["roles"] == [
        {"role": "base_admin", "division": None, "base": town.bases["renhe"], "department": None}
    ]
    assert answer.json["consent_required"] is False
    assert "Set-Cookie" not in answer.headers


def test_only_the_hash_of_a_token_is_kept(town):
    api = town.client("trainee")
    with town.app.app_context():
        assert api.token not in [row.token_hash for row in db.session.query(SignIn)]


def test_the_sixth_wrong_try_waits_and_the_right_password_waits_too(town):
    api, phone = town.client(), town.phones["trainee"]
    for left in (4, 3, 2, 1, 0):
        answer = api.post("/api/v1/sign-in", {"phone": phone, "password": "wrong"})
        assert (answer.status_code, answer.json["facts"]) == (401, {"tries_left": left})
    answer = api.post("/api/v1/sign-in", {"phone": phone, "password": PASSWORD})
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (
        429,
        "sign_in.locked",
        "900",
    )
    town.later(seconds=899)
    assert api.post("/api/v1/sign-in", {"phone": phone, "password": PASSWORD}).status_code == 429
    town.later(seconds=1)
    assert api.post("/api/v1/sign-in", {"phone": phone, "password": PASSWORD}).status_code == 200


def test_tries_are_counted_by_phone_and_not_by_address(town):
    api = town.client()
    for _ in range(6):
        api.post("/api/v1/sign-in", {"phone": town.phones["trainee"], "password": "wrong"})
    assert (
        api.post("/api/v1/sign-in", {"phone": town.phones["admin"], "password": PASSWORD}).status_code == 200
    )


def test_wrong_tries_older_than_the_window_are_forgotten(town):
    api, phone = town.client(), town.phones["trainee"]
    for _ in range(4):
        api.post("/api/v1/sign-in", {"phone": phone, "password": "wrong"})
    town.later(seconds=900)
    answer = api.post("/api/v1/sign-in", {"phone": phone, "password": "wrong"})
    assert answer.json["facts"] == {"tries_left": 4}


def test_a_phone_that_nobody_has_is_told_the_same_and_leaves_the_table_again(town):
    api = town.client()
    answer = api.post("/api/v1/sign-in", {"phone": "13700000000", "password": "wrong"})
    assert (answer.status_code, answer.json["code"], answer.json["facts"]) == (
        401,
        "sign_in.wrong",
        {"tries_left": 4},
    )
    town.later(hours=2)
    api.post("/api/v1/sign-in", {"phone": "13700000001", "password": "wrong"})
    with town.app.app_context():
        assert db.session.query(WrongTries).count() == 1


def test_signing_out_ends_the_token(town):
    api = town.client("trainee")
    assert api.post("/api/v1/sign-out").status_code == 204
    answer = api.get("/api/v1/me")
    assert (answer.status_code, answer.json["code"]) == (401, "identity.expired")
    assert answer.content_type.startswith("application/problem+json")


def test_a_sign_in_lasts_thirty_days(town):
    api = town.client("trainee")
    town.later(days=30, seconds=-1)
    assert api.get("/api/v1/me").status_code == 200
    town.later(seconds=1)
    assert api.get("/api/v1/me").status_code == 401


def test_reading_notes_nothing_and_writing_notes_at_most_every_five_minutes(town):
    api = town.client("trainee")
    first = api.get("/api/v1/me/sign-ins").json["items"][0]["last_seen_at"]
    town.later(seconds=301)
    assert api.get("/api/v1/me/sign-ins").json["items"][0]["last_seen_at"] == first
    api.post("/api/v1/consents", {"version": "v3"})
    assert api.get("/api/v1/me/sign-ins").json["items"][0]["last_seen_at"] == "2026-03-08T01:05:01.000Z"


def test_devices_are_listed_and_signed_out_one_by_one(town):
    phone, tablet = town.client("trainee"), town.client("trainee")
    items = phone.get("/api/v1/me/sign-ins").json["items"]
    assert sorted(one["current"] for one in items) == [False, True]
    other = next(one["id"] for one in items if not one["current"])
    assert phone.delete(f"/api/v1/me/sign-ins/{other}").status_code == 204
    assert tablet.get("/api/v1/me").status_code == 401
    stranger = town.client("far_trainee")
    mine = phone.get("/api/v1/me/sign-ins").json["items"][0]["id"]
    assert stranger.delete(f"/api/v1/me/sign-ins/{mine}").status_code == 404


def test_all_devices_are_signed_out_at_once_the_present_one_when_wished(town):
    phone, tablet, other = town.client("trainee"), town.client("trainee"), town.client("far_trainee")
    assert phone.delete("/api/v1/me/sign-ins").status_code == 204
    assert (phone.get("/api/v1/me").status_code, tablet.get("/api/v1/me").status_code) == (200, 401)
    assert phone.delete("/api/v1/me/sign-ins?everywhere=true").status_code == 204
    assert (phone.get("/api/v1/me").status_code, other.get("/api/v1/me").status_code) == (401, 200)


def test_without_consent_only_the_way_to_it_is_open(town):
    api = town.client("new_trainee")
    assert api.get("/api/v1/me").json["consent_required"] is True
    answer = api.get("/api/v1/enrolments")
    assert (answer.status_code, answer.json["code"], answer.json["facts"]) == (
        403,
        "consent.required",
        {"version": "v3"},
    )
    assert api.post("/api/v1/consents", {"version": "v0"}).status_code == 409
    assert api.post("/api/v1/consents", {"version": "v3"}).status_code == 204
    assert api.get("/api/v1/enrolments").status_code == 200


def test_a_one_time_password_must_be_changed_first(town):
    one_time = (
        town.client("admin")
        .post(f"/api/v1/people/{town.people['trainee']}/password-reset")
        .json["one_time_password"]
    )
    api = town.client()
    answer = api.post("/api/v1/sign-in", {"phone": town.phones["trainee"], "password": one_time})
    assert answer.json["must_change_password"] is True
    api.token = answer.json["token"]
    assert api.get("/api/v1/enrolments").json["code"] == "password.must_change"
    assert (
        api.post("/api/v1/me/password", {"old": one_time, "new": "12345678"}).json["code"]
        == "password.too_simple"
    )
    assert (
        api.post("/api/v1/me/password", {"old": "x", "new": "19750308ab"}).json["code"]
        == "password.wrong_old"
    )
    assert api.post("/api/v1/me/password", {"old": one_time, "new": "19750308ab"}).status_code == 204
    assert api.get("/api/v1/enrolments").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b"[" * 5000 + b"]" * 5000, 400),
        (b'{"phone": 1, "password": "x"}', 422),
        (b'{"phone": "1", "password": "x", "more": 1}', 422),
        (b'{"phone": "1"}', 422),
        (b'{"phone": "1\\u0000", "password": "\\ud800"}', 422),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_problem(town, body, status):
    answer = town.app.test_client().post("/api/v1/sign-in", data=body, content_type="application/json")
    assert answer.status_code == status, answer.text
    assert answer.content_type.startswith("application/problem+json")
    assert {"type", "title", "status", "code", "facts"} <= set(answer.json)


def test_invalid_fields_are_named_but_not_repeated(town):
    answer = town.client().post("/api/v1/sign-in", {"phone": 13800138000, "password": "x"})
    assert answer.json["code"] == "content.invalid"
    assert answer.json["facts"] == {"fields": {"phone": "string_type"}}


@pytest.mark.parametrize(
    ("method", "url", "status", "code"),
    [
        ("get", "/api/v1/nowhere", 404, "thing.not_found"),
        ("put", "/api/v1/sign-in", 405, "method.not_allowed"),
        ("get", "/api/v1/me", 401, "identity.missing"),
    ],
)
def test_every_error_under_the_api_is_a_problem_in_chinese(town, method, url, status, code):
    answer = getattr(town.app.test_client(), method)(url)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.content_type.startswith("application/problem+json")
    assert any("一" <= sign <= "鿿" for sign in answer.json["title"])


def test_a_fault_shows_no_traceback(town):
    view = town.app.view_functions["api_me.me"]
    town.app.view_functions["api_me.me"] = broken = lambda: 1 / 0
    broken.rule = view.rule
    answer = town.client("trainee").get("/api/v1/me")
    assert (answer.status_code, answer.json["code"]) == (500, "server.fault")
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_a_form_is_not_taken_for_json(town, kind):
    answer = town.app.test_client().post("/api/v1/sign-in", data="phone=1", content_type=kind)
    assert (answer.status_code, answer.json["code"]) == (415, "content.wrong_type")


def test_a_body_that_is_too_large_is_a_problem(town):
    answer = town.app.test_client().post(
        "/api/v1/sign-in", data=b"x" * (17 << 20), content_type="application/json"
    )
    assert (answer.status_code, answer.json["code"]) == (413, "content.too_large")
