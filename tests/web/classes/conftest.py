"""The town with a published programme and one draft class, and browsers signed in by cookie."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.classes.makers import made_programme
from tests.people.town import PASSWORD
from yanglao.kernel.db import db, run


class Browser:
    """A browser of somebody of the town: pages by cookie, forms with the page's CSRF token."""

    def __init__(self, town: Any, who: str) -> None:
        self.http = town.app.test_client()
        answer = town.client(who)
        self.http.set_cookie("yl_session", answer.token)

    def get(self, url: str) -> Any:
        return self.http.get(url, headers={"Accept": "text/html"})

    def read(self, url: str) -> str:
        answer = self.get(url)
        assert answer.status_code == 200, (url, answer.status_code, answer.text[:300])
        return answer.text

    def post(self, url: str, body: Any) -> Any:
        token = re.search('csrf-token" content="([^"]+)"', self.read("/office/")).group(1)
        return self.http.post(url, json=body, headers={"X-CSRF-Token": token, "Accept": "application/json"})

    def sent(self, url: str, page_url: str, **form: str) -> Any:
        """Send a plain form as the page at ``page_url`` would."""
        token = re.search('csrf-token" content="([^"]+)"', self.read(page_url)).group(1)
        return self.http.post(url, data={"csrf_token": token, **form}, headers={"Accept": "text/html"})


@pytest.fixture
def browser(town):
    """Give a function that opens a browser for somebody of the town."""
    assert PASSWORD
    return lambda who: Browser(town, who)


@pytest.fixture
def school(town):
    """Give the town with a published programme of one online and one offline segment."""
    with town.app.app_context():
        town.programme, town.online, town.offline = run(lambda: made_programme(db.session))
        db.session.remove()
    return town


@pytest.fixture
def own_class(school):
    """Give the id of a draft class of the base 仁和 from 9 to 20 March 2026."""
    body = {
        "base_id": school.bases["renhe"],
        "programme_id": school.programme,
        "starts_on": "2026-03-09",
        "ends_on": "2026-03-20",
        "capacity": 5,
    }
    answer = school.client("admin").post("/api/v1/classes", body)
    assert answer.status_code == 200, answer.text
    return answer.json["id"]
