from __future__ import annotations

import pytest

from tests.ops.processes import House


def _maker(folder):
    houses: list[House] = []

    def begin(folder=folder, **more: str) -> House:
        houses.append(House(folder, **more))
        return houses[-1]

    yield begin
    for house in houses:
        house.end()


@pytest.fixture
def start(tmp_path):
    """Give a maker of running houses, all ended afterwards."""
    yield from _maker(tmp_path)


@pytest.fixture(scope="package")
def house(tmp_path_factory):
    """Give one running house to all tests that leave it running."""
    for begin in _maker(tmp_path_factory.mktemp("house")):
        yield begin().ready()
