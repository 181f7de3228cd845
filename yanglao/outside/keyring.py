"""The keys file: what keys there are, which are current, how the file is made, read and rotated.

A TOML file, readable to its owner only. ``[current]`` names one key id per use; ``[keys.<id>]`` holds ``use``,
``algorithm``, ``secret`` (base64 of 32 bytes) and ``created``. Old keys stay, for what was written with them.
"""

from __future__ import annotations

import base64
import os
import secrets
import tempfile
import tomllib
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

ALGORITHMS = {"seal": "aes-256-gcm", "id_hash": "hmac-sha256", "sign": "ed25519", "mac": "hmac-sha256"}
LETTERS = {"seal": "e", "id_hash": "h", "sign": "s", "mac": "m"}
SECRET_BYTES = 32


class BadKeys(Exception):
    """Says in one line why a keys file cannot be used; never shows a secret."""


@dataclass(frozen=True)
class Key:
    """One secret of 32 bytes and what it may be used for."""

    id: str
    use: str
    algorithm: str
    secret: bytes = field(repr=False)
    created: str = ""


@dataclass(frozen=True)
class Keyring:
    """All keys by id, the current id per use, and the environment the file was made for."""

    made_for: str
    current: dict[str, str]
    keys: dict[str, Key] = field(repr=False)

    def now_for(self, use: str) -> Key:
        """Return the key that new content of ``use`` is written with."""
        return self.keys[self.current[use]]

    def of(self, use: str) -> list[Key]:
        """Return every key of ``use``, the current one first."""
        current = self.current[use]
        return sorted(
            (key for key in self.keys.values() if key.use == use), key=lambda key: key.id != current
        )


def fresh(made_for: str, *, now: datetime) -> Keyring:
    """Return a ring with one new random key for each use."""
    ring = Keyring(made_for=made_for, current={}, keys={})
    return with_new(ring, tuple(ALGORITHMS), now=now)


def with_new(ring: Keyring, uses: tuple[str, ...], *, now: datetime) -> Keyring:
    """Return ``ring`` with a new current key for each of ``uses``; the keys before stay for reading."""
    keys, current = dict(ring.keys), dict(ring.current)
    for use in uses:
        number = 1 + sum(key.use == use for key in keys.values())
        name = f"{LETTERS[use]}{number}-{secrets.token_hex(3)}"
        keys[name] = Key(
            name, use, ALGORITHMS[use], secrets.token_bytes(SECRET_BYTES), now.strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        current[use] = name
    return replace(ring, keys=keys, current=current)


def read(path: Path, *, env: str) -> Keyring:
    """Read and check a keys file. Production takes no file that was made for another environment.

    Raises:
        BadKeys: unreadable, malformed, a missing use, a key of the wrong length, a demo file in production.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        keys = {name: _key(name, row) for name, row in content["keys"].items()}
        ring = Keyring(str(content["made_for"]), dict(content["current"]), keys)
    except OSError as error:
        raise BadKeys(f"keys file {path} cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadKeys(f"keys file {path} is malformed ({type(error).__name__}: {error})") from None
    for use in ALGORITHMS:
        if use not in ring.current or ring.current[use] not in keys or ring.now_for(use).use != use:
            raise BadKeys(f"keys file {path} names no current key for {use!r}")
    if env == "production" and ring.made_for != "production":
        raise BadKeys(f"keys file {path} was made for {ring.made_for!r} and is refused in production")
    return ring


def _key(name: str, row: dict[str, str]) -> Key:
    secret = base64.b64decode(row["secret"], validate=True)
    if ALGORITHMS.get(row["use"]) != row["algorithm"]:
        raise ValueError(f"key {name}: {row['algorithm']!r} is no algorithm for {row['use']!r}")
    if len(secret) != SECRET_BYTES or ":" in name:
        raise ValueError(f"key {name}: the secret must be {SECRET_BYTES} bytes and the id free of colons")
    return Key(name, row["use"], row["algorithm"], secret, row.get("created", ""))


def text_of(ring: Keyring) -> str:
    """Return the content of a keys file."""
    lines = [
        "# Keys of yanglao. Keep this file secret, back it up apart from the database: without it no ID number opens."
    ]
    lines += [f'made_for = "{ring.made_for}"', "", "[current]"]
    lines += [f'{use} = "{name}"' for use, name in sorted(ring.current.items())]
    for key in ring.keys.values():
        lines += ["", f'[keys."{key.id}"]', f'use = "{key.use}"', f'algorithm = "{key.algorithm}"']
        lines += [f'secret = "{base64.b64encode(key.secret).decode()}"', f'created = "{key.created}"']
    return "\n".join(lines) + "\n"


def write(ring: Keyring, path: Path, *, replacing: bool) -> None:
    """Write the file whole (0600). Without ``replacing`` a file made a moment before by another process is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text_of(ring))
            stream.flush()
            os.fsync(stream.fileno())
        if replacing:
            os.replace(draft, path)
        else:
            os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink(missing_ok=True)
