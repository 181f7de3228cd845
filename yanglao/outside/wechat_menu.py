"""Read the menu of the service account from a file, held to WeChat's limits. Pure but for ``load``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from yanglao.settings import ROOT, Settings

FILE = "wechat_menu.toml"
MOST_BUTTONS, MOST_BELOW = 3, 5
MOST_NAME_BYTES, MOST_NAME_BELOW_BYTES = 16, 60
MOST_KEY_BYTES, MOST_URL_BYTES = 128, 1024
SCANS = {"open": "scancode_push", "ask": "scancode_waitmsg"}
_FIELDS = frozenset({"name", "page", "url", "key", "scan", "below"})


class WrongMenu(Exception):
    """Say in one line which button of the menu WeChat would not take, and why."""


def file_of(settings: Settings) -> Path:
    """Return the file that holds: the operator's own in DATA_DIR, else the one that came along."""
    own = settings.data_dir / FILE
    return own if own.is_file() else ROOT / "config" / FILE


def load(path: Path, *, site: str) -> dict[str, Any]:
    """Return the menu of a file as WeChat takes it; ``site`` is our public address. Raises WrongMenu."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise WrongMenu(f"{path.name} 读不了：{fault}") from None
    return menu(content, site=site)


def menu(content: dict[str, Any], *, site: str) -> dict[str, Any]:
    """Return ``{"button": […]}`` of a file's content. Raises WrongMenu."""
    if set(content) != {"button"} or not _tables(content["button"]):
        raise WrongMenu("要写成 [[button]]，一个按钮一段")
    buttons = content["button"]
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise WrongMenu(f"按钮要有 1 到 {MOST_BUTTONS} 个，现在有 {len(buttons)} 个")
    return {"button": [_button(one, site) for one in buttons]}


def keys_of(found: dict[str, Any]) -> set[str]:
    """Return the keys whose press our chat answers."""
    leaves = [leaf for one in found["button"] for leaf in one.get("sub_button") or [one]]
    return {leaf["key"] for leaf in leaves if leaf["type"] == "click"}


def bare(found: dict[str, Any]) -> Any:
    """Return a menu without what WeChat adds when it is asked for it, so that two can be compared."""
    names = ("type", "name", "key", "url")

    def leaf(one: dict[str, Any]) -> dict[str, Any]:
        below = one.get("sub_button") or []
        if isinstance(below, dict):
            below = below.get("list", [])
        kept = {name: one[name] for name in names if one.get(name)}
        return {"name": kept.get("name"), "below": [leaf(each) for each in below]} if below else kept

    return [leaf(one) for one in found.get("button") or []]


def _button(one: dict[str, Any], site: str) -> dict[str, Any]:
    below = one.get("below")
    if below is None:
        return _leaf(one, site, MOST_NAME_BYTES)
    name = _name(one, MOST_NAME_BYTES)
    if set(one) != {"name", "below"} or not _tables(below):
        raise WrongMenu(f"“{name}”下面有按钮，自己就不能再有 page、url、key、scan")
    if not 1 <= len(below) <= MOST_BELOW:
        raise WrongMenu(f"“{name}”下面要有 1 到 {MOST_BELOW} 个，现在有 {len(below)} 个")
    return {"name": name, "sub_button": [_leaf(each, site, MOST_NAME_BELOW_BYTES) for each in below]}


def _leaf(one: dict[str, Any], site: str, most_name: int) -> dict[str, Any]:
    name = _name(one, most_name)
    unknown = sorted(set(one) - _FIELDS | set(one) & {"below"})
    if unknown:
        raise WrongMenu(f"“{name}”里有不认识的 {'、'.join(unknown)}")
    if "scan" in one:
        if one["scan"] not in SCANS or "page" in one or "url" in one:
            raise WrongMenu(f"“{name}”的 scan 只能是 open 或 ask，不能同时有 page、url")
        return {"type": SCANS[one["scan"]], "name": name, "key": _key(name, one)}
    given = [kind for kind in ("page", "url", "key") if kind in one]
    if len(given) != 1:
        raise WrongMenu(f"“{name}”要有 page、url、key 当中的一个，只能有一个")
    if given == ["key"]:
        return {"type": "click", "name": name, "key": _key(name, one)}
    return {"type": "view", "name": name, "url": _url(name, one, site)}


def _name(one: dict[str, Any], most: int) -> str:
    name = one.get("name")
    if not isinstance(name, str) or not name.strip():
        raise WrongMenu("有一个按钮没有名字")
    size = len(name.encode())
    if size > most:
        raise WrongMenu(f"“{name}”的名字太长：{size} 字节，最多 {most}（一个汉字 3 字节）")
    return name


def _key(name: str, one: dict[str, Any]) -> str:
    key = one.get("key")
    if not isinstance(key, str) or not 0 < len(key.encode()) <= MOST_KEY_BYTES:
        raise WrongMenu(f"“{name}”的 key 要有 1 到 {MOST_KEY_BYTES} 字节")
    return key


def _url(name: str, one: dict[str, Any], site: str) -> str:
    if "page" in one:
        page = one["page"]
        if not isinstance(page, str) or not page.startswith("/") or page.startswith(("//", "/\\")):
            raise WrongMenu(f"“{name}”的 page 要以一个 / 开头")
        url = site.rstrip("/") + page
    else:
        url = one["url"]
        if not isinstance(url, str) or not url.startswith("https://"):
            raise WrongMenu(f"“{name}”的 url 要以 https:// 开头")
    if len(url.encode()) > MOST_URL_BYTES or not url.isprintable() or " " in url:
        raise WrongMenu(f"“{name}”的网址太长或有空格，最多 {MOST_URL_BYTES} 字节")
    return url


def _tables(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(one, dict) for one in given)
