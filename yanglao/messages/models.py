"""Keep the pushes that were received, and the rights to send one notice that people gave."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db


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
    changed_ms: Mapped[int] = mapped_column(BigInteger)
