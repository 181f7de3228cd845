"""One HTTP request to WeChat: bounded in time and size, no redirects, and nothing secret in what goes wrong."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode, urlsplit

from yanglao.outside.wechat_errors import WeChatFault

SILENCE_S = 5.0
LONGEST_S = 8.0
MOST_BYTES = 1024 * 1024
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing: an address on another host would be handed the token."""


class Line:
    """A line to one base address, which a setting names. Safe to share between threads."""

    def __init__(self, base: str, *, silence_s: float = SILENCE_S, longest_s: float = LONGEST_S) -> None:
        self._base = base
        self._silence_s = silence_s
        self._longest_s = longest_s
        inside = urlsplit(base).hostname in LOOPBACK
        proxies = [urllib.request.ProxyHandler({})] if inside else []
        self._opener = urllib.request.build_opener(_NoRedirect, *proxies)

    def ask(self, call: str, *, query: dict[str, str], body: Any = None) -> dict[str, Any]:
        """Send GET, or POST when there is a ``body`` (JSON, UTF-8 unescaped), and return the JSON object.

        Raises:
            WeChatFault: no answer in time, a status that is not 200, or no JSON object; without code.
        """
        address = f"{self._base}{call}?{urlencode(query)}" if query else f"{self._base}{call}"
        raw = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        found, why = self._answer(address, raw)
        if why:
            # Raised here, after the except blocks ended: no fault of a library, and no address, hangs on it.
            raise WeChatFault(call, None, why=why)
        return found

    def _answer(self, address: str, raw: bytes | None) -> tuple[dict[str, Any], str]:
        """Return (JSON object, "") or ({}, why there is none)."""
        request = urllib.request.Request(address, raw, {"Content-Type": "application/json; charset=utf-8"})
        try:
            with self._opener.open(request, timeout=self._silence_s) as answer:
                content = self._content(answer)
                status = answer.status
        except urllib.error.HTTPError as fault:
            fault.close()
            return {}, f"status {fault.code}"
        except TimeoutError:
            return {}, "no answer in time"
        except (OSError, http.client.HTTPException, ValueError):
            return {}, "no connection"
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            return {}, "answer is not JSON"
        good = status == 200 and isinstance(found, dict)
        return (found, "") if good else ({}, "answer is not an object")

    def _content(self, answer: Any) -> bytes:
        """Read all there is, at most ``MOST_BYTES`` and not for ever: a trickle never ends by its silence."""
        end = time.monotonic() + self._longest_s
        parts: list[bytes] = []
        size = 0
        while part := answer.read1(65536):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise ValueError("too large")
            if time.monotonic() > end:
                raise TimeoutError
        return b"".join(parts)
