"""The append-only triggers: only the database itself can refuse a change that passes the application by.

SQLite: UPDATE, DELETE, and INSERT over an existing key (``INSERT OR REPLACE`` deletes without a delete trigger).
PostgreSQL: UPDATE, DELETE, TRUNCATE, firing ALWAYS, so that a replica role does not switch them off.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

KEYS = {
    "evidence_entry": (("id",), ("chain_kind", "chain_id", "position")),
    "evidence_checkpoint": (("id",), ("day",)),
    "evidence_leaf": (("checkpoint_id", "chain_kind", "chain_id"),),
    "certificate_step": (("certificate_id", "position"),),
    "level_certificate_step": (("certificate_id", "position"),),
    "subsidy_run_closing": (("run_id",),),
    "subsidy_run_line": (("run_id", "line_id"),),
}


def create(connection: Connection) -> None:
    """Create all triggers that are not there yet; a table that a later migration makes gets its own then."""
    there = set(inspect(connection).get_table_names())
    for name, statement in _statements(connection.dialect.name, there).items():
        if name in missing(connection):
            for part in statement:
                connection.exec_driver_sql(part)


def drop(connection: Connection) -> None:
    """Drop all triggers (a downgrade, or the tests that tamper)."""
    for table in KEYS:
        for name in _names(connection.dialect.name, table):
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            else:
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS yanglao_append_only()")


def missing(connection: Connection) -> list[str]:
    """Return the names of triggers that do not stand or are switched off."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        rows = connection.execute(text("SELECT tgname FROM pg_trigger WHERE tgenabled IN ('A', 'O')"))
    standing = {row[0] for row in rows}
    wanted = [name for table in KEYS for name in _names(connection.dialect.name, table)]
    return [name for name in wanted if name not in standing]


def _names(dialect: str, table: str) -> tuple[str, ...]:
    acts = ("update", "delete", "insert") if dialect == "sqlite" else ("change", "truncate")
    return tuple(f"tr_{table}_{act}" for act in acts)


def _statements(dialect: str, there: set[str]) -> dict[str, tuple[str, ...]]:
    made: dict[str, tuple[str, ...]] = {}
    for table, keys in KEYS.items():
        if table not in there:
            continue
        made.update(_sqlite(table, keys) if dialect == "sqlite" else _postgresql(table))
    return made


def _sqlite(table: str, keys: tuple[tuple[str, ...], ...]) -> dict[str, tuple[str, ...]]:
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE "
        + " AND ".join(f"{column} = NEW.{column}" for column in key)
        + ")"
        for key in keys
    )
    abort = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    return {
        f"tr_{table}_update": (f"CREATE TRIGGER tr_{table}_update BEFORE UPDATE ON {table} {abort}",),
        f"tr_{table}_delete": (f"CREATE TRIGGER tr_{table}_delete BEFORE DELETE ON {table} {abort}",),
        f"tr_{table}_insert": (
            f"CREATE TRIGGER tr_{table}_insert BEFORE INSERT ON {table} WHEN {taken} {abort}",
        ),
    }


_FUNCTION = """CREATE OR REPLACE FUNCTION yanglao_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"""


def _postgresql(table: str) -> dict[str, tuple[str, ...]]:
    run = "EXECUTE FUNCTION yanglao_append_only()"
    change, truncate = f"tr_{table}_change", f"tr_{table}_truncate"
    return {
        change: (
            _FUNCTION,
            f"CREATE TRIGGER {change} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {run}",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {change}",
        ),
        truncate: (
            _FUNCTION,
            f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}",
        ),
    }
