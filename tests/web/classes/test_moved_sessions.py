"""A planned session is moved by API and page: by the base alone, with its reason, in the ledger and told."""

from __future__ import annotations

import pytest

from tests.web.classes.test_class_pages import meeting


@pytest.fixture
def planned(school, own_class):
    answer = school.client("admin").post(f"/api/v1/classes/{own_class}/sessions", meeting(school))
    assert answer.status_code == 200, answer.text
    return answer.json


def moved(planned, **changes):
    body = {name: planned[name] for name in ("starts_at", "ends_at", "breaks", "venue", "instructor_id")}
    return {**body, "venue": "实训室九", "reason": "换教室", **changes}


def test_the_base_moves_a_session_and_it_stands_in_the_ledger(school, own_class, planned):
    from yanglao.evidence import queries
    from yanglao.kernel.db import db

    answer = school.client("admin").post(f"/api/v1/sessions/{planned['id']}/move", moved(planned))
    assert answer.status_code == 200, answer.text
    assert (answer.json["id"], answer.json["venue"], answer.json["state"]) == (
        planned["id"],
        "实训室九",
        "planned",
    )
    with school.app.app_context():
        kinds = [one.kind for one in queries.chain(db.session, "class", own_class)]
        db.session.remove()
    assert kinds[-1] == "session.moved"


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"venue": ""},
        {"starts_at": "2026-03-10T09:00"},
        {"ends_at": "2026-03-10T00:00:00Z"},
        {"more": 1},
    ],
)
def test_a_move_that_cannot_be_is_refused(school, planned, changes):
    answer = school.client("admin").post(f"/api/v1/sessions/{planned['id']}/move", moved(planned, **changes))
    assert answer.status_code == 422


def test_nobody_else_moves_it(school, planned):
    path = f"/api/v1/sessions/{planned['id']}/move"
    assert school.client("stranger").post(path, moved(planned)).status_code == 404
    assert school.client("officer").post(path, moved(planned)).status_code == 403
    assert school.app.test_client().post(path, json=moved(planned)).status_code == 401


def test_the_page_shows_the_form_with_what_is_planned(browser, own_class, planned):
    text = browser("admin").read(f"/office/classes/{own_class}/sessions?move={planned['id']}")
    assert f'data-api="/api/v1/sessions/{planned["id"]}/move"' in text and "改好了" in text
    assert "改好了" not in browser("admin").read(f"/office/classes/{own_class}/sessions?move=nothing")
