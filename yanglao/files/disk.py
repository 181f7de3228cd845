"""Content on disk, by hash: written whole and flushed before anybody hears of it, never changed afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path


def keep(folder: Path, content: bytes) -> str:
    """Write ``content`` under ``folder`` unless it lies there already; return its SHA-256 in hex."""
    name = sha256(content).hexdigest()
    target = path_of(folder, name)
    if target.exists():
        return name
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)
    return name


def keep_file(folder: Path, draft: Path) -> str:
    """Move the file ``draft`` under ``folder`` (the same disk) without reading it whole; return its SHA-256 in hex."""
    with draft.open("rb") as stream:
        name = file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    target = path_of(folder, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(draft, target)
    _flush_folder(target.parent)
    return name


def path_of(folder: Path, name: str) -> Path:
    """Return where the content named by its hash lies: ``<folder>/ab/abcdef…``."""
    return folder / name[:2] / name


def all_names(folder: Path) -> Iterator[str]:
    """Yield the hash of everything that lies under ``folder``; drafts of a killed writer are left out."""
    for path in sorted(folder.glob("??/*")):
        if len(path.name) == 64:
            yield path.name


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
