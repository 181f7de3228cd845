"""Let people in and out: sign-in, the devices they are signed in on, consent, own password."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel import policy
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, NotFound, Problem, Refused, TooMany, Unauthenticated
from yanglao.people import passwords, telling, wechat
from yanglao.people.admission import phone_key
from yanglao.people.models import Account, Consent, Person, RoleGrant, SignIn, WrongTries
from yanglao.people.rules import PRIVACY_VERSION, clean_phone, password_fault, phone_holds
from yanglao.people.standing_in import offices, stands_for

AnySession = Session | scoped_session[Any]
SEEN_EVERY_MS = 300_000
DAY_MS = 86_400_000
CLIENTS = ("wechat", "pc", "app")


class WrongSignIn(Unauthenticated):
    """Say that phone and password do not belong together; the same for a phone that nobody has."""

    code = "sign_in.wrong"


class Locked(TooMany):
    """Say that there were too many wrong tries with this phone number."""

    code = "sign_in.locked"


@dataclass(frozen=True)
class Checked:
    """A password that was compared, outside the write transaction for it takes 20 ms."""

    phone_key: str
    person_id: str | None
    right: bool


@dataclass(frozen=True)
class SignedIn:
    """A new sign-in. ``token`` is shown once, only its hash is kept."""

    token: str = field(repr=False)
    actor: Actor


def sign_in(
    session: AnySession,
    phone: str,
    password: str,
    *,
    carrier: str = "bearer",
    client: str = "pc",
    device_label: str = "",
    now: datetime,
) -> SignedIn:
    """Check and enter in one go. A caller that rolls back on errors must use ``check`` and ``enter`` to keep the count.

    Raises:
        WrongSignIn, Locked.
    """
    checked = check(session, phone, password)
    found = enter(session, checked, carrier=carrier, client=client, device_label=device_label, now=now)
    if isinstance(found, Problem):
        raise found
    return found


def check(session: AnySession, phone: str, password: str) -> Checked:
    """Compare a password, reading only; an unknown phone takes as long as a known one."""
    number = clean_phone(phone)
    account = session.scalar(select(Account).where(Account.phone == number)) if phone_holds(number) else None
    right = passwords.verify(account.password_hash if account else None, password)
    return Checked(phone_key(phone), account.person_id if account else None, right)


def enter(
    session: AnySession,
    checked: Checked,
    *,
    carrier: str,
    client: str,
    device_label: str = "",
    device_uuid: str = "",
    now: datetime,
) -> SignedIn | Problem:
    """Open a sign-in, or count a wrong try; the refusal is returned, not raised, so that the count is committed."""
    figures = policy.on(day_of(now)).sign_in
    now_ms = to_ms(now)
    tries = session.get(WrongTries, checked.phone_key, with_for_update=True)
    if tries is not None and tries.locked_until_ms > now_ms:
        return Locked(retry_after_s=-(-(tries.locked_until_ms - now_ms) // 1000))
    if not checked.right or checked.person_id is None:
        left = count_wrong(session, tries, checked.phone_key, figures=figures, now_ms=now_ms)
        return WrongSignIn(tries_left=left)
    if tries is not None:
        session.delete(tries)
    return let_in(
        session,
        checked.person_id,
        carrier=carrier,
        client=client,
        device_label=device_label,
        device_uuid=device_uuid,
        now=now,
    )


def let_in(
    session: AnySession,
    person_id: str,
    *,
    carrier: str = "cookie",
    client: str,
    via: str = "password",
    device_label: str = "",
    device_uuid: str = "",
    now: datetime,
) -> SignedIn:
    """Open a sign-in for a person who has been recognised already.

    Within WeChat it ends those of whoever shares that WeChat: of two registered persons one holds the phone.
    """
    if "wechat" in (client, via):
        wechat.sign_partner_out(session, person_id, now=now)
    now_ms, token = to_ms(now), secrets.token_urlsafe(32)
    row = SignIn(
        person_id=person_id,
        token_hash=token_hash(token),
        carrier=carrier,
        client=client if client in CLIENTS else "pc",
        via=via,
        device_label=device_label[:80],
        device_uuid=device_uuid[:64],
        created_ms=now_ms,
        last_seen_ms=now_ms,
    )
    session.add(row)
    session.flush()
    telling.new_device(session, row, now=now)
    actor = resolve(session, token, now)
    assert actor is not None
    return SignedIn(token, actor)


def count_wrong(
    session: AnySession, tries: WrongTries | None, key: str, *, figures: policy.SignIn, now_ms: int
) -> int:
    """Count one wrong try under ``key`` and return how many are left before it is locked."""
    window_ms = figures.wrong_window_s * 1000
    if tries is None:
        # Numbers that nobody tries any more leave the table, else it would grow with every made-up number.
        past = WrongTries.window_from_ms < now_ms - window_ms
        session.execute(delete(WrongTries).where(past, WrongTries.locked_until_ms < now_ms))
        tries = WrongTries(phone_key=key, wrong_count=0, window_from_ms=now_ms, locked_until_ms=0)
        session.add(tries)
    if tries.window_from_ms <= now_ms - window_ms or 0 < tries.locked_until_ms <= now_ms:
        tries.wrong_count, tries.window_from_ms, tries.locked_until_ms = 0, now_ms, 0
    tries.wrong_count += 1
    if tries.wrong_count >= figures.wrong_max:
        tries.locked_until_ms = now_ms + figures.lock_s * 1000
    session.flush()
    return max(0, figures.wrong_max - tries.wrong_count)


def resolve(session: AnySession, token: str, now: datetime) -> Actor | None:
    """Return who holds ``token``, or None: unknown, revoked, too old. Writes nothing."""
    wanted = {"hash": token_hash(token), "oldest_ms": oldest_ms(now)}
    held = session.connection().execute(_holder(), wanted).first()
    if held is None:
        return None
    found = actor_from(held, _grants(session, held.person_id))
    stood = stands_for(session, held.person_id, day_of(now)) if offices(found.grants) else ""
    return replace(found, stands_for=stood) if stood else found


def actor_from(held: Any, grants: tuple[Grant, ...]) -> Actor:
    """Return who holds a sign-in, a row of ``holders``."""
    return Actor(
        person_id=held.person_id,
        name=held.name,
        grants=grants,
        sign_in_id=held.id,
        client=held.client,
        device=held.device_uuid,
        consented=bool(held.consented),
        must_change_password=bool(held.must_change) and held.via == "password",
        font_px=held.font_px or 18,
        extra={
            "last_seen_ms": str(held.last_seen_ms),
            "signed_in_ms": str(held.created_ms),
            "carrier": held.carrier,
            "via": held.via,
            "shared": "1" if held.shared and "wechat" in (held.via, held.client) else "",
        },
    )


@cache
def _holder() -> Any:
    return holders().where(SignIn.token_hash == bindparam("hash"))


def holders() -> Any:
    """Begin a query for who holds sign-ins that stand; it takes ``oldest_ms``."""
    agreed = exists().where(Consent.person_id == SignIn.person_id, Consent.version == PRIVACY_VERSION)
    shared = wechat.is_shared(SignIn.person_id)
    return (
        select(
            SignIn.__table__,
            Person.name,
            Account.must_change,
            Account.font_px,
            agreed.label("consented"),
            shared.label("shared"),
        )
        .join(Person, Person.id == SignIn.person_id)
        .outerjoin(Account, Account.person_id == SignIn.person_id)
        .where(*_stands())
    )


def _stands() -> tuple[ColumnElement[bool], ...]:
    return SignIn.revoked_ms.is_(None), SignIn.created_ms > bindparam("oldest_ms")


def oldest_ms(now: datetime) -> int:
    """Return when the oldest sign-in that still stands was made."""
    return to_ms(now) - policy.on(day_of(now)).sign_in.life_days * DAY_MS


@cache
def _standing() -> Any:
    return select(SignIn.id).where(SignIn.id.in_(bindparam("ids", expanding=True)), *_stands())


def still_in(session: AnySession, sign_in_ids: Iterable[str], *, now: datetime) -> set[str]:
    """Return those of the sign-ins that stand: neither revoked nor too old."""
    wanted = {"ids": sorted(set(sign_in_ids)), "oldest_ms": oldest_ms(now)}
    return set(session.connection().execute(_standing(), wanted).scalars())


def actor_of(session: AnySession, person_id: str, *, client: str = "pc") -> Actor:
    """Return a person as actor without a sign-in: for the demo city, jobs and tests. Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person.not_found")
    return Actor(person_id=person_id, name=person.name, grants=_grants(session, person_id), client=client)


