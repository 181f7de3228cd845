"""What each segment of a class is worth for one person, by the model of its tariff. Pure; money is whole fen.

Five models, after texts of other provinces (the notice only says 分段培训、分段考核、分段补贴):

- ``SEGMENT_RATIO`` an amount for the whole class; theory and practice have fixed shares of it, each share goes to its segments by hours.
- ``BLENDED_DISCOUNT`` the amount of a class without online hours, in a class with both modes lessened to a share; by hours.
- ``FULL_ON_ALL`` an amount by hours, of which nothing is due before every segment is finished and the certificate is there.
- ``PER_HOUR_CAPPED`` a rate for each whole class hour that was credited; the cap is split over the segments by planned hours.
- ``FIXED_BY_LEVEL`` an amount for the certificate of skill level, by hours; nothing is due before its number is recorded.

An amount is split by largest remainder, the earlier segment first where remainders are equal, so that no fen is lost and the order
in which segments are finished or claimed changes nothing. A segment's share rests on *planned* seconds for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yanglao.kernel.units import Fen, Seconds

WHOLE_BP = 10_000
NOT_SET = Fen(0)
# Models that pay only once all segments are finished, and those that need a certificate, by its sort.
NEEDS_ALL = frozenset({"FULL_ON_ALL"})
NEEDS_PROOF = {"FULL_ON_ALL": "completion", "FIXED_BY_LEVEL": "level"}
MODELS = ("SEGMENT_RATIO", "BLENDED_DISCOUNT", "FULL_ON_ALL", "PER_HOUR_CAPPED", "FIXED_BY_LEVEL")


@dataclass(frozen=True)
class Tariff:
    """What one kind of subsidy pays for an occupation and level. 0 fen means that the figure was never set, not that it is nothing.

    ``amount`` of the whole class (all models but PER_HOUR_CAPPED), ``per_hour`` of one class hour with ``cap`` of the whole class.
    ``shares_bp`` theory and practice (SEGMENT_RATIO); ``blended_bp`` what is left of the amount in a class with both modes.
    ``raise_bp`` what the county adds, at most ``raise_most_bp``.
    """

    key: str
    model: str
    amount: Fen = NOT_SET
    per_hour: Fen = NOT_SET
    cap: Fen = NOT_SET
    shares_bp: Mapping[str, int] = field(default_factory=dict)
    blended_bp: int = 0
    raise_bp: int = 0
    raise_most_bp: int = 0


@dataclass(frozen=True)
class Part:
    """One segment of the class for one person. ``mode`` online or offline, ``kind`` theory or practice.

    ``finished``: hours, quiz and practical assessment are there and the base has confirmed them.
    """

    key: str
    mode: str
    kind: str
    planned_s: Seconds
    entered_s: Seconds
    finished: bool


@dataclass(frozen=True)
class Proof:
    """What a person holds: the base's certificate of completion, the number of a certificate of skill level."""

    completion: bool = False
    level: bool = False


@dataclass(frozen=True)
class Due:
    """What a segment is worth: ``amount`` when nothing is missing, else 0 and ``waits_for`` names what (codes).

    ``trace``: how it came about, as JSON can hold it; whole numbers, fen and seconds.
    """

    key: str
    amount: Fen
    waits_for: tuple[str, ...]
    trace: Mapping[str, Any]


class FigureMissing(ValueError):
    """Say that a tariff lacks a figure that its model needs; ``figure`` names it."""

    def __init__(self, tariff: str, figure: str) -> None:
        super().__init__(f"{tariff} lacks {figure}")
        self.tariff, self.figure = tariff, figure


def check(tariff: Tariff) -> None:
    """Refuse a tariff that cannot pay: a figure of its model is not set, or the shares and raise do not hold.

    Raises FigureMissing.
    """
    needed = ("per_hour", "cap") if tariff.model == "PER_HOUR_CAPPED" else ("amount",)
    for name in (*needed, *(("blended_bp",) if tariff.model == "BLENDED_DISCOUNT" else ())):
        if getattr(tariff, name) <= 0:
            raise FigureMissing(tariff.key, name)
    if tariff.model == "SEGMENT_RATIO" and sum(tariff.shares_bp.values()) != WHOLE_BP:
        raise FigureMissing(tariff.key, "shares_bp")
    if not 0 <= tariff.raise_bp <= tariff.raise_most_bp:
        raise FigureMissing(tariff.key, "raise_bp")


