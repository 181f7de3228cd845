"""Encryption, keyed hashes and signatures. Everything made here names its algorithm and key id.

Shapes: sealed text ``aesgcm:<key id>:<base64 of nonce + ciphertext + tag>``, ID hash
``hmac-sha256:<key id>:<hex>``, signature ``ed25519:<key id>:<base64>``.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime, timezone
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask

from yanglao.outside import keyring
from yanglao.outside.keyring import BadKeys, Keyring
from yanglao.settings import Settings

NONCE_BYTES = 12


class Unreadable(Exception):
    """Says that a sealed text does not open: damaged, or its key is not in the keys file."""


class Ciphers:
    """Use the keys of one keys file. Safe to share between threads; follows the file when it is rotated."""

    def __init__(self, ring: Keyring, path: Path | None = None, *, env: str = "test") -> None:
        self._ring = ring
        self._path = path
        self._env = env
        self._seen = self._stamp()

    @classmethod
    def from_keys_file(cls, path: Path, env: str) -> Ciphers:
        """Read ``path``; outside production a missing file is made first.

        Raises:
            BadKeys: the file is missing (production), malformed or was made for another environment.
        """
        if env != "production" and not path.exists():
            keyring.write(keyring.fresh(env, now=datetime.now(timezone.utc)), path, replacing=False)
        return cls(keyring.read(path, env=env), path, env=env)

    def ring(self) -> Keyring:
        """Return the keys as the file holds them now; a file that cannot be read leaves the keys as they were."""
        stamp = self._stamp()
        if self._path is not None and stamp != self._seen:
            self._seen = stamp
            try:
                self._ring = keyring.read(self._path, env=self._env)
            except BadKeys:
                self._seen = None
        return self._ring

    def seal(self, text: str) -> str:
        """Return ``text`` encrypted and authenticated under the current key."""
        key = self.ring().now_for("seal")
        nonce = secrets.token_bytes(NONCE_BYTES)
        content = nonce + AESGCM(key.secret).encrypt(nonce, text.encode(), key.id.encode())
        return f"aesgcm:{key.id}:{_encode(content)}"

    def open(self, sealed: str) -> str:
        """Return what was sealed, by the key the text names. Raises ``Unreadable``."""
        algorithm, key_id, content = _parts(sealed)
        key = self.ring().keys.get(key_id)
        if algorithm != "aesgcm" or key is None or key.use != "seal":
            raise Unreadable(f"no key {key_id!r} for {algorithm!r} in the keys file")
        raw = _decode(content)
        try:
            return AESGCM(key.secret).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], key.id.encode()).decode()
        except (InvalidTag, ValueError):
            raise Unreadable("the sealed text is damaged") from None

    def id_hash(self, text: str) -> str:
        """Return the keyed hash by which an ID number is found again; equal numbers give equal hashes."""
        key = self.ring().now_for("id_hash")
        return f"hmac-sha256:{key.id}:{hmac.digest(key.secret, text.encode(), sha256).hex()}"

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Return 32 bytes that only this house can make, under the current key derived for ``purpose``."""
        return hmac.digest(_derived(self.ring().now_for("mac").secret, purpose), message, sha256)

    def macs(self, purpose: str, message: bytes) -> list[bytes]:
        """Return the code under every key of the file, the current one first: what was made before a rotation."""
        return [hmac.digest(_derived(key.secret, purpose), message, sha256) for key in self.ring().of("mac")]

    def sign(self, message: bytes) -> str:
        """Return an Ed25519 signature under the current key."""
        key = self.ring().now_for("sign")
        return f"ed25519:{key.id}:{_encode(Ed25519PrivateKey.from_private_bytes(key.secret).sign(message))}"

    def verify(self, message: bytes, signature: str) -> bool:
        """Tell whether ``signature`` is this house's for ``message``, under any key of the file."""
        try:
            algorithm, key_id, content = _parts(signature)
            key = self.ring().keys.get(key_id)
            if algorithm != "ed25519" or key is None or key.use != "sign":
                return False
            Ed25519PrivateKey.from_private_bytes(key.secret).public_key().verify(_decode(content), message)
        except (InvalidSignature, Unreadable):
            return False
        return True

    def public_keys(self) -> dict[str, str]:
        """Return key id -> base64 of the 32-byte Ed25519 public key, old keys too; to be published."""
        return {
            key.id: _encode(Ed25519PrivateKey.from_private_bytes(key.secret).public_key().public_bytes_raw())
            for key in self.ring().of("sign")
        }

    def _stamp(self) -> tuple[int, int] | None:
        if self._path is None:
            return None
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino


@lru_cache(maxsize=64)
def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"yanglao mac: " + purpose.encode()).derive(
        secret
    )


def _parts(text: str) -> tuple[str, str, str]:
    parts = text.split(":")
    if len(parts) != 3:
        raise Unreadable("not of the form algorithm:key:content")
    return parts[0], parts[1], parts[2]


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Unreadable("not base64") from None


_in_use: Ciphers | None = None


def use(instance: Ciphers) -> Ciphers:
    """Make ``instance`` the one that ``ciphers()`` returns; ``create_app`` calls this once."""
    global _in_use
    _in_use = instance
    return instance


def ciphers() -> Ciphers:
    """Return the ciphers of the running app, inside a request or outside."""
    if _in_use is None:
        raise RuntimeError("no ciphers yet: create_app has not been called")
    return _in_use


def init_app(app: Flask, settings: Settings) -> None:
    """Give ``app`` its ciphers, by ``app.extensions["ciphers"]`` and by ``ciphers()``."""
    app.extensions["ciphers"] = use(Ciphers.from_keys_file(settings.keys_file, settings.env))
