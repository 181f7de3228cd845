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


GRID_MS = 15 * 60 * 1000


def make_for(subject: str, person_id: str, *, now: datetime, seconds: int) -> tuple[str, int]:
    """Return the word that opens ``subject`` for one person for at least ``seconds``, and when it ends (ms).

    The end lies on a quarter of an hour, so that asking again soon gives the same word and a phone's cache holds.
    """
    until_ms = -(-(to_ms(now) + seconds * 1000) // GRID_MS) * GRID_MS
    return _signer("yanglao.files.own").dumps([subject, person_id, until_ms]), until_ms


def read_for(word: str, person_id: str, *, now: datetime) -> str:
    """Return the subject of a person's own word. Raises ``LinkExpired``: altered, too old, or somebody else's."""
    try:
        subject, owner_id, until_ms = _signer("yanglao.files.own").loads(word)
    except (BadSignature, ValueError, TypeError):
        raise LinkExpired() from None
    if owner_id != person_id or to_ms(now) >= int(until_ms):
        raise LinkExpired()
    return str(subject)


def _signer(salt: str = "yanglao.files.links") -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=salt)
