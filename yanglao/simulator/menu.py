"""What WeChat accepts as a menu. Pure."""

from __future__ import annotations

from typing import Any

from yanglao.simulator.answers import ApiFault

WITH_KEY = frozenset({"click", "scancode_push", "scancode_waitmsg", "location_select", "pic_weixin"})
MOST_TOP, MOST_SUB = 3, 5
TOP_NAME_BYTES, SUB_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024


def check(given: Any) -> dict[str, Any]:
    """Return the menu. Raises ApiFault with WeChat's code for what is wrong."""
    buttons = given.get("button") if isinstance(given, dict) else None
    if not isinstance(buttons, list):
        raise ApiFault(40015, "invalid menu type")
    if not 1 <= len(buttons) <= MOST_TOP:
        raise ApiFault(40016, "invalid button size")
    for button in buttons:
        _name(button, TOP_NAME_BYTES, 40018)
        inner = button.get("sub_button") or []
        if not isinstance(inner, list) or len(inner) > MOST_SUB:
            raise ApiFault(40023, "invalid sub button size")
        for one in inner:
            _name(one, SUB_NAME_BYTES, 40025)
            _act(one)
        if not inner:
            _act(button)
    return {"button": buttons}


def _name(button: Any, most: int, code: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= most:
        raise ApiFault(code, "invalid button name size")


def _act(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if kind == "view":
        url = button.get("url")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise ApiFault(40054, "invalid sub button url domain")
        if len(url.encode()) > URL_BYTES:
            raise ApiFault(40020, "invalid button url size")
    elif kind in WITH_KEY:
        key = button.get("key")
        if not isinstance(key, str) or not 1 <= len(key.encode()) <= KEY_BYTES:
            raise ApiFault(40019, "invalid button key size")
    else:
        raise ApiFault(40017, "invalid button type")
