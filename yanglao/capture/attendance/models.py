"""Keep scans as they were judged, presences, personal card numbers and enrolled screens."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from yanglao.kernel.db import db
from yanglao.kernel.identifiers import new_id


class Scan(db.Model):
    """One scan and its outcome. ``answer`` is what was said first and is said again to a replay.

    ``outcome`` moves once, from pending_review to accepted or refused. ``content_digest`` tells a replay from a
    reused ``scan_uuid``. All ``…_ms`` are UTC; ``at_ms`` is the judged moment. Holds no location and no personal data.
    """

    __tablename__ = "scan"
    __table_args__ = (
        UniqueConstraint("scan_uuid"),
        UniqueConstraint("claim_digest"),
        CheckConstraint("kind IN ('card', 'room', 'spoken', 'manual')", name="kind_known"),
        CheckConstraint("direction IN ('in', 'out')", name="direction_known"),
        CheckConstraint("outcome IN ('accepted', 'pending_review', 'refused')", name="outcome_known"),
        CheckConstraint("decided_by IS NULL OR decided_by <> by_person_id", name="decided_by_another"),
        Index("ix_scan_session_id_judged_ms", "session_id", "judged_ms"),
        Index("ix_scan_enrolment_id", "enrolment_id"),
        Index("ix_scan_by_person_id_judged_ms", "by_person_id", "judged_ms"),
        Index(
            "ix_scan_pending",
            "session_id",
            sqlite_where=text("outcome = 'pending_review'"),
            postgresql_where=text("outcome = 'pending_review'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    scan_uuid: Mapped[str] = mapped_column(String(64))
    content_digest: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(8))
    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"))
    enrolment_id: Mapped[str | None] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    by_person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    direction: Mapped[str] = mapped_column(String(3))
    outcome: Mapped[str] = mapped_column(String(16))
    code: Mapped[str | None] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    grade: Mapped[str] = mapped_column(String(10))
    code_step: Mapped[int | None] = mapped_column(BigInteger)
    claim_digest: Mapped[str | None] = mapped_column(String(80))
    captured_ms: Mapped[int] = mapped_column(BigInteger)
    sent_ms: Mapped[int] = mapped_column(BigInteger)
    received_ms: Mapped[int] = mapped_column(BigInteger)
    judged_ms: Mapped[int] = mapped_column(BigInteger)
    at_ms: Mapped[int] = mapped_column(BigInteger)
    client: Mapped[str] = mapped_column(String(10))
    device_digest: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200), default="")
    chain_kind: Mapped[str] = mapped_column(String(16))
    entry_position: Mapped[int | None]
    presence_id: Mapped[str | None] = mapped_column(String(26))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision_reason: Mapped[str] = mapped_column(String(200), default="")
    voided_ms: Mapped[int | None] = mapped_column(BigInteger)
    voided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    void_reason: Mapped[str | None] = mapped_column(String(200))


class SessionDevice(db.Model):
    """Whom a device has signed in a session by room or spoken code: one person, held by the key."""

    __tablename__ = "session_device"

    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"), primary_key=True)
    device_digest: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))


class ScanPlace(db.Model):
    """Where a phone said it was: a signal only, apart from the scan so that it can be erased. Millionths of degrees."""

    __tablename__ = "scan_place"

    scan_id: Mapped[str] = mapped_column(ForeignKey("scan.id"), primary_key=True)
    latitude_e6: Mapped[int]
    longitude_e6: Mapped[int]
    accuracy_m: Mapped[int]


class ScanNetwork(db.Model):
    """Through which network a scan came, as a digest salted with its session: a weak signal, apart so that it can be erased."""

    __tablename__ = "scan_network"

    scan_id: Mapped[str] = mapped_column(ForeignKey("scan.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(80))


class ScanWaste(db.Model):
    """How often a person sent what names no session, per code and ten minutes; counted, not stored one by one."""

    __tablename__ = "scan_waste"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    bucket_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int]


class Presence(db.Model):
    """One person in one room, from a scan in to a scan out. Open while ``out_ms`` is null."""

    __tablename__ = "presence"
    __table_args__ = (
        CheckConstraint("out_ms IS NULL OR out_ms >= in_ms", name="out_after_in"),
        Index(
            "uq_presence_open",
            "session_id",
            "enrolment_id",
            unique=True,
            sqlite_where=text("out_ms IS NULL AND voided_ms IS NULL"),
            postgresql_where=text("out_ms IS NULL AND voided_ms IS NULL"),
        ),
        Index("ix_presence_session_id", "session_id"),
        Index("ix_presence_enrolment_id", "enrolment_id"),
        Index("ix_presence_person_id_in_ms", "person_id", "in_ms"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    in_ms: Mapped[int] = mapped_column(BigInteger)
    out_ms: Mapped[int | None] = mapped_column(BigInteger)
    in_scan_id: Mapped[str] = mapped_column(ForeignKey("scan.id"))
    out_scan_id: Mapped[str | None] = mapped_column(ForeignKey("scan.id"))
    in_position: Mapped[int]
    out_position: Mapped[int | None]
    method: Mapped[str] = mapped_column(String(8))
    grade: Mapped[str] = mapped_column(String(10))
    voided_ms: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def assumed(self) -> bool:
        """Tell whether nobody signed out and the end is what the policy says."""
        return self.out_ms is not None and self.out_scan_id is None


class Leave(db.Model):
    """Leave that somebody asked for from a session; at most one that is pending or granted.

    ``state``: pending, granted, refused, or withdrawn by who asked before anybody decided.
    """

    __tablename__ = "session_leave"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'granted', 'refused', 'withdrawn')", name="state_known"),
        CheckConstraint("decided_by <> person_id", name="decided_by_another"),
        Index("ix_session_leave_session_id", "session_id"),
        Index(
            "uq_session_leave_standing",
            "enrolment_id",
            "session_id",
            unique=True,
            sqlite_where=text("state IN ('pending', 'granted')"),
            postgresql_where=text("state IN ('pending', 'granted')"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    asked_ms: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_ms: Mapped[int | None] = mapped_column(BigInteger)
    decision_reason: Mapped[str] = mapped_column(String(200), default="")


class PersonCard(db.Model):
    """The number a person's code carries instead of the person's id; 31 bits, never reused."""

    __tablename__ = "person_card"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number > 0 AND number < 2147483648", name="number_31_bits"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[int]
    made_ms: Mapped[int] = mapped_column(BigInteger)


class Screen(db.Model):
    """A PC that shows a session's code. Waits with a pairing code until an instructor binds it to one session."""

    __tablename__ = "screen"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("pairing"),
        Index("ix_screen_session_id", "session_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(80))
    pairing: Mapped[str] = mapped_column(String(16))
    pairing_until_ms: Mapped[int] = mapped_column(BigInteger)
    session_id: Mapped[str | None] = mapped_column(ForeignKey("offline_session.id"))
    bound_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    bound_ms: Mapped[int | None] = mapped_column(BigInteger)
    released_ms: Mapped[int | None] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger)


class SessionShow(db.Model):
    """How names are shown on the screens of one session; without a row they are masked."""

    __tablename__ = "session_show"
    __table_args__ = (CheckConstraint("names IN ('full', 'masked', 'none')", name="names_known"),)

    session_id: Mapped[str] = mapped_column(ForeignKey("offline_session.id"), primary_key=True)
    names: Mapped[str] = mapped_column(String(6))
    set_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    set_ms: Mapped[int] = mapped_column(BigInteger)
