"""``ledger verify --paper``: read the codes of sheets and say what the ledger says of each page."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

import click

from yanglao.kernel.canonical import ALGORITHM
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading
from yanglao.kernel.errors import Refused
from yanglao.kernel.wording import sentence
from yanglao.outside import media_tools
from yanglao.oversight.dossier_words import spans
from yanglao.oversight.paper_proof import (
    BROKEN,
    CHANGED,
    EXITS,
    NOT_OURS,
    Proof,
    stands_for_dossier,
    with_file,
)
from yanglao.oversight.paper_proof import prove as proof_of
from yanglao.papers import rules
from yanglao.papers.service import MOST_PAGES

WORST = (BROKEN, NOT_OURS, CHANGED)


@dataclass(frozen=True)
class Shown:
    """A code, what to call where it stood, and the file in which it stood as the cover of a dossier.

    ``written``: that file holds its words as text, so it is no scan.
    """

    name: str
    code: str
    file: Path | None = None
    written: bool = False


def prove(given: Iterable[str], head: str = "") -> int:
    """Print what became of every page and return the exit code: that of the worst. ``head``: the ledger head printed on it."""
    states: set[str] = set()
    for one in _codes(given):
        with reading():
            proof = proof_of(db.session, one.code, now=now(), whole=True, head=head)
        if one.file is not None:
            proof = with_file(proof, _digest(one.file), written=one.written)
        states.add(proof.state)
        _say(one.name, proof)
    worst = next((state for state in WORST if state in states), None)
    return EXITS[worst] if worst else 0


def _codes(given: Iterable[str]) -> Iterator[Shown]:
    """Yield the code of every page; a page of a file without one is named and counts as not ours."""
    for one in given:
        path = Path(one)
        if not path.is_file():
            yield Shown(one, one)
            continue
        cover = _read(path, cover=True)[0]
        codes = _codes_in(cover["codes"])
        if cover["written"] and len(codes) == 1 and _is_dossier(codes[0]):
            # All of it as it was made: its bytes say more than the codes of its pages.
            yield Shown(path.name, codes[0], path, written=True)
            continue
        pages: dict[str, list[int]] = {}
        for number, found in enumerate(_read(path), 1):
            for code in _codes_in(found["codes"]) or [""]:
                pages.setdefault(code, []).append(number)
        for number in pages.get("", ()):
            click.echo(f"{path.name} 第 {number} 页 page {number}: 没有读到码 no code", err=True)
        for code, numbers in pages.items():
            name = f"{path.name} 第 {spans(numbers)} 页"
            yield Shown(name, code, path if _is_dossier(code) else None, written=False)


def _is_dossier(code: str) -> bool:
    with reading():
        return stands_for_dossier(db.session, code)


def _codes_in(texts: Iterable[str]) -> list[str]:
    return [code for text in texts if (code := rules.code_in(text))]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return f"{ALGORITHM}:{file_digest(stream, ALGORITHM).hexdigest()}"


def _read(path: Path, *, cover: bool = False) -> list[dict[str, Any]]:
    folder = Path(tempfile.mkdtemp(prefix="yanglao-paper-"))
    try:
        found: list[dict[str, Any]] = media_tools.make(
            "codes", path.resolve(), folder, {"most": MOST_PAGES, "cover": cover}
        )
    except Refused as refusal:
        raise click.ClickException(f"{path.name}: {sentence(refusal.code, refusal.facts)}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _say(name: str, proof: Proof) -> None:
    fine = proof.state in ("unchanged", "changed")
    click.echo(f"{name}: {proof.state} · {proof.sentence}", err=not fine)
    if proof.page is not None and proof.paper is not None:
        page = proof.page
        click.echo(f"  {proof.paper.title} · 链头 {rules.short(page.root)} · 内容 {rules.short(page.digest)}")
    if proof.file:
        click.echo(f"  文件 file: {proof.file}")
    for line in proof.changes:
        click.echo(f"  更正 changed: {line}")
    for line in proof.later:
        click.echo(f"  之后 later: {line}")
    for line in proof.faults:
        click.echo(f"  有误 broken: {line}", err=True)
    sys.stdout.flush()
