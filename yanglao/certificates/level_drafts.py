"""Keep a sheet between its dry run and its recording, for a day, for who handed it in; sealed, since it holds ID numbers."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from yanglao.files import service as files
from yanglao.kernel.actor import Actor
from yanglao.outside.ciphers import ciphers

KEPT = timedelta(days=1)
PURPOSE = "level.sheet"


def keep(session: Session, content: bytes, *, now: datetime, actor: Actor) -> str:
    """Keep a sheet that was looked at and return the id it is recorded by."""
    sealed = ciphers().seal(b64encode(content).decode())
    return files.store(
        session,
        sealed.encode(),
        name="level-sheet",
        media_type="text/plain",
        owner_id=actor.person_id,
        purpose=PURPOSE,
        now=now,
        keep_for=KEPT,
    )


def kept(session: Session, file_id: str, *, now: datetime, actor: Actor) -> bytes:
    """Return a sheet that the actor handed in. Raises FileUnknown: never, by somebody else, or longer ago than a day."""
    found = files.open_(session, file_id, now=now, owner_id=actor.person_id)
    if found.purpose != PURPOSE:
        raise files.FileUnknown()
    return b64decode(ciphers().open(found.path.read_text()))
