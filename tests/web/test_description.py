"""The description of the API is whole, valid and so: every page's act has its call, every example and answer its schema."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.factories import NINE, phone_of, world
from tests.web.phone import Phone, beat
from yanglao.kernel import clock
from yanglao.kernel.db import db
from yanglao.kernel.wording import all_words
from yanglao.people import queries as people
from yanglao.web import answers, description
from yanglao.web.examples import EXAMPLES

# Every act that a trainee's pages send, and the call of the API that does the same.
ACTS = {
    "learn_own_claims.apply": "POST /enrolments/{enrolment_id}/personal-claims",
    "learn_own_claims.correct_account": "PUT /personal-claims/{claim_id}/account",
    "learn_own_claims.withdraw": "POST /personal-claims/{claim_id}/withdraw",
    "account.enter": "POST /sign-in",
    "account.sign_out": "POST /sign-out",
    "account.agree": "POST /consents",
    "account.font": "PUT /me/font",
    "account.revoke": "DELETE /me/sign-ins/{sign_in_id}",
    "account.revoke_others": "DELETE /me/sign-ins",
    "account.revoke_all": "DELETE /me/sign-ins",
    "account.change_password": "POST /me/password",
    "learn_own_days.say": "POST /enrolments/{enrolment_id}/segments/{segment_id}/word",
    "learn_leave.ask": "POST /sessions/{session_id}/leave",
    "learn_leave.withdraw": "POST /sessions/{session_id}/leave/withdraw",
    "learn_asked.answer": "POST /live-checks/{check_id}/answers",
    "learn_messages.read_all": "POST /me/messages/read",
    "learn_messages.keep": "PUT /me/message-choices",
}
# What only makes sense in a browser: WeChat's own binding, and signing a PC in by phone.
BROWSER_ONLY = ("wechat_",)
# What a trainee's pages show, and the call that tells the same.
SHOWN = {
    "learn_claims.claims": ["GET /enrolments", "GET /enrolments/{enrolment_id}/claim-lines"],
    "learn_home.home": ["GET /me/next-step", "GET /enrolments", "GET /me/messages"],
    "learn_lesson.show": [
        "GET /enrolments/{enrolment_id}",
        "GET /lessons/{lesson_id}/material",
        "POST /viewings",
    ],
    "learn_hours.hours": ["GET /me/days", "GET /enrolments/{enrolment_id}/evidence"],
    "learn_hours.days": ["GET /enrolments/{enrolment_id}/hours"],
    "learn_card.card": ["GET /me/card", "GET /me/attendance"],
    "learn_own_days.show": ["GET /enrolments/{enrolment_id}/segments/{segment_id}/word"],
    "learn_leave.show": ["GET /sessions/{session_id}/leave"],
    "learn_card.checkin": ["POST /scans"],
    "learn_asked.show": ["GET /me/live-checks"],
    "learn_quiz.before": ["GET /enrolments/{enrolment_id}/segments/{segment_id}/quiz"],
    "learn_quiz.sit": ["GET /attempts/{attempt_id}"],
    "learn_messages.messages": ["GET /me/messages"],
    "learn_messages.choose": ["GET /me/message-choices"],
    "account.account": ["GET /me", "GET /me/sign-ins", "GET /me/photo"],
    "account.consent": ["GET /privacy-notice"],
    "privacy.privacy": ["GET /privacy-notice"],
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Give one house for all that only look."""
    from tests.conftest import build, settings_for

    made = build(settings_for(tmp_path_factory.mktemp("described")))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def described(house):
    return house.test_client().get("/openapi.json").get_json()


def operations(described):
    for path, held in described["paths"].items():
        yield from (
            (path, method, one) for method, one in held.items() if method in ("get", "post", "put", "delete")
        )


