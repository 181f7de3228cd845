"""``db upgrade``, ``db downgrade``, ``db current``: Flask-Migrate's own commands on ``migrations/``."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as migrate_upgrade

from yanglao.kernel.db import db
from yanglao.outside.schema import FOLDER


def init_app(app: Flask) -> None:
    """Make the ``db`` commands work on this project's folder, wherever they are called from."""
    Migrate(app, db, directory=str(FOLDER), compare_type=True)


def upgrade() -> None:
    """Bring the database to the newest migration; ``migrations/env.py`` then loads the notice's tables."""
    db.session.remove()  # a transaction left open would wait for itself
    migrate_upgrade(directory=str(FOLDER))
