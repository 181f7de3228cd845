"""Store a file, open it, let it expire."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yanglao.files import disk
from yanglao.files.errors import FileUnknown, WrongKind
from yanglao.files.models import StoredFile
from yanglao.kernel.clock import to_ms
from yanglao.kernel.identifiers import new_id
from yanglao.outside import media

LONGEST_NAME = 200


@dataclass(frozen=True)
class FileView:
    """One stored file and where its content lies."""

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    purpose: str
    owner_id: str | None
    created_ms: int
    path: Path


def folder() -> Path:
    """Return the folder all content lies under."""
    found: Path = current_app.config["SETTINGS"].data_dir / "files"
    return found


def store(
    session: Session,
    content: bytes,
    *,
    name: str,
    media_type: str,
    owner_id: str | None,
    purpose: str,
    now: datetime,
    keep_for: timedelta | None = None,
) -> str:
    """Keep ``content`` and return the file's id. ``name`` and ``media_type`` are not trusted.

    Raises:
        WrongKind: the bytes are not of the kind ``media_type`` says.
    """
    if not media.agrees(content, media_type):
        raise WrongKind(declared=media_type, found=media.kind_of(content))
    row = StoredFile(
        id=new_id(),
        sha256=disk.keep(folder(), content),
        size_bytes=len(content),
        name=_plain(name),
        media_type=media_type,
        purpose=purpose,
        owner_id=owner_id,
        created_ms=to_ms(now),
        expires_ms=to_ms(now + keep_for) if keep_for else None,
    )
    session.add(row)
    session.flush()
    return row.id


def store_path(
    session: Session,
    draft: Path,
    *,
    name: str,
    media_type: str,
    owner_id: str | None,
    purpose: str,
    now: datetime,
    keep_for: timedelta | None = None,
) -> FileView:
    """Keep the file at ``draft`` (on DATA_DIR's disk; it is moved away, not copied), whatever its size.

    Raises:
        WrongKind: its first bytes are not of the kind ``media_type`` says.
    """
    size = draft.stat().st_size
    if not media.file_agrees(draft, media_type):
        raise WrongKind(declared=media_type, found=media.kind_of_file(draft))
    row = StoredFile(
        id=new_id(),
        sha256=disk.keep_file(folder(), draft),
        size_bytes=size,
        name=_plain(name),
        media_type=media_type,
        purpose=purpose,
        owner_id=owner_id,
        created_ms=to_ms(now),
        expires_ms=to_ms(now + keep_for) if keep_for else None,
    )
    session.add(row)
    session.flush()
    return open_(session, row.id, now=now)


def open_(session: Session, file_id: str, *, now: datetime, owner_id: str | None = None) -> FileView:
    """Return the file; with ``owner_id`` only when it belongs to that person.

    Raises:
        FileUnknown: no such file, expired, another owner's, or its content is gone.
    """
    row = session.get(StoredFile, file_id)
    if row is None or (row.expires_ms is not None and row.expires_ms <= to_ms(now)):
        raise FileUnknown()
    path = disk.path_of(folder(), row.sha256)
    if (owner_id is not None and row.owner_id != owner_id) or not path.is_file():
        raise FileUnknown()
    return _view(row, path)


def named(session: Session, file_ids: Iterable[str], *, now: datetime) -> dict[str, FileView]:
    """Return files by id, in one query; those that are unknown or expired are left out."""
    found = session.scalars(select(StoredFile).where(StoredFile.id.in_(set(file_ids))))
    return {
        row.id: _view(row, disk.path_of(folder(), row.sha256))
        for row in found
        if row.expires_ms is None or row.expires_ms > to_ms(now)
    }


def _view(row: StoredFile, path: Path) -> FileView:
    return FileView(
        id=row.id,
        name=row.name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        purpose=row.purpose,
        owner_id=row.owner_id,
        created_ms=row.created_ms,
        path=path,
    )


def drop(session: Session, file_id: str, *, now: datetime) -> None:
    """Let a file's time be over now; it opens no more, and its content goes with the next ``expire``."""
    row = session.get(StoredFile, file_id)
    if row is not None:
        row.expires_ms = to_ms(now)
        session.flush()


def keep(session: Session, file_id: str) -> None:
    """Let a file that was kept for a time stay for good; an unknown one is left aside."""
    row = session.get(StoredFile, file_id)
    if row is not None:
        row.expires_ms = None
        session.flush()


def expire(session: Session, *, now: datetime) -> int:
    """Delete rows that expired, and the content no row names any more; return how many rows went.

    Content is deleted an hour after its row at the earliest: somebody may be storing the same bytes now.
    """
    gone = session.scalars(select(StoredFile.id).where(StoredFile.expires_ms <= to_ms(now))).all()
    session.execute(delete(StoredFile).where(StoredFile.id.in_(gone)))
    named = set(session.scalars(select(StoredFile.sha256)))
    for name in disk.all_names(folder()):
        path = disk.path_of(folder(), name)
        with contextlib.suppress(FileNotFoundError):
            if name not in named and path.stat().st_mtime < now.timestamp() - 3600:
                path.unlink()
    return len(gone)


def _plain(name: str) -> str:
    """Return a name without folders and control characters; an empty one becomes ``file``."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return (
        "".join(character for character in last if character.isprintable()).strip(" .")[-LONGEST_NAME:]
        or "file"
    )
