"""The simulated service account: its ids and secrets, made once per DATA_DIR."""

from __future__ import annotations

import json
import os
import secrets
import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

LETTERS = string.ascii_letters + string.digits
FILE = "account.json"


@dataclass(frozen=True)
class Account:
    """A service account as WeChat's console shows it. ``origin`` is the account's own id in messages (``gh_…``)."""

    app_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    origin: str


def make() -> Account:
    """Return an account with fresh secrets."""
    return Account(
        app_id="wx" + secrets.token_hex(8),
        secret=secrets.token_hex(16),
        token=word(24),
        aes_key=word(43),
        origin="gh_" + secrets.token_hex(6),
    )


def kept(folder: Path, environ: Mapping[str, str]) -> Account:
    """Return the account named by ``WECHAT_…`` in ``environ``, else the one kept in ``folder``, made the first time."""
    file = folder / FILE
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(asdict(make()), stream)
    own = Account(**json.loads(file.read_text(encoding="utf-8")))
    names = ("WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY")
    app_id, secret, token, aes_key = (environ.get(name, "").strip() for name in names)
    if not (app_id and secret and token and aes_key):
        return own
    return Account(app_id, secret, token, aes_key, own.origin)


def word(length: int) -> str:
    """Return that many random letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def openid() -> str:
    """Return an openid of WeChat's form: 28 characters, the first an ``o``."""
    return "o" + "".join(secrets.choice(LETTERS + "_-") for _ in range(27))
