"""Hash passwords (argon2id, 19 MiB, two passes: about 20 ms) and make one-time ones."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
ONE_TIME_DIGITS = 8


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Tell whether the password is right; without a hash the same time is spent and the answer is no."""
    try:
        _hasher.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def one_time() -> str:
    """Return eight random digits, easy to read out and to type on a number pad."""
    return "".join(secrets.choice("0123456789") for _ in range(ONE_TIME_DIGITS))


@cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe(16))
