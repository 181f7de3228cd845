"""``ledger verify``, ``ledger checkpoint``, ``ledger prove`` and ``ledger export``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from yanglao.cli.noun import Noun
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading, run

ledger = Noun("ledger", help="The evidence: verify it, sign its heads.")
MOST_SHOWN = 20


@ledger.command()
@click.option(
    "--paper", "papers", multiple=True, help="A page code as printed, or a PDF or photo of signed sheets."
)
@click.option(
    "--head",
    default="",
    help="With --paper: the ledger head (链头) that stands on the paper; another is a fault.",
)
def verify(papers: tuple[str, ...], head: str) -> None:
    """Recompute every hash, position, head and signature; exit 1 and name the first broken entry on a fault.

    With --paper: prove printed pages against today's ledger. Exit 0 unchanged, 3 changed since, 4 not ours, 1 broken.
    """
    from yanglao.evidence.verify import verify as check

    if papers:
        from yanglao.cli.papers import prove

        sys.exit(prove(papers, head))
    with reading():
        report = check(db.session)
    if report.ok:
        click.echo(f"账本完好 ledger intact: {report.checked} 条 entries, {report.chains} 链 chains,"
                   f" {report.checkpoints} 检查点 checkpoints")  # fmt: skip
        return
    click.echo(f"账本有误 LEDGER BROKEN: 最早一处 first broken: {report.first_broken}", err=True)
    for problem in report.problems[:MOST_SHOWN]:
        click.echo(f"  {problem}", err=True)
    click.echo(f"已查 checked {report.checked} 条 entries, 问题 problems {len(report.problems)}", err=True)
    sys.exit(1)


@ledger.command()
def checkpoint() -> None:
    """Sign today's heads of all chains now, instead of waiting for the night."""
    from yanglao.evidence import checkpoint as checkpoints

    made = run(lambda: checkpoints.make(db.session, now=now()))
    if made is None:
        click.echo("今天的检查点已经有了 today's checkpoint stands already")
        return
    click.echo(
        f"检查点 checkpoint {made.day}: {made.entries} 条 entries, {made.chains} 链 chains, {made.root}"
    )


@ledger.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def prove(file: Path) -> None:
    """Check checkpoints kept outside (下载全部检查点, or the API's answer) against today's ledger; exit 1 on a fault."""
    from yanglao.evidence.verify import proves

    try:
        kept = [
            (str(one["day"]), one["statement"], one["signature"])
            for one in json.loads(file.read_bytes())["items"]
        ]
    except (ValueError, KeyError, TypeError):
        raise click.ClickException(f"{file} holds no checkpoints as they were downloaded") from None
    with reading():
        faults = [f"{day}: {what}" for day, *signed in kept for what in proves(db.session, *signed)]
    if faults:
        click.echo(
            "\n".join(
                [f"与保存的检查点不符 LEDGER DIFFERS from {len(faults)} of {len(kept)}", *faults[:MOST_SHOWN]]
            ),
            err=True,
        )
        sys.exit(1)
    click.echo(f"与保存的检查点一致 ledger agrees with checkpoints kept outside: {len(kept)}")


@ledger.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--enrolment", default=None, help="Only the chain of this enrolment; all checkpoints come along."
)
def export(file: Path, enrolment: str | None) -> None:
    """Write a pack that ``tools/verify_pack.py`` verifies on another PC; it holds no personal data."""
    from yanglao.evidence import pack

    number = 0
    with reading(), file.open("w", encoding="utf-8") as stream:
        for line in pack.lines(db.session, enrolment_id=enrolment, now=now()):
            stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            number += "entry" in line
    click.echo(f"已导出 exported: {file} ({number} 条 entries)")
