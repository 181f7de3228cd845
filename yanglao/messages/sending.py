"""Send a message through WeChat, once: begin (a transaction), ask (none), settle (a transaction).

Who was killed between asking and settling has told the database before what they were about to ask. A template
message is then asked for again under the same ``client_msg_id``, which WeChat sends once, as long as it remembers it;
a notice or a text is never asked for again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, from_ms, to_ms
from yanglao.kernel.notice_templates import Template
from yanglao.messages import choices, rights, templates, windows
from yanglao.messages import delivery_rules as rules
from yanglao.messages.kinds import KINDS
from yanglao.messages.models import Delivery, Message
from yanglao.messages.telling import say
from yanglao.outside.wechat_api import WeChatApi
from yanglao.outside.wechat_errors import BAD_OPENID, NO_RIGHT, WeChatFault
from yanglao.people import addresses
from yanglao.people import queries as people
from yanglao.people.addresses import Address
from yanglao.settings import Settings


@dataclass(frozen=True)
class Call:
    """What is asked of WeChat for one delivery; ``attempt`` names this call of it."""

    delivery_id: str
    attempt: int
    way: str
    client_msg_id: str
    openid: str = field(repr=False)
    template_id: str
    fields: dict[str, str] = field(repr=False)
    text: str = field(repr=False)
    url: str


@dataclass(frozen=True)
class Later:
    """Say that it is not the time: try again at ``due``."""

    due: datetime


@dataclass(frozen=True)
class Answer:
    """What WeChat said: the number of the message, or its fault."""

    msgid: str
    fault: WeChatFault | None


@dataclass(frozen=True)
class Account:
    """Our side: the settings, and the account that sends."""

    settings: Settings
    appid: str


def begin(session: Session, message_id: str, account: Account, *, now: datetime) -> Call | Later | None:
    """Choose the next way of a message and note that it is being asked for; None when nothing is left to do."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        return None
    held = _held(session, message, now=now)
    if held is not None:
        return None if held == "done" else held
    choice = choices.of(session, message.person_id)
    address = addresses.address_of(session, account.appid, message.person_id)
    why = _why_not(message, choice, address, now=now)
    if why or address is None:
        _skip(session, message, why or "not_bound", now=now)
        return None
    night = rules.night_over(now, policy.on(day_of(now)).messages) if choice.quiet_nights else None
    if night and not KINDS[message.kind].night and to_ms(night) < message.until_ms:
        return Later(night)
    return _next_way(session, message, address, account, now=now)


def ask(api: WeChatApi, call: Call) -> Answer:
    """Ask WeChat; its fault is an answer too. Needs no transaction and writes nothing."""
    try:
        if call.way == "template":
            msgid = api.send_template(
                call.openid, call.template_id, call.fields, url=call.url, once=call.client_msg_id
            )
            return Answer(msgid, None)
        if call.way == "notice":
            api.send_notice(call.openid, call.template_id, call.fields, page=call.url)
        else:
            api.send_text(call.openid, call.text)
    except WeChatFault as fault:
        return Answer("", fault)
    return Answer("", None)


def settle(session: Session, call: Call, answer: Answer, account: Account, *, now: datetime) -> Later | None:
    """Note what WeChat said; return when to try again, None when ``begin`` tells what is next.

    An answer to a call that was given up as lost meanwhile changes nothing but the state ``unknown``.
    """
    row = session.get(Delivery, call.delivery_id, with_for_update=True)
    if row is None or row.attempts != call.attempt or row.state not in ("sending", "unknown"):
        return None
    row.changed_ms = to_ms(now)
    if answer.fault is None:
        row.state, row.reason, row.msgid = "sent", "", answer.msgid[:64] or None
        session.flush()
        return None
    follows = rules.after(
        call.way, answer.fault, attempt=call.attempt, key=call.client_msg_id, now_ms=to_ms(now)
    )
    row.state, row.reason = follows.state, follows.reason
    _note_fault(session, call, answer.fault, follows=follows, account=account, now=now)
    session.flush()
    return Later(from_ms(follows.wait_ms)) if follows.wait_ms is not None else None


def _held(session: Session, message: Message, *, now: datetime) -> Later | Literal["done"] | None:
    """Return ``done`` when the message was sent, or may have been, or cannot be; ``Later`` while a worker asks."""
    for row in _deliveries(session, message):
        if row.state == "sending":
            begun = from_ms(row.begun_ms or 0)
            if begun > rules.lost_before(now):
                return Later(begun + (now - rules.lost_before(now)))
            if row.way in rules.ONCE_ONLY or to_ms(now) - to_ms(begun) > rules.REPEAT_S * 1000:
                row.state, row.reason, row.changed_ms = "unknown", "worker_lost", to_ms(now)
                session.flush()
                return "done"
        elif row.state != "waiting" and not (row.state == "failed" and rules.goes_on(row.reason)):
            return "done"
    return None


