"""``wechat menu show|publish`` and ``wechat check``: the service account, for whoever runs the house."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import current_app

from yanglao.cli.noun import Noun
from yanglao.kernel.errors import Problem
from yanglao.kernel.wording import sentence, todo
from yanglao.messages.chat import CLICKS
from yanglao.outside import wechat_menu
from yanglao.outside.wechat_errors import WeChatFault
from yanglao.outside.wechat_menu import WrongMenu
from yanglao.settings import Settings

wechat = Noun("wechat", help="The WeChat service account: its menu, and whether everything is set up.")


@wechat.group()
def menu() -> None:
    """Work on the menu below the chat; it stands in config/wechat_menu.toml."""


@menu.command()
@click.option("--json", "as_json", is_flag=True, help="The menu as WeChat takes it.")
def show(as_json: bool) -> None:
    """Show the menu of the file."""
    with _plain_faults():
        found = menu_of_file(current_app.config["SETTINGS"])
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else "\n".join(_drawn(found)))


@menu.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be published.")
def publish(dry_run: bool) -> None:
    """Put the menu of the file below the chat; people see it within some minutes, or when they follow anew."""
    settings: Settings = current_app.config["SETTINGS"]
    with _plain_faults():
        found = menu_of_file(settings)
        if not dry_run:
            current_app.extensions["wechat"].api.publish_menu(found)
    click.echo("\n".join(_drawn(found)))
    click.echo("只看了一遍，没有发布 nothing was published" if dry_run else "菜单已发布 menu published")


@wechat.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list of {step, ok, said, fix}.")
def check(as_json: bool) -> None:
    """Check everything that must be set up, step by step; exit 1 when something is wrong."""
    from yanglao.cli import wechat_checks

    found = []
    for one in wechat_checks.findings(current_app.config["SETTINGS"], current_app.extensions["wechat"]):
        found.append(one)
        if not as_json:
            click.echo(one.line)
    wrong = sum(one.ok is False for one in found)
    if as_json:
        rows = [{"step": one.step, "ok": one.ok, "said": one.said, "fix": one.fix} for one in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        click.echo(f"有 {wrong} 处要改 to be fixed: {wrong}" if wrong else "都好了 all is well")
    if wrong:
        sys.exit(1)


def menu_of_file(settings: Settings) -> dict[str, Any]:
    """Return the menu of the file. Raises WrongMenu, also for a key that the chat does not answer."""
    file = wechat_menu.file_of(settings)
    found = wechat_menu.load(file, site=settings.public_base_url)
    unknown = sorted(wechat_menu.keys_of(found) - set(CLICKS))
    if unknown:
        raise WrongMenu(f"{file.name} 里的 key {'、'.join(unknown)} 没有人答，可用的有 {'、'.join(CLICKS)}")
    return found


def _drawn(found: dict[str, Any]) -> Iterator[str]:
    """Yield the menu as lines that people read."""
    for button in found["button"]:
        yield _line(button)
        for leaf in button.get("sub_button", []):
            yield "    " + _line(leaf)


def _line(one: dict[str, Any]) -> str:
    does = {
        "view": "打开",
        "click": "回一句话",
        "scancode_push": "扫一扫",
        "scancode_waitmsg": "扫一扫，回一句话",
    }
    if "type" not in one:
        return str(one["name"])
    return f"{one['name']}  {does[one['type']]} {one.get('url') or one.get('key', '')}"


@contextmanager
def _plain_faults() -> Iterator[None]:
    from yanglao.cli.wechat_checks import meaning

    try:
        yield
    except WrongMenu as fault:
        sys.exit(f"yanglao: 菜单要改：{fault}")
    except WeChatFault as fault:
        sys.exit(f"yanglao: 没有办成：{meaning(fault)}")
    except Problem as problem:
        sys.exit(f"yanglao: {sentence(problem.code, problem.facts)}{todo(problem.code, problem.facts)}")
