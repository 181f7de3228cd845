"""The database: one declarative base, one way to write, one way to read.

Within a request everything outside ``run`` reads in a read-only transaction; ``run`` writes. On SQLite a writer
begins IMMEDIATE (a deferred one can fail to upgrade) and a reader sets ``query_only``; on PostgreSQL a reader's
transaction is READ ONLY.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, event
from sqlalchemy.engine import Connection, CursorResult, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.dml import UpdateBase

from yanglao.kernel.turns import Turns

T = TypeVar("T")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Stand above every model; constraints get their names from one convention."""

    metadata = MetaData(naming_convention=NAMES)


class OwnSession(Session):
    """Tell a type checker what ``db.session`` is: a session of this request or task, which can be let go of."""

    def remove(self) -> None:
        """Close the session and forget it."""


class Database(SQLAlchemy):
    """Give each request or task its own session; services take it as the plain ``Session`` it behaves as."""

    if TYPE_CHECKING:
        session: OwnSession  # type: ignore[assignment]


db = Database(model_class=Base, disable_autonaming=True)

_reading: ContextVar[bool] = ContextVar("yanglao_reading", default=False)
_writing: ContextVar[bool] = ContextVar("yanglao_writing", default=False)
_passing: ContextVar[bool] = ContextVar("yanglao_passing", default=False)
BUSY_MS = 15_000


def read_only(on: bool) -> None:
    """Make transactions that begin from here on read-only, or not (a request switches it on and off)."""
    _reading.set(on)


@contextmanager
def reading() -> Iterator[None]:
    """Read within a ``with`` block without ever taking the write lock."""
    before = _reading.get()
    _reading.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        _reading.set(before)


def run(act: Callable[[], T], *, lasting: bool = True) -> T:
    """Run ``act`` in one write transaction and commit; a lost race is rolled back and tried once more.

    A ``run`` inside a ``run`` joins the outer transaction. Whatever ``act`` raises rolls everything back.
    ``lasting`` False does not wait for the disk: what was written survives any process, not a power cut; for what
    passes within a minute anyway.
    """
    if _writing.get():
        return act()
    before = _reading.get()
    passing = _passing.set(not lasting)
    _reading.set(False)
    _writing.set(True)
    try:
        db.session.rollback()
        with _turn():
            try:
                return _commit(act)
            except DBAPIError as fault:
                db.session.rollback()
                if not lost_race(fault):
                    raise
            return _commit(act)
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.set(False)
        _reading.set(before)
        _passing.reset(passing)


_turns: dict[str, Turns] = {}


def _turn() -> AbstractContextManager[None]:
    """Return the turn at writing to the current database, which SQLite gives to one at a time."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return nullcontext()
    if url.database not in _turns:
        _turns[url.database] = Turns(Path(f"{url.database}-turn"), most_s=BUSY_MS / 1000)
    return _turns[url.database].mine()


def _commit(act: Callable[[], T]) -> T:
    result = act()
    db.session.commit()
    return result


def changed(session: Any, statement: UpdateBase) -> int:
    """Perform an UPDATE or DELETE and return how many rows it met: a state is claimed by changing it where it still is."""
    found: CursorResult[Any] = session.execute(statement)
    return found.rowcount


def lost_race(fault: DBAPIError) -> bool:
    """Tell whether another transaction simply came first: a unique key taken, a lock, a serialization fault."""
    if isinstance(fault, IntegrityError):
        return True
    state = getattr(fault.orig, "sqlstate", None)
    return state in {"40001", "40P01", "55P03"} or "locked" in str(fault.orig)


@event.listens_for(Engine, "connect")
def _on_connect(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


@event.listens_for(Engine, "begin")
def _on_begin(connection: Connection) -> None:
    reading_now, passing = _reading.get(), _passing.get()
    if connection.dialect.name == "sqlite":
        if connection.info.get("query_only") is not reading_now:
            connection.exec_driver_sql(f"PRAGMA query_only={int(reading_now)}")
            connection.info["query_only"] = reading_now
        if not reading_now and connection.info.get("passing", False) is not passing:
            connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if passing else 'FULL'}")
            connection.info["passing"] = passing
        connection.exec_driver_sql("BEGIN" if reading_now else "BEGIN IMMEDIATE")
    elif connection.dialect.name == "postgresql" and (reading_now or passing):
        connection.exec_driver_sql(
            "SET TRANSACTION READ ONLY" if reading_now else "SET LOCAL synchronous_commit TO OFF"
        )
