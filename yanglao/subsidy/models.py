"""Keep exclusion lists, claims with their lines and steps, and the runs in which they are settled."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
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

_MODES = "mode IN ('online', 'offline')"
_KINDS = "kind IN ('training', 'startup', 'assessment', 'living')"


class Exclusion(db.Model):
    """That somebody, known by the keyed hash of the ID number only, was in a group from one day to another (None: still)."""

    __tablename__ = "subsidy_exclusion"
    __table_args__ = (
        UniqueConstraint("id_hash", "group_key", "since"),
        CheckConstraint("until IS NULL OR until >= since", name="until_after_since"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    id_hash: Mapped[str] = mapped_column(String(120))
    group_key: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(60))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    imported_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    imported_ms: Mapped[int] = mapped_column(BigInteger)
    file_digest: Mapped[str] = mapped_column(String(80))


class SettlementRun(db.Model):
    """What one organising division settles of one month (``2026-03``), mode and fund; ``number`` 2 follows a closed number 1."""

    __tablename__ = "subsidy_run"
    __table_args__ = (
        UniqueConstraint(
            "division_code", "month_key", "mode", "fund", "number", name="uq_subsidy_run_month_number"
        ),
        UniqueConstraint("id", "mode", "fund", "month_key"),
        CheckConstraint(_MODES, name="mode_known"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    month_key: Mapped[str] = mapped_column(String(7))
    mode: Mapped[str] = mapped_column(String(8))
    fund: Mapped[str] = mapped_column(String(24))
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    opened_ms: Mapped[int] = mapped_column(BigInteger)


class Claim(db.Model):
    """What one class claims for its segments of one mode from one fund. Money is whole fen.

    ``division_code`` is the class's organiser. ``total_fen`` and ``people`` are those of the lines that stand; ``owed_fen`` is what was
    paid for lines clawed back since, ``settled_fen`` what came back of it; ``deducted_fen`` is kept back here for older debts. ``roster_digest`` is that of the lines as filed. ``route``: institution (the base claims), personal. The four columns of the run cannot disagree.
    """

    __tablename__ = "subsidy_claim"
    __table_args__ = (
        ForeignKeyConstraint(
            ["run_id", "mode", "fund", "month_key"],
            ["subsidy_run.id", "subsidy_run.mode", "subsidy_run.fund", "subsidy_run.month_key"],
        ),
        UniqueConstraint("id", "mode"),
        CheckConstraint(_MODES, name="mode_known"),
        CheckConstraint(_KINDS, name="kind_known"),
        CheckConstraint("total_fen >= 0 AND owed_fen >= 0", name="not_negative"),
        Index("ix_subsidy_claim_base_id_state", "base_id", "state"),
        Index("ix_subsidy_claim_division_code_state", "division_code", "state"),
        Index(
            "uq_subsidy_claim_draft",
            "class_id",
            "kind",
            "mode",
            "fund",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    base_id: Mapped[str] = mapped_column(ForeignKey("base.id"))
    division_code: Mapped[str] = mapped_column(ForeignKey("division.code"))
    kind: Mapped[str] = mapped_column(String(12))
    mode: Mapped[str] = mapped_column(String(8))
    fund: Mapped[str] = mapped_column(String(24))
    route: Mapped[str] = mapped_column(String(12), default="institution", server_default="institution")
    month_key: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    state_ms: Mapped[int] = mapped_column(BigInteger)
    policy_file: Mapped[str] = mapped_column(String(40))
    policy_digest: Mapped[str] = mapped_column(String(80))
    roster_digest: Mapped[str | None] = mapped_column(String(80))
    people: Mapped[int] = mapped_column(default=0)
    total_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    owed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    settled_fen: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    deducted_fen: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_ms: Mapped[int] = mapped_column(BigInteger)
    filed_ms: Mapped[int | None] = mapped_column(BigInteger)
    notice_from: Mapped[date | None] = mapped_column(Date)
    notice_until: Mapped[date | None] = mapped_column(Date)
    run_id: Mapped[str | None] = mapped_column(String(26))


class ClaimLine(db.Model):
    """What one finished segment of one person is claimed at. A segment is paid once, whatever base, county or year.

    ``live`` from filing until the line leaves the claim. ``level`` is empty where the programme has none; ``trace`` tells inputs, rule,
    rounding, policy file and evidence head. ``state``: draft, claimed, released (its claim went back), pulled, clawed_back.
    """

    __tablename__ = "subsidy_line"
    __table_args__ = (
        ForeignKeyConstraint(["claim_id", "mode"], ["subsidy_claim.id", "subsidy_claim.mode"]),
        UniqueConstraint("claim_id", "enrolment_id", "segment_id"),
        CheckConstraint("amount_fen >= 0 AND seconds >= 0", name="not_negative"),
        CheckConstraint("live = (state = 'claimed')", name="live_while_claimed"),
        CheckConstraint(
            "state IN ('draft', 'claimed', 'released', 'pulled', 'clawed_back')", name="state_known"
        ),
        CheckConstraint(_KINDS, name="kind_known"),
        Index("ix_subsidy_line_person_id", "person_id"),
        Index("ix_subsidy_line_enrolment_id", "enrolment_id"),
        Index(
            "uq_subsidy_line_live",
            "person_id",
            "occupation",
            "level",
            "kind",
            "segment_key",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    claim_id: Mapped[str] = mapped_column(String(26))
    mode: Mapped[str] = mapped_column(String(8))
    enrolment_id: Mapped[str] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    occupation: Mapped[str] = mapped_column(ForeignKey("category.code"))
    level: Mapped[str] = mapped_column(String(12), default="")
    rank: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    segment_id: Mapped[str] = mapped_column(ForeignKey("programme_segment.id"))
    segment_key: Mapped[str] = mapped_column(String(40))
    roster_no: Mapped[int]
    seconds: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    owed_fen: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    trace: Mapped[dict[str, Any]] = mapped_column(JSON)
    live: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="draft")
    reason: Mapped[str] = mapped_column(String(500), default="")


class ClaimStep(db.Model):
    """One step of a claim, ``position`` from 1. ``line_id`` where it is about one line.

    A step by paper names the department's document and its scan (``file_id``), waits for a second person and moves the claim only when
    confirmed. ``for_id`` and ``confirmed_for``: for whom a stand-in did it. ``state``: done, waiting, refused.
    """

    __tablename__ = "subsidy_step"
    __table_args__ = (
        UniqueConstraint("claim_id", "position"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> actor_id", name="confirmed_by_another"),
        CheckConstraint("state IN ('done', 'waiting', 'refused')", name="state_known"),
        CheckConstraint("state = 'done' OR document_no <> ''", name="waits_by_paper"),
        Index(
            "uq_subsidy_step_waiting",
            "claim_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    claim_id: Mapped[str] = mapped_column(ForeignKey("subsidy_claim.id"))
    position: Mapped[int]
    act: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    for_id: Mapped[str | None] = mapped_column(String(26))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500), default="")
    line_id: Mapped[str | None] = mapped_column(ForeignKey("subsidy_line.id"))
    state: Mapped[str] = mapped_column(String(8), default="done")
    document_no: Mapped[str] = mapped_column(String(60), default="")
    file_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    confirmed_for: Mapped[str | None] = mapped_column(String(26))
    confirmed_ms: Mapped[int | None] = mapped_column(BigInteger)
