"""The triggers that keep what is published: only the database can refuse a change that passes the application by.

A row of a published programme or syllabus, or of anything that belongs to one, refuses UPDATE and DELETE, and nothing new is
added to it. Nor is a programme published by who edited it last. SQLite: INSERT over an existing key too (``INSERT OR REPLACE``
deletes without a delete trigger). PostgreSQL: TRUNCATE too, and changes are refused on a replica too; the programme is locked against publishing
meanwhile. SQLite's batch mode makes a table anew without its triggers; ``migrations/env.py`` therefore creates what is missing.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

_OF_SEGMENT = (
    "FROM programme_segment s JOIN programme p ON p.id = s.programme_id WHERE s.id = {row}.segment_id"
)
# A table, and where the programme or syllabus of one of its rows is found; None for those themselves.
PARENTS = {
    "programme": None,
    "programme_segment": "FROM programme p WHERE p.id = {row}.programme_id",
    "programme_module": _OF_SEGMENT,
    "segment_topic": _OF_SEGMENT,
    "lesson": _OF_SEGMENT,
    "quiz_plan": _OF_SEGMENT,
    "rubric": _OF_SEGMENT,
    "rubric_item": _OF_SEGMENT,
    "syllabus": None,
    "syllabus_topic": "FROM syllabus p WHERE p.id = {row}.syllabus_id",
}
KEYS = {"segment_topic": "old.segment_id = NEW.segment_id AND old.topic_code = NEW.topic_code"}
KEY = "old.id = NEW.id"
OF_VERSION = "(old.id = NEW.id OR (old.code = NEW.code AND old.version = NEW.version))"
OWN_WORK = "NEW.published_by = NEW.edited_by"


def create(connection: Connection) -> None:
    """Create all triggers that are not there yet; a table that a later migration makes gets its own then."""
    lost, there = missing(connection), set(inspect(connection).get_table_names())
    for table in [one for one in PARENTS if one in there]:
        made = _sqlite(table) if connection.dialect.name == "sqlite" else _postgresql(table)
        for name, statements in made.items():
            for statement in statements if name in lost else ():
                connection.exec_driver_sql(statement)


def drop(connection: Connection, *, tables: tuple[str, ...] = ()) -> None:
    """Drop all triggers, or only those of ``tables`` (a downgrade)."""
    sqlite = connection.dialect.name == "sqlite"
    for table in tables or PARENTS:
        for name in _names(connection.dialect.name, table):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{'' if sqlite else f' ON {table}'}")
        if not sqlite:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS yanglao_keep_{table}()")
    if not sqlite and not tables:
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS yanglao_keep_all()")


def missing(connection: Connection) -> list[str]:
    """Return the names of triggers that do not stand or are switched off."""
    sqlite = connection.dialect.name == "sqlite"
    standing = connection.execute(
        text(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if sqlite
            else "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('A', 'O')"
        )
    )
    wanted = [name for table in PARENTS for name in _names(connection.dialect.name, table)]
    return sorted(set(wanted) - {row[0] for row in standing})


def mend(connection: Connection) -> None:
    """Create what is missing where all the tables are there: after migrations."""
    if set(PARENTS) <= set(inspect(connection).get_table_names()):
        create(connection)


def _names(dialect: str, table: str) -> tuple[str, ...]:
    acts = ("update", "delete", "insert") if dialect == "sqlite" else ("change", "truncate", "add")
    return tuple(f"tr_{table}_keep_{act}" for act in acts)


def _published(table: str, row: str) -> str:
    """Return the condition that ``row`` (OLD, NEW or an alias) belongs to what is published."""
    found = PARENTS[table]
    if found is None:
        return f"{row}.state = 'published'"
    return f"EXISTS (SELECT 1 {found.format(row=row)} AND p.state = 'published')"


def _sqlite(table: str) -> dict[str, tuple[str, ...]]:
    old, new, itself = _published(table, "OLD"), _published(table, "NEW"), PARENTS[table] is None
    update = f"{old} OR (NEW.state = 'published' AND {OWN_WORK})" if itself else f"{old} OR {new}"
    key = OF_VERSION if itself else KEYS.get(table, KEY)
    over = f"EXISTS (SELECT 1 FROM {table} old WHERE {key} AND {_published(table, 'old')})"  # noqa: S608
    insert = over if itself else f"{new} OR {over}"
    abort = f"BEGIN SELECT RAISE(ABORT, '{table} is published and never changes'); END"
    update_name, delete_name, insert_name = _names("sqlite", table)
    return {
        update_name: (f"CREATE TRIGGER {update_name} BEFORE UPDATE ON {table} WHEN {update} {abort}",),
        delete_name: (f"CREATE TRIGGER {delete_name} BEFORE DELETE ON {table} WHEN {old} {abort}",),
        insert_name: (f"CREATE TRIGGER {insert_name} BEFORE INSERT ON {table} WHEN {insert} {abort}",),
    }


_RAISE = (
    "RAISE EXCEPTION '%% is published and never changes', TG_TABLE_NAME"
    " USING ERRCODE = 'integrity_constraint_violation'"
)


def _postgresql(table: str) -> dict[str, tuple[str, ...]]:
    change, truncate, add = _names("postgresql", table)
    found, keep = PARENTS[table], f"yanglao_keep_{table}"
    waits = {
        row: f"PERFORM 1 {found.format(row=row)} FOR SHARE OF p;" if found else "" for row in ("OLD", "NEW")
    }
    after = (
        f"IF TG_OP = 'UPDATE' THEN IF NEW.state = 'published' AND {OWN_WORK} THEN {_RAISE}; END IF; END IF;"
        if found is None
        else f"IF TG_OP <> 'DELETE' THEN {waits['NEW']}"
        f" IF {_published(table, 'NEW')} THEN {_RAISE}; END IF; END IF;"
    )
    function = (
        f"CREATE OR REPLACE FUNCTION {keep}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {waits['OLD']} IF {_published(table, 'OLD')} THEN {_RAISE}; END IF; END IF;"
        f" {after} IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    all_ = (
        "CREATE OR REPLACE FUNCTION yanglao_keep_all() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN {_RAISE}; END $$"
    )
    return {
        change: (
            function,
            f"CREATE TRIGGER {change} BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {keep}()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {change}",
        ),
        # Not ALWAYS: a replica takes over rows in any order.
        add: (
            function,
            f"CREATE TRIGGER {add} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {keep}()",
        ),
        truncate: (
            all_,
            f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION yanglao_keep_all()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}",
        ),
    }
