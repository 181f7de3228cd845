"""Parametric QRs: made by the product, scanned by a phone."""

from __future__ import annotations

import secrets
from typing import Any

from yanglao.simulator.answers import ApiFault
from yanglao.simulator.world import World

LONGEST_S, USUAL_S = 2_592_000, 60
ADDRESS = "http://weixin.qq.com/q/"
FOR_EVER = frozenset({"QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"})


def create(world: World, asked: dict[str, Any]) -> dict[str, Any]:
    """Return WeChat's answer to ``qrcode/create``. Raises ApiFault."""
    action = asked.get("action_name")
    if action not in {"QR_SCENE", "QR_STR_SCENE", *FOR_EVER}:
        raise ApiFault(40030, "invalid action_name")
    scene = _scene(asked, str(action))
    seconds = asked.get("expire_seconds", USUAL_S)
    if action not in FOR_EVER and (not isinstance(seconds, int) or not 1 <= seconds <= LONGEST_S):
        raise ApiFault(40029, "invalid expire_seconds")
    ticket, code = "g" + secrets.token_urlsafe(60), secrets.token_urlsafe(12)
    until = 0 if action in FOR_EVER else world.now() + int(seconds)
    with world.change():
        now = world.now()
        world.qrs = {key: one for key, one in world.qrs.items() if not 0 < one["until_s"] < now - 86_400}
        world.qrs[code] = {"scene": scene, "ticket": ticket, "until_s": until}
    answer: dict[str, Any] = {"ticket": ticket, "url": ADDRESS + code}
    return answer if action in FOR_EVER else {**answer, "expire_seconds": int(seconds)}


def find(world: World, text: str) -> dict[str, Any] | None:
    """Return the live parametric QR that ``text`` is the address of."""
    if not text.startswith((ADDRESS, ADDRESS.replace("http:", "https:"))):
        return None
    with world.lock:
        found = world.qrs.get(text.rsplit("/", 1)[1])
    return found if found and (not found["until_s"] or found["until_s"] > world.now()) else None


def _scene(asked: dict[str, Any], action: str) -> str:
    info = asked.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        return "0"  # WeChat takes it, and the code then leads nowhere
    if "STR" in action:
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise ApiFault(40053, "invalid action info")
        return text
    number = scene.get("scene_id")
    if not isinstance(number, int) or not 1 <= number < 2**32:
        raise ApiFault(40053, "invalid action info")
    return str(number)
