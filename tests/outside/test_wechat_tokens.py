from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import settings_for
from tests.ops.processes import ROOT, until
from tests.outside.wechat_stub import Stub
from yanglao.outside.ciphers import Ciphers
from yanglao.outside.redis_store import Store, answers
from yanglao.supervisor import redis_server

TOKEN, TICKET = "/cgi-bin/stable_token", "/cgi-bin/ticket/getticket"
NOBODY = "redis://127.0.0.1:9/0"
pytestmark = pytest.mark.processes


@pytest.fixture
def stub():
    """Give a stand-in for WeChat's API that takes its time, so that a herd would show."""
    running = Stub()
    running.slow_s = 0.3
    yield running
    running.close()


@pytest.fixture
def redis(tmp_path):
    """Give a real Redis: its URL, and the process to kill."""
    settings = settings_for(tmp_path / "redis")
    server = subprocess.Popen(redis_server.command(settings), stdout=subprocess.DEVNULL)
    until(lambda: answers(settings.redis_url), 10)
    yield settings.redis_url, server
    server.kill()
    server.wait()


@pytest.fixture
def herd(tmp_path, stub):
    """Give a starter of processes with eight threads each, that all ask at one word."""
    Ciphers.from_keys_file(tmp_path / "keys.toml", "test")
    began: list[subprocess.Popen[str]] = []

    def start(redis_url, processes=4, *, machines=False):
        for number in range(processes):
            folder = tmp_path / f"machine{number}" if machines else tmp_path
            folder.mkdir(exist_ok=True)
            if machines:
                (folder / "keys.toml").write_bytes((tmp_path / "keys.toml").read_bytes())
                (folder / "keys.toml").chmod(0o600)
            words = [
                sys.executable,
                "-m",
                "tests.outside.wechat_asker",
                stub.base,
                str(folder),
                redis_url,
                "8",
            ]
            began.append(
                subprocess.Popen(words, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            )
        assert all(one.stdout.readline() == "ready\n" for one in began)
        return began

    yield start
    for one in began:
        one.kill()
        one.communicate()


def go(processes):
    """Let all begin; return how many threads were given a ticket."""
    for one in processes:
        one.stdin.write("go\n")
        one.stdin.flush()
    return sum(int(one.stdout.readline()) for one in processes)


def test_eight_threads_of_four_processes_fetch_one_token_and_one_ticket(herd, stub, redis):
    assert go(herd(redis[0])) == 32
    assert (stub.calls[TOKEN], stub.calls[TICKET]) == (1, 1)


def test_the_same_holds_while_redis_is_away(herd, stub):
    assert go(herd(NOBODY)) == 32
    assert (stub.calls[TOKEN], stub.calls[TICKET]) == (1, 1)


def test_four_machines_that_share_only_redis_fetch_once(herd, stub, redis):
    assert go(herd(redis[0], machines=True)) == 32
    assert (stub.calls[TOKEN], stub.calls[TICKET]) == (1, 1)


def test_redis_killed_in_the_middle_of_a_fetch_costs_no_second_one(herd, stub, redis):
    stub.slow_s = 1.0
    url, server = redis
    processes = herd(url)
    for one in processes:
        one.stdin.write("go\n")
        one.stdin.flush()
    until(lambda: stub.calls[TOKEN] == 1, 10)
    server.kill()
    assert sum(int(one.stdout.readline()) for one in processes) == 32
    assert (stub.calls[TOKEN], stub.calls[TICKET]) == (1, 1)


def test_a_writer_killed_while_it_fetches_blocks_nobody_on_its_machine(herd, stub):
    stub.slow_s = 1.0
    first, *others = herd(NOBODY, 3)
    first.stdin.write("go\n")
    first.stdin.flush()
    until(lambda: stub.calls[TOKEN] == 1, 10)
    first.kill()
    assert go(others) == 16
    assert stub.calls[TOKEN] == 2


def test_neither_redis_nor_the_disk_shows_a_token(herd, stub, redis, tmp_path):
    assert go(herd(redis[0], 1)) == 8
    kept = [path.read_text() for path in (tmp_path / "wechat").iterdir()]
    kept += [Store(redis[0]).get(f"wx:wx1.{kind}") or "" for kind in ("token", "ticket")]
    assert "aesgcm:" in kept[-1] and not any("secret" in text or "sM4AOVd" in text for text in kept)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "wechat").iterdir())
