"""Measure a flood of pushes: 200 a second, each with an effect and an answer (`make bench`)."""

from __future__ import annotations

import http.client
import os
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from tests.ops.processes import House
from tests.outside.wechat_vectors import TENCENT_KEY, seal, sign

RATE, SECONDS, ROBOTS = 200, int(os.environ.get("YL_PUSH_SECONDS", "30")), 32
APP, TOKEN = "wx2c2769f8efd9abc2", "spamtest"
WECHAT = {
    "WECHAT_APP_ID": APP,
    "WECHAT_APP_SECRET": "a-secret-of-the-account",
    "WECHAT_TOKEN": TOKEN,
    "WECHAT_AES_KEY": TENCENT_KEY,
    "WECHAT_API_BASE": "http://127.0.0.1:9",
}


def pushes(count: int) -> list[tuple[str, bytes]]:
    """Return (address, body) of pushes of different people, sealed before the clock runs."""
    made = []
    for number in range(count):
        message = (
            f"<xml><ToUserName>gh_1</ToUserName><FromUserName>oRobot{number:010d}</FromUserName>"
            f"<CreateTime>{number}</CreateTime><MsgType>event</MsgType><Event>CLICK</Event>"
            "<EventKey>hours</EventKey></xml>"
        )
        sealed, stamp = seal(message.encode(), TENCENT_KEY, APP), str(int(time.time()))
        asked = {"timestamp": stamp, "nonce": str(number), "encrypt_type": "aes"}
        asked["msg_signature"] = sign(TOKEN, stamp, str(number), sealed)
        body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        made.append((f"/wx/callback?{urlencode(asked)}", body))
    return made


def send(port: int, mine: list[tuple[int, str, bytes]], began: float, took: list[float]) -> None:
    """Send each push at its own moment over one kept connection."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for number, address, body in mine:
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        due = time.monotonic()
        line.request("POST", address, body, {"Content-Type": "text/xml"})
        answer = line.getresponse()
        content = answer.read()
        assert answer.status == 200 and content.startswith(b"<xml><Encrypt>")
        took.append(time.monotonic() - due)
    line.close()


def test_two_hundred_pushes_a_second_are_each_answered_in_time(tmp_path: Path) -> None:
    house = House(tmp_path, **WECHAT).ready()
    try:
        made, took = pushes(RATE * SECONDS), []
        began = time.monotonic() + 0.5
        numbered = [(number, *one) for number, one in enumerate(made)]
        robots = [
            threading.Thread(target=send, args=(house.port, numbered[first::ROBOTS], began, took))
            for first in range(ROBOTS)
        ]
        for one in robots:
            one.start()
        for one in robots:
            one.join()
        ended = time.monotonic() - began
    finally:
        house.end()
    took.sort()
    half, p99 = took[len(took) // 2], took[len(took) * 99 // 100]
    print(f"\n{len(took)} pushes in {ended:.1f} s; p50 {half:.4f} p99 {p99:.4f} longest {took[-1]:.4f} s")
    assert len(took) == RATE * SECONDS and took[-1] < 1.0
