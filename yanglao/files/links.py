"""Links that open one file for a while, without a sign-in; made and checked with SECRET_KEY, kept nowhere."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from yanglao.files.errors import LinkExpired
from yanglao.kernel.clock import to_ms

LASTS_S = 15 * 60


def make(file_id: str, *, now: datetime, seconds: int = LASTS_S) -> str:
    """Return the word that opens ``file_id`` for ``seconds``."""
    return _signer().dumps([file_id, to_ms(now) + seconds * 1000])


def read(word: str, *, now: datetime) -> str:
    """Return the file id a word opens. Raises ``LinkExpired`` when it was altered or is too old."""
    try:
        file_id, until_ms = _signer().loads(word)
    except (BadSignature, ValueError, TypeError):
        raise LinkExpired() from None
    if to_ms(now) >= int(until_ms):
        raise LinkExpired()
    return str(file_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="yanglao.files.links")
