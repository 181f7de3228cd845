"""Find out whose WeChat this is: by a personal slip, by name with the end of the ID and the phone, by an account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.errors import Conflict, NotFound, Problem, Refused, TooMany
from yanglao.kernel.identifiers import mask_name
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries, shares, wechat
from yanglao.people.entrance import count_wrong
from yanglao.people.models import Account, Person, WrongTries
from yanglao.people.oauth import Visit, hashed
from yanglao.people.reach import actor_id, need, person_row, scope_for
from yanglao.people.rules import clean_id, clean_name, clean_phone
from yanglao.people.wechat_models import BindSlip

AnySession = Session | scoped_session[Any]
SLIP_LIFE_MS = 30 * 86_400_000


class BindingWrong(Refused):
    """Say that name, end of the ID and phone do not belong together; the same for somebody whom nobody knows."""

    code = "wechat.wrong"


class BindingLocked(TooMany):
    """Say that it was tried too often from this WeChat, or for this phone number."""

    code = "wechat.locked"


class OpenidBound(Conflict):
    """Say that this WeChat is another person's. ``proof`` lets who was recognised ask to share it; never a fact."""

    code = "wechat.openid_bound"

    def __init__(self, proof: str) -> None:
        super().__init__()
        self.proof = proof


@dataclass(frozen=True)
class Slip:
    """A slip to print. ``token`` stands in its QR only; its hash is kept."""

    person_id: str
    token: str = field(repr=False)
    expires_ms: int


@dataclass(frozen=True)
class SlipShown:
    """What a slip says to whoever scans it: a masked name, nothing more."""

    person_id: str
    masked_name: str


def issue_slips(session: AnySession, person_ids: list[str], *, now: datetime, actor: Actor) -> list[Slip]:
    """Make a slip for each person; an earlier unused one of theirs ends. Who is bound gets none.

    Raises:
        Forbidden. NotFound: one of them is outside the caller's scope.
    """
    need(actor, "people.manage")
    scope, now_ms, made = scope_for(actor, "people.manage"), to_ms(now), []
    bound = wechat.bound_among(session, person_ids)
    for person_id in person_ids:
        person_row(session, person_id, scope)
        if person_id in bound:
            continue
        session.execute(
            update(BindSlip)
            .where(BindSlip.person_id == person_id, BindSlip.used_ms.is_(None), BindSlip.revoked_ms.is_(None))
            .values(revoked_ms=now_ms)
        )
        slip = Slip(person_id, secrets.token_urlsafe(12), now_ms + SLIP_LIFE_MS)
        session.add(
            BindSlip(
                token_hash=hashed(slip.token),
                person_id=person_id,
                issued_by=actor_id(actor),
                issued_ms=now_ms,
                expires_ms=slip.expires_ms,
            )
        )
        wechat.note(session, "slip_issued", person_id, how="slip", done_by=actor_id(actor), now=now)
        made.append(slip)
    session.flush()
    return made


def shown_slip(session: AnySession, token: str, *, now: datetime) -> SlipShown:
    """Return whose slip it is. Raises NotFound: unknown, used, replaced by a newer one, or older than 30 days."""
    row = session.scalar(select(BindSlip).where(BindSlip.token_hash == hashed(token)))
    if row is None or row.used_ms or row.revoked_ms or row.expires_ms <= to_ms(now):
        raise NotFound("wechat.slip_unusable")
    person_id = queries.standing_id(session, row.person_id)
    return SlipShown(person_id, mask_name(person_row(session, person_id).name))


def bind_by_slip(session: AnySession, token: str, *, visit: Visit, appid: str, now: datetime) -> str:
    """Use a slip up and bind; return the person's id. Raises NotFound, Conflict (then the slip is not used up)."""
    person_id = _use_up(session, token, now=now)
    _bind(session, person_id, visit=visit, appid=appid, how="slip", now=now)
    return person_id


def share_by_slip(
    session: AnySession, token: str, relation: str, *, visit: Visit, appid: str, now: datetime
) -> str:
    """Use a slip up to ask that its person may share this WeChat, which is another's. Raises as ``shares.file``."""
    person_id = _use_up(session, token, now=now)
    return shares.file(session, person_id, relation, how="slip", visit=visit, appid=appid, now=now)


def _use_up(session: AnySession, token: str, *, now: datetime) -> str:
    shown = shown_slip(session, token, now=now)
    used = (
        update(BindSlip)
        .where(BindSlip.token_hash == hashed(token), BindSlip.used_ms.is_(None))
        .values(used_ms=to_ms(now))
        .execution_options(synchronize_session=False)
    )
    if changed(session, used) != 1:
        raise NotFound("wechat.slip_unusable")
    return shown.person_id


