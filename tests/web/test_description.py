"""The description of the API is whole, and what it says of the answers is so."""

from __future__ import annotations

import pytest

from tests.factories import NINE, phone_of, world
from tests.web.phone import Phone, beat
from yanglao.kernel import clock
from yanglao.kernel.db import db
from yanglao.people import queries as people
from yanglao.web import answers


@pytest.fixture
def described(client):
    return client.get("/openapi.json").get_json()


def operations(described):
    for path, held in described["paths"].items():
        yield from (
            (path, method, one) for method, one in held.items() if method in ("get", "post", "put", "delete")
        )


def test_every_operation_says_what_it_answers_who_may_call_it_and_how_it_refuses(described):
    assert described["openapi"].startswith("3.1")
    for path, method, one in operations(described):
        assert any(code.startswith("2") for code in one["responses"]), (path, method)
        for code, said in one["responses"].items():
            if code.startswith("4"):
                assert list(said["content"]) == ["application/problem+json"], (path, method, code)
        if one["security"]:
            assert {"401", "403"} <= set(one["responses"]), (path, method)
            assert one["x-permissions"], (path, method)


def test_every_reference_in_the_description_leads_somewhere(described):
    text = str(described)
    names = {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}

    assert names <= set(described["components"]["schemas"])


def test_every_described_answer_belongs_to_a_route(app):
    assert set(answers.ANSWERS) <= {rule.endpoint for rule in app.url_map.iter_rules()}


def holds(model, told):
    """Check an answer against its model, and that neither has a member the other lacks."""
    model.model_validate(told)
    assert set(told) == set(model.model_fields), model.__name__


def test_answers_are_as_described(app, tmp_path):
    there = world(now=NINE)
    file = tmp_path / "clock"
    clock.use_file(file)
    wang = Phone(app, phone_of(there.wang), NINE, file)
    opened = wang.open(there)
    holds(answers.ViewingOut, opened)
    beats = wang.wait(15).call("POST", f"viewings/{opened['id']}/beats", beat(1, 0, 15))
    holds(answers.BeatsOut, beats)
    holds(answers.BeatOut, beats["items"][0])
    holds(answers.BeatsOut, wang.call("POST", f"viewings/{opened['id']}/close"))
    enrolment = wang.call("GET", "enrolments")["items"][0]
    holds(answers.EnrolmentOut, enrolment)
    for segment in enrolment["segments"]:
        holds(answers.SegmentOut, segment)
        holds(answers.QuizOut, segment["quiz"])
        [holds(answers.MissingOut, one) for one in segment["missing"]]
        [holds(answers.LessonOut, one) for one in segment["lessons"]]
        [holds(answers.MeetingOut, one) for one in segment["sessions"]]
    line = wang.call("GET", f"enrolments/{enrolment['id']}/evidence")["items"][0]
    holds(answers.EvidenceLineOut, line)
    problem = wang.call("GET", "enrolments/nobody", status=404)
    answers.Problem.model_validate(problem)
    admin = Phone(
        app, people.person(db.session, there.city.staff["admin_a"].person_id).account_phone, wang.at, file
    )
    listed = admin.call("GET", "standings?limit=1")
    holds(answers.StandingsOut, listed)
    holds(answers.StandingOut, listed["items"][0])
    asked = admin.call("POST", "exports", {"kind": "standings", "filter": {}})
    answers.ExportOut.model_validate(asked)
    holds(answers.CheckpointsOut, admin.call("GET", "checkpoints"))
