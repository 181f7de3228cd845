"""Take in a large file piece by piece, so that a broken connection or a reloaded page costs one piece at most.

A row says how many bytes lie safely on disk; a piece is written and flushed before the row moves on. Whoever is unsure asks where to
go on.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.files.upload_models import Upload
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, NotFound, Refused, TooLarge

CHUNK_BYTES = 2 * 1024 * 1024
MOST_OPEN = 20


class UploadUnknown(NotFound):
    """Say that there is no such upload, or that it is somebody else's."""

    code = "upload.unknown"


class WrongOffset(Conflict):
    """Say where the upload goes on (``offset``)."""

    code = "upload.offset"


@dataclass(frozen=True)
class UploadView:
    """One upload: ``offset`` bytes are here; ``state`` open, complete or taken."""

    id: str
    name: str
    size: int
    offset: int
    state: str
    path: Path


def folder() -> Path:
    """Return the folder where pieces are put together; on the disk of the stored files."""
    found: Path = current_app.config["SETTINGS"].data_dir / "uploads"
    found.mkdir(parents=True, exist_ok=True)
    return found


def begin(
    session: Session, owner_id: str, *, name: str, size: int, sha256: str = "", most: int, now: datetime
) -> UploadView:
    """Open an upload of ``size`` bytes. Raises TooLarge: more than ``most``. Refused: too many are open."""
    if size > most:
        raise TooLarge("upload.too_large", most_mb=most // 1_048_576)
    if len(mine(session, owner_id)) >= MOST_OPEN:
        raise Refused("upload.too_many", most=MOST_OPEN)
    row = Upload(
        owner_id=owner_id,
        name=name[-200:],
        size_bytes=size,
        received_bytes=0,
        sha256=sha256.lower(),
        state="open",
        created_ms=to_ms(now),
        touched_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    return _view(row)


def mine(session: Session, owner_id: str) -> list[UploadView]:
    """List a person's uploads that are not used up, the newest first."""
    wanted = select(Upload).where(Upload.owner_id == owner_id, Upload.state != "taken")
    return [
        _view(row) for row in session.scalars(wanted.order_by(Upload.created_ms.desc(), Upload.id.desc()))
    ]


def look(session: Session, upload_id: str, owner_id: str) -> UploadView:
    """Return one's own upload. Raises UploadUnknown."""
    return _view(_own(session, upload_id, owner_id))


def write(upload: UploadView, offset: int, piece: bytes) -> int:
    """Put ``piece`` on disk at ``offset`` and return how many bytes are there then; outside any transaction.

    Raises:
        WrongOffset: it goes on elsewhere. Refused: the piece is empty or reaches over the announced size.
    """
    if upload.state != "open" or offset != upload.offset:
        raise WrongOffset(offset=upload.offset, size=upload.size)
    if not piece or offset + len(piece) > upload.size:
        raise Refused("upload.piece", size=upload.size, offset=upload.offset)
    descriptor = os.open(upload.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.pwrite(descriptor, piece, offset)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return offset + len(piece)


def note(session: Session, upload: UploadView, received: int, owner_id: str, *, now: datetime) -> UploadView:
    """Note that ``received`` bytes are safe. Raises WrongOffset when another piece was noted meanwhile."""
    row = _own(session, upload.id, owner_id, lock=True)
    if row.received_bytes != upload.offset or row.state != "open":
        raise WrongOffset(offset=row.received_bytes, size=row.size_bytes)
    row.received_bytes, row.touched_ms = received, to_ms(now)
    session.flush()
    return _view(row)


def complete(session: Session, upload_id: str, owner_id: str, *, now: datetime) -> UploadView:
    """Close an upload whose bytes are all here; again changes nothing.

    Raises:
        UploadUnknown. WrongOffset: bytes are missing. Refused: the hash is not the announced one.
    """
    row = _own(session, upload_id, owner_id, lock=True)
    view = _view(row)
    if row.received_bytes != row.size_bytes:
        raise WrongOffset(offset=row.received_bytes, size=row.size_bytes)
    if row.state == "open":
        with view.path.open("rb") as stream:
            if row.sha256 and file_digest(stream, "sha256").hexdigest() != row.sha256:
                raise Refused("upload.hash")
        row.state, row.touched_ms = "complete", to_ms(now)
        session.flush()
    return _view(row)


def take(session: Session, upload_id: str, owner_id: str, *, now: datetime) -> UploadView:
    """Use a complete upload up: its bytes belong to the caller now. Raises UploadUnknown, Conflict."""
    row = _own(session, upload_id, owner_id, lock=True)
    if row.state != "complete":
        raise Conflict("upload.not_complete", offset=row.received_bytes, size=row.size_bytes)
    row.state, row.touched_ms = "taken", to_ms(now)
    session.flush()
    return _view(row)


def drop(session: Session, upload_id: str, owner_id: str) -> None:
    """Give up one's own upload that is not used up."""
    row = _own(session, upload_id, owner_id, lock=True)
    if row.state == "taken":
        raise UploadUnknown()
    _view(row).path.unlink(missing_ok=True)
    session.delete(row)
    session.flush()


def path_of(upload_id: str) -> Path:
    """Return where the bytes of an upload lie."""
    return folder() / f"{upload_id}.part"


def expire(session: Session, *, now: datetime) -> int:
    """Delete uploads that came to rest, and rows of used ones; return how many."""
    kept = timedelta(seconds=policy.on(day_of(now)).material.upload_kept_s)
    rows = list(session.scalars(select(Upload).where(Upload.touched_ms < to_ms(now - kept))))
    for row in rows:
        path_of(row.id).unlink(missing_ok=True)
        session.delete(row)
    session.flush()
    return len(rows)


def _own(session: Session, upload_id: str, owner_id: str, *, lock: bool = False) -> Upload:
    row = session.get(Upload, upload_id, with_for_update=lock or None, populate_existing=lock)
    if row is None or row.owner_id != owner_id:
        raise UploadUnknown()
    return row


def _view(row: Upload) -> UploadView:
    return UploadView(row.id, row.name, row.size_bytes, row.received_bytes, row.state, path_of(row.id))
