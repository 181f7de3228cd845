"""How a programme is tested is said while it is a draft, by who may write it."""

from __future__ import annotations

from typing import Any

from tests.capture.quiz.school import School, campus  # noqa: F401
from tests.people.town import database_url, town  # noqa: F401
from yanglao.courses import queries
from yanglao.kernel.db import db


def put(client: Any, url: str, body: dict[str, Any]) -> Any:
    return client.http.put(url, json=body, headers={"Authorization": f"Bearer {client.token}"})


def test_a_plan_is_set_on_a_draft_and_shortages_are_listed(campus: School) -> None:  # noqa: F811
    city = campus.town.client("city")
    old = campus.segment.programme_id
    draft = city.post(f"/api/v1/programmes/{old}/versions").json
    url = f"/api/v1/programmes/{draft['id']}/quizzes"
    with campus.town.app.app_context():
        own = queries.programme(db.session, draft["id"])
        online, revision = own.segments[0], own.revision
        db.session.remove()
    plan = {
        "revision": revision, "segment_id": online.id, "module_id": online.modules[0].id if online.modules else None,
        "bank_key": "five_topics", "pass_mark": 60, "questions": 10, "time_limit_s": 600, "attempts": 3,
        "min_gap_s": 0, "feedback": "score", "blueprint": {"topics": {"law": 1}, "difficulties": {"hard": 1}},
    }  # fmt: skip
    for who, status in (("trainee", 403), ("officer", 403), ("stranger", 404)):
        assert put(campus.town.client(who), url, plan).status_code == status
    assert put(city, url, {**plan, "bank_key": "nobody"}).status_code == 404
    assert put(city, url, {**plan, "segment_id": campus.segment.id}).status_code == 404
    assert put(city, url, {**plan, "blueprint": {"topics": {"cooking": 1}}}).status_code == 422
    assert put(city, url, {**plan, "feedback": "everything"}).status_code == 422
    answer = put(city, url, plan)
    assert answer.status_code == 200, answer.text
    (held,) = answer.json["items"]
    assert (held["feedback"], held["questions"], held["blueprint"]["topics"]) == ("score", 10, {"law": 1})
    assert put(city, url, plan).status_code == 409  # the revision has moved on
    missing = city.get(f"/api/v1/programmes/{draft['id']}/missing").json["items"]
    assert "courses.blueprint_short" in [one["code"] for one in missing]
    assert put(city, f"/api/v1/programmes/{old}/quizzes", plan).status_code == 409