def _why_not(
    message: Message, choice: choices.Choice, address: Address | None, *, now: datetime
) -> str | None:
    if message.kind not in KINDS or message.until_ms <= to_ms(now):
        return "expired"
    if message.kind in choice.off:
        return "not_wanted"
    return "not_bound" if address is None else None


def _skip(session: Session, message: Message, why: str, *, now: datetime) -> None:
    """Note why a message stays on our own pages."""
    rows = _deliveries(session, message)
    row = next((one for one in rows if one.state in ("waiting", "sending")), None)
    if row is None and rows:
        return
    if row is None:
        row = Delivery(message_id=message.id, way="template")
        session.add(row)
    row.state, row.reason = ("unknown", "worker_lost") if row.state == "sending" else ("skipped", why)
    row.changed_ms = to_ms(now)
    session.flush()


def _next_way(
    session: Session, message: Message, address: Address, account: Account, *, now: datetime
) -> Call | Later | None:
    """Return the call of the first way that is open, in the order of ``rules.WAYS``."""
    template = templates.of(account.settings, message.kind)
    held = {row.way: row for row in _deliveries(session, message)}
    for way in rules.WAYS:
        row = held.get(way)
        if row is not None and row.state == "failed":
            continue
        still = _still(session, way, now=now)
        if still is not None and (row is not None or _has(template, way)):
            return Later(still)
        if row is None:
            if not _take(session, way, address.openid, template, now=now):
                continue
            row = Delivery(message_id=message.id, way=way, attempts=0)
            session.add(row)
        row.state, row.begun_ms, row.changed_ms = "sending", to_ms(now), to_ms(now)
        row.attempts += 1
        session.flush()
        return _call(session, message, row, address=address, account=account)
    if not held:
        _skip(session, message, "no_way", now=now)
    return None


def _still(session: Session, way: str, *, now: datetime) -> datetime | None:
    """Return until when the account keeps still on a way, after WeChat said that a quota is used up."""
    latest = (
        select(Delivery.reason, Delivery.changed_ms)
        .where(
            Delivery.state == "waiting",
            Delivery.way == way,
            Delivery.reason.in_(("wechat_45009", "wechat_45011")),
        )
        .order_by(Delivery.changed_ms.desc())
        .limit(20)
    )
    ends = [rules.held_until_ms(reason, changed_ms) for reason, changed_ms in session.execute(latest)]
    return from_ms(max(ends)) if ends and max(ends) > to_ms(now) else None


def _has(template: Template, way: str) -> bool:
    return bool({"template": template.template_id, "notice": template.notice_id}.get(way, ""))


def _take(session: Session, way: str, openid: str, template: Template, *, now: datetime) -> bool:
    """Use up the right that a way needs; False when there is none."""
    if way == "template":
        return bool(template.template_id)
    if way == "notice":
        return bool(template.notice_id) and rights.take(session, openid, template.notice_id, now=now)
    return windows.use(session, openid, now=now)


def _call(session: Session, message: Message, row: Delivery, *, address: Address, account: Account) -> Call:
    template = templates.of(account.settings, message.kind)
    name = people.person(session, people.standing_id(session, message.person_id)).name
    said = say(message.kind, message.facts)
    url = account.settings.public_base_url.rstrip("/") + said.link
    notice = row.way == "notice"
    whose = f"{name}：" if address.shared else ""
    return Call(
        delivery_id=row.id,
        attempt=row.attempts,
        way=row.way,
        client_msg_id=row.client_msg_id,
        openid=address.openid,
        template_id=template.notice_id if notice else template.template_id,
        fields=templates.fields(
            template, message.kind, message.facts, person=name, named=address.shared, notice=notice
        ),
        text=f'{whose}{said.sentence}\n<a href="{url}">{said.todo}</a>',
        url=url,
    )


def _note_fault(
    session: Session,
    call: Call,
    fault: WeChatFault,
    *,
    follows: rules.Next,
    account: Account,
    now: datetime,
) -> None:
    if fault.reaction == BAD_OPENID:
        addresses.mark_bad(session, account.appid, call.openid, now=now)
    if call.way == "notice" and fault.reaction == NO_RIGHT:
        rights.none_left(session, call.openid, call.template_id, now=now)
    elif call.way == "notice" and follows.state == "failed":
        rights.give_back(session, call.openid, call.template_id, now=now)
    elif call.way == "text" and follows.state == "failed":
        windows.close(session, call.openid)


def _deliveries(session: Session, message: Message) -> list[Delivery]:
    return list(session.scalars(select(Delivery).where(Delivery.message_id == message.id)))
