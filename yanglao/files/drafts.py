"""Keep a sheet between its dry run and its taking in, for a day, for who handed it in; sealed, since it holds numbers of people."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from yanglao.files import service as files
from yanglao.kernel.actor import Actor
from yanglao.outside.ciphers import ciphers

KEPT = timedelta(days=1)


def keep(session: Session, content: bytes, *, purpose: str, now: datetime, actor: Actor) -> str:
    """Keep a sheet that was looked at and return the id it is taken in by."""
    sealed = ciphers().seal(b64encode(content).decode())
    return files.store(
        session,
        sealed.encode(),
        name="sheet",
        media_type="text/plain",
        owner_id=actor.person_id,
        purpose=purpose,
        now=now,
        keep_for=KEPT,
    )


def kept(session: Session, file_id: str, *, purpose: str, now: datetime, actor: Actor) -> bytes:
    """Return a sheet that the actor handed in. Raises FileUnknown: never, by somebody else, for something else, or longer ago than a day."""
    found = files.open_(session, file_id, now=now, owner_id=actor.person_id)
    if found.purpose != purpose:
        raise files.FileUnknown()
    return b64decode(ciphers().open(found.path.read_text()))
