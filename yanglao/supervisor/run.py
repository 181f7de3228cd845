"""The supervisor's own life: check, start, watch, stop."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from yanglao.outside.keyring import BadKeys
from yanglao.outside.processes import die_with_parent
from yanglao.outside.redis_store import answers
from yanglao.settings import ROOT, Settings, WrongSetting, load
from yanglao.supervisor import banner, checks, redis_server, simulated
from yanglao.supervisor.checks import CannotStart
from yanglao.supervisor.children import Child

LOOK_S = 0.1
REDIS_START_S = 10.0
WEB_START_S = 60.0
STOP_S = 12.0
MOST_FIRST_DEATHS = 3


class Stopped(Exception):
    """Says that a signal asked for the end."""


def main(arguments: list[str]) -> int:
    """Run everything until a signal; return the exit code.

    With ``--with-parent`` it also stops when the process that started it ends (``make run``).
    """
    if "--with-parent" in arguments:
        die_with_parent(signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    children: list[Child] = []
    try:
        settings = load()
        checks.packages()
        checks.clock_file(settings.clock_file)
        checks.port(settings.host, settings.port)
        lock = checks.only_one(settings.data_dir)
        _start(settings, children)
        _watch(children)
        os.close(lock)
    except (WrongSetting, BadKeys, CannotStart) as fault:
        if str(fault):
            print(f"yanglao: {fault}", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        _end(children)
    return 0


def _stop(*_: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _start(settings: Settings, children: list[Child]) -> None:
    """Start all children in order and print the address once the web server answers."""
    environ = _environ(settings)
    if settings.redis_embedded:
        children.append(Child("redis", redis_server.command(settings), environ))
        children[0].start()
        _await_redis(settings, children[0])
    elif not answers(settings.redis_url):
        print("yanglao: REDIS_URL does not answer; going on without Redis until it does", file=sys.stderr)
    phones = ""
    if simulated.wanted(settings):
        children.append(simulated.child(settings, environ))
        children[-1].start()
        environ |= (found := simulated.environment(settings, children[-1]))
        phones = found.get("WECHAT_AUTHORIZE_BASE", "")
    accounts = _prepare(environ)
    if phones:
        simulated.leave_people(settings, accounts)
    web = Child("web", _module("yanglao.supervisor.web"), environ)
    rest = [
        Child("worker", _module("yanglao.jobs.worker"), environ, True) for _ in range(settings.task_workers)
    ]
    rest += [
        Child("cron", _module("yanglao.jobs.cron"), environ, True),
        Child("relay", _module("yanglao.jobs.relay"), environ),
    ]
    for child in (web, *rest):
        children.append(child)
        child.start()
    address = _await_web(settings, children, web)
    print(banner.text(settings, accounts, address, phones), flush=True)


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def _environ(settings: Settings) -> dict[str, str]:
    numbers = settings.data_dir / "metrics"
    shutil.rmtree(numbers, ignore_errors=True)
    numbers.mkdir(exist_ok=True)
    return {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(numbers), "PYTHONUNBUFFERED": "1"}


def _await_redis(settings: Settings, child: Child) -> None:
    until = time.monotonic() + REDIS_START_S
    while not answers(settings.redis_url):
        if child.process is None or child.process.poll() is not None or time.monotonic() > until:
            raise CannotStart(
                f"Redis does not start; its reason is in {settings.data_dir / 'redis' / 'redis.log'}"
            )
        time.sleep(0.02)


def _prepare(environ: dict[str, str]) -> list[dict[str, str | None]]:
    """Migrate and load in a process of its own; return the demo accounts."""
    parent = os.getpid()
    preparing = subprocess.Popen(
        _module("yanglao.supervisor.prepare"),
        env=environ,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(signal.SIGKILL, parent=parent),
    )
    try:
        answer, _ = preparing.communicate()
    except BaseException:
        preparing.kill()
        preparing.wait()
        raise
    if preparing.returncode:
        raise CannotStart("" if preparing.returncode == 1 else "the database could not be prepared")
    accounts: list[dict[str, str | None]] = json.loads(answer.splitlines()[-1])
    return accounts


def _await_web(settings: Settings, children: list[Child], web: Child) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    address = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    until = time.monotonic() + WEB_START_S
    while not _serves(address + "/healthz"):
        _look(children)
        if web.deaths >= MOST_FIRST_DEATHS or time.monotonic() > until:
            raise CannotStart("the web server does not start; what it says stands above")
        time.sleep(LOOK_S)
    return address


def _serves(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _watch(children: list[Child]) -> None:
    while True:
        _look(children)
        time.sleep(LOOK_S)


def _look(children: list[Child]) -> None:
    """Restart what ended; when Redis was away, those that hold a place in it start anew as well."""
    for child in children:
        if child.look(time.monotonic()) and child.name == "redis":
            for other in children:
                if other.with_redis:
                    other.ask_to_stop()


def _end(children: list[Child]) -> None:
    """Stop everything: first those that work, last Redis."""
    until = time.monotonic() + STOP_S
    for child in children:
        if child.name != "redis":
            child.ask_to_stop()
    for child in children:
        if child.name != "redis":
            child.wait(until - time.monotonic())
    for child in children:
        child.ask_to_stop()
        child.wait(2.0)
