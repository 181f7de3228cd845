from __future__ import annotations

import pytest

from tests.messages.makers import APP_ID, Office
from tests.outside.wechat_stub import Stub
from yanglao.kernel.db import db

WECHAT = {
    "WECHAT_APP_ID": APP_ID,
    "WECHAT_APP_SECRET": "never-say-this-secret",
    "PUBLIC_BASE_URL": "https://learn.example.org",
}


@pytest.fixture
def stub():
    """Give a stand-in for WeChat's API."""
    running = Stub()
    yield running
    running.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request, make_app, stub, tmp_path):
    """Give a house with WeChat set up and a clock that the test moves, on SQLite and on PostgreSQL."""
    more = {} if request.param == "sqlite" else {"DATABASE_URL": request.getfixturevalue("pg_built_url")}
    yield from _office(make_app, stub, tmp_path / "clock", more)


@pytest.fixture
def desk(make_app, stub, tmp_path):
    """Give the same on SQLite alone, for what no database decides."""
    yield from _office(make_app, stub, tmp_path / "clock", {})


def _office(make_app, stub, clock, more):
    app = make_app(**WECHAT, WECHAT_API_BASE=stub.base, YANGLAO_CLOCK_FILE=str(clock), **more)
    with app.app_context():
        yield Office(app, stub, clock)
        db.session.remove()
        db.engine.dispose()
