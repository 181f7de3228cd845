"""The day of ``scene``: played once per module for tests that only look, anew for those that change something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import build, settings_for
from tests.oversight.scene import EVENING, Scene, play
from yanglao.kernel import clock
from yanglao.kernel.db import db, read_only


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Give the day once per module."""
    folder = tmp_path_factory.mktemp("scene")
    app = build(settings_for(folder / "house"))
    with app.app_context():
        yield play(app, folder / "clock")
        db.session.remove()
        db.engine.dispose()
    read_only(False)
    clock.use_file(None)


@pytest.fixture
def scene(played: Scene) -> Iterator[Scene]:
    """Give the day to look at; what is changed in it is seen by later tests."""
    clock.use_file(played.clock_file)
    played.at(EVENING.replace(minute=1))
    with played.app.app_context():
        yield played
        db.session.remove()
    clock.use_file(None)


@pytest.fixture
def own_scene(app: Any, tmp_path: Any) -> Scene:
    """Give a day of one's own to change."""
    return play(app, tmp_path / "clock")


@pytest.fixture
def scene_on_either(either: Any, tmp_path: Any) -> Scene:
    """Give the day on SQLite, then on PostgreSQL."""
    return play(either, tmp_path / "clock")
