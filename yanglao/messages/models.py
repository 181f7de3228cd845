"""Keep who is told what and how it went, and the pushes, rights and times to answer that WeChat's users give."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class ReceivedPush(db.Model):
    """One push of WeChat's, however often it was delivered. The key is the lock: who inserts it has the effect.

    Neither openid nor text is kept: ``key`` is a digest, ``reply`` our own words.
    """

    __tablename__ = "received_push"
    __table_args__ = (
        CheckConstraint("deliveries > 0", name="delivered"),
        Index("ix_received_push_received_ms", "received_ms"),
    )

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the push's own key, hex
    name: Mapped[str] = mapped_column(String(64))  # the event's name, or ``message``
    reply: Mapped[str | None] = mapped_column(Text)
    deliveries: Mapped[int] = mapped_column(Integer, default=1)
    received_ms: Mapped[int] = mapped_column(BigInteger)


class NoticeRight(db.Model):
    """How many subscription notices of one template a person still allows: one acceptance, one message."""

    __tablename__ = "notice_right"
    __table_args__ = (CheckConstraint("remaining >= 0", name="not_negative"),)

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    template_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    remaining: Mapped[int] = mapped_column(Integer)
    unconfirmed: Mapped[int] = mapped_column(
        Integer, default=0
    )  # sent by us, WeChat's own word still to come
    changed_ms: Mapped[int] = mapped_column(BigInteger)


class AnswerWindow(db.Model):
    """How many customer-service messages one openid may still get, and until when: a right of the last moments."""

    __tablename__ = "answer_window"
    __table_args__ = (
        CheckConstraint("remaining >= 0", name="not_negative"),
        Index("ix_answer_window_until_ms", "until_ms"),
    )

    openid: Mapped[str] = mapped_column(String(64), primary_key=True)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    remaining: Mapped[int] = mapped_column(Integer)


class Message(db.Model):
    """One thing a person is told, on our own pages always. Told again with the same ``once`` it is told once.

    Only facts are kept; the words come from ``kernel/wording``. ``until_ms`` is how long WeChat may carry it.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "once"),
        CheckConstraint("until_ms >= told_ms", name="until_after_told"),
        Index("ix_message_person_id_told_ms", "person_id", "told_ms"),
        Index("ix_message_told_ms", "told_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    once: Mapped[str] = mapped_column(String(120))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    told_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    read_ms: Mapped[int | None] = mapped_column(BigInteger)


class Delivery(db.Model):
    """One message on one way of WeChat's. Never an openid.

    ``client_msg_id`` is the key under which WeChat sends it once; ``begun_ms`` is when a call was last begun: a row
    still ``sending`` long after has lost its worker. ``reason`` is a word or WeChat's code, never a sentence.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "way"),
        UniqueConstraint("client_msg_id"),
        CheckConstraint("way IN ('template', 'notice', 'text')", name="way_known"),
        CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'arrived', 'unknown', 'failed', 'skipped')",
            name="state_known",
        ),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        Index("ix_delivery_msgid", "msgid"),
        Index("ix_delivery_state_changed_ms", "state", "changed_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"))
    way: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    reason: Mapped[str] = mapped_column(String(80), default="")
    client_msg_id: Mapped[str] = mapped_column(String(26), default=new_id)
    msgid: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    begun_ms: Mapped[int | None] = mapped_column(BigInteger)
    changed_ms: Mapped[int] = mapped_column(BigInteger)


class MessageChoice(db.Model):
    """What a person does not want by WeChat, and whether nights are to be quiet. Without a row: everything, any time."""

    __tablename__ = "message_choice"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    off: Mapped[list[str]] = mapped_column(JSON, default=list)
    quiet_nights: Mapped[bool] = mapped_column(Boolean, default=False)
    changed_ms: Mapped[int] = mapped_column(BigInteger)
