"""Settle per month, mode and fund: the open run that a funded claim belongs to; a closed one takes nothing in any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.kernel.clock import to_ms
from yanglao.subsidy.models import Claim, SettlementRun
from yanglao.subsidy.run_models import RunClosing


def join(session: Session, claim: Claim, *, now: datetime) -> None:
    """Put a claim into the open run of its division, month, mode and fund."""
    claim.run_id = open_run(session, claim, now=now).id
    session.flush()


def open_run(session: Session, claim: Claim, *, now: datetime) -> SettlementRun:
    """Return the open run of a claim's division, month, mode and fund, locked; open the next one where there is none."""
    where = {
        "division_code": claim.division_code,
        "month_key": claim.month_key,
        "mode": claim.mode,
        "fund": claim.fund,
    }
    last = session.scalar(
        select(SettlementRun)
        .filter_by(**where)
        .order_by(SettlementRun.number.desc())
        .limit(1)
        .with_for_update()
    )
    if last is None or closed(session, last.id):
        last = SettlementRun(**where, number=last.number + 1 if last else 1, opened_ms=to_ms(now))
        session.add(last)
        session.flush()
    return last


def closed(session: Session, run_id: str | None) -> bool:
    """Tell whether a run is closed. Asked after its row was locked, the answer holds until the transaction ends."""
    return session.scalar(select(RunClosing.run_id).where(RunClosing.run_id == run_id)) is not None
