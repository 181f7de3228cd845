"""Start a process without the garbage collector, which would look again and again at what stays anyway.

Importing the house and building the application makes some hundred thousand objects; nearly all live as long as the process.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let no collection run inside; afterwards they run as before."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


# Objects made before the youngest are looked at. A request makes a few thousand that are gone without a collection.
YOUNG = 20_000


def settle() -> None:
    """Leave what the start made out of every later collection, and collect less often. For a process with one application, once."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
