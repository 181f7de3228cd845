"""Take in the file of a shared resource: a book or slides, checked by its content. The caller commits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from yanglao.files import service as files
from yanglao.files import uploads
from yanglao.files.errors import FileUnknown
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of
from yanglao.kernel.errors import Refused, TooLarge
from yanglao.outside import media

PURPOSE = "resource"
KINDS = {
    "application/pdf": ".pdf",
    media.DOCX: ".docx",
    media.PPTX: ".pptx",
    media.DOC: ".doc",
    media.PPT: ".ppt",
    "image/png": ".png",
    "image/jpeg": ".jpg",
}
# How WPS names its own older formats, which are built like those of Office.
ALIKE = {media.DOC: (".doc", ".wps"), media.PPT: (".ppt", ".pps", ".dps"), "image/jpeg": (".jpg", ".jpeg")}
WAITS = timedelta(days=1)  # how long a file waits for the rest of its form


class FileRefused(Refused):
    """Say that a file is none of the known kinds, is empty, or carries a program."""

    code = "library.file_refused"


def most_bytes(now: datetime) -> int:
    """Return the most bytes a file may have."""
    return policy.on(day_of(now)).material.resource_max_bytes


def receive(session: Session, name: str, content: bytes, *, now: datetime, actor: Actor) -> str:
    """Keep a file for a day, for ``actor`` alone; return its id. It stays when a resource takes it (``settle``).

    Raises:
        TooLarge, FileRefused.
    """
    most = most_bytes(now)
    if len(content) > most:
        raise TooLarge("upload.too_large", most_mb=most // 1_048_576)
    kind = media.kind_of_document(content)
    if kind not in KINDS or media.has_macros(content):
        raise FileRefused()
    return files.store(
        session, content, name=_fitting(name, kind), media_type=kind, owner_id=actor.person_id,
        purpose=PURPOSE, now=now, keep_for=WAITS,
    )  # fmt: skip


def receive_upload(session: Session, upload_id: str, *, now: datetime, actor: Actor) -> str:
    """As ``receive``, of a complete upload, which is used up. Raises UploadUnknown, Conflict too."""
    taken = uploads.take(session, upload_id, actor.person_id, now=now)
    if taken.size > most_bytes(now):
        raise TooLarge("upload.too_large", most_mb=most_bytes(now) // 1_048_576)
    return receive(session, taken.name, taken.path.read_bytes(), now=now, actor=actor)


def waiting(session: Session, file_id: str, *, now: datetime, actor: Actor) -> files.FileView | None:
    """Return a file that ``actor`` sent and that waits for its form; None when there is none any more."""
    try:
        found = files.open_(session, file_id, now=now, owner_id=actor.person_id)
    except FileUnknown:
        return None
    return found if found.purpose == PURPOSE else None


def settle(session: Session, file_id: str, *, now: datetime, actor: Actor) -> str:
    """Let a file that ``actor`` sent stay for good; return its id. Raises FileUnknown."""
    if waiting(session, file_id, now=now, actor=actor) is None:
        raise FileUnknown()
    files.keep(session, file_id)
    return file_id


def _fitting(name: str, kind: str) -> str:
    """Return a name that ends as its content says; nobody saves a picture as a program."""
    return name if name.lower().endswith(ALIKE.get(kind, (KINDS[kind],))) else name[:190] + KINDS[kind]
