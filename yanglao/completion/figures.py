"""Read what the ledger gives of many enrolments, without names and sentences."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.completion.models import Standing


def entered(session: Session, enrolment_ids: Iterable[str]) -> dict[tuple[str, str], tuple[str, int]]:
    """Return (enrolment, segment) -> (state, seconds entered in the ledger); who has no standing is left out."""
    wanted, found = sorted(set(enrolment_ids)), {}
    for start in range(0, len(wanted), 400):
        rows = session.execute(
            select(Standing.enrolment_id, Standing.segment_id, Standing.state, Standing.entered_s).where(
                Standing.enrolment_id.in_(wanted[start : start + 400])
            )
        )
        found.update({(row[0], row[1]): (str(row[2]), int(row[3])) for row in rows})
    return found
