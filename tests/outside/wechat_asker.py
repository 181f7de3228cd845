"""Ask for a token from many threads at once, in a process of its own: ``base folder redis threads``."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from yanglao.kernel import clock
from yanglao.outside.ciphers import Ciphers
from yanglao.outside.redis_store import Store
from yanglao.outside.wechat_api import WeChatApi
from yanglao.outside.wechat_http import Line
from yanglao.outside.wechat_tokens import TokenStore


def main(base: str, folder: str, redis: str, threads: str) -> None:
    """Print how many threads were given a ticket, once a line came in that says go."""
    seals = Ciphers.from_keys_file(Path(folder) / "keys.toml", "test")
    # Each process may stand for a machine of its own: then only Redis is shared.
    own = Path(folder) / "wechat"
    tokens, tickets = (
        TokenStore(f"wx1.{kind}", own, seals=seals, redis=Store(redis), clock=clock.now)
        for kind in ("token", "ticket")
    )
    api = WeChatApi(Line(base), "wx1", "APPSECRET-never-shown", tokens=tokens, tickets=tickets)
    given: list[str] = []
    gate = threading.Barrier(int(threads))

    def ask() -> None:
        gate.wait()
        given.append(api.ticket())

    print("ready", flush=True)
    sys.stdin.readline()
    running = [threading.Thread(target=ask) for _ in range(int(threads))]
    for one in running:
        one.start()
    for one in running:
        one.join()
    print(len(given), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
