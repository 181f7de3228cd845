"""Say in Chinese what is wrong with a policy file, line by line; and what a second file changes for a line. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from yanglao.kernel import policy
from yanglao.kernel.policy import Fault
from yanglao.kernel.wording import sentence
from yanglao.subsidy import tariffs
from yanglao.subsidy.eligibility_rules import Obstacle

HEAD = re.compile(r"^\s*(\[\[?)\s*([\w.]+)\s*\]\]?")
KEY = re.compile(r"^\s*(\w+)\s*=")
PLACE = re.compile(r"\(at line (\d+), column \d+\)")
Place = tuple[tuple[str | int, ...], str]

BLOCKED, UNBLOCKED, MORE, LESS, LATER, REASONS, SAME = (
    "blocked",
    "unblocked",
    "more",
    "less",
    "later",
    "reasons",
    "same",
)
CHANGES = {
    UNBLOCKED: "变成能申报",
    BLOCKED: "变成不能申报",
    MORE: "金额变多",
    LESS: "金额变少",
    LATER: "现在都不能申报，办齐以后金额不同",
    REASONS: "金额不变，原因不同",
    SAME: "没有变化",
}


@dataclass(frozen=True)
class Told:
    """One fault of a policy file as its author reads it. ``line`` from 1, 0 where it belongs to no line."""

    line: int
    section: str
    key: str
    code: str
    sentence: str


def wrong(raw: bytes) -> list[Told]:
    """Return everything wrong with a policy file, in the order of its lines; empty when it can be used."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return [_told(Fault("not_text", ()), 0)]
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = PLACE.search(str(fault))
        return [_told(Fault("not_toml", ()), int(found[1]) if found else len(text.splitlines()))]
    places = _places(text)
    found_faults = [*policy.faults(table), *tariffs.faults(table.get("subsidy", {}))]
    told = [_told(one, _line_of(one, places)) for one in found_faults]
    return sorted(told, key=lambda one: one.line)


def _told(fault: Fault, line: int) -> Told:
    section = _section(fault.at)
    facts = {"line": line or "末尾", "section": section, "key": fault.key, "more": fault.more}
    return Told(line, section, fault.key, f"policy.{fault.code}", sentence(f"policy.{fault.code}", facts))


def _section(at: tuple[str | int, ...]) -> str:
    """Return a table as its author finds it: ``subsidy.tariffs 第 2 个``."""
    name = ".".join(one for one in at if isinstance(one, str))
    numbers = [one + 1 for one in at if isinstance(one, int)]
    return f"{name} 第 {numbers[0]} 个" if numbers else name or "文件开头"


def _places(text: str) -> dict[Place, int]:
    """Return where each table and each key of it stands."""
    found: dict[Place, int] = {}
    counts: dict[str, int] = {}
    at: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if head := HEAD.match(line):
            at = tuple(head[2].split("."))
            if head[1] == "[[":
                counts[head[2]] = counts.get(head[2], -1) + 1
                at = (*at, counts[head[2]])
            found.setdefault((at, ""), number)
        elif key := KEY.match(line):
            found.setdefault((at, key[1]), number)
    return found


def _line_of(fault: Fault, places: dict[Place, int]) -> int:
    """Return the line of the key, else of the table, else of the table above it, else 0."""
    inner = fault.at[-1] if fault.at and isinstance(fault.at[-1], str) else ""
    for place in ((fault.at, fault.key), (fault.at, ""), (fault.at[:-1], str(inner)), (fault.at[:-1], "")):
        if place in places:
            return places[place]
    return 0


@dataclass(frozen=True)
class Side:
    """A line by one policy file: what may be claimed now, what it is worth once nothing is in the way, and what is. Fen."""

    amount: int
    share: int
    obstacles: tuple[Obstacle, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what is in the way in words."""
        return tuple(sentence(one.code, one.facts) for one in self.obstacles)


def change(before: Side, after: Side) -> str:
    """Return what a second file changes for a line, a key of ``CHANGES``."""
    if bool(before.obstacles) != bool(after.obstacles):
        return UNBLOCKED if before.obstacles else BLOCKED
    if before.amount != after.amount:
        return MORE if after.amount > before.amount else LESS
    if before.share != after.share:
        return LATER
    return SAME if before.sentences == after.sentences else REASONS


@dataclass
class Sums:
    """What many lines add up to, in fen and people; ``said`` counts sentences that newly stand in the way or no longer do.

    ``by_person``: difference of what may be claimed now per person.
    """

    lines: int = 0
    before: int = 0
    after: int = 0
    share_before: int = 0
    share_after: int = 0
    changed: int = 0
    by_person: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    new: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)

    def add(self, person: str, before: Side, after: Side) -> None:
        """Add one line."""
        what = change(before, after)
        self.lines += 1
        self.before += before.amount
        self.after += after.amount
        self.share_before += before.share
        self.share_after += after.share
        self.changed += what != SAME
        self.kinds[what] = self.kinds.get(what, 0) + 1
        self.by_person[person] = self.by_person.get(person, 0) + after.amount - before.amount
        for counts, said in ((self.new, _less(after, before)), (self.gone, _less(before, after))):
            for one in said:
                counts[one] = counts.get(one, 0) + 1

    @property
    def difference(self) -> int:
        """Return fen more (or less, below 0) by the second file."""
        return self.after - self.before

    @property
    def gain(self) -> int:
        """Return how many people would get more."""
        return sum(one > 0 for one in self.by_person.values())

    @property
    def lose(self) -> int:
        """Return how many people would get less."""
        return sum(one < 0 for one in self.by_person.values())

    @property
    def stay(self) -> int:
        """Return how many people would get the same."""
        return len(self.by_person) - self.gain - self.lose


def _less(some: Side, others: Side) -> Iterator[str]:
    """Yield the sentences of obstacles whose code the other side lacks."""
    codes = {one.code for one in others.obstacles}
    yield from (sentence(one.code, one.facts) for one in some.obstacles if one.code not in codes)


def as_dict(sums: Sums) -> dict[str, Any]:
    """Return sums as the API gives them."""
    plain = {name: getattr(sums, name) for name in ("lines", "changed", "gain", "lose", "stay")}
    return plain | {
        "before_fen": sums.before,
        "after_fen": sums.after,
        "difference_fen": sums.difference,
        "share_before_fen": sums.share_before,
        "share_after_fen": sums.share_after,
    }
