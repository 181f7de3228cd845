"""``demo load`` and ``demo accounts``: the demo city."""

from __future__ import annotations

import json
import sys
import time

import click
from flask import current_app

from yanglao.cli.noun import Noun
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, reading, run

demo = Noun("demo", help="The demo city; refused in production.")


@demo.command()
@click.option(
    "--trainees", type=click.IntRange(30, 1_000_000), default=None, help="How many trainees to make."
)
def load(trainees: int | None) -> None:
    """Make the demo city in this database, or bring the one there up to date."""
    _refuse_in_production()
    began = time.monotonic()
    _load(trainees)
    click.echo(f"演示城市已就绪 demo city ready ({time.monotonic() - began:.1f} s)")


@demo.command()
@click.option(
    "--json", "as_json", is_flag=True, help="A JSON list of {role, department, name, phone, password, scope}."
)
def accounts(as_json: bool) -> None:
    """Print who can sign in to the demo city."""
    _refuse_in_production()
    rows = listed()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(
            "  ".join(
                str(row[key] or "") for key in ("role", "department", "name", "phone", "password", "scope")
            )
        )


def load_once() -> list[dict[str, str | None]]:
    """Load the demo city when the database holds nobody, else renew it; return its accounts."""
    _load(None)
    return listed()


def listed() -> list[dict[str, str | None]]:
    """Return the demo accounts, an empty list when the database holds no demo city."""
    from yanglao.demo import service

    with reading():
        return list(service.accounts(db.session))


def _load(trainees: int | None) -> None:
    from yanglao.demo import service

    with reading():
        known = service.loaded(db.session)
    if known and trainees is None:
        run(lambda: service.renew(db.session, now=now()))
        return
    number = trainees or current_app.config["SETTINGS"].demo_trainees
    click.echo(f"正在生成演示城市（{number} 名学员，只需一次）… making the demo city, once", err=True)
    run(lambda: service.load(db.session, trainees=number, now=now()))


def _refuse_in_production() -> None:
    if current_app.config["SETTINGS"].env == "production":
        sys.exit("yanglao: the demo city is refused in production")
