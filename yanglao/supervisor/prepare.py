"""What is done once before serving: migrations, the notice's tables, the demo city. Prints the demo accounts as JSON."""

from __future__ import annotations

import json
import sys

from sqlalchemy.exc import OperationalError

from yanglao.outside.keyring import BadKeys
from yanglao.settings import WrongSetting

WITH_DEMO = ("demo", "test")


def main() -> int:
    """Prepare the database; return the exit code. What is wrong is said in one line on standard error."""
    from yanglao import create_app

    try:
        app = create_app()
        with app.app_context():
            print(json.dumps(_prepare(app.config["SETTINGS"].env), ensure_ascii=False))
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


if __name__ == "__main__":
    raise SystemExit(main())
