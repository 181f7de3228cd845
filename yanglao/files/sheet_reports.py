"""A report on a sheet that was taken in or only looked at, row by row, whatever stands in its rows."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, Protocol, TypeVar


class Row(Protocol):
    """One row, counted from 1 as in the sheet, and what became of it."""

    @property
    def outcome(self) -> str: ...


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class SheetReport(Generic[R]):
    """A sheet as it was read; ``digest`` names the file, ``kept`` tells whether its rows count now."""

    digest: str
    kept: bool
    rows: tuple[R, ...]

    def count(self, outcome: str) -> int:
        """Return how many rows came out so."""
        return sum(row.outcome == outcome for row in self.rows)


def digest_of(content: bytes) -> str:
    """Return by what a sheet is named."""
    return f"sha256:{sha256(content).hexdigest()}"
