"""What is done once before serving: migrations, the notice's tables, the demo city, the menu of a simulated account.

Prints the demo accounts as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from sqlalchemy.exc import OperationalError

from yanglao.kernel import simulated
from yanglao.outside.keyring import BadKeys
from yanglao.outside.wechat_errors import WeChatFault
from yanglao.outside.wechat_menu import WrongMenu
from yanglao.settings import WrongSetting

WITH_DEMO = ("demo", "test")


def main() -> int:
    """Prepare the database; return the exit code. What is wrong is said in one line on standard error."""
    from yanglao import create_app

    try:
        app = create_app()
        with app.app_context():
            print(json.dumps(_prepare(app.config["SETTINGS"].env), ensure_ascii=False))
            _publish_menu(app)
    except OperationalError as fault:
        first = str(fault.orig).strip().splitlines()[0] if fault.orig else "no answer"
        print(f"yanglao: DATABASE_URL: the database does not answer ({first})", file=sys.stderr)
        return 1
    except (WrongSetting, BadKeys) as fault:
        print(f"yanglao: {fault}", file=sys.stderr)
        return 1
    return 0


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


if __name__ == "__main__":
    raise SystemExit(main())
