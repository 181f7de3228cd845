"""What is done once before serving: migrations, the notice's tables, the demo city, the menu of a simulated account."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy.exc import OperationalError

from yanglao.kernel import simulated
from yanglao.outside.wechat_errors import WeChatFault
from yanglao.outside.wechat_menu import WrongMenu

WITH_DEMO = ("demo", "test")


def prepare(app: Any, told: Connection) -> None:
    """Prepare the database and tell the demo accounts; what is wrong is said in one line on standard error.

    Raises:
        SystemExit: with 1 when it was said what is wrong.
    """
    try:
        with app.app_context():
            accounts = _prepare(app.config["SETTINGS"].env)
            _publish_menu(app)
    except OperationalError as fault:
        first = str(fault.orig).strip().splitlines()[0] if fault.orig else "no answer"
        print(f"yanglao: DATABASE_URL: the database does not answer ({first})", file=sys.stderr)
        raise SystemExit(1) from None
    told.send(accounts)


def _prepare(env: str) -> list[dict[str, str | None]]:
    from yanglao.cli import database, demo

    database.upgrade()
    return demo.load_once() if env in WITH_DEMO else []


def _publish_menu(app: Any) -> None:
    """Put the menu of the file below the chats of the simulator, as ``wechat menu publish`` would."""
    from yanglao.cli.wechat import menu_of_file

    settings = app.config["SETTINGS"]
    if simulated.read(settings.data_dir).get("WECHAT_APP_ID") != settings.wechat_app_id:
        return
    try:
        app.extensions["wechat"].api.publish_menu(menu_of_file(settings))
    except (WeChatFault, WrongMenu) as fault:
        print(f"yanglao: the menu was not published: {fault}", file=sys.stderr)