def split(whole: int, weights: Sequence[int]) -> list[int]:
    """Split ``whole`` by weights so that the parts add up to it: floors, then one more for the largest remainders, earlier first.

    Without any weight everything is 0.
    """
    total = sum(weights)
    if total <= 0:
        return [0 for _ in weights]
    parts = [whole * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in order[: whole - sum(parts)]:
        parts[at] += 1
    return parts


def raised(amount: int, tariff: Tariff) -> int:
    """Return an amount with what the county adds, rounded down to the fen."""
    return amount * (WHOLE_BP + tariff.raise_bp) // WHOLE_BP


def worth(tariff: Tariff, parts: Sequence[Part], proof: Proof, *, class_hour_s: int) -> list[Due]:
    """Return what each part is worth, in their order. Raises FigureMissing."""
    check(tariff)
    shares = _SHARES[tariff.model](tariff, parts, class_hour_s)
    held_back = _held_back(tariff.model, parts, proof)
    found = []
    for part, share in zip(parts, shares, strict=True):
        waits = (*(() if part.finished else ("subsidy.not_finished",)), *held_back)
        trace = {
            "tariff": tariff.key,
            "model": tariff.model,
            "planned_s": part.planned_s,
            "entered_s": part.entered_s,
            "of_planned_s": sum(one.planned_s for one in parts),
            "share": share,
            **_figures(tariff),
        }
        found.append(Due(part.key, Fen(0 if waits else share), waits, trace))
    return found


def _figures(tariff: Tariff) -> dict[str, Any]:
    """Return the figures of a tariff that are set."""
    names = ("amount", "per_hour", "cap", "blended_bp", "raise_bp")
    told: dict[str, Any] = {name: getattr(tariff, name) for name in names if getattr(tariff, name)}
    return told | ({"shares_bp": dict(tariff.shares_bp)} if tariff.shares_bp else {})


def _held_back(model: str, parts: Sequence[Part], proof: Proof) -> tuple[str, ...]:
    """Return what holds every part of the class back, whatever its own state."""
    waits: list[str] = []
    if model == "FULL_ON_ALL":
        if not all(one.finished for one in parts):
            waits.append("subsidy.not_all_finished")
        if not proof.completion:
            waits.append("subsidy.no_completion_certificate")
    if model == "FIXED_BY_LEVEL" and not proof.level:
        waits.append("subsidy.no_level_certificate")
    return tuple(waits)


def _by_hours(whole: int, parts: Sequence[Part]) -> list[int]:
    return split(whole, [one.planned_s for one in parts])


def _whole(tariff: Tariff, parts: Sequence[Part], _class_hour_s: int) -> list[int]:
    return _by_hours(raised(tariff.amount, tariff), parts)


def _segment_ratio(tariff: Tariff, parts: Sequence[Part], _class_hour_s: int) -> list[int]:
    """Split over the kinds, then each kind's amount over its segments; what a kind that the class lacks would get nobody gets."""
    whole = raised(tariff.amount, tariff)
    kinds = dict(zip(tariff.shares_bp, split(whole, list(tariff.shares_bp.values())), strict=True))
    shares = dict.fromkeys((one.key for one in parts), 0)
    for kind, amount in kinds.items():
        own = [one for one in parts if one.kind == kind]
        shares |= dict(zip((one.key for one in own), _by_hours(amount, own), strict=True))
    return [shares[one.key] for one in parts]


def _blended(tariff: Tariff, parts: Sequence[Part], _class_hour_s: int) -> list[int]:
    amount = raised(tariff.amount, tariff)
    if len({one.mode for one in parts}) > 1:
        amount = amount * tariff.blended_bp // WHOLE_BP
    return _by_hours(amount, parts)


def _per_hour(tariff: Tariff, parts: Sequence[Part], class_hour_s: int) -> list[int]:
    """Pay whole class hours credited, of at most the planned ones, up to each segment's share of the cap."""
    caps = _by_hours(raised(tariff.cap, tariff), parts)
    rate = raised(tariff.per_hour, tariff)
    hours = [min(one.entered_s, one.planned_s) // class_hour_s for one in parts]
    return [min(cap, rate * count) for cap, count in zip(caps, hours, strict=True)]


_SHARES = {
    "SEGMENT_RATIO": _segment_ratio,
    "BLENDED_DISCOUNT": _blended,
    "FULL_ON_ALL": _whole,
    "PER_HOUR_CAPPED": _per_hour,
    "FIXED_BY_LEVEL": _whole,
}
