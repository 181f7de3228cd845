"""Read the subsidies of a policy file: limits, funds with their windows, and what each kind, category and level is paid.

A file is chosen by the day on which a class starts. A figure that was never set stays 0 and is named when somebody would be paid by
it (``rules.FigureMissing``); a file that contradicts itself is refused as a whole (``policy.BadPolicy``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yanglao.kernel import policy
from yanglao.kernel.policy import BadPolicy, Fault, Policy
from yanglao.kernel.units import Fen
from yanglao.subsidy.eligibility_rules import Fund, Limits
from yanglao.subsidy.rules import Tariff

Kind = Literal["training", "startup", "assessment", "living"]
Model = Literal["SEGMENT_RATIO", "BLENDED_DISCOUNT", "FULL_ON_ALL", "PER_HOUR_CAPPED", "FIXED_BY_LEVEL"]


class NoTariff(LookupError):
    """Say that a policy file has no line for this; ``facts`` name file, kind, category, level and fund."""

    def __init__(self, **facts: str) -> None:
        super().__init__(", ".join(facts.values()))
        self.facts = facts


@dataclass(frozen=True)
class Wanted:
    """What is to be paid: kind of subsidy, category and level of the programme, fund, and the division that organises the class."""

    kind: str
    category: str
    level: str
    fund: str
    division: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Limits(_Strict):
    most_a_year: int | None = Field(default=None, ge=1)
    most_total: int | None = Field(default=None, ge=1)
    claim_within_days: int | None = Field(default=None, ge=1)
    once_per_level: bool
    no_lower_after_higher: bool
    proxy_contract: bool = False


class _Fund(_Strict):
    key: str
    name: str
    valid_from: date
    valid_to: date | None = None
    successor: str = ""
    excludes: list[str] = []


class _Line(_Strict):
    kind: Kind
    category: str
    level: str = ""
    fund: str
    division: str = ""
    model: Model
    amount_fen: int = Field(default=0, ge=0)
    per_hour_fen: int = Field(default=0, ge=0)
    cap_fen: int = Field(default=0, ge=0)
    shares_bp: dict[Literal["theory", "practice"], int] = {}
    blended_bp: int = Field(default=0, ge=0, le=10_000)
    raise_bp: int = Field(default=0, ge=0)


class _Table(_Strict):
    notice_workdays: int = Field(ge=0)
    raise_most_bp: int = Field(ge=0)
    limits: _Limits
    funds: list[_Fund] = Field(min_length=1)
    tariffs: list[_Line]


@dataclass(frozen=True)
class Book:
    """All of a policy file about money. ``file`` and ``digest`` name the file a line cites; an ``example`` pays nobody in production."""

    file: str
    digest: str
    notice_workdays: int
    limits: Limits
    funds: dict[str, Fund]
    _lines: dict[Wanted, Tariff]
    class_hour_s: int
    example: bool = False

    def pays(self, kind: str, category: str, level: str, fund: str) -> bool:
        """Tell whether any line is there, of whatever division."""
        return any(
            (one.kind, one.category, one.level, one.fund) == (kind, category, level, fund)
            for one in self._lines
        )

    def pays_for(self) -> tuple[Wanted, ...]:
        """Return what there is a line for, in the order of the file."""
        return tuple(self._lines)

    def tariff(self, wanted: Wanted) -> Tariff:
        """Return the division's own line, else the city's. Raises NoTariff."""
        city = Wanted(wanted.kind, wanted.category, wanted.level, wanted.fund, "")
        found = self._lines.get(wanted) or self._lines.get(city)
        if found is None:
            raise NoTariff(
                file=self.file,
                kind=wanted.kind,
                category=wanted.category,
                level=wanted.level,
                fund=wanted.fund,
            )
        return found


def on(starts_on: date) -> Book:
    """Return the money of the policy that holds for classes starting on a day. Raises BadPolicy."""
    return of(policy.on(starts_on))


@lru_cache(maxsize=64)
def of(held: Policy) -> Book:
    """Return the money of a policy. Raises BadPolicy naming the file and what is wrong with it."""
    for fault in faults(held.subsidy):
        raise BadPolicy(f"{held.name} {fault}")
    table = _Table.model_validate(dict(held.subsidy))
    funds = {one.key: _fund(one) for one in table.funds}
    lines = [(_wanted(one), _tariff(one, table.raise_most_bp)) for one in table.tariffs]
    figures = held.training
    limits = Limits(figures.attendance_min_bp, figures.online_share_max_bp, **table.limits.model_dump())
    return Book(
        held.name,
        held.file_digest,
        table.notice_workdays,
        limits,
        funds,
        dict(lines),
        figures.class_hour_s,
        example=held.example,
    )


def faults(subsidy: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield everything wrong with the table [subsidy] of a file: what is no such figure, then what contradicts itself."""
    try:
        table = _Table.model_validate(dict(subsidy))
    except ValidationError as fault:
        yield from (_fault(one["loc"], one["type"]) for one in fault.errors())
        return
    funds = [one.key for one in table.funds]
    for place, key in enumerate(funds):
        if key in funds[:place]:
            yield Fault("twice", ("subsidy", "funds", place), "key", key)
    for place, fund in enumerate(table.funds):
        if fund.successor and fund.successor not in funds:
            yield Fault("no_fund", ("subsidy", "funds", place), "successor", f"not there: {fund.successor}")
    wanted = [_wanted(one) for one in table.tariffs]
    for place, line in enumerate(table.tariffs):
        if line.fund not in funds:
            yield Fault("no_fund", ("subsidy", "tariffs", place), "fund", f"not there: {line.fund}")
        if wanted[place] in wanted[:place]:
            yield Fault("twice", ("subsidy", "tariffs", place), "category", f"twice {line.category}")


def _fault(loc: tuple[str | int, ...], kind: str) -> Fault:
    """Return a fault that Pydantic found; the place ends before the first name below a table's list or the table itself."""
    codes = {"missing": "lacks", "extra_forbidden": "unknown", "literal_error": "no_choice"}
    deep = (
        2
        if loc[0] in ("funds", "tariffs") and len(loc) > 1
        else 1
        if loc[0] == "limits" and len(loc) > 1
        else 0
    )
    at = ("subsidy", *loc[:deep])
    rest = [str(one) for one in loc[deep:] if one != "[key]"]
    return Fault(codes.get(kind, "bad_value"), at, rest[0] if rest else "", ".".join(str(one) for one in loc))


def _fund(one: _Fund) -> Fund:
    return Fund(one.key, one.name, one.valid_from, one.valid_to, one.successor, frozenset(one.excludes))


def _wanted(one: _Line) -> Wanted:
    return Wanted(one.kind, one.category, one.level, one.fund, one.division)


def _tariff(one: _Line, raise_most_bp: int) -> Tariff:
    key = ":".join(part or "-" for part in (one.kind, one.category, one.level, one.fund, one.division))
    return Tariff(
        key=key,
        model=one.model,
        amount=Fen(one.amount_fen),
        per_hour=Fen(one.per_hour_fen),
        cap=Fen(one.cap_fen),
        shares_bp={str(kind): share for kind, share in one.shares_bp.items()},
        blended_bp=one.blended_bp,
        raise_bp=one.raise_bp,
        raise_most_bp=raise_most_bp,
    )
