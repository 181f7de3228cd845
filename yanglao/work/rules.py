"""When a failed task is tried again, and when it is given up. Pure."""

from __future__ import annotations

LEASE_MS = 5 * 60_000
HANDED_MS = 60_000
MOST_ATTEMPTS = 8
FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 3_600_000


def wait_ms(attempts: int) -> int:
    """Return how long to wait after the ``attempts``-th failure: 5 s, doubled each time, an hour at most."""
    return min(FIRST_WAIT_MS * 2 ** (max(attempts, 1) - 1), LONGEST_WAIT_MS)


def given_up(attempts: int) -> bool:
    """Tell whether a task that failed ``attempts`` times is not tried again."""
    return attempts >= MOST_ATTEMPTS
