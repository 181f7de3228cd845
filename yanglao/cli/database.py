"""``db upgrade``, ``db downgrade``, ``db current``: Flask-Migrate's own commands on ``migrations/``."""

from __future__ import annotations

from functools import cache

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as migrate_upgrade
from sqlalchemy import Connection

from yanglao.kernel.db import db
from yanglao.settings import ROOT

FOLDER = ROOT / "migrations"


def init_app(app: Flask) -> None:
    """Make the ``db`` commands work on this project's folder, wherever they are called from."""
    Migrate(app, db, directory=str(FOLDER), compare_type=True)


def upgrade() -> None:
    """Bring the database to the newest migration; ``migrations/env.py`` then loads the notice's tables."""
    migrate_upgrade(directory=str(FOLDER))


@cache
def head() -> str | None:
    """Return the newest migration of this code."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config).get_current_head()


def current(connection: Connection) -> str | None:
    """Return the migration the database stands at."""
    return MigrationContext.configure(connection).get_current_revision()
