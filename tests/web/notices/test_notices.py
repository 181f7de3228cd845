"""The notice and the call list over HTTP: whose class it is, what is told, what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import NINE, world
from yanglao.completion import calls, queries
from yanglao.completion.refresh import rebuild
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import queries as people_queries
from yanglao.people import service as people

LATER = NINE + timedelta(days=1)


@pytest.fixture
def house(make_app, tmp_path):
    """Give a world on the day after its only meeting, at which nobody was, and a way to ask as somebody of it."""
    clock = tmp_path / "clock"
    clock.write_text(rfc3339(LATER))
    app = make_app(YANGLAO_CLOCK_FILE=str(clock))
    with app.app_context():
        yield House(app, world())


class House:
    """The small world; ``ask`` and ``send`` as one of its staff or as a trainee."""

    def __init__(self, app, there):
        self.app, self.there = app, there
        self.staff = there.city.staff

    def _headers(self, who):
        actor = self.staff.get(who, self.there.wang.actor)
        person_id, moment = actor.person_id, LATER
        run(lambda: people.agree(db.session, person_id, people.PRIVACY_VERSION, client="pc", now=moment))
        found = run(
            lambda: people.let_in(
                db.session, person_id, client="pc", via="password", device_label="", now=moment
            )
        )
        return {"Authorization": f"Bearer {found.token}"}

    def ask(self, who, path):
        return self.app.test_client().get(path, headers=self._headers(who))

    def send(self, who, body, *, class_id=None):
        path = f"/api/v1/classes/{class_id or self.there.class_id}/calls"
        return self.app.test_client().post(path, json=body, headers=self._headers(who))


def test_the_notice_tells_what_the_standings_say(house):
    found = house.ask("teacher_a", f"/api/v1/classes/{house.there.class_id}/notice").get_json()
    pages = queries.class_page(db.session, house.there.class_id, now=LATER)
    assert found["enrolled"] == len(pages) and found["lacking"] > 0
    for one in pages:
        alone = queries.enrolment_page(db.session, one.id, now=LATER)
        assert alone == one


def test_no_number_of_anybody_stands_in_the_notice(house):
    answer = house.ask("teacher_a", f"/api/v1/classes/{house.there.class_id}/notice").get_data(as_text=True)
    for one in house.there.trainees:
        person = people_queries.person(db.session, one.actor.person_id)
        assert person.phone not in answer and person.masked_id not in answer


@pytest.mark.parametrize("page", ["teach/{}/notice", "teach/{}/calls", "office/{}/notice", "office/{}/calls"])
@pytest.mark.parametrize(
    ("who", "teach", "office"),
    [("teacher_a", 200, 403), ("admin_a", 200, 200), ("admin_b", 404, 404), ("teacher_b", 404, 403), ("wang", 403, 403)],
)  # fmt: skip
def test_only_who_teaches_or_administers_the_class_sees_it(house, who, teach, office, page):
    area, _, what = page.partition("/")
    path = f"/{area}/classes/{house.there.class_id}{what[2:]}"
    answer = house.ask(who, path)
    assert answer.status_code == {"teach": teach, "office": office}[area]


def test_the_page_of_the_notice_masks_names_and_holds_the_picture_to_draw(house):
    text = house.ask("teacher_a", f"/teach/classes/{house.there.class_id}/notice").get_data(as_text=True)
    assert "复制文字" in text and 'id="facts"' in text and "名字中间打星号" in text


def test_the_call_list_dials_each_person_once(house):
    text = house.ask("admin_a", f"/office/classes/{house.there.class_id}/calls").get_data(as_text=True)
    for one in house.there.trainees:
        phone = people_queries.person(db.session, one.actor.person_id).phone
        assert text.count(f'href="tel:{phone}"') == 1


def test_a_call_is_kept_and_colleagues_read_it(house):
    body = {"enrolment_id": house.there.wang.enrolment_id, "result": "no_answer"}
    answer = house.send("teacher_a", body)
    assert answer.status_code == 201 and "没人接" in answer.get_json()["said"]
    house.send("admin_a", body | {"result": "reached"})
    made = calls.notes(db.session, [house.there.wang.enrolment_id])[house.there.wang.enrolment_id]
    assert sorted(one.said for one in made) == ["打通了", "没人接"]
    assert house.staff["teacher_a"].name in house.ask(
        "admin_a", f"/office/classes/{house.there.class_id}/calls"
    ).get_data(as_text=True)


@pytest.mark.parametrize(
    ("who", "changed", "status"),
    [
        ("admin_b", {}, 404),
        ("teacher_b", {}, 404),
        ("wang", {}, 403),
        ("teacher_a", {"enrolment_id": "nobody"}, 404),
        ("teacher_a", {"result": "sold"}, 422),
        ("teacher_a", {"more": 1}, 422),
    ],
)
def test_a_call_of_a_stranger_or_about_nobody_is_refused(house, who, changed, status):
    body = {"enrolment_id": house.there.wang.enrolment_id, "result": "later"} | changed
    assert house.send(who, body).status_code == status
    assert calls.notes(db.session, [house.there.wang.enrolment_id]) == {}


def test_a_class_that_is_unknown_is_not_found(house):
    assert house.ask("admin_a", "/api/v1/classes/nothing/notice").status_code == 404


def test_standings_do_not_change_what_a_call_keeps(house):
    house.send("teacher_a", {"enrolment_id": house.there.wang.enrolment_id, "result": "later"})
    run(lambda: rebuild(db.session, now=LATER))
    assert calls.notes(db.session, [house.there.wang.enrolment_id])
