"""A pack of the ledger is verified on another PC by one file that knows nothing of this system."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import NINE, tell, world
from yanglao.demo import acts
from yanglao.evidence import checkpoint, pack
from yanglao.kernel.db import db, run
from yanglao.settings import ROOT


@pytest.fixture
def packed(app, tmp_path: Path) -> Path:
    """Give the pack of a ledger with a lesson watched, two scans and two checkpoints."""
    there = world()
    tell(
        *acts.watch(db.session, there.wang, there.online.lessons[0], NINE),
        acts.open_meeting(db.session, there.teacher, there.session_id, NINE + timedelta(minutes=5)),
        acts.scan(
            db.session,
            there.teacher,
            there.session_id,
            there.wang,
            direction="in",
            at=NINE + timedelta(minutes=6),
        ),
    )
    run(lambda: checkpoint.make(db.session, now=NINE + timedelta(hours=14)))
    tell(
        acts.scan(
            db.session,
            there.teacher,
            there.session_id,
            there.wang,
            direction="out",
            at=NINE + timedelta(minutes=96),
        )
    )
    run(lambda: checkpoint.make(db.session, now=NINE + timedelta(hours=38)))
    file = tmp_path / "pack.jsonl"
    lines = [
        json.dumps(line, ensure_ascii=False)
        for line in pack.lines(db.session, now=NINE + timedelta(hours=39))
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def checked(file: Path, *more: str) -> tuple[int, str]:
    """Run the verifier in isolated mode, so that nothing of this project can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "tools" / "verify_pack.py"), str(file), *more],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def changed(file: Path, number: int, **parts: object) -> Path:
    """Change the line ``number`` that holds an entry or a checkpoint, as a forger would."""
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    lines[number].update(parts)
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return file


def test_a_pack_as_it_was_made_holds(packed: Path) -> None:
    code, said = checked(packed)

    assert code == 0 and "2 checkpoints: all holds" in said


def test_a_changed_entry_is_named(packed: Path) -> None:
    entry = json.loads(packed.read_text("utf-8").splitlines()[1])["entry"]

    code, said = checked(changed(packed, 1, entry=entry | {"occurred_ms": entry["occurred_ms"] - 1}))

    assert code == 1 and said.startswith(f"chain {entry['chain'][0]}/{entry['chain'][1]} entry 1 ")


def test_a_statement_with_a_forged_signature_is_named(packed: Path) -> None:
    last = json.loads(packed.read_text("utf-8").splitlines()[-1])
    algorithm, key_id, _ = last["signature"].split(":")

    code, said = checked(changed(packed, -1, signature=f"{algorithm}:{key_id}:{'A' * 86}=="))

    assert code == 1 and "its signature does not hold" in said


def test_an_entry_left_out_is_noticed(packed: Path) -> None:
    lines = packed.read_text("utf-8").splitlines()
    packed.write_text("\n".join(lines[:1] + lines[2:]), encoding="utf-8")

    code, said = checked(packed)

    assert code == 1 and "does not follow the entry before it" in said


def test_a_statement_kept_outside_must_be_among_those_of_the_pack(packed: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(json.loads(packed.read_text("utf-8").splitlines()[-1])["statement"], encoding="utf-8")
    assert checked(packed, "--statement", str(kept))[0] == 0

    kept.write_text(kept.read_text("utf-8").replace('"day":"20', '"day":"19'), encoding="utf-8")
    assert checked(packed, "--statement", str(kept))[0] == 1


def test_keys_kept_outside_are_believed_instead_of_those_in_the_pack(packed: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"s1-000000": "A" * 43 + "="}), encoding="utf-8")

    assert checked(packed, "--keys", str(keys))[0] == 1


def test_a_pack_of_one_enrolment_holds_its_chain_and_every_checkpoint(packed: Path, tmp_path: Path) -> None:
    entries = [json.loads(line).get("entry") for line in packed.read_text("utf-8").splitlines()]
    own = next(entry["enrolment"] for entry in entries if entry and entry["enrolment"])
    lines = list(pack.lines(db.session, enrolment_id=own, now=NINE + timedelta(hours=39)))
    file = tmp_path / "one.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")

    code, said = checked(file)

    assert code == 0 and " 1 chains, 2 checkpoints" in said
