"""Ask what a trainee said of their own days (对/不对)."""

from __future__ import annotations

from sqlalchemy.orm import Session


def own_word(session: Session, enrolment_id: str, segment_id: str) -> str:
    """Return "" while nothing was asked or said, else "yes" or "no"; nobody is asked yet."""
    return ""
