from __future__ import annotations

import pytest

from yanglao.messages import rules


@pytest.mark.parametrize(
    ("late", "taken"), [(0, True), (600, True), (601, False), (-600, True), (-601, False)]
)
def test_a_push_may_be_ten_minutes_off(late, taken):
    assert rules.fresh(1_000_000, 1_000_000 + late) is taken


@pytest.mark.parametrize(("count", "cut"), [(682, False), (683, True)])
def test_a_reply_keeps_within_its_bytes_at_a_whole_character(count, cut):
    found = rules.shortened("学" * count)
    assert len(found.encode()) <= 2048 and found.endswith("…") is cut


def test_two_accounts_keep_the_same_push_apart():
    assert rules.kept_key("gh_1", "message|1") != rules.kept_key("gh_2", "message|1")
