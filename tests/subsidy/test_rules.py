"""Five ways to pay a segment, to the fen, against sums done another way."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.kernel.units import Fen, Seconds
from yanglao.subsidy.rules import MODELS, FigureMissing, Part, Proof, Tariff, check, split, worth

HOUR_S = 2700
ALL = Proof(completion=True, level=True)
TARIFFS = {
    "SEGMENT_RATIO": {"amount": 100_001, "shares_bp": {"theory": 5000, "practice": 5000}},
    "BLENDED_DISCOUNT": {"amount": 100_001, "blended_bp": 7000},
    "FULL_ON_ALL": {"amount": 100_001},
    "PER_HOUR_CAPPED": {"per_hour": 1000, "cap": 50_000},
    "FIXED_BY_LEVEL": {"amount": 100_001},
}


def tariff(model: str, **more: Any) -> Tariff:
    return Tariff(model, model, **(TARIFFS[model] | more))


def part(key: str, hours: int, *, mode: str = "online", kind: str = "theory", entered: int | None = None, finished: bool = True) -> Part:  # fmt: skip
    given_s = (hours if entered is None else entered) * HOUR_S
    return Part(key, mode, kind, Seconds(hours * HOUR_S), Seconds(given_s), finished)


THEORY, PRACTICE = part("t", 40), part("p", 20, mode="offline", kind="practice")


def amounts(model: str, parts: list[Part], proof: Proof = ALL, **more: Any) -> list[int]:
    return [one.amount for one in worth(tariff(model, **more), parts, proof, class_hour_s=HOUR_S)]


@pytest.mark.parametrize(
    ("model", "parts", "more", "wanted"),
    [
        ("SEGMENT_RATIO", [THEORY, PRACTICE], {}, [50_001, 50_000]),
        ("SEGMENT_RATIO", [replace(THEORY, finished=False), PRACTICE], {}, [0, 50_000]),
        ("SEGMENT_RATIO", [THEORY, part("t2", 20), PRACTICE], {}, [33_334, 16_667, 50_000]),
        ("SEGMENT_RATIO", [THEORY], {}, [50_001]),
        ("BLENDED_DISCOUNT", [THEORY, PRACTICE], {}, [46_667, 23_333]),
        ("BLENDED_DISCOUNT", [PRACTICE], {}, [100_001]),
        ("FULL_ON_ALL", [THEORY, PRACTICE], {}, [66_667, 33_334]),
        ("FULL_ON_ALL", [THEORY, replace(PRACTICE, finished=False)], {}, [0, 0]),
        ("PER_HOUR_CAPPED", [THEORY, PRACTICE], {}, [33_333, 16_667]),
        ("PER_HOUR_CAPPED", [part("t", 40, entered=30), PRACTICE], {}, [30_000, 16_667]),
        ("PER_HOUR_CAPPED", [part("t", 40, entered=99), PRACTICE], {"cap": 999_999}, [40_000, 20_000]),
        ("FIXED_BY_LEVEL", [THEORY, PRACTICE], {}, [66_667, 33_334]),
        ("FIXED_BY_LEVEL", [THEORY, PRACTICE], {"raise_bp": 500, "raise_most_bp": 500}, [70_001, 35_000]),
    ],
)  # fmt: skip
def test_each_model_pays_its_segments(model: str, parts: list[Part], more: Any, wanted: list[int]) -> None:
    assert amounts(model, parts, **more) == wanted


@pytest.mark.parametrize(
    ("model", "proof", "code"),
    [
        ("FULL_ON_ALL", Proof(level=True), "subsidy.no_completion_certificate"),
        ("FIXED_BY_LEVEL", Proof(completion=True), "subsidy.no_level_certificate"),
    ],
)
def test_a_certificate_that_a_model_asks_for_holds_all_segments_back(
    model: str, proof: Proof, code: str
) -> None:
    found = worth(tariff(model), [THEORY, PRACTICE], proof, class_hour_s=HOUR_S)
    assert [(one.amount, one.waits_for) for one in found] == [(0, (code,))] * 2
    assert [one.trace["share"] for one in found] == [66_667, 33_334]


@pytest.mark.parametrize(
    ("model", "more", "figure"),
    [
        ("SEGMENT_RATIO", {"amount": 0}, "amount"),
        ("SEGMENT_RATIO", {"shares_bp": {"theory": 5000}}, "shares_bp"),
        ("BLENDED_DISCOUNT", {"blended_bp": 0}, "blended_bp"),
        ("PER_HOUR_CAPPED", {"per_hour": 0}, "per_hour"),
        ("PER_HOUR_CAPPED", {"cap": 0}, "cap"),
        ("FIXED_BY_LEVEL", {"raise_bp": 501, "raise_most_bp": 500}, "raise_bp"),
    ],
)
def test_a_figure_that_was_never_set_pays_nobody_and_is_named(model: str, more: Any, figure: str) -> None:
    with pytest.raises(FigureMissing) as refused:
        check(tariff(model, **more))
    assert refused.value.figure == figure


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_no_fen_is_lost_in_a_split_and_each_part_is_the_nearest_below_or_above(
    whole: int, weights: list[int]
) -> None:
    parts = split(whole, weights)
    if not sum(weights):
        assert not any(parts)
        return
    assert sum(parts) == whole
    for got, weight in zip(parts, weights, strict=True):
        assert abs(got - Fraction(whole * weight, sum(weights))) < 1


_parts = st.lists(
    st.tuples(
        st.integers(1, 60), st.integers(0, 90), st.sampled_from(["online", "offline"]),
        st.sampled_from(["theory", "practice"]), st.booleans(),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(st.sampled_from(MODELS), _parts, st.integers(0, 2000))
def test_a_class_is_never_paid_more_than_its_amount_whatever_was_finished_when(
    model: str, drawn: Any, extra_bp: int
) -> None:
    parts = [
        part(str(at), hours, mode=mode, kind=kind, entered=entered, finished=finished)
        for at, (hours, entered, mode, kind, finished) in enumerate(drawn)
    ]
    one = tariff(model, raise_bp=extra_bp, raise_most_bp=2000)
    found = worth(one, parts, ALL, class_hour_s=HOUR_S)
    most = (one.cap if model == "PER_HOUR_CAPPED" else one.amount) * (10_000 + extra_bp) // 10_000
    assert sum(each.trace["share"] for each in found) <= most
    alone = [
        worth(one, [replace(own, finished=own.key == this.key) for own in parts], ALL, class_hour_s=HOUR_S)
        for this in parts
    ]
    if model != "FULL_ON_ALL":
        assert [mine[at].amount for at, mine in enumerate(alone)] == [each.trace["share"] for each in found]
    assert all(isinstance(Fen(each.amount), int) and each.amount >= 0 for each in found)
