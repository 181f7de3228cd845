"""Keep what stands between a WeChat user and a person: wishes to share a phone, claims made in a class."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id

OPEN = text("state IN ('waiting', 'approved')")
WAITING = text("state = 'waiting'")


class WechatShare(db.Model):
    """That two named persons use one WeChat: wished by the second, approved by the base, ended by the base.

    ``first_id`` is bound already, ``second_id`` joins. The WeChat user is known by ``openid_key`` only. The key
    (id, state) lets an identity of slot 2 point at a share that stands approved, and at no other.
    """

    __tablename__ = "wechat_share"
    __table_args__ = (
        UniqueConstraint("id", "state"),
        Index(
            "uq_wechat_share_open",
            "appid",
            "openid_key",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(
            "uq_wechat_share_open_second",
            "appid",
            "second_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        CheckConstraint("state IN ('waiting', 'approved', 'refused', 'ended')", name="state_known"),
        CheckConstraint(
            "relation IN ('couple', 'parent_child', 'siblings', 'one_phone')", name="relation_known"
        ),
        CheckConstraint("how IN ('slip', 'form', 'account', 'class')", name="how_known"),
        CheckConstraint("first_id <> second_id", name="two_persons"),
        CheckConstraint(
            "decided_by IS NULL OR (decided_by <> first_id AND decided_by <> second_id)",
            name="decided_by_another",
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decided_ms IS NOT NULL", name="decided_when"
        ),
        Index("ix_wechat_share_first_id", "first_id"),
        Index("ix_wechat_share_second_id", "second_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    appid: Mapped[str] = mapped_column(String(64))
    openid_key: Mapped[str] = mapped_column(String(64))
    first_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    relation: Mapped[str] = mapped_column(String(16))
    how: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    filed_ms: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500), default="")
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    ended_ms: Mapped[int | None] = mapped_column(BigInteger)
    end_reason: Mapped[str] = mapped_column(String(500), default="")


class WechatClaim(db.Model):
    """That a WeChat user tapped a name in a class's window and knew the end of the ID; the instructor decides.

    ``window_id`` names the window, which ``classes`` keeps. The openid is erased once the claim is decided or over.
    """

    __tablename__ = "wechat_claim"
    __table_args__ = (
        Index(
            "uq_wechat_claim_waiting",
            "window_id",
            "openid_key",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        CheckConstraint(
            "state IN ('waiting', 'confirmed', 'shared', 'refused', 'lost', 'ended')", name="state_known"
        ),
        CheckConstraint("(state = 'waiting') = (openid IS NOT NULL)", name="openid_while_waiting"),
        CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name="decided_by_another"),
        Index("ix_wechat_claim_window_id", "window_id"),
        Index("ix_wechat_claim_state_until_ms", "state", "until_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    window_id: Mapped[str] = mapped_column(String(26))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    appid: Mapped[str] = mapped_column(String(64))
    openid: Mapped[str | None] = mapped_column(String(64))
    openid_key: Mapped[str] = mapped_column(String(64))
    unionid: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    wrong_count: Mapped[int] = mapped_column(default=0)
    made_ms: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
