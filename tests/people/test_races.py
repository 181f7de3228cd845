from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.people.town import PASSWORD, id_number
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.people.models import Person


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request):
    return "" if request.param == "sqlite" else request.getfixturevalue("pg_built_url")


def at_once(town, act, times):
    def alone(_number):
        with town.app.app_context():
            try:
                return act()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(alone, range(times)))


def test_one_number_admitted_eight_times_at_once_is_one_person(town):
    draft = people.Draft("王秀英", id_number(800), base_id=town.bases["renhe"])
    found = at_once(
        town, lambda: run(lambda: people.admit(db.session, draft, now=town.now, actor=SYSTEM)).person_id, 8
    )
    assert len(set(found)) == 1
    with town.app.app_context():
        assert db.session.query(Person).filter_by(id=found[0]).count() == 1


def test_twelve_wrong_tries_at_once_are_never_more_than_five_guesses(town):
    answers = at_once(
        town,
        lambda: (
            town.app.test_client()
            .post("/api/v1/sign-in", json={"phone": town.phones["trainee"], "password": "wrong"})
            .status_code
        ),
        12,
    )
    assert (answers.count(401), answers.count(429)) == (5, 7)


def test_a_right_password_among_wrong_ones_does_not_open_a_locked_number(town):
    for _ in range(5):
        town.client().post("/api/v1/sign-in", {"phone": town.phones["trainee"], "password": "wrong"})
    body = {"phone": town.phones["trainee"], "password": PASSWORD}
    answers = at_once(town, lambda: town.app.test_client().post("/api/v1/sign-in", json=body).status_code, 6)
    assert set(answers) == {429}