@dataclass(frozen=True)
class Claim:
    """What somebody says of themselves: as they typed it, not trusted."""

    name: str
    id_end: str = field(repr=False)
    phone: str = field(repr=False)


def bind_by_form(
    session: AnySession, claim: Claim, *, visit: Visit, appid: str, now: datetime
) -> str | Problem:
    """Bind who knows name, last six of the ID and the phone in the roster; return the person's id.

    A refusal is returned, not raised, so that the wrong try is counted: per WeChat user and per phone number, whether
    or not anybody has it.
    """
    figures, now_ms = policy.on(day_of(now)).sign_in, to_ms(now)
    keys = [tries_key("openid", f"{appid}:{visit.openid}"), tries_key("phone", clean_phone(claim.phone))]
    tries = {key: session.get(WrongTries, key, with_for_update=True) for key in sorted(keys)}
    locked_ms = max((row.locked_until_ms for row in tries.values() if row), default=0)
    if locked_ms > now_ms:
        return BindingLocked(retry_after_s=-(-(locked_ms - now_ms) // 1000))
    person_id = _claimed(session, claim)
    if person_id is None:
        for key in sorted(keys):
            left = count_wrong(session, tries[key], key, figures=figures, now_ms=now_ms)
        return BindingWrong(tries_left=left)
    try:
        _bind(session, person_id, visit=visit, appid=appid, how="form", now=now)
    except Conflict as refusal:
        return _with_proof(refusal, person_id, "form", visit=visit, appid=appid, now=now)
    for row in tries.values():
        if row is not None:
            session.delete(row)
    session.flush()
    return person_id


def bind_own(session: AnySession, *, visit: Visit, appid: str, now: datetime, actor: Actor) -> None:
    """Bind the WeChat of somebody who has signed in by password here. Raises Conflict, OpenidBound."""
    try:
        _bind(session, actor.person_id, visit=visit, appid=appid, how="account", now=now)
    except Conflict as refusal:
        raise _with_proof(refusal, actor.person_id, "account", visit=visit, appid=appid, now=now) from None


def bind_again(session: AnySession, *, visit: Visit, appid: str, now: datetime) -> str:
    """Restore the binding of somebody who left and came back, of both who shared; return the (first) person's id.

    Raises NotFound, Conflict.
    """
    found = wechat.restorables(session, appid, visit.openid)
    if not found:
        raise NotFound("wechat.not_bound")
    _bind(session, found[0], visit=visit, appid=appid, how="restored", now=now)
    if len(found) == 2:
        shares.restore(session, found[1], visit=visit, appid=appid, now=now)
    else:
        keys = wechat.openid_keys(appid, visit.openid)
        wechat.close_shares(session, appid, keys, reason="", done_by=None, now=now)
    return found[0]


def _bind(session: AnySession, person_id: str, *, visit: Visit, appid: str, how: str, now: datetime) -> None:
    wechat.bind(session, person_id, appid=appid, openid=visit.openid, unionid=visit.unionid, how=how, now=now)


def _with_proof(
    refusal: Conflict, person_id: str, how: str, *, visit: Visit, appid: str, now: datetime
) -> Conflict:
    """Return a refusal; where the WeChat is another person's, one that lets them ask to share it."""
    if refusal.code != OpenidBound.code:
        return refusal
    return OpenidBound(shares.proof(person_id, how=how, visit=visit, appid=appid, now=now))


def _claimed(session: AnySession, claim: Claim) -> str | None:
    """Return the one person of this name, end of ID and phone; two who cannot be told apart are nobody."""
    end, phone = clean_id(claim.id_end), clean_phone(claim.phone)
    if len(end) != 6 or not phone:
        return None
    wanted = (
        select(Person)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            Person.name == clean_name(claim.name),
            Person.id_tail4 == end[-4:],
            or_(Person.phone == phone, Account.phone == phone),
        )
    )
    found = {
        queries.standing_id(session, row.id)
        for row in session.scalars(wanted.limit(20))
        if ciphers().open(row.id_cipher)[-6:] == end
    }
    return found.pop() if len(found) == 1 else None


def tries_key(what: str, value: str) -> str:
    """Return the keyed hash under which wrong tries of somebody to bind are counted."""
    return ciphers().mac("wrong bindings", f"{what}:{value}".encode()).hex()
