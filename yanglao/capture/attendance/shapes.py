"""Name what goes into a judgement and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from yanglao.capture.attendance.rules import Times


@dataclass(frozen=True)
class Place:
    """Where a phone says it is; a signal only. Millionths of degrees, metres."""

    latitude_e6: int
    longitude_e6: int
    accuracy_m: int


@dataclass(frozen=True)
class ScanDraft:
    """A scan as a client sent it. Nothing in it is trusted; ``payload`` is a code, or an enrolment id for ``manual``.

    ``photo_ticked``: the instructor says that the bearer of a printed card is its owner; ``id_checked``: by the identity card.
    ``network``: the address it came from, as the server saw it; only a digest of it is kept.
    """

    scan_uuid: str
    kind: str
    payload: str
    direction: str
    captured_ms: int
    sent_ms: int
    session_id: str = ""
    device: str = ""
    reason: str = ""
    place: Place | None = None
    network: str = ""
    photo_ticked: bool = False
    id_checked: bool = False

    def times(self, received_ms: int) -> Times:
        """Return the three times with the one the server knows."""
        return Times(self.captured_ms, self.sent_ms, received_ms)


@dataclass(frozen=True)
class Brief:
    """A person as the reader of an answer may see them: the name in full only on the roster's own session."""

    id: str
    name: str


@dataclass(frozen=True)
class Answer:
    """What was decided on one scan; the same to every replay. ``person_id`` is whose hours it touched, if any."""

    scan_uuid: str
    outcome: str
    code: str | None
    facts: dict[str, Any]
    direction: str
    person: Brief | None
    recorded_ms: int
    touched_person_id: str | None = field(default=None, compare=False)
