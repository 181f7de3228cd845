"""Tell who scans of whom there is a photo: a link to the approved one that ends within minutes, or that one may be taken."""

from __future__ import annotations

from datetime import datetime

from flask import Response, send_file

from yanglao.files import links
from yanglao.files.errors import LinkExpired
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of
from yanglao.kernel.db import db
from yanglao.people import photos

MARK = "face:"


def face_link(person_id: str, *, now: datetime) -> str:
    """Return the address under which the photo of a person is shown for a moment, to compare by eye."""
    seconds = policy.on(day_of(now)).attendance.face_link_s
    return f"/face/{links.make(MARK + person_id, now=now, seconds=seconds)}"


def first_photo(standing: str | None) -> str | None:
    """Return what a page must know where there is no photo: ``open`` to be taken, or ``not_agreed``; else None."""
    return standing if standing in ("open", "not_agreed") else None


def face(word: str, *, now: datetime) -> Response:
    """Send the photo that a link opens. Raises LinkExpired (altered, too old), NotFound (taken back meanwhile)."""
    subject = links.read(word, now=now)
    if not subject.startswith(MARK):
        raise LinkExpired()
    found = photos.opened_of(db.session, subject.removeprefix(MARK), now=now)
    response = send_file(found.path, mimetype=found.media_type)
    response.headers["Cache-Control"] = "private, no-store"
    return response
