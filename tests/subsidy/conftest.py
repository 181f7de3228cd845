"""Fixtures of claims: a scene on SQLite whose trainees have all said yes."""

from __future__ import annotations

import pytest

from tests import kept
from tests.subsidy import scene


@pytest.fixture
def there(app, monkeypatch):
    """Give the scene under a policy of the model SEGMENT_RATIO."""
    scene.use_policy(monkeypatch)
    scene.say(monkeypatch)
    return kept.filled("subsidy", scene.build)
