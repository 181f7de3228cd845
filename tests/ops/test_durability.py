"""What was answered survives, whatever is killed."""

from __future__ import annotations

import json
import os
import signal
import urllib.request

import pytest

from tests.ops.processes import command, until

pytestmark = pytest.mark.processes


def call(house, path, body=None, token=None):
    """Call the API; return the JSON of its answer."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    content = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(f"http://127.0.0.1:{house.port}/api/v1/{path}", content, headers)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.loads(answer.read())


def accounts(folder, env):
    done = command(folder, "demo", "accounts", "--json", YANGLAO_ENV=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_demo_is_loaded_once_and_a_sign_in_survives_the_death_of_every_process(start, tmp_path):
    house = start(YANGLAO_ENV="demo").ready()
    before = accounts(tmp_path, "demo")
    assert set(before[0]) >= {"role", "department", "name", "phone", "password", "scope"}
    trainee = next(row for row in before if row["role"] == "trainee")
    token = call(house, "sign-in", {"phone": trainee["phone"], "password": trainee["password"]})["token"]
    for process in (house.process, *house.known):
        os.kill(process.pid, signal.SIGKILL)
    house.process.wait(5)
    until(lambda: not house.left(), 10)
    again = start(YANGLAO_ENV="demo").ready()
    assert call(again, "me", token=token)["name"] == trainee["name"]
    assert accounts(tmp_path, "demo")[: len(before)] == before
    assert command(tmp_path, "ledger", "verify", YANGLAO_ENV="demo").returncode == 0
