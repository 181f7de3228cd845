"""Keep who is who in WeChat, OAuth states, personal slips and tickets of sign-in by phone: rows, not cache."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id

LIVE = text("unbound_ms IS NULL")


class WechatIdentity(db.Model):
    """That a WeChat user of one service account is a person. Live rows: one person, one openid, both ways.

    The one exception is a registered shared phone: a second person of the same openid in ``slot`` 2, which cannot
    live without a share that stands approved. When an identity ends the openid and unionid are erased;
    ``openid_key`` (a keyed hash) knows the user again who comes back.
    """

    __tablename__ = "wechat_identity"
    __table_args__ = (
        Index(
            "uq_wechat_identity_live_openid",
            "appid",
            "openid",
            "slot",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(
            "uq_wechat_identity_live_person",
            "appid",
            "person_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        CheckConstraint("(unbound_ms IS NULL) = (openid IS NOT NULL)", name="openid_while_live"),
        CheckConstraint(
            "how IN ('slip', 'form', 'account', 'restored', 'class', 'shared')", name="how_known"
        ),
        CheckConstraint("slot IN (1, 2)", name="slot_known"),
        CheckConstraint(
            "unbound_ms IS NOT NULL OR (slot = 2) = (share_id IS NOT NULL)", name="second_by_share"
        ),
        CheckConstraint(
            "(share_id IS NULL AND share_state IS NULL)"
            " OR (share_id IS NOT NULL AND share_state IS NOT NULL AND share_state = 'approved')",
            name="share_approved",
        ),
        ForeignKeyConstraint(
            ["share_id", "share_state"],
            ["wechat_share.id", "wechat_share.state"],
            name="fk_wechat_identity_share_id",
        ),
        Index("ix_wechat_identity_openid_key", "openid_key"),
        Index("ix_wechat_identity_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    appid: Mapped[str] = mapped_column(String(64))
    openid: Mapped[str | None] = mapped_column(String(64))
    openid_key: Mapped[str] = mapped_column(String(64))
    unionid: Mapped[str | None] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    how: Mapped[str] = mapped_column(String(12))
    slot: Mapped[int] = mapped_column(default=1)
    share_id: Mapped[str | None] = mapped_column(String(26))
    share_state: Mapped[str | None] = mapped_column(String(10))
    bound_ms: Mapped[int] = mapped_column(BigInteger)
    unbound_ms: Mapped[int | None] = mapped_column(BigInteger)
    unbound_why: Mapped[str] = mapped_column(String(16), default="")
    bad_ms: Mapped[int | None] = mapped_column(BigInteger)  # since when WeChat does not know this openid


class WechatAct(db.Model):
    """One line of what happened to a person's binding: who did it, how and why. Never the openid."""

    __tablename__ = "wechat_act"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('bound', 'unbound', 'slip_issued', 'share_filed', 'share_approved', 'share_refused',"
            " 'share_ended')",
            name="kind_known",
        ),
        Index("ix_wechat_act_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16))
    how: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    done_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    done_ms: Mapped[int] = mapped_column(BigInteger)


class OauthState(db.Model):
    """One way to WeChat and back. Only hashes of state, browser cookie and code are kept.

    ``code_hash`` is set when the state is used, ``openid`` when WeChat has answered: the same code again from the
    same browser finds its openid here for a minute.
    """

    __tablename__ = "oauth_state"
    __table_args__ = (
        CheckConstraint("openid IS NULL OR exchanged_ms IS NOT NULL", name="openid_when_exchanged"),
        Index("ix_oauth_state_browser_hash", "browser_hash"),
        Index("ix_oauth_state_created_ms", "created_ms"),
    )

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    next_path: Mapped[str] = mapped_column(String(2000), default="")
    created_ms: Mapped[int] = mapped_column(BigInteger)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    openid: Mapped[str | None] = mapped_column(String(64))
    unionid: Mapped[str | None] = mapped_column(String(64))
    exchanged_ms: Mapped[int | None] = mapped_column(BigInteger)


class BindSlip(db.Model):
    """A personal slip of paper: whoever scans it first in WeChat may say "that is me". Used once."""

    __tablename__ = "bind_slip"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_bind_slip_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    issued_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    issued_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    used_ms: Mapped[int | None] = mapped_column(BigInteger)
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)


class SignInTicket(db.Model):
    """One sign-in of a PC by phone. ``scene`` stands in the QR; ``sid_hash`` is of the cookie that may collect."""

    __tablename__ = "sign_in_ticket"
    __table_args__ = (
        UniqueConstraint("scene"),
        UniqueConstraint("sid_hash"),
        CheckConstraint(
            "state IN ('pending', 'scanned', 'confirmed', 'consumed', 'refused')", name="state_known"
        ),
        CheckConstraint("state = 'pending' OR scanned_by IS NOT NULL", name="scanned_by_somebody"),
        Index("ix_sign_in_ticket_created_ms", "created_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    scene: Mapped[str] = mapped_column(String(24))
    sid_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    next_path: Mapped[str] = mapped_column(String(2000), default="")
    device_label: Mapped[str] = mapped_column(String(80), default="")
    created_ms: Mapped[int] = mapped_column(BigInteger)
    expires_ms: Mapped[int] = mapped_column(BigInteger)
    scanned_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    scanned_ms: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_ms: Mapped[int | None] = mapped_column(BigInteger)
    consumed_ms: Mapped[int | None] = mapped_column(BigInteger)
