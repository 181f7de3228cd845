from __future__ import annotations

import pytest
from flask import Flask

from yanglao.kernel.db import db
from yanglao.work.models import WorkTask


@pytest.fixture
def bare(tmp_path):
    """Give an application with nothing but the table of tasks."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'work.sqlite3'}"
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"check_same_thread": False}}
    db.init_app(app)
    with app.app_context():
        WorkTask.__table__.create(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()
