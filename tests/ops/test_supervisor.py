from __future__ import annotations

import os
import signal
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.ops.processes import WEB, House, command, lives, until
from yanglao.kernel import simulated
from yanglao.outside import keyring
from yanglao.supervisor import checks

WORDS = ("redis-server", "yanglao.simulator", WEB, "jobs.worker", "jobs.cron", "jobs.relay")
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("supervisor")]


def test_everything_starts_together(house):
    assert all(house.child(word) for word in WORDS)
    assert house.ask("/readyz") == (
        200,
        {
            "status": "ready",
            "database": "ok",
            "migrations": "ok",
            "triggers": "ok",
            "redis": "ok",
            "wechat": "on",
        },
    )


def test_a_killed_redis_stops_nobody_and_comes_back(house):
    redis = house.child("redis-server")
    redis.kill()
    assert house.ask("/healthz")[0] == 200
    assert house.ask("/readyz")[0] == 200
    until(lambda: house.ask("/readyz")[1].get("redis") == "ok" and house.child("redis-server") != redis)


@pytest.mark.parametrize("word", [WEB, "jobs.worker", "jobs.relay", "jobs.cron", "yanglao.simulator"])
def test_what_is_killed_is_replaced(house, word):
    before = house.children(word)
    before[0].kill()
    until(lambda: before[0] not in (now := house.children(word)) and len(now) == len(before))
    until(lambda: house.ask("/readyz")[0] == 200)


def test_while_one_web_server_is_dead_the_other_answers_everything(house):
    first, second = until(lambda: len(found := house.children(WEB)) == 2 and found)
    first.kill()
    until(lambda: not first.is_running())  # also its last thread, and so its socket
    assert [house.ask("/healthz")[0] for _ in range(20)] == [200] * 20
    assert lives(second)
    until(lambda: len(house.children(WEB)) == 2)


def test_two_supervisors_never_share_a_folder(house):
    second = House(house.said.parent)
    assert second.process.wait(60) == 1
    assert "is in use by another running yanglao" in second.said.read_text()


def test_a_backup_made_while_everything_runs_is_restored_elsewhere(house, tmp_path):
    bundle, here = tmp_path / "bundle.tar", house.said.parent
    assert command(here, "backup", str(bundle), "--with-keys").returncode == 0
    refused = command(here, "restore", str(bundle), "--force")
    assert refused.returncode == 1 and "stop it first" in refused.stderr
    restored = command(tmp_path / "other", "restore", str(bundle))
    assert restored.returncode == 0, restored.stderr


def test_ctrl_c_stops_everything(start):
    stops_by(signal.SIGINT, start().ready())


def stops_by(number, house):
    """Assert that a signal stops a house and everything it started."""
    house.process.send_signal(number)
    assert house.process.wait(30) == 0
    assert house.left() == []
    assert house.ask("/healthz")[0] == 0


def test_production_starts_with_secrets_of_its_own_without_a_demo_and_stops_by_the_signal_of_systemd(
    start, tmp_path
):
    file = tmp_path / "keys.toml"
    made = command(tmp_path / "elsewhere", "keys", "create", str(file))
    assert made.returncode == 0 and keyring.read(file, env="production")
    house = start(YANGLAO_ENV="production", SECRET_KEY=os.urandom(32).hex(), YANGLAO_KEYS=str(file)).ready()
    assert house.ask("/readyz")[0] == 200
    assert "demo accounts" not in house.said.read_text()
    stops_by(signal.SIGTERM, house)


def test_who_names_an_account_gets_no_simulator_and_a_killed_supervisor_leaves_nothing_behind(start):
    house = start(WECHAT_APP_ID="wx0123456789abcdef", WECHAT_APP_SECRET="s" * 32).ready()
    assert house.child("yanglao.simulator") is None
    assert simulated.read(house.said.parent).get("WECHAT_API_BASE", "") == ""
    os.kill(house.process.pid, signal.SIGKILL)
    until(lambda: not house.left(), 10)
    until(lambda: is_free(house.port), 30)


def is_free(port: int) -> bool:
    """Tell whether nobody listens on a port; a neighbour's call may use its number for a moment."""
    try:
        checks.port("127.0.0.1", port)
    except checks.CannotStart:
        return False
    return True


def test_the_numbers_of_all_web_processes_stand_once(house):
    for _ in range(5):
        house.ask("/healthz")
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/metrics", timeout=60) as answer:
        names = [family.name for family in text_string_to_metric_families(answer.read().decode())]
    assert len(names) == len(set(names)) and {"yanglao_requests", "yanglao_tasks", "yanglao_up"} <= set(names)
