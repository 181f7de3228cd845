"""One way to turn a value into bytes, so that a hash computed anywhere is the same hash.

Canonical JSON here: UTF-8, keys sorted by code point, no white space, no floats, no NaN; strings as they are
(no escaping of non-ASCII characters). A digest names its algorithm, so that SM3 can come later.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

ALGORITHM = "sha256"
_PLAIN = frozenset({str, int, bool, type(None)})


class NotCanonical(TypeError):
    """Say that a value has no canonical form (a float, a key that is not text, another type)."""


def canonical_bytes(value: Any) -> bytes:
    """Return the canonical bytes of dicts, lists, strings, integers, booleans and None. Raises NotCanonical."""
    _check(value)
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def canonical_text(value: Any) -> str:
    """Return the canonical form as text."""
    return canonical_bytes(value).decode()


def digest(value: bytes | Any) -> str:
    """Return ``sha256:<hex>`` of bytes, or of the canonical bytes of a value."""
    raw = value if isinstance(value, bytes) else canonical_bytes(value)
    return f"{ALGORITHM}:{hashlib.sha256(raw).hexdigest()}"


def _check(value: Any) -> None:
    if type(value) in _PLAIN or isinstance(value, (str, int)):
        return
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise NotCanonical(f"key {key!r} is not text")
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        raise NotCanonical(f"{type(value).__name__} has no canonical form")
    for item in value:
        if type(item) not in _PLAIN:
            _check(item)
