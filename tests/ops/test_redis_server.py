from __future__ import annotations

import subprocess

import pytest

from tests.conftest import settings_for
from tests.ops.processes import until
from yanglao.outside.redis_store import Store, answers, limiter_uri
from yanglao.supervisor import redis_server


@pytest.fixture
def serve():
    """Give a starter of embedded servers, all ended afterwards."""
    servers = []

    def begin(settings):
        servers.append(subprocess.Popen(redis_server.command(settings), stdout=subprocess.DEVNULL))
        until(lambda: answers(settings.redis_url), 10)
        return servers[-1]

    yield begin
    for server in servers:
        server.kill()
        server.wait()


@pytest.mark.parametrize(
    "name", ["plain", "数据 目录", "100%41?#", 'a "quoted" one', "deep/" * 30 + "folder"]
)
def test_it_serves_from_any_folder(serve, tmp_path, name):
    settings = settings_for(tmp_path / name)
    serve(settings)
    store = Store(settings.redis_url)
    store.keep("k", "王秀英", seconds=60)
    assert store.get("k") == "王秀英"


def test_a_store_without_redis_keeps_nothing_and_raises_nothing(serve, tmp_path):
    settings = settings_for(tmp_path)
    server = serve(settings)
    store = Store(settings.redis_url)
    server.kill()
    server.wait()
    store.keep("k", "v", seconds=60)
    assert store.get("k") is None and not store.alive()


def test_a_store_comes_back_with_redis(serve, tmp_path):
    settings = settings_for(tmp_path)
    store = Store(settings.redis_url)
    assert not store.alive()
    serve(settings)
    assert store.alive()
    store.keep("k", "v", seconds=60)
    assert store.get("k") == "v"


def test_the_limiter_gets_its_own_spelling():
    assert limiter_uri("unix:///a/redis.sock?db=0") == "redis+unix:///a/redis.sock?db=0"
    assert limiter_uri("redis://h:1/0") == "redis://h:1/0"
