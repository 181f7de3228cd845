"""The supervisor's own life: check, start, watch, stop."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from functools import partial
from typing import Any

from yanglao.outside.keyring import BadKeys
from yanglao.outside.processes import die_with_parent
from yanglao.outside.redis_store import answers
from yanglao.settings import Settings, WrongSetting, load
from yanglao.supervisor import banner, checks, redis_server, simulated, web
from yanglao.supervisor.checks import CannotStart
from yanglao.supervisor.children import Child, Stopped, end, look, obey_signals, watch
from yanglao.supervisor.prepare import prepare
from yanglao.supervisor.starting import Copy, program

REDIS_START_S = 10.0
WEB_START_S = 60.0
JOBS_NICE = 10  # nobody waits at a screen for them
MOST_FIRST_DEATHS = 3


def main(arguments: list[str]) -> int:
    """Run everything until a signal; return the exit code.

    With ``--with-parent`` it also stops when the process that started it ends (``make run``).
    """
    if "--with-parent" in arguments:
        die_with_parent(signal.SIGTERM)
    obey_signals()
    children: list[Child] = []
    try:
        settings = load()
        checks.packages()
        checks.clock_file(settings.clock_file)
        checks.port(settings.host, settings.port)
        lock = checks.only_one(settings.data_dir)
        _start(settings, children, lock)
        watch(children)
    except (WrongSetting, BadKeys, CannotStart) as fault:
        if str(fault):
            print(f"yanglao: {fault}", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        end(children)
    return 0


def _start(settings: Settings, children: list[Child], lock: int) -> None:
    """Start all children in order and print the address once the web servers answer."""
    _environ(settings)
    _start_redis(settings, children)
    phones = _start_simulator(settings, children)
    settings = load()
    app = web.build(settings)  # loads the whole house, once for all servers
    accounts = _prepare(app, lock)
    if phones:
        simulated.leave_people(settings, accounts)
    checks.port(settings.host, settings.port)  # each server would share it with a stranger of the same user
    servers = web.servers(app, settings, (lock,))
    _begin(servers, children)
    address = _await_web(settings, children, servers)
    _begin(_jobs(settings), children)
    print(banner.text(settings, accounts, address, phones), flush=True)


def _environ(settings: Settings) -> None:
    """Set what every process of ours finds in its environment."""
    numbers = settings.data_dir / "metrics"
    shutil.rmtree(numbers, ignore_errors=True)
    numbers.mkdir(exist_ok=True)
    os.environ.update(PROMETHEUS_MULTIPROC_DIR=str(numbers), PYTHONUNBUFFERED="1")


def _begin(some: list[Child], children: list[Child]) -> None:
    for child in some:
        children.append(child)
        child.start()


def _start_redis(settings: Settings, children: list[Child]) -> None:
    if settings.redis_embedded:
        _begin([Child("redis", partial(program, redis_server.command(settings), os.environ))], children)
        _await_redis(settings, children[0])
    elif not answers(settings.redis_url):
        print("yanglao: REDIS_URL does not answer; going on without Redis until it does", file=sys.stderr)


def _start_simulator(settings: Settings, children: list[Child]) -> str:
    """Start simulated phones, where they are wanted, and return where they are."""
    if not simulated.wanted(settings):
        return ""
    _begin([simulated.child(settings, os.environ)], children)
    found = simulated.environment(settings, children[-1])
    os.environ.update(found)
    return found.get("WECHAT_AUTHORIZE_BASE", "")


def _jobs(settings: Settings) -> list[Child]:
    return [
        *(_module("worker", True) for _ in range(settings.task_workers)),
        _module("cron", True),
        _module("relay", False),
    ]


def _module(name: str, with_redis: bool) -> Child:
    command = [sys.executable, "-m", f"yanglao.jobs.{name}"]
    return Child(name, partial(program, command, os.environ, JOBS_NICE), with_redis)


def _await_redis(settings: Settings, child: Child) -> None:
    until = time.monotonic() + REDIS_START_S
    while not answers(settings.redis_url):
        if child.process is None or child.process.poll() is not None or time.monotonic() > until:
            raise CannotStart(
                f"Redis does not start; its reason is in {settings.data_dir / 'redis' / 'redis.log'}"
            )
        time.sleep(0.02)


def _prepare(app: Any, lock: int) -> list[dict[str, str | None]]:
    """Migrate and load in a process of its own, for this one must never hold a connection; return the demo accounts."""
    told, tell = multiprocessing.Pipe(duplex=False)
    preparing = Copy("yanglao-prepare", partial(prepare, app, tell), (lock, told.fileno()))
    tell.close()
    try:
        accounts: list[dict[str, str | None]] = told.recv()
    except EOFError:
        raise CannotStart("" if preparing.wait() == 1 else "the database could not be prepared") from None
    except BaseException:
        preparing.kill()
        raise
    finally:
        preparing.wait()
        told.close()
    return accounts


def _await_web(settings: Settings, children: list[Child], servers: list[Child]) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    address = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    until = time.monotonic() + WEB_START_S
    while not _serves(address + "/healthz"):
        look(children)
        if any(one.deaths >= MOST_FIRST_DEATHS for one in servers) or time.monotonic() > until:
            raise CannotStart("the web server does not start; what it says stands above")
    return address


def _serves(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
