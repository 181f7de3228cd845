"""``quiz tallies [--check]``: what closed papers say about their questions, worked out anew from the answers."""

from __future__ import annotations

import sys

import click

from yanglao.cli.noun import Noun
from yanglao.kernel.db import db, reading, run

quiz = Noun("quiz", help="The papers of quizzes.")
MOST_SHOWN = 20


@quiz.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when a tally is missing or differs.")
def tallies(check: bool) -> None:
    """Work out the tally of every closed paper anew; missing ones are written."""
    from yanglao.capture.quiz import tallies as kept

    if not check:
        changed = run(lambda: kept.rebuild(db.session))
        click.echo(f"已重算 rebuilt; 变动 changed: {changed}")
        return
    with reading():
        differing = kept.differing(db.session)
    if not differing:
        click.echo("题目统计一致 tallies equal the answers")
        return
    click.echo(f"题目统计不一致 tallies differ: {len(differing)}", err=True)
    for attempt_id in differing[:MOST_SHOWN]:
        click.echo(f"  {attempt_id}", err=True)
    sys.exit(1)
