"""Copies of the database: SQLite by its own backup call, PostgreSQL by its own programs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select, table
from sqlalchemy.engine import make_url

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading
from yanglao.settings import Settings

SQLITE_NAME = "database.sqlite3"
POSTGRESQL_NAME = "database.pgdump"


class CannotCopy(Exception):
    """Says in one line why a backup or a restore stopped; nothing was replaced then."""


def dump(settings: Settings, folder: Path) -> str:
    """Write one consistent copy of the running database into ``folder``; return its file name."""
    if settings.sqlite_path is None:
        _postgresql(
            settings, "pg_dump", "--format=custom", "--no-owner", f"--file={folder / POSTGRESQL_NAME}"
        )
        return POSTGRESQL_NAME
    source = sqlite3.connect(f"{settings.sqlite_path.as_uri()}?mode=ro", uri=True, timeout=15)
    target = sqlite3.connect(folder / SQLITE_NAME)
    try:
        source.backup(target)  # all pages in one step: what is committed now, and nothing half
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        target.close()
        source.close()
    return SQLITE_NAME


def load(settings: Settings, folder: Path) -> None:
    """Put the copy in ``folder`` in the place of the database; on SQLite the old file is kept beside it."""
    path = settings.sqlite_path
    wanted = POSTGRESQL_NAME if path is None else SQLITE_NAME
    if not (folder / wanted).is_file():
        raise CannotCopy(
            f"the bundle holds no {wanted}; DATABASE_URL must be of the same kind as when it was made"
        )
    if path is None:
        _postgresql(settings, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
                    str(folder / POSTGRESQL_NAME))  # fmt: skip
        return
    if path.exists():
        _fold_log(path)
        path.rename(path.with_name(f"{path.name}.before-{now():%Y%m%d%H%M%S}"))
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    shutil.copyfile(folder / SQLITE_NAME, draft := path.with_name(f".{path.name}.restoring"))
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.replace(path)


def holds_something(settings: Settings) -> bool:
    """Tell whether the database has a person or an entry in it already."""
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        return False
    with reading():
        known = set(inspect(db.session.connection()).get_table_names())
        return any(
            db.session.scalar(select(func.count()).select_from(table(name)))
            for name in ("person", "evidence_entry")
            if name in known
        )


def heads(path: Path) -> dict[str, Any] | None:
    """Return how many entries and chains a copied SQLite database holds, and the SHA-256 of all heads."""
    copy = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        rows = copy.execute(
            "SELECT chain_kind, chain_id, position, hash FROM evidence_head ORDER BY 1, 2"
        ).fetchall()
        entries = copy.execute("SELECT count(*) FROM evidence_entry").fetchone()[0]
    except sqlite3.OperationalError:
        return None
    finally:
        copy.close()
    text = "\n".join(" ".join(str(part) for part in row) for row in rows)
    return {"entries": entries, "chains": len(rows), "heads_sha256": sha256(text.encode()).hexdigest()}


def _fold_log(path: Path) -> None:
    """Move what still stands in the write-ahead log into the file, so that the file alone is the old database."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.DatabaseError:
        pass  # a damaged file is kept as it is
    finally:
        connection.close()


def _postgresql(settings: Settings, program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise CannotCopy(
            f"{program} is not on PATH; install the PostgreSQL client (Debian: postgresql-client)"
        )
    url = make_url(settings.database_url)
    password = {"PGPASSWORD": url.password} if url.password else {}
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(
        [program, f"--dbname={address}", *arguments],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CannotCopy(f"{program} failed: {reason}")
