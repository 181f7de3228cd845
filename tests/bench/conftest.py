"""Fixtures of the bench: the measure of everything else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench.served import CODE, Served, load


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give the load of an empty Flask view."""
    served = Served(CODE.format(target="tests.bench.empty:make_app"), tmp_path_factory.mktemp("empty"))
    try:
        load(served, seconds=1)
        return load(served)
    finally:
        served.end()
