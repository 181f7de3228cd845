from __future__ import annotations

import re
from datetime import timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories import NINE, world
from tests.web.wechat_sign_in.stub import Wechat
from yanglao.kernel.db import db, run
from yanglao.people import oauth
from yanglao.people import service as people

APP_ID, SECRET = "wx0123456789abcdef", "never-say-this-secret"
PHONE_UA = "Mozilla/5.0 (Linux; Android 12) Chrome/130.0 XWEB/1300473 MicroMessenger/8.0.57"
PC_UA = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/86.0 Safari/537.36"


@pytest.fixture
def wechat():
    stub = Wechat()
    yield stub
    stub.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request, make_app, wechat, tmp_path):
    """Give a world with WeChat configured, on SQLite and on PostgreSQL, at nine in the morning."""
    more = {} if request.param == "sqlite" else {"DATABASE_URL": request.getfixturevalue("pg_built_url")}
    clock = tmp_path / "clock"
    clock.write_text(NINE.astimezone(timezone.utc).isoformat())
    app = make_app(
        WECHAT_APP_ID=APP_ID,
        WECHAT_APP_SECRET=SECRET,
        WECHAT_API_BASE=wechat.base,
        YANGLAO_CLOCK_FILE=str(clock),
        **more,
    )
    with app.app_context():
        yield House(app, clock, wechat)
        db.session.remove()
        db.engine.dispose()


class House:
    """The application with a small world, a clock that the test moves, and WeChat beside it."""

    def __init__(self, app, clock, wechat):
        self.app, self.clock_file, self.wechat = app, clock, wechat
        self.now = NINE
        self.there = world()
        self.people = [one.actor for one in self.there.trainees]

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.clock_file.write_text(self.now.astimezone(timezone.utc).isoformat())

    def browser(self, agent=PHONE_UA):
        db.session.remove()
        return Browser(self, agent)

    def bound(self, number, openid):
        """Bind a trainee's WeChat without the pages."""
        visit = oauth.Visit(openid, None, "", 0)
        run(
            lambda: people.bind_own(
                db.session, visit=visit, appid=APP_ID, now=self.now, actor=self.people[number]
            )
        )
        return self.people[number]


class Browser:
    """One browser with its cookies; ``go`` walks to WeChat and back as a user of WeChat does."""

    def __init__(self, house, agent):
        self.house = house
        self.http = house.app.test_client()
        self.agent = {"User-Agent": agent}

    def get(self, path):
        db.session.remove()
        return self.http.get(path, headers=self.agent)

    def post(self, path, **fields):
        db.session.remove()
        return self.http.post(path, data={"csrf_token": self.token(), **fields}, headers=self.agent)

    def token(self):
        text = self.get("/sign-in").get_data(as_text=True)
        found = re.search(r'csrf-token" content="([^"]+)"', text)
        return found.group(1) if found else self.token_at("/account")

    def token_at(self, path):
        text = self.get(path).get_data(as_text=True)
        return re.search(r'csrf-token" content="([^"]+)"', text).group(1)

    def state(self, path=""):
        answer = self.get(f"/wx/oauth/start?next={path}")
        assert answer.status_code == 302
        return parse_qs(urlsplit(answer.location).query)["state"][0]

    def come_back(self, state, code):
        return self.get(f"/wx/oauth/callback?code={code}&state={state}")

    def go(self, openid, path=""):
        return self.come_back(self.state(path), self.house.wechat.code_for(openid))

    def me(self):
        """Return the name of who is signed in here, None for a stranger."""
        db.session.remove()
        answer = self.http.get("/api/v1/me", headers=self.agent)
        return answer.get_json()["name"] if answer.status_code == 200 else None
