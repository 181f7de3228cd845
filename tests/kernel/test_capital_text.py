"""Sums in capitals: one 零 for any gap, 整 where no fen follow."""

from __future__ import annotations

import pytest

from yanglao.kernel.units import capital_text


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"), (5, "伍分"), (50, "伍角整"), (100, "壹元整"), (105, "壹元零伍分"), (1000, "壹拾元整"),
        (103005, "壹仟零叁拾元零伍分"), (10_000_000, "壹拾万元整"), (10_000_100, "壹拾万零壹元整"),
        (1_000_000_100, "壹仟万零壹元整"), (1_234_567, "壹万贰仟叁佰肆拾伍元陆角柒分"),
        (12_345_678_901, "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"), (10_000_000_000, "壹亿元整"),
        (10_050_000_000, "壹亿零伍拾万元整"),
    ],
)  # fmt: skip
def test_a_sum_is_written_so_that_nothing_can_be_added(fen: int, words: str) -> None:
    assert capital_text(fen) == words


def test_a_sum_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="capitals"):
        capital_text(-1)
