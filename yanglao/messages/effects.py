"""What each push of WeChat's does: one row per event, placed above the packages it calls.

A row is called in the transaction that keeps the push, so an effect and its push are kept together or not at all.
It returns the Chinese text to answer with, or None for silence. Several in a row are called in order; the first
text answers. A push that is in no row is acknowledged and kept by nobody.

No effect rests on the push being new: whoever is parted is parted already, and what came before the binding of
today (``rules.outrun``) does not undo it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.messages import arrivals, chat, rights, rules, windows
from yanglao.outside.wechat_events import Push
from yanglao.people import photos, wechat

Effect = Callable[..., str | None]  # (session, push, *, appid, now) -> text to answer with


def welcome(session: Session, push: Push, *, appid: str, now: datetime) -> str:
    """Greet who follows: bound, bound once and to be asked, or new; whoever came by a code is told about it first."""
    if push.scene:
        return chat.scene(push.scene)
    if wechat.person_of(session, appid, push.openid) is not None:
        return chat.words_of("chat.welcome_bound")
    known = wechat.restorable(session, appid, push.openid)
    return chat.words_of("chat.welcome" if known is None else "chat.welcome_back")


def meet(session: Session, push: Push, *, appid: str, now: datetime) -> str:
    """Answer a follower who scanned a parametric QR; nothing happens before they open the link and say so."""
    return chat.scene(push.scene)


def click(session: Session, push: Push, *, appid: str, now: datetime) -> str:
    """Answer a key of the menu."""
    return chat.clicked(push.fields.get("EventKey", ""))


def explain_scan(session: Session, push: Push, *, appid: str, now: datetime) -> str:
    """Answer a scan by the menu, where the phone waits for our words."""
    return chat.scanned(push.scanned)


def reply(session: Session, push: Push, *, appid: str, now: datetime) -> str:
    """Answer who writes to us by what they wrote; nobody reads along."""
    return chat.typed(push.fields.get("Content") or push.fields.get("Recognition", ""))


def allow_answers(session: Session, push: Push, *, appid: str, now: datetime) -> None:
    """Note that somebody acted, so that for a while they may be answered by a customer-service message."""
    windows.open_window(session, push.openid, push.name, now)


def note_arrival(session: Session, push: Push, *, appid: str, now: datetime) -> None:
    """Note whether a template message arrived."""
    arrivals.delivered(session, push.fields.get("MsgID", ""), push.fields.get("Status", ""), now)


def note_rights(session: Session, push: Push, *, appid: str, now: datetime) -> None:
    """Count what a person allows or takes back; a delivery that comes after pushes are forgotten counts nothing."""
    if rules.belated(push.created_s, int(now.timestamp())):
        return
    for notice in push.notices:
        rights.note(session, push.openid, push.event, notice, now=now)


def part(session: Session, push: Push, *, appid: str, now: datetime) -> None:
    """Part who left or withdrew from their person and delete their profile; the training record stays with the person."""
    if push.fields.get("AppID", appid) not in ("", appid):
        return
    persons = wechat.persons_of(session, appid, push.openid)
    held = [wechat.binding_of(session, one) for one in persons]
    since_ms = max((one.bound_ms for one in held if one is not None), default=0)
    if rules.outrun(push.created_s, since_ms // 1000, int(now.timestamp())):
        return
    rights.forget(session, push.openid)
    windows.close(session, push.openid)
    for one in persons:
        photos.forget(session, one, now=now)
    wechat.unbind_openid(session, appid, push.openid, now=now)


EFFECTS: dict[str, tuple[Effect, ...]] = {
    "subscribe": (welcome, allow_answers),
    "unsubscribe": (part,),
    "user_authorization_revoke": (part,),
    "user_info_modified": (),  # no nickname or picture of WeChat's is kept, so nothing can be out of date
    "SCAN": (meet, allow_answers),
    "CLICK": (click, allow_answers),
    "VIEW": (),
    "LOCATION": (),
    "scancode_push": (allow_answers,),
    "scancode_waitmsg": (explain_scan, allow_answers),
    "subscribe_msg_popup_event": (note_rights,),
    "subscribe_msg_change_event": (note_rights,),
    "subscribe_msg_sent_event": (note_rights,),
    "TEMPLATESENDJOBFINISH": (note_arrival,),
    "message": (reply, allow_answers),
}

# What these leave is the words that were answered, and a right that passes: a power cut may take it.
PASSING = frozenset({"subscribe", "SCAN", "CLICK", "scancode_push", "scancode_waitmsg", "message"})