def test_the_description_is_valid_openapi_3_1(described):
    assert described["openapi"].startswith("3.1")
    assert [fault.message for fault in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_every_operation_says_what_it_answers_who_may_call_it_and_how_it_refuses(described):
    ids = [one["operationId"] for _, _, one in operations(described)]
    assert len(set(ids)) == len(ids)
    for path, method, one in operations(described):
        assert one["summary"] and "Who may call: " in one["description"], (path, method)
        assert any(code.startswith("2") for code in one["responses"]), (path, method)
        for code, said in one["responses"].items():
            if code.startswith("4"):
                assert list(said["content"]) == ["application/problem+json"], (path, method, code)
                assert set(said["x-codes"]) <= set(all_words()), (path, method, code)
        if one["security"]:
            assert {"401", "403"} <= set(one["responses"]), (path, method)
            assert one["x-permissions"] and not one["description"].endswith("Who may call: ."), (path, method)


def test_every_code_of_an_area_is_told_where_it_is_answered(described):
    told = {
        code for _, _, one in operations(described) for said in one["responses"].values()
        for code in said.get("x-codes", ())
    }  # fmt: skip
    ours = {
        code
        for code in description.codes()
        if code.startswith(("viewing.", "attempt.", "flag.", "attendance.", "timetable.", "late."))
    }
    assert ours - told == {"attempt.bank_short"} & ours - told
    assert all(code in description.codes() for code in ours)


def test_every_described_answer_and_example_belongs_to_a_route(house):
    there = {rule.endpoint for rule in house.url_map.iter_rules()}
    assert set(answers.ANSWERS) | set(answers.FILES) | set(EXAMPLES) <= there
    assert set(description.AREAS) <= set(house.blueprints)


def valid(described, schema, told):
    """Raise unless ``told`` is as ``schema`` says; references lead into the description."""
    Draft202012Validator({**schema, "components": described["components"]}).validate(told)


def test_every_example_is_as_its_schema_says(described):
    seen = 0
    for _, _, one in operations(described):
        contents = list(one.get("requestBody", {}).get("content", {}).values())
        contents += [held for said in one["responses"].values() for held in said.get("content", {}).values()]
        for held in contents:
            if "example" in held:
                valid(described, held["schema"], held["example"])
                seen += 1
    whole = sum((one.body is not None) + (one.answer is not None) for one in EXAMPLES.values())
    assert seen == whole > 20


def test_everything_a_trainees_pages_do_and_show_has_its_call(house, described):
    calls = {f"{method.upper()} {path.removeprefix('/api/v1')}" for path, method, _ in operations(described)}
    wanted = {*ACTS.values(), *(one for several in SHOWN.values() for one in several)}
    assert wanted <= calls, wanted - calls
    pages = re.compile(r"/(learn|account|consent|privacy|sign-|c/|l/|login|wx/|b/|k/)")
    for rule in house.url_map.iter_rules():
        if not pages.match(rule.rule) or rule.endpoint.startswith((*BROWSER_ONLY, "api_")):
            continue
        sends = rule.methods & {"POST", "PUT", "DELETE"}
        assert not sends or rule.endpoint in ACTS, rule.endpoint
    named = {rule.endpoint for rule in house.url_map.iter_rules()}
    assert set(ACTS) | set(SHOWN) <= named


class Caller:
    """A phone whose every answer is held against the description."""

    def __init__(self, phone, described):
        self.phone, self.described = phone, described

    def __call__(self, method, path, body=None, *, rule="", status=None):
        told = self.phone.call(method, path, body, status=status)
        one = self.described["paths"]["/api/v1/" + (rule or path).split("?")[0]][method.lower()]
        said = next(
            said for code, said in one["responses"].items() if code == str(status or "") or code[0] == "2"
        )
        for held in said.get("content", {}).values():
            schema = held["schema"]
            valid(self.described, schema, told)
            ref = self.described["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], {})
            assert set(told) <= set(ref.get("properties", told)), path
        return told


def test_what_is_answered_is_as_described(app, described, tmp_path):
    there, file = world(now=NINE), tmp_path / "clock"
    clock.use_file(file)
    wang = Phone(app, phone_of(there.wang), NINE, file)
    call = Caller(wang, described)
    own, segment, lesson = there.wang.enrolment_id, there.online.id, there.online.lessons[0].id
    assert call("GET", "me/next-step")["lesson_id"] == lesson
    opened = call("POST", "viewings", {"enrolment_id": own, "lesson_id": lesson, "client": "app"})
    wang.wait(15)
    call("POST", f"viewings/{opened['id']}/beats", beat(1, 0, 15), rule="viewings/{viewing_id}/beats")
    call("POST", f"viewings/{opened['id']}/close", rule="viewings/{viewing_id}/close")
    call("GET", f"enrolments/{own}", rule="enrolments/{enrolment_id}")
    call("GET", f"enrolments/{own}/evidence", rule="enrolments/{enrolment_id}/evidence")
    assert call("GET", "me/days?weeks=2")["items"][0] == {"day": "2026-03-08", "online_s": 15, "offline_s": 0}
    quiz = call(
        "GET", f"enrolments/{own}/segments/{segment}/quiz",
        rule="enrolments/{enrolment_id}/segments/{segment_id}/quiz",
    )  # fmt: skip
    assert quiz["questions"] and quiz["refusal"] is None
    paper = call("POST", "attempts", {"enrolment_id": own, "segment_id": segment})
    asked = paper["questions"][0]
    given = {"answer": [asked["options"][0]["id"]]}
    saved = f"attempts/{paper['id']}/answers/{asked['id']}"
    call("PUT", saved, given, rule="attempts/{attempt_id}/answers/{question_id}")
    for _ in ("open", "closed"):
        call("GET", f"attempts/{paper['id']}", rule="attempts/{attempt_id}")
        call("POST", f"attempts/{paper['id']}/submit", rule="attempts/{attempt_id}/submit")
    for path in (
        "me",
        "me/card",
        "me/attendance",
        "me/messages",
        "me/message-choices",
        "me/sign-ins",
        "enrolments",
    ):
        call("GET", path)
    assert "我们记什么" in [one["text"] for one in call("GET", "privacy-notice")["blocks"]]
    told = wang.call("GET", "enrolments/nobody", status=404)
    valid(described, described["components"]["schemas"]["Problem"], told)


def test_what_an_office_is_answered_is_as_described(app, described, tmp_path):
    there, file = world(now=NINE), tmp_path / "clock"
    clock.use_file(file)
    admin = people.person(db.session, there.city.staff["admin_a"].person_id).account_phone
    call = Caller(Phone(app, admin, NINE, file), described)
    call("GET", "standings?limit=1")
    asked = call("POST", "exports", {"kind": "standings", "filter": {}})
    call("GET", f"exports/{asked['id']}", rule="exports/{export_id}")
    own = there.class_id
    call("POST", "screens", {}, status=201)
    call("GET", f"sessions/{there.session_id}/people", rule="sessions/{session_id}/people")
    for path in ("checkpoints", "flags", "people", "sessions", "classes"):
        call("GET", path)
    for part in ("", "/roster", "/sessions", "/late-additions", "/roster-imports"):
        call("GET", f"classes/{own}{part}", rule="classes/{class_id}" + part)
    sheet = {"text": "姓名\t身份证号\t手机号\n王秀英\t371302197503080018\t13800001111"}
    known = call("GET", f"classes/{own}", rule="classes/{class_id}")
    days = {"starts_on": "2026-04-01", "ends_on": "2026-04-20", "capacity": 20}
    draft = call("POST", "classes", days | {name: known[name] for name in ("base_id", "programme_id")})
    call("POST", f"classes/{draft['id']}/roster-imports", sheet, rule="classes/{class_id}/roster-imports")
