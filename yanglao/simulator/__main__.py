"""``python -m yanglao.simulator``: listen, leave the environment for others, serve until told to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from yanglao.kernel import clock, simulated
from yanglao.simulator import account, phones, views, world
from yanglao.simulator.place import MOST_PORTS, Place, read
from yanglao.simulator.pushing import Pusher


def main() -> int:
    """Run the simulator; return the exit code. What is wrong is said in one line on standard error."""
    if os.environ.get("YANGLAO_ENV", "").strip() == "production":
        return _refuse("the WeChat simulator is refused in production")
    try:
        place = read(os.environ)
        folder = place.data_dir / simulated.FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as fault:
        return _refuse(f"the WeChat simulator cannot start: {fault}")
    clock_file = os.environ.get("YANGLAO_CLOCK_FILE", "").strip()
    clock.use_file(Path(clock_file) if clock_file else None)
    ear = phones.listen(place.host, _before(place), 1) or phones.listen(place.host, place.port, MOST_PORTS)
    if ear is None:
        return _refuse(f"the WeChat simulator finds no free port from {place.port} on")
    place = replace(place, port=ear.getsockname()[1])
    own = account.kept(folder, os.environ)
    lock = simulated.publish(
        place.data_dir,
        {
            "WECHAT_APP_ID": own.app_id,
            "WECHAT_APP_SECRET": own.secret,
            "WECHAT_TOKEN": own.token,
            "WECHAT_AES_KEY": own.aes_key,
            "WECHAT_API_BASE": place.api_base,
            "WECHAT_AUTHORIZE_BASE": place.authorize_base,
        },
    )
    if lock is None:
        return _refuse(f"a WeChat simulator runs beside DATA_DIR {place.data_dir} already")
    here = world.kept(own, folder)
    world.keep_on(here)
    open_phones = phones.Phones(here, place)
    open_phones.reopen()
    phones.serve(ear, views.build(here, place, Pusher(here, place.product), open_phones))
    _wait()
    here.keep()
    return 0


def _before(place: Place) -> int:
    """Return the port that the last simulator of this folder had, when it is one that we would come to as well."""
    with contextlib.suppress(KeyError, ValueError):
        port = int(simulated.left(place.data_dir)["WECHAT_API_BASE"].rsplit(":", 1)[1])
        if place.port <= port < place.port + MOST_PORTS:
            return port
    return place.port


def _wait() -> None:
    """Wait for a signal to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(3600):
        pass


def _refuse(why: str) -> int:
    sys.stderr.write(f"yanglao: {why}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
