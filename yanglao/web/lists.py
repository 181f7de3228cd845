"""Answer a list in parts: every list of the API takes ``after`` and ``limit`` and says where it goes on."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from yanglao.web.forms import Query, read_query


class Part(Query):
    """Which part of a list: what follows the item called ``after``, at most ``limit`` items."""

    after: str = Field(default="", max_length=64)
    limit: int = Field(default=1000, ge=1, le=1000)


def part_of(items: list[dict[str, Any]], key: str = "id") -> dict[str, Any]:
    """Return the part of ``items`` that the address asks for, as ``{items, next}``; ``key`` names each item.

    ``next`` is None at the end. An unknown ``after`` begins at the beginning. Raises Invalid.
    """
    asked = read_query(Part)
    names = [str(item[key]) for item in items]
    start = names.index(asked.after) + 1 if asked.after in names else 0
    end = start + asked.limit
    return {"items": items[start:end], "next": names[end - 1] if end < len(items) else None}
