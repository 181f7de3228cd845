from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.web.wechat_sign_in.conftest import house as house
from tests.web.wechat_sign_in.conftest import wechat as wechat
from yanglao.kernel.db import db, run
from yanglao.outside.ciphers import ciphers
from yanglao.people import service as people
from yanglao.people.models import Person


@dataclass
class Caller:
    """Somebody who calls the API by bearer token, or opens pages by cookie."""

    app: Any
    token: str

    def get(self, path: str) -> Any:
        db.session.remove()
        held = {"Authorization": f"Bearer {self.token}"}
        return self.app.test_client().get(path, headers=held, buffered=True)

    def post(self, path: str, body: Any = None) -> Any:
        db.session.remove()
        return self.app.test_client().post(
            path, json=body or {}, headers={"Authorization": f"Bearer {self.token}"}
        )

    def send(self, path: str, **fields: str) -> Any:
        """Send a page's form with the token of a page."""
        http = self.app.test_client()
        http.set_cookie("yl_session", self.token)
        found = re.search(r'csrf-token" content="([^"]+)"', http.get("/account").get_data(as_text=True))
        assert found
        return http.post(path, data={"csrf_token": found.group(1), **fields})

    def page(self, path: str) -> Any:
        http = self.app.test_client()
        http.set_cookie("yl_session", self.token)
        return http.get(path)


def signed_in(house, actor) -> Caller:
    """Sign somebody in without a password."""
    found = run(
        lambda: people.let_in(db.session, actor.person_id, carrier="bearer", client="pc", now=house.now)
    )
    run(lambda: people.agree(db.session, actor.person_id, people.PRIVACY_VERSION, client="pc", now=house.now))
    return Caller(house.app, found.token)


def staff(house, name: str) -> Caller:
    """Sign a member of staff of the demo city in: admin_a, teacher_a, admin_b, …"""
    return signed_in(house, house.there.city.staff[name])


def person_row(house, number: int) -> Person:
    row = db.session.get(Person, house.people[number].person_id)
    assert row is not None
    return row


def truth(house, number: int) -> dict[str, str]:
    """Return what a trainee would type of themselves."""
    row = person_row(house, number)
    return {"name": row.name, "id_end": ciphers().open(row.id_cipher)[-6:], "phone": row.phone}


@pytest.fixture
def wang_at_home(house):
    """Give the house with the first trainee's WeChat bound."""
    house.bound(0, "openid-of-wang-0001")
    return house
