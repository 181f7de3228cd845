"""Ask for and write many rows with one statement, whatever their number.

PostgreSQL takes all rows as one JSON text, all keys as one array: one message instead of one a row, and the same words each
time, so that it plans them once. SQLite, which nobody asks over a wire, is given row after row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Connection,
    Dialect,
    String,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.dml import Update
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

Rows = Sequence[Mapping[str, Any]]
Names = tuple[str, ...]
_text = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Keys(TypeDecorator[Any]):
    """Several texts as one value."""

    impl, cache_ok = Text, True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return the type in which the driver takes it."""
        return dialect.type_descriptor(ARRAY(String()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Return the texts as the driver takes them."""
        return list(value) if dialect.name == "postgresql" else _text(list(value))


class Among(FunctionElement[bool]):
    """Hold for a column whose text is one of several that are given by ``name`` when the statement is run."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column_: Any, name: str) -> None:
        super().__init__(column_, bindparam(name, type_=Keys()))


@compiles(Among)
def _listed(element: Any, compiler: Any, **more: Any) -> str:
    text, keys = element.clauses
    found: str = compiler.process(
        text.in_(select(func.json_each(keys).table_valued("value").c.value)), **more
    )
    return found


@compiles(Among, "postgresql")
def _in_array(element: Any, compiler: Any, **more: Any) -> str:
    text, keys = (compiler.process(one, **more) for one in element.clauses)
    return f"{text} = ANY ({keys})"


def insert_all(line: Connection, table: Any, rows: Rows) -> None:
    """Insert ``rows``, all with the same columns. Their values are plain: text, whole numbers, JSON where the column is."""
    if not rows:
        return
    if line.dialect.name == "postgresql":
        line.exec_driver_sql(_inserting(line.dialect, table, tuple(rows[0])), {"rows": _text(rows)})
    else:
        line.execute(insert(table), rows)


def update_all(line: Connection, table: Any, rows: Rows, *, by: Names) -> None:
    """Set in the rows that ``by`` names what else stands in ``rows``, all with the same columns. The caller holds their locks."""
    if not rows:
        return
    if line.dialect.name == "postgresql":
        line.exec_driver_sql(_updating(line.dialect, table, tuple(rows[0]), by), {"rows": _text(rows)})
    else:
        told = [{f"to_{name}": value for name, value in row.items()} for row in rows]
        line.execute(_one_updated(table, tuple(rows[0]), by), told)


@lru_cache(maxsize=64)
def _inserting(dialect: Dialect, table: Any, names: Names) -> str:
    given = _given(table, names)
    return str(
        insert(table).from_select(names, select(*given.c), include_defaults=False).compile(dialect=dialect)
    )


@lru_cache(maxsize=64)
def _updating(dialect: Dialect, table: Any, names: Names, by: Names) -> str:
    given = _given(table, names)
    statement = update(table).values({one: given.c[one] for one in names if one not in by})
    return str(statement.where(*(table.c[one] == given.c[one] for one in by)).compile(dialect=dialect))


@lru_cache(maxsize=64)
def _one_updated(table: Any, names: Names, by: Names) -> Update:
    told = {one: bindparam(f"to_{one}", type_=table.c[one].type) for one in names}
    statement = update(table).values({one: told[one] for one in names if one not in by})
    return statement.where(*(table.c[one] == told[one] for one in by))


def _given(table: Any, names: Names) -> Any:
    columns = (column(one, table.c[one].type) for one in names)
    rows = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON))
    return rows.table_valued(*columns, name="given").render_derived(with_types=True)
