"""Say in an entry which session a make-up session makes up, with all that the fold of hours must know of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView


def named_by(session: Session, meeting: SessionView) -> dict[str, Any]:
    """Return ``{"makes_up": {session, planned, breaks}}`` for a make-up session, nothing for another."""
    if not meeting.makes_up_session_id:
        return {}
    missed = classes.session_(session, meeting.makes_up_session_id)
    return {
        "makes_up": {
            "session": missed.id,
            "planned": [missed.starts_ms, missed.ends_ms],
            "breaks": [list(pause) for pause in missed.breaks],
        }
    }
