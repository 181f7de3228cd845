"""What dossiers of a thousand people cost: seconds, and the most memory that the worker and the process that sets pages ever held."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bench.thousand import at_the_end, thousand
from tests.conftest import build, settings_for
from tests.oversight.scene import play
from yanglao.kernel import clock
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db, run
from yanglao.settings import ROOT

PEOPLE = int(os.environ.get("YL_DOSSIER_PEOPLE", "1000"))
WORKER = """
import json, resource, sys, time
from pathlib import Path
from tests.conftest import build, settings_for
from yanglao.jobs.perform import perform
from yanglao.kernel import clock
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.oversight import exports, paper_proof
from yanglao.papers.models import PaperPage
from yanglao.people import service as people

folder, kind, wanted, person_id = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]), sys.argv[4]
clock.use_file(folder / "clock")
app = build(settings_for(folder / "house"))
with app.app_context():
    actor = people.actor_of(db.session, person_id)
    db.session.rollback()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    begun = time.perf_counter()
    asked = run(lambda: exports.ask(db.session, kind, wanted, now=now(), actor=actor))
    done = perform(asked)
    gone = time.perf_counter() - begun
    peak = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used) - began
    found = exports.opened(db.session, asked, link="", now=now(), actor=actor)
    code = db.session.scalar(db.select(PaperPage.code).order_by(PaperPage.id.desc()).limit(1)) if kind != "pack" else ""
    begun = time.perf_counter()
    proof = paper_proof.prove(db.session, code, now=now(), whole=True).state if code else ""
    proving = time.perf_counter() - begun
    print(json.dumps({"done": done, "seconds": round(gone, 1), "cpu_s": round(cpu, 1), "size_kb": found.size_bytes // 1024, "before_mb": before // 1024,
                      "worker_mb": peak[0], "setter_mb": peak[1], "path": str(found.path), "proof": proof,
                      "proving_s": round(proving, 1)}))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a folder with a house in which a class of a thousand finished, and the class and its administrator."""
    folder = tmp_path_factory.mktemp("dossiers")
    app = build(settings_for(folder / "house"))
    with app.app_context():
        scene = play(app, folder / "clock")
        run(lambda: thousand(scene.there, PEOPLE))
        told = (scene.there.class_id, scene.there.city.staff["admin_a"].person_id)
        db.session.remove()
        db.engine.dispose()
    (folder / "clock").write_text(rfc3339(at_the_end()))
    clock.use_file(None)
    return folder, *told


@pytest.mark.parametrize("kind", ["dossier_class", "dossier_persons", "pack"])
def test_a_thousand_people_in_minutes_and_flat_memory(
    house: Any, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, class_id, person_id = house
    told = subprocess.run(
        [sys.executable, "-c", WORKER, str(folder), kind, json.dumps({"class_id": class_id}), person_id],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout.splitlines()[-1])
    assert found["done"] and found["proof"] in ("unchanged", "")
    kept = os.environ.get("YL_DOSSIER_KEPT")
    if kept:
        Path(kept, kind).write_bytes(Path(found["path"]).read_bytes())
    with capsys.disabled():
        print(f"\n{kind} of {PEOPLE} people: {found['seconds']} s ({found['cpu_s']} s of processor), {found['size_kb']} KB; at most {found['worker_mb']} MB in the worker"
              f" ({found['before_mb']} before), {found['setter_mb']} MB in the process that sets pages;"
              f" proved in {found['proving_s']} s")  # fmt: skip
