"""``completion rebuild [--check]``: fold all evidence anew."""

from __future__ import annotations

import sys

import click

from yanglao.cli.noun import Noun
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading, run

completion = Noun("completion", help="The standings folded from evidence.")
MOST_SHOWN = 20


@completion.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when a stored standing differs.")
def rebuild(check: bool) -> None:
    """Fold every standing anew from the evidence; what differed is named."""
    from yanglao.completion import refresh as rebuilding

    if check:
        with reading():
            differing = rebuilding.check(db.session)
        if not differing:
            click.echo("学时一致 standings equal their evidence")
            return
        click.echo(f"学时不一致 standings differ: {len(differing)}", err=True)
        for line in differing[:MOST_SHOWN]:
            click.echo(f"  {line}", err=True)
        sys.exit(1)
    changed = run(lambda: rebuilding.rebuild(db.session, now=now()))
    click.echo(f"已重算 rebuilt; 变动 changed: {changed}")
