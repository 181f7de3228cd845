"""Sign what is printed on a certificate, and carry it in its QR so that it can be checked without asking us.

The QR is ``<address>/verify/<code>#<payload>``; a phone keeps what follows the ``#`` to itself, so no name reaches a log.
Payload: base64url of the statement's canonical bytes, the key id, base64url of the Ed25519 signature, joined by dots, no padding.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from yanglao.certificates import rules
from yanglao.kernel.canonical import canonical_text
from yanglao.outside.ciphers import ciphers

ADDRESS = "/verify/"
MOST_CHARS = 4000


@dataclass(frozen=True)
class Signed:
    """A statement and its signature ``ed25519:<key id>:<base64>``."""

    statement: str
    signature: str


def sign(printed: dict[str, str]) -> Signed:
    """Return the statement of the printed texts, signed under the current key."""
    statement = canonical_text(rules.statement(printed))
    return Signed(statement, ciphers().sign(statement.encode()))


def address(base_url: str, code: str) -> str:
    """Return where a certificate is looked up: what people type or share."""
    return f"{base_url.rstrip('/')}{ADDRESS}{code}"


def qr_text(base_url: str, code: str, signed: Signed) -> str:
    """Return what the QR of a certificate says."""
    return f"{address(base_url, code)}#{payload(signed)}"


def payload(signed: Signed) -> str:
    """Return a signed statement as a QR carries it."""
    _algorithm, key_id, content = signed.signature.split(":")
    return f"{_encode(signed.statement.encode())}.{key_id}.{_encode(base64.b64decode(content))}"


def opened(text: str) -> Signed | None:
    """Return what a payload, or the whole text of a QR, carries if this house signed it; None for anything else."""
    parts = text.strip().rpartition("#")[2].split(".") if len(text) <= MOST_CHARS else []
    if len(parts) != 3:
        return None
    try:
        statement = _decode(parts[0]).decode()
        signature = f"ed25519:{parts[1]}:{base64.b64encode(_decode(parts[2])).decode()}"
    except (ValueError, binascii.Error):
        return None
    return Signed(statement, signature) if ciphers().verify(statement.encode(), signature) else None


def printed_in(signed: Signed) -> dict[str, str] | None:
    """Return the printed texts of a signed statement; None when it says something else."""
    try:
        return rules.printed_in(json.loads(signed.statement))
    except ValueError:
        return None


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
