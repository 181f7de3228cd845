"""Say what an export of a claim was asked for with, and which claim it means."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.errors import Refused
from yanglao.subsidy import queries as claims
from yanglao.subsidy.shapes import ClaimView


class ClaimMissing(Refused):
    """Say that the claim must be named."""

    code = "export.claim_missing"


class Asked(Protocol):
    """What an export was asked for with."""

    @property
    def actor(self) -> Actor: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def wanted(self) -> dict[str, Any]: ...
    @property
    def kind(self) -> str: ...


def yuan(fen: int) -> Decimal:
    """Return fen as a number of yuan to the fen."""
    return Decimal(fen).scaleb(-2)


def claim_of(session: Session, asked: Asked) -> ClaimView:
    """Return the claim that was asked for, within reach. Raises ClaimMissing, ClaimUnknown."""
    if not asked.wanted.get("claim_id"):
        raise ClaimMissing
    return claims.claim(session, asked.wanted["claim_id"], asked.scope)
