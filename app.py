"""Start yanglao: ``.venv/bin/python app.py`` (everything at once), or ``flask --app app …`` (one command)."""

from __future__ import annotations

import sys
from typing import Any


def create_app() -> Any:
    """Build the application for ``flask --app app``; what is wrong with the settings is said in one line."""
    from yanglao import create_app as create
    from yanglao.outside.keyring import BadKeys
    from yanglao.settings import WrongSetting

    try:
        return create()
    except (WrongSetting, BadKeys) as fault:
        raise SystemExit(f"yanglao: {fault}") from None


def main() -> int:
    """Run the supervisor; without the packages it needs say which is missing."""
    try:
        from yanglao.supervisor.run import main as supervise
    except ModuleNotFoundError as missing:
        print(
            f"yanglao: the Python package {missing.name!r} is missing; `make run` installs it",
            file=sys.stderr,
        )
        return 1
    return supervise(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
