from __future__ import annotations

import pytest

from tests.ops.processes import House


@pytest.fixture
def start(tmp_path):
    """Give a maker of running houses, all ended afterwards."""
    houses: list[House] = []

    def begin(folder=tmp_path, **more: str) -> House:
        houses.append(House(folder, **more))
        return houses[-1]

    yield begin
    for house in houses:
        house.end()
