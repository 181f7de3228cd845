"""Remember for a minute who a token belongs to, for the one call that every phone makes all the time.

What may change at once, that the sign-in stands, is asked for again by the call itself, in its own transaction
(``people.still_in``); a role that was taken away is noticed within the minute.
"""

from __future__ import annotations

import hashlib
import time

from flask import current_app

from yanglao.kernel.actor import Actor

REMEMBERED_S = 60.0
MOST = 20_000

_Held = dict[bytes, tuple[Actor, float]]
_Checked = dict[bytes, float]


def recall(token: str) -> Actor | None:
    """Return who held this token within the last minute, None when it has to be asked for."""
    found = _held().get(_key(token))
    return found[0] if found and time.monotonic() - found[1] < REMEMBERED_S else None


def remember(token: str, actor: Actor) -> None:
    """Remember who holds this token."""
    held = _held()
    if len(held) >= MOST:
        held.clear()
    held[_key(token)] = (actor, time.monotonic())


def check(marks: str) -> None:
    """Remember that the CSRF token of a browser was found good; ``marks`` are its cookies and the token together."""
    held = _checked()
    if len(held) >= MOST:
        held.clear()
    held[_key(marks)] = time.monotonic()


def is_checked(marks: str) -> bool:
    """Tell whether exactly these cookies came with exactly this token within the last minute, and were found good."""
    found = _checked().get(_key(marks))
    return found is not None and time.monotonic() - found < REMEMBERED_S


def forget(token: str) -> None:
    """Forget a token: something about its sign-in has changed."""
    _held().pop(_key(token), None)


def _held() -> _Held:
    found: _Held = current_app.extensions.setdefault("lately", {})
    return found


def _checked() -> _Checked:
    found: _Checked = current_app.extensions.setdefault("lately.checked", {})
    return found


def _key(token: str) -> bytes:
    return hashlib.blake2b(token.encode(), digest_size=16).digest()
