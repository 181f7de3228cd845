"""PostgreSQL databases for tests: fresh ones, and one per worker that is emptied after each test instead of being made anew.

To copy a template takes most of a second, to empty the few tables a test filled some hundredths of one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

_numbers = iter(range(1_000_000))

_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
# Whoever changes a column, a constraint, a trigger or a function leaves another number of transaction in the catalogue.
_LOOKS = " UNION ALL ".join(
    f"SELECT count(*), sum(one.xmin::text::bigint) FROM {catalogue} AS one"
    for catalogue in ("pg_attribute", "pg_constraint", "pg_trigger", "pg_proc", "pg_index", "pg_namespace")
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_GUARDS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A' ORDER BY 1, 2"
_REWIND = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
)


@contextmanager
def fresh(postgres: Any, how: str = "") -> Iterator[str]:
    """Give the URL of a new database; it goes when it is done with, whoever is still connected."""
    name = f"house_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(postgres.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} {how}")
        yield postgres.get_uri(database=name)
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Shelf:
    """The databases of one worker whose tables stand; ``make`` lets them stand in an empty one, once."""

    def __init__(self, postgres: Any, make: Callable[[str], None]) -> None:
        self.postgres = postgres
        self.template = f"template_{os.getpid()}"
        postgres.psql(f"CREATE DATABASE {self.template};")
        make(postgres.get_uri(database=self.template))
        self.close()

    def take(self) -> str:
        """Return the URL of a database without a row."""
        if self.kept is None:
            self.kept = fresh(self.postgres, f"TEMPLATE {self.template}")
            self.url = self.kept.__enter__()
            self.own = psycopg.connect(self.url, autocommit=True)
            names = [name for (name,) in self.own.execute(_TABLES)]
            self.filled = " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names
            )
            self.guards = list(self.own.execute(_GUARDS))
            self.looks = self._looks()
            assert not self._filled(), "an empty house has no rows"
        return self.url

    def put_back(self) -> None:
        """Empty the database for the next test; forget it when a test changed more than rows."""
        self.own.execute(f"SELECT pg_terminate_backend(pid, 5000) {_OTHERS}")
        if self._looks() != self.looks:
            self.close()
            return
        filled = self._filled()
        guards = [(table, name) for table, name in self.guards if table in filled]
        with self.own.transaction():
            self.own.execute("SET LOCAL session_replication_role = replica")  # past triggers and references
            for table, name in guards:
                self.own.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
            for table in filled:
                self.own.execute(f'DELETE FROM "{table}"')
            for table, name in guards:
                self.own.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"')
            self.own.execute(_REWIND)
        if guards:
            self.looks = self._looks()

    def close(self) -> None:
        """Let the database go, if there is one."""
        if getattr(self, "kept", None) is not None:
            self.own.close()
            self.kept.__exit__(None, None, None)
        self.kept = None

    def _looks(self) -> list[Any]:
        return self.own.execute(_LOOKS).fetchall()

    def _filled(self) -> list[str]:
        return [name for (name,) in self.own.execute(self.filled)]
