"""Go to WeChat and come back: single-use states bound to a browser, the code kept as a hash for a minute."""

from __future__ import annotations

import hashlib
import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import changed
from yanglao.people.addresses import mark_good
from yanglao.people.wechat_models import OauthState

AnySession = Session | scoped_session[Any]
LETTERS = string.ascii_letters + string.digits
STATE_LENGTH = 22  # of 62 letters: 131 bits
LIFE_MS = 600_000
CODE_LIFE_MS = 60_000
VISIT_MS = 1_800_000
KEPT_MS = 86_400_000


@dataclass(frozen=True)
class Taken:
    """What a state that came back turned out to be.

    ``outcome``: ``fresh`` (now used by this call), ``again`` (the same code came before), ``reused`` (another code),
    ``old`` (ten minutes are over), ``foreign`` (of another browser, or never given out).
    """

    outcome: str
    next_path: str = ""


@dataclass(frozen=True)
class Visit:
    """A WeChat user whom WeChat named in this browser within the last half hour, and where they were going."""

    openid: str = field(repr=False)
    unionid: str | None = field(repr=False)
    next_path: str
    exchanged_ms: int


def random_word(length: int = STATE_LENGTH) -> str:
    """Return random letters and digits; 22 of them hold more than 128 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def hashed(word: str) -> str:
    """Return the hash under which a random word is kept."""
    return hashlib.sha256(word.encode()).hexdigest()


def begin_oauth(session: AnySession, browser: str, next_path: str, *, now: datetime) -> str:
    """Return a fresh state for ``browser`` (the value of its cookie); states of yesterday leave the table."""
    state = random_word()
    session.execute(
        delete(OauthState)
        .where(OauthState.created_ms < to_ms(now) - KEPT_MS)
        .execution_options(synchronize_session=False)
    )
    session.add(
        OauthState(
            state_hash=hashed(state),
            browser_hash=hashed(browser),
            next_path=next_path,
            created_ms=to_ms(now),
        )
    )
    session.flush()
    return state


def take_state(session: AnySession, state: str, browser: str, code: str, *, now: datetime) -> Taken:
    """Use a state up, once: of two calls at the same moment one finds it fresh."""
    row = session.get(OauthState, hashed(state))
    if row is None or not browser or row.browser_hash != hashed(browser):
        return Taken("foreign")
    now_ms = to_ms(now)
    fresh = (
        OauthState.state_hash == row.state_hash,
        OauthState.used_ms.is_(None),
        OauthState.created_ms > now_ms - LIFE_MS,
    )
    used = update(OauthState).where(*fresh).values(used_ms=now_ms, code_hash=hashed(code))
    if changed(session, used.execution_options(synchronize_session=False)) == 1:
        return Taken("fresh", row.next_path)
    session.refresh(row)
    if row.used_ms is None:
        return Taken("old", row.next_path)
    return Taken("again" if row.code_hash == hashed(code) else "reused", row.next_path)


def keep_exchange(
    session: AnySession, state: str, *, openid: str, unionid: str | None, now: datetime
) -> None:
    """Keep what WeChat said to the code of a state; an openid that WeChat names can be written to again."""
    mark_good(session, openid)
    session.execute(
        update(OauthState)
        .where(OauthState.state_hash == hashed(state))
        .values(openid=openid, unionid=unionid, exchanged_ms=to_ms(now))
        .execution_options(synchronize_session=False)
    )


def known_code(session: AnySession, code: str, browser: str, *, now: datetime) -> Visit | None:
    """Return whom this code brought to this browser within the last minute, or None."""
    wanted = (OauthState.code_hash == hashed(code), OauthState.exchanged_ms > to_ms(now) - CODE_LIFE_MS)
    return _visit(session, browser, *wanted)


def visit(session: AnySession, browser: str, *, now: datetime) -> Visit | None:
    """Return whom WeChat named last in this browser, within half an hour, or None."""
    return _visit(session, browser, OauthState.exchanged_ms > to_ms(now) - VISIT_MS)


def _visit(session: AnySession, browser: str, *conditions: Any) -> Visit | None:
    if not browser:
        return None
    wanted = select(OauthState).where(
        OauthState.browser_hash == hashed(browser), OauthState.openid.is_not(None), *conditions
    )
    row = session.scalar(wanted.order_by(OauthState.exchanged_ms.desc(), OauthState.state_hash).limit(1))
    if row is None or row.openid is None or row.exchanged_ms is None:
        return None
    return Visit(row.openid, row.unionid, row.next_path, row.exchanged_ms)
