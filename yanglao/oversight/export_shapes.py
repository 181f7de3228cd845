"""What an export is asked for with and what comes of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from yanglao.files import uploads
from yanglao.kernel.actor import Actor, Scope

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF, ZIP = "application/pdf", "application/zip"
LEFT = timedelta(hours=12)
PREFIX = "export-"
Report = Callable[[int, int], None]
Filter = dict[str, Any]


def silent(done: int, total: int) -> None:
    """Report to nobody."""


@dataclass(frozen=True)
class Made:
    """A finished file, as the jobs store it: ``content``, or ``path`` of a file that is moved away.

    ``seal`` is called with the session in the transaction that stores it, for what has to stand in the ledger with it.
    """

    content: bytes
    name: str
    media_type: str = XLSX
    path: Path | None = None
    seal: Callable[[Session, datetime], None] | None = None


@dataclass(frozen=True)
class Asked:
    """What an export is made from: who asked and how far their right reaches now."""

    actor: Actor
    scope: Scope
    wanted: Filter
    kind: str = ""


@contextmanager
def workroom(now: datetime) -> Iterator[Path]:
    """Give a folder on the disk of the stored files to make a large file in; those that a lost worker left are thrown away."""
    for left in uploads.folder().glob(f"{PREFIX}*"):
        if left.stat().st_mtime < (now - LEFT).timestamp():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=uploads.folder()))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
