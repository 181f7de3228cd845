"""Durable beats on one core that carries the server and its database, as shares of an empty Flask view (`make bench`).

A thousand viewers with a long past send one beat a request over real HTTP from the other core; each is answered after
its COMMIT (SQLite ``synchronous=FULL``, PostgreSQL ``synchronous_commit=on``). Prints ratios, asserts that nothing was lost.
``YL_BEATS_SECONDS`` (5) is how long each load lasts; ``YL_BEATS_ENTRIES`` (200000) how long the ledger is that is compared
with one of ten thousand entries: 5000000 is the real question, and takes minutes to fill.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.bench.crowd import crowd
from tests.bench.served import CODE, SECONDS, Served, keep_on_core, load
from tests.conftest import build, settings_for
from yanglao.capture.viewing.models import Viewing
from yanglao.kernel.db import db

ENTRIES = int(os.environ.get("YL_BEATS_ENTRIES", "200000"))


def beats(folder: Path, entries: int, capsys: Any, empty: dict[str, Any], **more: str) -> float:
    """Measure a house with ``entries`` entries; return its beats per second."""
    house = build(settings_for(folder, **more))
    with house.app_context():
        name = db.engine.dialect.name
        viewers = crowd(entries=entries)
        if name == "postgresql":
            db.session.connection().exec_driver_sql("ANALYZE")
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    served = Served(CODE.format(target="yanglao.supervisor.web:make_app"), folder, **more)
    try:
        _beats(served, viewers, 120, most=2 * len(viewers))
        whole = _beats(served, viewers, SECONDS)
        calm = _beats(served, viewers, SECONDS, rate=whole["rate"] * 0.7)
    finally:
        served.end()
    with house.app_context():
        kept = {row.id: row.next_seq for row in db.session.execute(db.select(Viewing.id, Viewing.next_seq))}
        assert all(kept[viewing] == seq + 1 for viewing, _, _, seq in viewers)
        db.session.remove()
        db.engine.dispose()
    with capsys.disabled():
        print(
            f"\n{name}, {entries} entries: {whole['rate']:.0f} beats/s of {empty['rate']:.0f} empty views/s, ratio"
            f" {whole['rate'] / empty['rate']:.3f}; CPU {whole['cpu_us']:.0f} us of {empty['cpu_us']:.0f}, ratio"
            f" {empty['cpu_us'] / whole['cpu_us']:.3f}; at 70 %: p50 {calm['p50_ms']:.1f} p99 {calm['p99_ms']:.1f} ms"
        )
    return float(whole["rate"])


def _beats(served: Served, viewers: list[list[Any]], seconds: float, **asked: Any) -> dict[str, Any]:
    found = load(served, viewers=viewers, seconds=seconds, **asked)
    for viewer in viewers:
        viewer[3] = found["acked"].get(viewer[0], viewer[3])
    return found


def test_durable_beats_on_sqlite(tmp_path, empty, capsys):
    short = beats(tmp_path / "short", 10_000, capsys, empty)
    long = beats(tmp_path / "long", ENTRIES, capsys, empty)
    with capsys.disabled():
        print(f"a beat with {ENTRIES} entries costs {short / long:.2f} times one with 10000")


def test_durable_beats_on_postgresql(tmp_path, empty, capsys, postgres, pg_built_url):
    keep_on_core(postgres)
    beats(tmp_path, 10_000, capsys, empty, DATABASE_URL=pg_built_url)
