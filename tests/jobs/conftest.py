from __future__ import annotations

import subprocess

import pytest

from tests.ops.processes import until
from yanglao.outside.redis_store import answers, connect
from yanglao.supervisor import redis_server


@pytest.fixture
def redis_house(make_app):
    """Give a house within its context, with a Redis of its own running."""
    app = make_app()
    settings = app.config["SETTINGS"]
    server = subprocess.Popen(redis_server.command(settings), stdout=subprocess.DEVNULL)
    until(lambda: answers(settings.redis_url), 10)
    app.redis, app.redis_server = connect(settings.redis_url, timeout_s=None), server
    with app.app_context():
        yield app
    server.kill()
    server.wait()
