"""Where the database stands among the migrations."""

from __future__ import annotations

from functools import cache

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from yanglao.settings import ROOT

FOLDER = ROOT / "migrations"


@cache
def head() -> str | None:
    """Return the newest migration of this code."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config).get_current_head()


def current(connection: Connection) -> str | None:
    """Return the migration the database stands at, ``None`` before the first."""
    return MigrationContext.configure(connection).get_current_revision()
