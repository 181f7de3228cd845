"""Every list goes on where it stopped."""

from __future__ import annotations

import pytest

from yanglao.web.forms import Invalid
from yanglao.web.lists import part_of

ITEMS = [{"id": "a"}, {"id": "b"}, {"id": "c"}]


def _part(app, query):
    with app.test_request_context(f"/?{query}"):
        return part_of(ITEMS)


def test_a_list_walked_one_by_one_shows_everything_once_and_ends_with_null(app):
    seen, after = [], ""
    for _ in ITEMS:
        part = _part(app, f"limit=1&after={after}")
        seen, after = seen + part["items"], part["next"]

    assert seen == ITEMS
    assert after is None


def test_a_whole_list_has_no_next(app):
    assert _part(app, "") == {"items": ITEMS, "next": None}


def test_a_limit_below_one_is_refused(app):
    with pytest.raises(Invalid):
        _part(app, "limit=0")
