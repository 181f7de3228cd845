"""Durable check-ins on one core that carries the server and PostgreSQL, as a share of an empty Flask view (`make bench`).

Each scan is a room code of the moment from a phone of its own, over HTTP, with every check: sign-in, role, code, roster, clash,
device; an entry in the chain, the standings folded; answered after its COMMIT. Asserts that nobody is present twice or not at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.bench.hall import Hall, hall
from tests.bench.served import CODE, SECONDS, Served, keep_on_core, load, used_s
from tests.conftest import build, settings_for
from yanglao.capture.attendance.models import Presence
from yanglao.kernel.db import db

WANTED = 0.04


def filled(folder: Path, count: int, **more: str) -> tuple[Any, Hall]:
    """Return a house with a hall of ``count`` people."""
    house = build(settings_for(folder, **more))
    with house.app_context():
        made = hall(count)
        if db.engine.dialect.name == "postgresql":
            db.session.connection().exec_driver_sql("ANALYZE")
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return house, made


def present(house: Any) -> tuple[int, int]:
    """Return (presences, people present)."""
    with house.app_context():
        persons = db.session.scalars(db.select(Presence.person_id)).all()
        db.session.remove()
        db.engine.dispose()
    return len(persons), len(set(persons))


def test_durable_check_ins_on_postgresql(tmp_path, empty, capsys, postgres, pg_built_url):
    keep_on_core(postgres)
    more = {"DATABASE_URL": pg_built_url}
    house, there = filled(tmp_path, int(300 + SECONDS * empty["rate"] * WANTED * 4), **more)
    served = Served(CODE.format(target="yanglao.supervisor.web:make_app"), tmp_path, **more)
    try:
        first = load(served, **there.some(300))
        before_s = used_s(postgres)
        whole = load(served, **there.some(len(there.scans)))
        database_us = (used_s(postgres) - before_s) / whole["answered"] * 1e6
    finally:
        served.end()
    assert whole["outcomes"] == {"accepted": whole["answered"]}
    assert present(house) == (first["answered"] + whole["answered"],) * 2
    ratio = whole["rate"] / empty["rate"]
    with capsys.disabled():
        print(
            f"\npostgresql: {whole['rate']:.0f} check-ins/s of {empty['rate']:.0f} empty views/s, ratio {ratio:.3f};"
            f" CPU {whole['cpu_us']:.0f} and {database_us:.0f} us of {empty['cpu_us']:.0f}; p50 {whole['p50_ms']:.1f} p99 {whole['p99_ms']:.1f} ms"
        )
    # Other programs on the machine take time away from both unequally; what the CPU did they cannot take.
    assert max(ratio, empty["cpu_us"] / (whole["cpu_us"] + database_us)) >= WANTED
