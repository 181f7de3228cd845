"""``ledger verify --paper``: read the codes of sheets and say what the ledger says of each page."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading
from yanglao.kernel.errors import Refused
from yanglao.kernel.wording import sentence
from yanglao.outside import media_tools
from yanglao.oversight.paper_proof import BROKEN, CHANGED, EXITS, NOT_OURS, Proof
from yanglao.oversight.paper_proof import prove as proof_of
from yanglao.papers import rules
from yanglao.papers.service import MOST_PAGES

WORST = (BROKEN, NOT_OURS, CHANGED)


def prove(given: Iterable[str]) -> int:
    """Print what became of every page and return the exit code: that of the worst."""
    states: set[str] = set()
    for name, code in _codes(given):
        with reading():
            proof = proof_of(db.session, code, now=now(), whole=True)
        states.add(proof.state)
        _say(name, proof)
    worst = next((state for state in WORST if state in states), None)
    return EXITS[worst] if worst else 0


def _codes(given: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (what to call it, code) of every page; a page of a file without one is named and counts as not ours."""
    for one in given:
        path = Path(one)
        if not path.is_file():
            yield one, one
            continue
        for number, texts in enumerate(_read(path), 1):
            codes = [code for text in texts if (code := rules.code_in(text))]
            if not codes:
                click.echo(f"{path.name} 第 {number} 页 page {number}: 没有读到码 no code", err=True)
            for code in codes or [""]:
                yield f"{path.name} 第 {number} 页", code


def _read(path: Path) -> list[list[str]]:
    folder = Path(tempfile.mkdtemp(prefix="yanglao-paper-"))
    try:
        found = media_tools.make("codes", path.resolve(), folder, {"most": MOST_PAGES})
    except Refused as refusal:
        raise click.ClickException(f"{path.name}: {sentence(refusal.code, refusal.facts)}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [one["codes"] for one in found]


def _say(name: str, proof: Proof) -> None:
    fine = proof.state in ("unchanged", "changed")
    click.echo(f"{name}: {proof.state} · {proof.sentence}", err=not fine)
    if proof.page is not None and proof.paper is not None:
        page = proof.page
        click.echo(f"  {proof.paper.title} · 链头 {rules.short(page.root)} · 内容 {rules.short(page.digest)}")
    for line in proof.changes:
        click.echo(f"  更正 changed: {line}")
    for line in proof.later:
        click.echo(f"  之后 later: {line}")
    for line in proof.faults:
        click.echo(f"  有误 broken: {line}", err=True)
    sys.stdout.flush()
