"""Whether a segment may be claimed for a person, and if not, every obstacle by its name and figures. Pure.

The same answer is shown to the trainee, the administrator and the officer. Obstacles come nearest first: what the trainee can still
do, then what the base must do, then what nobody can mend. Nothing here asks the clock, a database or a policy file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

TRAINING, STARTUP, ASSESSMENT, LIVING = "training", "startup", "assessment", "living"
KINDS = {
    TRAINING: "职业技能培训补贴",
    STARTUP: "创业培训补贴",
    ASSESSMENT: "职业技能鉴定补贴",
    LIVING: "生活费补贴",
}


@dataclass(frozen=True)
class Limits:
    """Dated figures. ``None`` means that the text sets no such limit; ``most_total`` of one kind per person and lifetime.

    ``proxy_contract``: a base claims only for whom it has a signed contract of. ``claim_within_days`` from the day on which the segment was confirmed.
    """

    attendance_min_bp: int
    online_share_max_bp: int
    most_a_year: int | None
    most_total: int | None
    claim_within_days: int | None
    once_per_level: bool = True
    no_lower_after_higher: bool = True
    proxy_contract: bool = False


@dataclass(frozen=True)
class Fund:
    """Who pays: a fund with its window of class start dates; afterwards ``successor`` is named. ``excludes``: groups it does not pay for."""

    key: str
    name: str
    valid_from: date
    valid_to: date | None
    successor: str = ""
    excludes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Paid:
    """A live claim line of the same person (whatever base, county or year). ``rank``: the higher the level the larger."""

    occupation: str
    rank: int
    kind: str
    segment_key: str
    class_id: str
    year: int
    fund: str


@dataclass(frozen=True)
class Excluded:
    """That a person was on a list on a day of the class: the group, and from when to when (None: still)."""

    group: str
    name: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Case:
    """One segment of one person as the records stand. ``confirmed_on``: when the base confirmed the hours; ``own_word``: the trainee's.

    ``own_word`` is ``""`` (not asked or silent), ``"yes"`` or ``"no"``. ``attendance_bp`` of the segment's planned meetings.
    ``route``: who claims; ``proxy``: a contract lets the base claim. ``online_bp`` share of online seconds in the class. ``heavy_flags``: open flags of weight about person, class or base.
    """

    occupation: str
    rank: int
    kind: str
    segment_key: str
    class_id: str
    class_starts_on: date
    class_ends_on: date
    lacking: tuple[str, ...]
    attendance_bp: int | None
    online_bp: int
    confirmed_on: date | None
    own_word: str
    heavy_flags: int
    today: date
    route: str = "institution"
    proxy: bool = False
    paid: Sequence[Paid] = ()
    excluded: Sequence[Excluded] = ()


@dataclass(frozen=True)
class Obstacle:
    """Why a line cannot be claimed: a code with words, and its figures."""

    code: str
    facts: dict[str, Any]


def obstacles(case: Case, limits: Limits, fund: Fund) -> tuple[Obstacle, ...]:
    """Return everything that stands in the way, nearest first; empty when the line may be claimed."""
    return (*_own(case, limits), *_of_the_base(case, limits), *_final(case, limits, fund))


def _own(case: Case, limits: Limits) -> list[Obstacle]:
    found = []
    if case.lacking:
        found.append(Obstacle("subsidy.lacking", {"missing": list(case.lacking)}))
    if case.attendance_bp is not None and case.attendance_bp < limits.attendance_min_bp:
        told = {"percent": _percent(case.attendance_bp), "least": _percent(limits.attendance_min_bp)}
        found.append(Obstacle("subsidy.attendance_low", told))
    if case.own_word == "no":
        found.append(Obstacle("subsidy.disputed", {}))
    elif case.own_word != "yes":
        found.append(Obstacle("subsidy.not_confirmed_by_person", {}))
    return found


def _of_the_base(case: Case, limits: Limits) -> list[Obstacle]:
    found = []
    if case.confirmed_on is None:
        found.append(Obstacle("subsidy.not_reviewed", {}))
    if case.online_bp > limits.online_share_max_bp:
        told = {"percent": _percent(case.online_bp), "most": _percent(limits.online_share_max_bp)}
        found.append(Obstacle("subsidy.online_share", told))
    if limits.proxy_contract and case.route == "institution" and not case.proxy:
        found.append(Obstacle("subsidy.no_proxy", {}))
    if case.heavy_flags:
        found.append(Obstacle("subsidy.flags_open", {"count": case.heavy_flags}))
    return found


def _final(case: Case, limits: Limits, fund: Fund) -> list[Obstacle]:
    found = [
        Obstacle("subsidy.excluded", {"group": one.name, "fund": fund.name, "since": one.since.isoformat()})
        for one in case.excluded
        if one.group in fund.excludes and _met(one, case)
    ]
    if not fund.valid_from <= case.class_starts_on <= (fund.valid_to or date.max):
        told = {
            "fund": fund.name,
            "starts_on": case.class_starts_on.isoformat(),
            "successor": fund.successor or "没有",
        }
        found.append(Obstacle("subsidy.fund_window", told))
    found += _paid_before(case, limits)
    if limits.claim_within_days is not None and case.confirmed_on is not None:
        late = (case.today - case.confirmed_on).days - limits.claim_within_days
        if late > 0:
            found.append(Obstacle("subsidy.too_late", {"days": limits.claim_within_days, "late": late}))
    return found


def _met(one: Excluded, case: Case) -> bool:
    """Tell whether somebody was on a list on any day of the class."""
    return one.since <= case.class_ends_on and (one.until is None or one.until >= case.class_starts_on)


def _paid_before(case: Case, limits: Limits) -> list[Obstacle]:
    found = []
    own = [one for one in case.paid if one.kind == case.kind]
    same = [one for one in own if (one.occupation, one.rank) == (case.occupation, case.rank)]
    if any(one.segment_key == case.segment_key for one in same):
        found.append(Obstacle("subsidy.paid_already", {}))
    elif limits.once_per_level and any(one.class_id != case.class_id for one in same):
        found.append(Obstacle("subsidy.level_paid", {}))
    if limits.no_lower_after_higher and any(
        one.occupation == case.occupation and one.rank > case.rank for one in own
    ):
        found.append(Obstacle("subsidy.lower_after_higher", {}))
    others = {(one.class_id, one.year) for one in own if one.class_id != case.class_id}
    this_year = sum(year == case.class_starts_on.year for _, year in others)
    if limits.most_a_year is not None and this_year >= limits.most_a_year:
        found.append(Obstacle("subsidy.year_full", {"most": limits.most_a_year}))
    if limits.most_total is not None and len(others) >= limits.most_total:
        found.append(Obstacle("subsidy.total_full", {"most": limits.most_total}))
    return found


def _percent(bp: int) -> str:
    """Return a share as people say it, unrounded: 79.99% never reads as 80%."""
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0") + "%" if rest else f"{whole}%"
