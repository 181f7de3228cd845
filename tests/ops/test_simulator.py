"""The simulator beside a running house: started, found, spoken with, kept going, and refused in production."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import urllib.request

import pytest

from tests.ops.processes import ROOT, command, environ, until
from yanglao.kernel import simulated

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("supervisor")]


def ask(base, path, body=None):
    request = urllib.request.Request(base + path, None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def base_of(house):
    return simulated.read(house.said.parent).get("WECHAT_API_BASE", "")


def test_the_house_says_where_its_phones_are(house):
    assert f"微信模拟器  WeChat simulator   {base_of(house)}" in house.said.read_text()
    assert ask(base_of(house), "/sim/state")["users"]


def test_its_secrets_are_readable_to_their_owner_only(house):
    folder = house.said.parent / "simulator"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in folder.iterdir())


def test_a_push_is_taken_and_answered_by_the_house(house):
    base = base_of(house)
    user = ask(base, "/sim/phones", {"name": "王秀英"})
    told = ask(base, f"/sim/phones/{user['id']}/follow", {})
    assert [one["status"] for one in told["deliveries"]] == [200] and told["reply"]["Content"]
    ask(base, "/sim/faults", {"push_unanswered": 2})
    again = ask(base, "/sim/push", {"user": user["id"], "event": "CLICK", "fields": {"EventKey": "help"}})
    assert [one["status"] for one in again["deliveries"]] == [200, 200, 200] and again["reply"]["Content"]


def test_the_menu_of_the_file_is_published_at_the_start(house):
    assert ask(base_of(house), "/sim/state")["menu"]["button"]


def test_a_command_in_another_terminal_finds_it(house):
    checked = command(house.said.parent, "wechat", "check", PORT=str(house.port))
    assert checked.returncode == 0, checked.stdout


def test_a_killed_simulator_comes_back_at_its_place_and_remembers(house):
    base, killed = base_of(house), house.child("yanglao.simulator")
    user = ask(base, "/sim/phones", {"name": "李桂兰"})
    until(lambda: user["openid"] in (house.said.parent / "simulator" / "world.json").read_text(), 10)
    killed.kill()
    until(lambda: (one := house.child("yanglao.simulator")) is not None and one.pid != killed.pid)
    until(lambda: base_of(house) == base)
    assert user["openid"] in [one["openid"] for one in ask(base, "/sim/state")["users"]]


def test_a_simulator_that_ended_is_not_found(tmp_path):
    (tmp_path / "simulator").mkdir()
    lock = simulated.publish(tmp_path, dict.fromkeys(simulated.NAMES, "x"))
    assert simulated.read(tmp_path)["WECHAT_APP_ID"] == "x"
    assert simulated.publish(tmp_path, dict.fromkeys(simulated.NAMES, "y")) is None
    os.close(lock)
    assert simulated.read(tmp_path) == {} and simulated.left(tmp_path)["WECHAT_APP_ID"] == "x"


def test_production_refuses_it_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "yanglao.simulator"],
        cwd=ROOT, env=environ(tmp_path, YANGLAO_ENV="production"), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    (line,) = done.stderr.strip().splitlines()
    assert done.returncode == 1 and "refused in production" in line and list(tmp_path.iterdir()) == []


def test_the_first_page_leads_to_the_phones(house):
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/sign-in", timeout=60) as answer:
        assert f'href="{base_of(house)}/"' in answer.read().decode()
