from __future__ import annotations

import pytest

from tests.conftest import settings_for
from yanglao import create_app
from yanglao.cli import database
from yanglao.kernel.db import db


@pytest.fixture
def migrated(tmp_path):
    """Give a maker of applications whose database was made by the migrations; their commands by ``.test_cli_runner``."""
    made = []

    def make(name="house", **environ):
        app = create_app(settings_for(tmp_path / name, **environ))
        with app.app_context():
            database.upgrade()
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