def _grants(session: AnySession, person_id: str) -> tuple[Grant, ...]:
    rows = session.connection().execute(_held(), {"person": person_id})
    return tuple(Grant(row.role, row.division_code, row.base_id, row.department) for row in rows)


@cache
def _held() -> Any:
    wanted = select(RoleGrant.role, RoleGrant.division_code, RoleGrant.base_id, RoleGrant.department)
    own = wanted.where(RoleGrant.person_id == bindparam("person"), RoleGrant.revoked_ms.is_(None))
    return own.order_by(RoleGrant.id)


def touch(session: AnySession, sign_in_id: str, *, now: datetime) -> None:
    """Note that a device was seen, at most once in five minutes."""
    due = SignIn.last_seen_ms < to_ms(now) - SEEN_EVERY_MS
    session.execute(update(SignIn).where(SignIn.id == sign_in_id, due).values(last_seen_ms=to_ms(now)))


def touch_due(actor: Actor, now: datetime) -> bool:
    """Tell whether ``touch`` would write."""
    return int(actor.extra.get("last_seen_ms", "0")) < to_ms(now) - SEEN_EVERY_MS


def revoke_sign_in(session: AnySession, sign_in_id: str, *, now: datetime, actor: Actor) -> None:
    """Sign one of one's own devices out; again changes nothing. Raises NotFound."""
    row = session.get(SignIn, sign_in_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound("sign_in.not_found")
    if row.revoked_ms is None:
        row.revoked_ms = to_ms(now)
    session.flush()


def sign_out(session: AnySession, *, now: datetime, actor: Actor) -> None:
    """Sign the present device out."""
    revoke_sign_in(session, actor.sign_in_id, now=now, actor=actor)


def sign_out_others(session: AnySession, *, now: datetime, actor: Actor) -> int:
    """Sign all other devices out and return how many there were."""
    others = (
        (SignIn.person_id == actor.person_id) & (SignIn.id != actor.sign_in_id) & SignIn.revoked_ms.is_(None)
    )
    ids = list(session.scalars(select(SignIn.id).where(others)))
    session.execute(update(SignIn).where(SignIn.id.in_(ids)).values(revoked_ms=to_ms(now)))
    return len(ids)


def sign_out_everywhere(session: AnySession, *, now: datetime, actor: Actor) -> int:
    """Sign all devices out, the present one too, and return how many there were."""
    others = sign_out_others(session, now=now, actor=actor)
    sign_out(session, now=now, actor=actor)
    return others + 1


def agree(session: AnySession, person_id: str, version: str, *, client: str, now: datetime) -> None:
    """Keep that a person agreed to the privacy notice; again changes nothing. Raises Conflict for an old version."""
    if version != PRIVACY_VERSION:
        raise Conflict("consent.not_current", current=PRIVACY_VERSION)
    held = select(Consent.id).where(Consent.person_id == person_id, Consent.version == version)
    if session.scalar(held) is None:
        session.add(Consent(person_id=person_id, version=version, client=client, agreed_ms=to_ms(now)))
        session.flush()


def change_password(session: AnySession, *, old: str, new: str, now: datetime, actor: Actor) -> None:
    """Change one's own password and sign all other devices out.

    Raises:
        Refused: ``password.wrong_old``, ``password.same`` or the code of what is wrong with the new one.
        NotFound: without an account.
    """
    account = session.scalar(select(Account).where(Account.person_id == actor.person_id))
    if account is None:
        raise NotFound("account.missing")
    if not passwords.verify(account.password_hash, old):
        raise Refused("password.wrong_old")
    fault = "password.same" if old == new else password_fault(new, phone=account.phone)
    if fault is not None:
        raise Refused(fault)
    account.password_hash = passwords.hash_password(new)
    account.must_change, account.password_ms = False, to_ms(now)
    sign_out_others(session, now=now, actor=actor)
    session.flush()


def choose_font(session: AnySession, font_px: int, *, actor: Actor) -> None:
    """Keep how large a person wants the text, 18 to 30 px. Raises Refused."""
    if not 18 <= font_px <= 30:
        raise Refused("account.font_range")
    session.execute(update(Account).where(Account.person_id == actor.person_id).values(font_px=font_px))


def lock(session: AnySession, person_id: str) -> None:
    """Hold the person lock until the transaction ends; on SQLite the writer holds the whole database anyway.

    Raises:
        NotFound: no such person.
    """
    held = session.scalar(select(Person.id).where(Person.id == person_id).with_for_update())
    if held is None:
        raise NotFound("person.not_found")


def token_hash(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
