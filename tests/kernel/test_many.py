from __future__ import annotations

import pytest
from sqlalchemy import JSON, BigInteger, Column, Integer, MetaData, String, Table, create_engine, select

from yanglao.kernel.many import Among, insert_all, update_all

METADATA = MetaData()
SEATS = Table(
    "seat",
    METADATA,
    Column("room", String(8), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", String(40)),
    Column("at_ms", BigInteger),
    Column("facts", JSON),
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def line(request):
    """Give a connection to an empty table, on SQLite and on PostgreSQL."""
    url = "sqlite://"
    if request.param == "postgres":
        url = request.getfixturevalue("pg_url").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.connect() as connection:
        METADATA.create_all(connection)
        yield connection
    engine.dispose()


def seat(position, name, **facts):
    return {"room": "一", "position": position, "name": name, "at_ms": 1_790_000_000_123, "facts": facts}


def test_rows_are_written_as_they_were_given(line):
    given = [seat(1, "王'秀\\英\"%s䶮", at=[1, None]), seat(2, None, 说="好\n")]
    insert_all(line, SEATS, given)
    insert_all(line, SEATS, [])
    found = line.execute(select(SEATS).order_by(SEATS.c.position)).mappings()
    assert [dict(row) for row in found] == given


def test_only_what_is_named_is_changed(line):
    insert_all(line, SEATS, [seat(number, f"第{number}") for number in (1, 2, 3)])
    changed = [{"room": "一", "position": number, "facts": {"n": number}} for number in (1, 3, 9)]
    update_all(line, SEATS, changed, by=("room", "position"))
    update_all(line, SEATS, [], by=("room",))
    found = line.execute(select(SEATS.c.name, SEATS.c.facts).order_by(SEATS.c.position)).all()
    assert [tuple(row) for row in found] == [("第1", {"n": 1}), ("第2", {}), ("第3", {"n": 3})]


@pytest.mark.parametrize(("asked", "found"), [(["第1", "第3", "第9"], [1, 3]), (["'"], []), ([], [])])
def test_rows_are_found_by_any_number_of_keys(line, asked, found):
    insert_all(line, SEATS, [seat(number, f"第{number}") for number in (1, 2, 3)])
    wanted = select(SEATS.c.position).where(Among(SEATS.c.name, "names"), SEATS.c.room == "一")
    rows = line.execute(wanted.order_by(SEATS.c.position), {"names": asked})
    assert [row[0] for row in rows] == found
