"""Read the contracts by which a base claims for its trainees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.subsidy.proxy_models import ProxyContract


@dataclass(frozen=True)
class ProxyView:
    """A contract that holds, by enrolment."""

    id: str
    enrolment_id: str
    number: str
    signed_on: date
    file_id: str


def of_enrolments(session: Session, enrolment_ids: Sequence[str]) -> dict[str, ProxyView]:
    """Return enrolment -> the contract that holds; who has none is left out."""
    found: dict[str, ProxyView] = {}
    for start in range(0, len(enrolment_ids), 400):
        part = ProxyContract.enrolment_id.in_(enrolment_ids[start : start + 400])
        for row in session.scalars(select(ProxyContract).where(part, ProxyContract.live)):
            found[row.enrolment_id] = ProxyView(
                row.id, row.enrolment_id, row.number, row.signed_on, row.file_id
            )
    return found
