"""Keep persons, accounts, grants of roles, sign-ins, wrong tries, consents and acts on personal records."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class Person(db.Model):
    """A person, once. The ID number is sealed; ``id_hash`` (keyed) finds it again, ``id_tail4`` is its end.

    ``merged_into_id``: this row turned out to be the same person as another; its own evidence stays with it.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("id_hash"),
        CheckConstraint(
            "id_type IN ('resident', 'hkmo', 'taiwan', 'passport', 'other')", name="id_type_known"
        ),
        CheckConstraint("sex IS NULL OR sex IN ('male', 'female')", name="sex_known"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
        Index("ix_person_merged_into_id", "merged_into_id"),
        Index("ix_person_name", "name"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(40))
    id_type: Mapped[str] = mapped_column(String(12))
    id_cipher: Mapped[str] = mapped_column(Text)
    id_hash: Mapped[str] = mapped_column(String(120))
    id_key_id: Mapped[str] = mapped_column(String(40))
    id_masked: Mapped[str] = mapped_column(String(40))
    id_tail4: Mapped[str] = mapped_column(String(4))
    birth_on: Mapped[date | None] = mapped_column(Date)
    sex: Mapped[str | None] = mapped_column(String(8))
    phone: Mapped[str] = mapped_column(String(20), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)


class Account(db.Model):
    """How a person signs in. ``must_change``: the password is a one-time one that somebody else has seen."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("person_id"),
        UniqueConstraint("phone"),
        CheckConstraint("font_px BETWEEN 18 AND 30", name="font_px_range"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    phone: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(160))
    must_change: Mapped[bool] = mapped_column(default=False)
    font_px: Mapped[int] = mapped_column(default=18)
    created_ms: Mapped[int] = mapped_column(BigInteger)
    password_ms: Mapped[int] = mapped_column(BigInteger)


class WrongTries(db.Model):
    """Wrong sign-ins of one phone number, whether or not it has an account, or wrong tries to bind; never of an address.

    ``phone_key`` is a keyed hash of the phone number, or of who tried to bind. The window begins with the first wrong try; ``locked_until_ms`` 0 is open.
    """

    __tablename__ = "wrong_tries"
    __table_args__ = (CheckConstraint("wrong_count >= 0", name="wrong_count_not_negative"),)

    phone_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrong_count: Mapped[int]
    window_from_ms: Mapped[int] = mapped_column(BigInteger)
    locked_until_ms: Mapped[int] = mapped_column(BigInteger, default=0)


class RoleGrant(db.Model):
    """One role of one person and how far it reaches. ``reach_key`` spells the reach, so that it is held once."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_live",
            "person_id",
            "role",
            "reach_key",
            unique=True,
            sqlite_where=text("revoked_ms IS NULL"),
            postgresql_where=text("revoked_ms IS NULL"),
        ),
        CheckConstraint("granted_by IS NULL OR granted_by <> person_id", name="granted_by_another"),
        Index("ix_role_grant_base_id_role", "base_id", "role"),
        Index("ix_role_grant_division_code_role", "division_code", "role"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(16))
    division_code: Mapped[str | None] = mapped_column(ForeignKey("division.code"))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    department: Mapped[str | None] = mapped_column(String(16))
    reach_key: Mapped[str] = mapped_column(String(80))
    granted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    granted_ms: Mapped[int] = mapped_column(BigInteger)
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)


class SignIn(db.Model):
    """One signed-in device. Only the hash of its token is kept.

    ``via`` says how it came in: by password, through WeChat, or by a ticket confirmed on the phone.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("carrier IN ('cookie', 'bearer')", name="carrier_known"),
        CheckConstraint("client IN ('wechat', 'pc', 'app')", name="client_known"),
        Index("ix_sign_in_person_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    carrier: Mapped[str] = mapped_column(String(8))
    client: Mapped[str] = mapped_column(String(8))
    via: Mapped[str] = mapped_column(String(8), default="password")
    device_label: Mapped[str] = mapped_column(String(80), default="")
    device_uuid: Mapped[str] = mapped_column(String(64), default="")
    created_ms: Mapped[int] = mapped_column(BigInteger)
    last_seen_ms: Mapped[int] = mapped_column(BigInteger)
    revoked_ms: Mapped[int | None] = mapped_column(BigInteger)


class Consent(db.Model):
    """That a person agreed to one version of the privacy notice, once per version."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("person_id", "version"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    version: Mapped[str] = mapped_column(String(16))
    client: Mapped[str] = mapped_column(String(8))
    agreed_ms: Mapped[int] = mapped_column(BigInteger)


class PersonAct(db.Model):
    """An act on a personal record: who did it, why, and the digests of the record before and after.

    Merge and ID correction need two persons: filed by one, decided by another. ``sealed`` holds the new ID number
    of a correction until it is decided. ``base_id`` and ``division_code`` say in whose scope it lies.
    """

    __tablename__ = "person_act"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('merge', 'id_correction', 'password_reset', 'account_opened', 'id_revealed')",
            name="kind_known",
        ),
        CheckConstraint("state IN ('pending', 'done', 'refused')", name="state_known"),
        CheckConstraint("decided_by IS NULL OR decided_by <> filed_by", name="decided_by_another"),
        CheckConstraint(
            "kind NOT IN ('merge', 'id_correction') OR state = 'pending' OR decided_by IS NOT NULL",
            name="two_persons",
        ),
        Index("ix_person_act_person_id", "person_id"),
        Index("ix_person_act_state_kind", "state", "kind"),
        Index(
            "uq_person_act_pending",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    other_person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    division_code: Mapped[str | None] = mapped_column(ForeignKey("division.code"))
    base_id: Mapped[str | None] = mapped_column(ForeignKey("base.id"))
    reason: Mapped[str] = mapped_column(String(500))
    sealed: Mapped[str | None] = mapped_column(Text)
    before_digest: Mapped[str] = mapped_column(String(80))
    after_digest: Mapped[str | None] = mapped_column(String(80))
    filed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    filed_ms: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision_reason: Mapped[str] = mapped_column(String(500), default="")
