"""When a push is fresh, how long a reply may be, what gives a right to answer, what WeChat's own word means. Pure."""

from __future__ import annotations

import re
from hashlib import sha256

FRESH_S = 600
KEPT_MS = 86_400_000
WEEK_S = 7 * 86_400  # WeChat's tries end within a minute: a CreateTime further back than this tells nothing
SKEW_S = 5
MOST_REPLY_BYTES = 2048
_MINUTE, _TWO_DAYS = 60, 48 * 3600
# What somebody does -> (customer-service messages that may follow, seconds in which they may).
WINDOWS: dict[str, tuple[int, int]] = {
    "message": (5, _TWO_DAYS),
    "CLICK": (3, _MINUTE),
    "scancode_push": (3, _MINUTE),
    "scancode_waitmsg": (3, _MINUTE),
    "subscribe": (3, _MINUTE),
    "SCAN": (3, _MINUTE),
}


def fresh(stamp_s: int, now_s: int) -> bool:
    """Tell whether a push of ``stamp_s`` (Unix seconds) may come at ``now_s``: ten minutes either way."""
    return abs(now_s - stamp_s) <= FRESH_S


def belated(created_s: int, now_s: int) -> bool:
    """Tell whether a push is older than pushes are kept, so that nobody can know whether it came before."""
    return KEPT_MS // 1000 < now_s - created_s <= WEEK_S


def outrun(created_s: int, since_s: int, now_s: int) -> bool:
    """Tell whether something newer (``since_s``) overtook a push; clocks may differ by ``SKEW_S``."""
    return created_s + SKEW_S < since_s and now_s - created_s <= WEEK_S


def kept_key(account: str, key: str) -> str:
    """Return the digest under which a push to ``account`` is kept; the openid within cannot be read from it."""
    return sha256(f"{account}\n{key}".encode()).hexdigest()


def shortened(text: str) -> str:
    """Return ``text`` within the bytes that a reply may have, cut at a whole character."""
    raw = text.encode()
    if len(raw) <= MOST_REPLY_BYTES:
        return text
    return raw[: MOST_REPLY_BYTES - len("…".encode())].decode(errors="ignore") + "…"


def remaining(before: int, notice: dict[str, str], event: str) -> int:
    """Return the notices that a person still allows after one entry of a subscription event.

    Accepting gives one, refusing takes all back; a notice that was sent uses one up.
    """
    if event == "subscribe_msg_sent_event":
        return max(before - 1, 0) if notice.get("ErrorCode", "0") == "0" else before
    answer = notice.get("SubscribeStatusString", "")
    if answer == "accept":
        return before + (1 if event == "subscribe_msg_popup_event" else 0)
    return 0 if answer == "reject" else before


def arrival(status: str) -> tuple[str, str]:
    """Return (state, reason) of a delivery from the status that WeChat tells of it, as ``failed:user block``."""
    word = status.strip().lower()
    if word == "success":
        return "arrived", ""
    reason = re.sub(r"[^a-z]+", "_", word.removeprefix("failed")).strip("_")
    return "failed", f"told_{reason[:40] or 'failed'}"
