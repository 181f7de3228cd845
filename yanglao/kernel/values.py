"""Frozen values: a changed copy, quicker than ``dataclasses.replace``, which runs a value's whole making again."""

from __future__ import annotations

from typing import Any, TypeVar

V = TypeVar("V")


def replace(value: V, **changes: Any) -> V:
    """Return a copy of a frozen dataclass (one without slots or ``__post_init__``) with some fields changed."""
    copy = object.__new__(type(value))
    copy.__dict__.update(value.__dict__)
    copy.__dict__.update(changes)
    return copy
