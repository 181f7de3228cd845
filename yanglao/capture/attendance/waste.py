"""Count what names no session, per person, code and ten minutes, instead of storing it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from yanglao.capture.attendance.models import Scan, ScanWaste
from yanglao.kernel.clock import to_ms

BUCKET_MS = 600_000
REFUSALS_KEPT_MAX = 120


def count(session: Session, person_id: str, code: str, *, now: datetime) -> None:
    """Count one more ``code`` from ``person_id``."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"person_id": person_id, "bucket_ms": _bucket(now), "code": code, "count": 1}
    keys = [ScanWaste.person_id, ScanWaste.bucket_ms, ScanWaste.code]
    session.execute(
        dialect.insert(ScanWaste)
        .values(**row)
        .on_conflict_do_update(index_elements=keys, set_={"count": ScanWaste.count + 1})
    )


def counted(session: Session, person_id: str, code: str, *, now: datetime) -> int:
    """Return how often ``code`` was counted in the present ten minutes."""
    key = (person_id, _bucket(now), code)
    found = session.scalar(
        select(ScanWaste.count).where(
            ScanWaste.person_id == key[0], ScanWaste.bucket_ms == key[1], ScanWaste.code == key[2]
        )
    )
    return found or 0


def flooding(session: Session, person_id: str, *, now: datetime) -> bool:
    """Tell whether a person's refusals of the last ten minutes are so many that more are only counted."""
    since = to_ms(now) - BUCKET_MS
    refused = select(func.count()).where(
        Scan.by_person_id == person_id, Scan.judged_ms > since, Scan.outcome == "refused"
    )
    return (session.scalar(refused) or 0) >= REFUSALS_KEPT_MAX


def _bucket(now: datetime) -> int:
    return to_ms(now) // BUCKET_MS * BUCKET_MS
