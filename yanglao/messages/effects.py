"""What each push of WeChat's does: one row per event, placed above the packages it calls.

A row is called in the transaction that keeps the push, so an effect and its push are kept together or not at all.
It returns the Chinese text to answer with, or None for silence. Several in a row are called in order; the first
text answers. A push that is in no row is acknowledged and kept by nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.kernel.wording import sentence
from yanglao.messages import rights
from yanglao.outside.wechat_events import Push

Effect = Callable[..., str | None]  # (session, push, *, now) -> text to answer with


def welcome(session: Session, push: Push, *, now: datetime) -> str:
    """Greet who follows."""
    return sentence("wechat.welcome")


def explain(session: Session, push: Push, *, now: datetime) -> str:
    """Tell who writes to us where to turn: nobody reads along."""
    return sentence("wechat.explained")


def explain_scan(session: Session, push: Push, *, now: datetime) -> str:
    """Answer a scan by the menu, where the phone waits for our words."""
    return sentence("wechat.scanned")


def note_rights(session: Session, push: Push, *, now: datetime) -> None:
    """Count what a person allows or takes back."""
    for notice in push.notices:
        rights.note(session, push.openid, push.event, notice, now=now)


def forget(session: Session, push: Push, *, now: datetime) -> None:
    """Delete what was kept about somebody who left or withdrew; training records are another's and stay."""
    rights.forget(session, push.openid)


EFFECTS: dict[str, tuple[Effect, ...]] = {
    "subscribe": (welcome,),
    "unsubscribe": (forget,),
    "user_authorization_revoke": (forget,),
    "user_info_modified": (),
    "CLICK": (explain,),
    "scancode_waitmsg": (explain_scan,),
    "subscribe_msg_popup_event": (note_rights,),
    "subscribe_msg_change_event": (note_rights,),
    "subscribe_msg_sent_event": (note_rights,),
    "message": (explain,),
}
