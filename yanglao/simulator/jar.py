"""The cookies of one phone. The browser would share them between phones, since cookies do not know ports."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http.cookies import CookieError, Morsel, SimpleCookie

from yanglao.simulator.world import User, World


def take(world: World, user: User, header: str) -> None:
    """Keep what one ``Set-Cookie`` says; an age of nothing takes the cookie away."""
    parsed: SimpleCookie = SimpleCookie()
    try:
        parsed.load(header)
    except CookieError:
        return
    with world.change():
        for name, morsel in parsed.items():
            path = morsel["path"] or "/"
            user.cookies = [one for one in user.cookies if (one["name"], one["path"]) != (name, path)]
            until_s = _until_s(morsel, world.now())
            if until_s is None or until_s > world.now():
                user.cookies.append(
                    {
                        "name": name,
                        "value": morsel.coded_value,
                        "path": path,
                        "until_s": until_s,
                        "hidden": bool(morsel["httponly"]),
                    }
                )


def header(world: World, user: User, path: str, *, for_scripts: bool = False) -> str:
    """Return the ``Cookie`` line for a path; ``for_scripts`` leaves out what no script may read."""
    with world.lock:
        return "; ".join(
            f"{one['name']}={one['value']}"
            for one in user.cookies
            if (one["until_s"] is None or one["until_s"] > world.now())
            and path.startswith(one["path"])
            and not (for_scripts and one["hidden"])
        )


def _until_s(morsel: Morsel[str], now_s: int) -> int | None:
    """Return when a cookie ends (Unix s); None: never, for a phone's WeChat is hardly ever closed."""
    if morsel["max-age"]:
        try:
            return now_s + int(morsel["max-age"])
        except ValueError:
            return None
    if morsel["expires"]:
        try:
            return int(parsedate_to_datetime(morsel["expires"]).timestamp())
        except (TypeError, ValueError):
            return None
    return None
