"""The WeChat simulator beside the product: when there is one, and what it leaves for the others."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial

from yanglao.kernel import simulated
from yanglao.settings import Settings
from yanglao.supervisor.children import Child
from yanglao.supervisor.starting import program

START_S, LOOK_S = 15.0, 0.02
PEOPLE = ("role", "name", "phone", "id_end", "use")


def wanted(settings: Settings, environ: Mapping[str, str] = os.environ) -> bool:
    """Say whether nobody set up a WeChat account of their own, outside of production."""
    given = any(value.strip() for name, value in environ.items() if name.startswith("WECHAT_"))
    return settings.env != "production" and not given and not settings.wechat_app_id


def child(settings: Settings, environ: Mapping[str, str]) -> Child:
    """Return the simulator's process; it is told where the product stands, and finds a port by itself."""
    told = {
        "YANGLAO_ENV": settings.env,
        "HOST": settings.host,
        "PORT": str(settings.port),
        "DATA_DIR": str(settings.data_dir),
        "PUBLIC_BASE_URL": settings.public_base_url,
        "SHORT_BASE_URL": settings.short_base_url,
    }
    command = [sys.executable, "-m", "yanglao.simulator"]
    return Child("simulator", partial(program, command, {**environ, **told}))


def environment(settings: Settings, simulator: Child) -> dict[str, str]:
    """Wait until the simulator listens and return the settings that lead to it; empty when it does not start."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        found = simulated.read(settings.data_dir)
        if found:
            return found
        if simulator.process is None or simulator.process.poll() is not None:
            break
        time.sleep(LOOK_S)
    print("yanglao: the WeChat simulator does not start; going on without WeChat", file=sys.stderr)
    return {}


def leave_people(settings: Settings, accounts: Sequence[Mapping[str, str | None]]) -> None:
    """Leave the names of the demo people for the simulated phones; no passwords."""
    people = [{key: row.get(key) for key in PEOPLE} for row in accounts]
    folder = settings.data_dir / simulated.FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=folder)  # readable to its owner only
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(people, stream, ensure_ascii=False)
    os.replace(draft, folder / "people.json")
