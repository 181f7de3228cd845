"""A record to take away: whole, named in two languages, checked by one file, and refused when any byte of any line is other."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.oversight.scene import EVENING, Scene
from yanglao.classes import queries as classes
from yanglao.evidence import checkpoint
from yanglao.evidence.rules import Head, merkle_paths, merkle_root
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.oversight import record_pack
from yanglao.oversight.pack_words import NAMES
from yanglao.settings import ROOT

TOOL = ROOT / "tools" / "verify_pack.py"


def verifier() -> Any:
    """Return the one-file verifier as a module."""
    spec = importlib.util.spec_from_file_location("verify_pack", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def faults(raw: bytes, keys: Any = None) -> list[str]:
    found: list[str] = verifier().RecordCheck(raw, keys).run()
    return found


@pytest.fixture(scope="module")
def packs(played: Scene) -> dict[str, bytes]:
    """Give the pack of 王 and that of the class, with a checkpoint."""
    played.at(EVENING.replace(minute=1))
    run(lambda: checkpoint.make(db.session, now=EVENING))
    own = classes.enrolment(db.session, played.there.wang.enrolment_id)
    one = record_pack.of_enrolment(db.session, own, own_eyes=True)
    whole = record_pack.of_class(db.session, classes.class_(db.session, own.class_id))
    found = {
        "enrolment": record_pack.content(db.session, one, now=now()),
        "class": record_pack.content(db.session, whole, now=now()),
    }
    db.session.remove()
    return found


def lines_of(raw: bytes) -> list[Any]:
    return [json.loads(line) for line in raw.decode().splitlines()]


@pytest.mark.parametrize("about", ["enrolment", "class"])
def test_a_pack_holds_on_another_pc(packs: dict[str, bytes], about: str, tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    file.write_bytes(packs[about])
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(TOOL), str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout.rstrip().endswith("all holds"), done.stdout + done.stderr
    records = [line["record"] for line in lines_of(packs[about]) if "record" in line]
    assert len(records) == (1 if about == "enrolment" else 3)
    assert records[0]["segments"][1]["entered_s"] == 10_500 and "*" in records[0]["masked_id"]
    proofs = next(line["proofs"] for line in lines_of(packs[about]) if "proofs" in line)
    assert len(proofs) >= len(
        {tuple(line["entry"]["chain"]) for line in lines_of(packs[about]) if "entry" in line}
    )


def names_in(value: Any, *, deep: bool = True) -> set[str]:
    if isinstance(value, list):
        return set().union(set(), *(names_in(one) for one in value))
    if not isinstance(value, dict):
        return set()
    inner = (one for name, one in value.items() if name not in ("body", "public_keys", "dictionary"))
    return set(value) | set().union(set(), *(names_in(one) for one in inner))


@pytest.mark.parametrize("about", ["enrolment", "class"])
def test_every_name_stands_in_the_dictionary_of_the_pack_in_two_languages(
    packs: dict[str, bytes], about: str
) -> None:
    lines = lines_of(packs[about])
    told = lines[1]["dictionary"]
    used = set().union(*(names_in(line) for line in lines)) - {"dictionary", "record"}
    assert used <= set(told) and all(one["zh"] and one["en"] for one in told.values())
    assert set(told) == set(NAMES)


def test_any_byte_of_any_line_is_refused_and_its_line_named(packs: dict[str, bytes]) -> None:
    raw = packs["enrolment"]
    rows = raw.split(b"\n")[:-1]
    module, at = verifier(), 0
    module.signed = lambda *_: True  # the curve is tried below; here every other guard must do without it
    for number, row in enumerate(rows, 1):
        step = max(1, len(row) // 12)
        for place in range(at, at + len(row) + 1, step):
            for sign in (b"x", b"0", b" "):
                if raw[place : place + 1] == sign:
                    continue
                forged = raw[:place] + sign + raw[place + 1 :]
                found = module.RecordCheck(forged, None).run()
                last = number == len(rows)
                assert last or any(one.startswith(f"line {number}: ") for one in found), (number, place)
        at += len(row) + 1


@pytest.mark.parametrize("part", ["seal", "statement", "about", "lines"])
def test_what_is_signed_is_refused_when_it_is_other(packs: dict[str, bytes], part: str) -> None:
    lines = lines_of(packs["enrolment"])
    if part == "statement":
        line = next(line for line in lines if "statement" in line)
        line["statement"] = line["statement"].replace('"day":"2026', '"day":"2025')
    elif part == "seal":
        lines[-1]["signature"] = lines[-1]["signature"][:-8] + "AAAAAA=="
    elif part == "about":
        lines[-1]["seal"]["id"] = "0" * 26
    else:
        lines[-1]["seal"]["lines"][2] = "sha256:" + "0" * 64
    found = faults(packed(lines))
    assert any("signature" in one for one in found), found


def packed(lines: list[Any]) -> bytes:
    module = verifier()
    return b"\n".join(module.canonical(line) for line in lines) + b"\n"


@pytest.mark.parametrize("count", range(1, 18))
def test_every_head_leads_to_the_root_of_its_checkpoint(count: int) -> None:
    heads = [Head("enrolment", f"e{at:02}", at + 1, f"sha256:{at:064}") for at in range(count)]
    module, root = verifier(), merkle_root(heads)
    for head, path in merkle_paths(heads, heads).items():
        proof = {"chain": [head.chain_kind, head.chain_id], "position": head.position, "hash": head.hash}
        assert module.root_of({**proof, "path": path}) == root
    assert merkle_paths(heads, [Head("class", "c", 1, "sha256:0")]) == {}


def test_lines_left_out_added_moved_or_cut_are_refused(packs: dict[str, bytes]) -> None:
    rows = packs["class"].split(b"\n")
    entry = next(at for at, row in enumerate(rows) if b'"entry"' in row)
    forged = {
        "left out": rows[:entry] + rows[entry + 1 :],
        "added": [*rows[: entry + 1], rows[entry], *rows[entry + 1 :]],
        "moved": [*rows[:entry], rows[entry + 1], rows[entry], *rows[entry + 2 :]],
        "unsealed": [*rows[:-2], b""],
        "cut": [*rows[:-2], rows[-2][:-40]],
        "empty": [b""],
        "no whole line": rows[:-1],
    }
    for how, kept in forged.items():
        assert faults(b"\n".join(kept)), how


def test_a_record_sealed_anew_with_other_hours_still_does_not_add_up(packs: dict[str, bytes]) -> None:
    lines = lines_of(packs["enrolment"])
    record = next(line["record"] for line in lines if "record" in line)
    record["segments"][1]["entered_s"] += 2700
    assert any("add up to 10500 s, not to 13200 s" in one for one in faults(packed(lines)))


def test_keys_kept_outside_are_believed_instead(packs: dict[str, bytes]) -> None:
    assert faults(packs["enrolment"], {"s1-000000": "A" * 43 + "="})


def test_owner_colleague_and_stranger_take_packs(scene: Scene) -> None:
    own, class_id = scene.there.wang.enrolment_id, scene.there.class_id
    path = f"/api/v1/enrolments/{own}/pack"
    found = [
        scene.ask(who, path).status_code
        for who in ("0", "admin_a", "auditor", "1", "admin_b", "teacher_a", "")
    ]
    assert found == [200, 200, 200, 404, 404, 403, 401]
    assert faults(scene.ask("0", path).data) == []
    asked = {"kind": "pack", "filter": {"class_id": class_id}}
    refused = [
        scene.ask(who, "/api/v1/exports", method="POST", body=asked).status_code for who in ("admin_b", "0")
    ]
    assert refused == [404, 403]
    done = scene.export("ca_302", "pack", class_id=class_id)
    assert done["state"] == "done" and done["name"].endswith(".jsonl"), done
    assert faults(scene.ask("", done["url"]).data) == []
