"""Look at a printed card before it is scanned: whose it is, so that the instructor can compare the person. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.attendance import codes, readings
from yanglao.capture.attendance.shapes import Brief, ScanDraft
from yanglao.classes.queries import SessionView
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.people import queries as people


@dataclass(frozen=True)
class Look:
    """What a printed card says: ``refusal`` (a code) or whose it is; ``photo_on_file`` whether there is a photo to compare."""

    refusal: str | None
    facts: dict[str, Any] = field(default_factory=dict)
    person: Brief | None = None
    photo_on_file: bool = False


def look(session: Session, meeting: SessionView, payload: str, *, now: datetime, actor: Actor) -> Look:
    """Return what the printed card ``payload`` says to who teaches ``meeting``. No other code is looked at beforehand."""
    if codes.read_printed(payload) is None:
        return Look("code.malformed")
    draft = ScanDraft("look", "card", payload, "in", to_ms(now), to_ms(now), session_id=meeting.id)
    found = readings.read(session, draft, now=now, actor=actor)
    if found.refusal or found.person_id is None:
        return Look(found.refusal or "code.forged", found.facts)
    if found.enrolment is None:
        return Look("attendance.other_class")
    person = people.persons(session, [found.person_id])[found.person_id]
    return Look(None, found.facts, Brief(person.id, person.name), bool(found.facts["photo_on_file"]))
