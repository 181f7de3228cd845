from __future__ import annotations

import sqlite3

import pytest

from tests.flows.robot import Day

LONG_S = 30_000


def lengthen(file):
    """Make the first online lesson of everybody one of more than eight hours, before the house starts."""
    base = sqlite3.connect(file)
    triggers = base.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'lesson'"
    )
    kept = triggers.fetchall()
    for name, _ in kept:
        base.execute(f"DROP TRIGGER {name}")
    base.execute("UPDATE lesson SET duration_s = ? WHERE position = 1", (LONG_S,))
    for _, words in kept:
        base.execute(words)
    base.commit()
    base.close()


@pytest.fixture(scope="session")
def city_day(tmp_path_factory):
    """Give one running demo city to the robots of all files; whatever they do, it is well in the end."""
    day = Day(tmp_path_factory.mktemp("city-day"))
    lengthen(day.folder / "yanglao.sqlite3")
    day.start()
    try:
        day.house.ready()
        yield day
        day.is_well()
    finally:
        day.house.end()
