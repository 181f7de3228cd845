"""What was made once and is used from then on: empty tables and a filled world to copy, compiled templates, statements and routes.

What is copied is the whole database as the services left it, so a test starts from the same rows as if it had made them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from copy import deepcopy
from datetime import datetime, timezone
from typing import Any, TypeVar

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import inspect, literal, select, text, union_all
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from yanglao.courses import triggers as course_triggers
from yanglao.evidence import triggers
from yanglao.kernel.db import db
from yanglao.outside import keyring
from yanglao.outside.ciphers import ciphers
from yanglao.settings import Settings

T = TypeVar("T")
Rows = tuple[list[tuple[str, bytes]], list[tuple[str, int]]]
KEYS = keyring.fresh("test", now=datetime.now(timezone.utc))
_files: dict[Hashable, sqlite3.Connection] = {}
_rows: dict[Hashable, Rows] = {}
_results: dict[Hashable, Any] = {}
_statements: dict[Hashable, Any] = {}
_dialects: dict[Hashable, Dialect] = {}
_asks_whether_empty: list[Any] = []


def keys(settings: Settings) -> None:
    """Give an application of tests the keys that all of them have, so that what is copied can be read."""
    if settings.env == "test":
        keyring.write(KEYS, settings.keys_file, replacing=False)


def tables() -> None:
    """Let all tables and triggers stand in the empty database of the current application."""
    if db.engine.dialect.name != "sqlite":
        if not inspect(db.engine).has_table("person"):  # else it is itself a copy of one where they stand
            _make_tables()
    elif "tables" in _files:
        _fill_file(_files["tables"])
    else:
        _make_tables()
        _files["tables"] = _copy_of_file()


def filled(key: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` returns and leaves in the empty database; from the second time on by a copy.

    ``key`` says what ``make`` depends on. A database that is not empty is filled by ``make`` itself.
    """
    where = (db.engine.dialect.name, tuple(sorted(ciphers().ring().current.items())), key)
    if not _is_empty():
        return make()
    if where in _results:
        if where in _files:
            _fill_file(_files[where])
        else:
            _fill_rows(_rows[where])
        return deepcopy(_results[where])
    result = make()
    if db.engine.dialect.name == "sqlite":
        _files[where] = _copy_of_file()
    else:
        _rows[where] = _copy_of_rows()
    _results[where] = deepcopy(result)
    return result


def _make_tables() -> None:
    db.create_all()
    with db.engine.begin() as connection:
        triggers.create(connection)
        course_triggers.create(connection)


def _is_empty() -> bool:
    if not _asks_whether_empty:
        rows = [select(literal(1)).where(select(table).exists()) for table in db.metadata.sorted_tables]
        words = union_all(*rows).compile(compile_kwargs={"literal_binds": True})
        _asks_whether_empty.append(text(str(words)))
    found = db.session.execute(_asks_whether_empty[0]).first()
    db.session.remove()
    return found is None


def _copy_of_file() -> sqlite3.Connection:
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    db.session.remove()
    raw = db.engine.raw_connection()
    raw.driver_connection.backup(kept)
    raw.close()
    return kept


def _fill_file(kept: sqlite3.Connection) -> None:
    db.session.remove()
    raw = db.engine.raw_connection()
    kept.backup(raw.driver_connection)
    raw.close()
    db.engine.dispose()


def _copy_of_rows() -> Rows:
    db.session.remove()
    raw = db.engine.raw_connection()
    kept = []
    with raw.cursor() as cursor:
        for table in db.metadata.sorted_tables:
            with cursor.copy(f'COPY "{table.name}" TO STDOUT') as rows:
                content = b"".join(bytes(part) for part in rows)
            if content:
                kept.append((table.name, content))
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        counted = cursor.fetchall()
    raw.rollback()
    raw.close()
    return kept, counted


def _fill_rows(kept: Rows) -> None:
    db.session.remove()
    raw = db.engine.raw_connection()
    with raw.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica"
        )  # triggers and references were obeyed once
        for name, content in kept[0]:
            with cursor.copy(f'COPY "{name}" FROM STDIN') as rows:
                rows.write(content)
        for sequence, value in kept[1]:
            cursor.execute("SELECT setval(%s, %s)", (sequence, value))
    raw.commit()
    raw.close()


def routes() -> None:
    """Let werkzeug translate each rule of the routing map once in a process, not once for each application."""
    from werkzeug.routing import Rule

    translate, known = Rule._compile_builder, {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.subdomain, repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = translate(rule, append_unknown)
        return known[key]

    Rule._compile_builder = once  # type: ignore[method-assign]


class Templates(BytecodeCache):
    """Keeps what jinja made of the pages' templates for all applications of a process; a changed template is made anew."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was made of the same template before."""
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was made of a template."""
        self.codes[bucket.key, bucket.checksum] = bucket.code


templates = Templates()


def statements() -> None:
    """Let the current application's engine use what SQLAlchemy compiled for the engines before it."""
    engine = db.engine
    kind = (engine.dialect.name, engine.dialect.driver)
    with engine.connect():
        pass  # the dialect learns from its first connection what server that is
    engine.dialect = _dialects.setdefault(kind, engine.dialect)
    engine._compiled_cache = _statements.setdefault(kind, LRUCache(3000))
