"""``people appoint``: the first system administrator of a new installation."""

from __future__ import annotations

import click

from yanglao.cli.noun import Noun
from yanglao.kernel.actor import SYSTEM, Grant
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.kernel.wording import sentence

people = Noun("people", help="Persons with rights; everything else is done in the pages.")


@people.command()
@click.option("--name", required=True)
@click.option("--phone", required=True)
@click.option("--id-number", prompt="证件号 ID number", hide_input=True)
@click.option("--role", type=click.Choice(["sysadmin", "auditor"]), default="sysadmin")
def appoint(name: str, phone: str, id_number: str, role: str) -> None:
    """Admit a person with a role of the whole city and print a password that must be changed at first sign-in."""
    from yanglao.people import service

    def act() -> str | None:
        admitted = service.admit(
            db.session, service.Draft(name=name, id_number=id_number, phone=phone), now=now(), actor=SYSTEM
        )
        service.grant(db.session, admitted.person_id, Grant(role), now=now(), actor=SYSTEM)
        opened = service.open_account(
            db.session, admitted.person_id, phone=phone, password=None, now=now(), actor=SYSTEM
        )
        return opened.one_time_password

    try:
        password = run(act)
    except Problem as problem:
        raise click.ClickException(sentence(problem.code, problem.facts)) from None
    click.echo(f"{role} {name} {phone}  一次性密码 one-time password: {password}")
