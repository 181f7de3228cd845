"""What would another policy file change? The lines of past classes are judged twice by the rules of real claims; nothing is written.

Both sides stand on the same evidence, reviews, words and lists, and on the same day: that of filing for a line that was filed, today
for the others. Live lines of the class itself are left aside, else each filed line would be in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.completion.recapped import recapped
from yanglao.files import service as files
from yanglao.files.errors import FileUnknown
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import day_of
from yanglao.kernel.errors import NotFound, Refused
from yanglao.kernel.policy import Policy
from yanglao.people import queries as people
from yanglao.people.reach import need
from yanglao.people.roles import may
from yanglao.subsidy import tariffs
from yanglao.subsidy.claimable import Ground, PolicyBad, best_fund, book_of, ground, judged
from yanglao.subsidy.models import Claim, ClaimLine
from yanglao.subsidy.shapes import INSTITUTION, MODES, Asked, LookedLine
from yanglao.subsidy.tariffs import Book
from yanglao.subsidy.what_if_rules import Side, Told, change, wrong

MOST_BYTES = 256 * 1024
KEPT = timedelta(days=7)
PURPOSE = "policy.trial"
PAST = ("running", "finished", "archived")
MOST_CLASSES = 10_000


class PolicyUnknown(NotFound):
    """Say that no loaded file has this name and that no file tried by this person has this id."""

    code = "policy.file_unknown"


class PolicyTooLarge(Refused):
    code = "policy.too_large"


class PolicyWrong(Refused):
    """Say that a file cannot be used as a policy; ``faults`` name line, section, key and what is wrong."""

    code = "policy.wrong"

    def __init__(self, faults: list[Told]) -> None:
        listed = [
            {"line": one.line, "section": one.section, "key": one.key, "sentence": one.sentence}
            for one in faults
        ]
        super().__init__(count=len(faults), faults=listed)
        self.faults = faults


@dataclass(frozen=True)
class Wanted:
    """Which classes are judged, for which kind of subsidy and mode; an empty one does not limit. Without state: those that began."""

    division: str = ""
    base_id: str = ""
    class_id: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    kind: str = "training"
    mode: str = ""


@dataclass(frozen=True)
class Line:
    """One segment of one person by two policy files. ``claimed``: fen of the line as it was filed, None when it was not."""

    own: ClassView
    enrolment_id: str
    person_id: str
    person_name: str
    roster_no: int
    segment_title: str
    mode: str
    claimed: int | None
    before: Side
    after: Side

    @property
    def change(self) -> str:
        """Return a key of ``what_if_rules.CHANGES``."""
        return change(self.before, self.after)


@dataclass(frozen=True)
class Filed:
    """How a line was filed: fen, on which day, by whom (``shapes.ROUTES``)."""

    fen: int
    day: date
    route: str


@dataclass(frozen=True)
class Compared:
    """A class by its own file and by the other: the lines in roster order, online first; with ``fault`` there are none."""

    own: ClassView
    before_file: str
    before_fund: str
    after_fund: str
    lines: tuple[Line, ...]
    fault: str = ""


def try_out(session: Session, raw: bytes, name: str, *, now: datetime, actor: Actor) -> str:
    """Keep a policy file for a week for the person who tries it, and nobody else; return its id. It is never in force.

    Raises Forbidden, PolicyTooLarge, PolicyWrong, WrongKind.
    """
    need(actor, "policy.upload")
    if len(raw) > MOST_BYTES:
        raise PolicyTooLarge(most_kb=MOST_BYTES // 1024)
    if faults := wrong(raw):
        raise PolicyWrong(faults)
    kept = {"name": name or "政策.toml", "media_type": "text/plain", "owner_id": actor.person_id}
    return files.store(session, raw, **kept, purpose=PURPOSE, now=now, keep_for=KEPT)


def chosen(session: Session, key: str, *, now: datetime, actor: Actor) -> Policy:
    """Return a loaded policy by file name, or one that the actor tries by its id. Raises PolicyUnknown."""
    for one in policy.every():
        if one.name == key:
            return one
    try:
        found = files.open_(session, key, now=now, owner_id=actor.person_id)
    except FileUnknown:
        raise PolicyUnknown from None
    if found.purpose != PURPOSE:
        raise PolicyUnknown
    return policy.parse(found.path.read_bytes(), name=found.name, valid_from=date.min)


def classes_of(session: Session, scope: Scope, wanted: Wanted) -> list[ClassView]:
    """List the classes that are judged, the first to begin first."""
    filters = classes.Filters(
        states=(wanted.state,) if wanted.state else PAST,
        base_id=wanted.base_id,
        division_code=wanted.division,
        starts_from=wanted.since,
        starts_until=wanted.until,
    )
    found = classes.classes(session, scope, filters, limit=MOST_CLASSES)
    own = [one for one in found if wanted.class_id in ("", one.id)]
    return sorted(own, key=lambda one: (one.starts_on, one.id))


def compare(
    session: Session, own: Sequence[ClassView], held: Policy, wanted: Wanted, *, now: datetime, actor: Actor
) -> Iterator[Compared]:
    """Judge class by class by its own file and by ``held``; names are given to who may read people. Raises BadPolicy of ``held``."""
    after = tariffs.of(held)
    cap_s = held.viewing.daily_cap_s
    named = may(actor.grants, "people.read")
    for one in own:
        try:
            before = book_of(one)
        except PolicyBad as fault:
            yield Compared(one, "", "", "", (), fault=fault.code)
            continue
        found = _without_own_claims(ground(session, one, now=now))
        other = replace(found, standings=recapped(session, found.standings, daily_cap_s=cap_s, now=now))
        yield _compared(session, (found, other), (before, after), wanted, now=now, named=named)


def _compared(
    session: Session,
    grounds: tuple[Ground, Ground],
    books: tuple[Book, Book],
    wanted: Wanted,
    *,
    now: datetime,
    named: bool,
) -> Compared:
    found, own = grounds[0], grounds[0].own
    before, after = books
    filed = _filed(session, own.id, wanted.kind)
    known = people.persons(session, set(found.facts.person.values())) if named else {}
    funds = best_fund(before, own, wanted.kind), best_fund(after, own, wanted.kind)
    lines: list[Line] = []
    for mode in MODES:
        if wanted.mode in ("", mode):
            asked = [Asked(wanted.kind, mode, fund) for fund in funds]
            for old, new in _pairs(grounds, books, asked, filed, today=day_of(now)):
                at = (old.enrolment_id, old.segment_id)
                name = known[old.person_id].name if old.person_id in known else ""
                claimed = filed[at].fen if at in filed else None
                lines.append(_line(own, old, new, name=name, claimed=claimed))
    lines.sort(key=lambda one: one.roster_no)
    names = before.funds[funds[0]].name, after.funds[funds[1]].name
    return Compared(own, before.file, *names, tuple(lines))


def _line(own: ClassView, old: LookedLine, new: LookedLine, *, name: str, claimed: int | None) -> Line:
    sides = [Side(one.amount, one.share, one.obstacles) for one in (old, new)]
    return Line(
        own=own,
        enrolment_id=old.enrolment_id,
        person_id=old.person_id,
        person_name=name,
        roster_no=old.roster_no,
        segment_title=old.segment_title,
        mode=old.mode,
        claimed=claimed,
        before=sides[0],
        after=sides[1],
    )


def _pairs(
    grounds: tuple[Ground, Ground],
    books: tuple[Book, Book],
    asked: Sequence[Asked],
    filed: dict[tuple[str, str], Filed],
    *,
    today: date,
) -> Iterator[tuple[LookedLine, LookedLine]]:
    """Yield each line by both books, as it was filed: on that day and by whoever claimed; else today and by the base."""
    plain = (today, INSTITUTION)
    ways = {plain, *((one.day, one.route) for one in filed.values())}
    old, new = (
        {
            (day, route): judged(found, replace(want, route=route), book, today=day).lines
            for day, route in ways
        }
        for found, want, book in zip(grounds, asked, books, strict=True)
    )
    for place, one in enumerate(old[plain]):
        own = filed.get((one.enrolment_id, one.segment_id))
        way = (own.day, own.route) if own else plain
        yield old[way][place], new[way][place]


def _without_own_claims(found: Ground) -> Ground:
    paid = {
        one: [line for line in lines if line.class_id != found.own.id]
        for one, lines in found.facts.paid.items()
    }
    return replace(found, facts=replace(found.facts, paid=paid), in_earnest=False)


def _filed(session: Session, class_id: str, kind: str) -> dict[tuple[str, str], Filed]:
    """Return (enrolment, segment) -> how it was filed, of the lines of a class that stand in a claim that was."""
    wanted = (
        select(
            ClaimLine.enrolment_id, ClaimLine.segment_id, ClaimLine.amount_fen, Claim.filed_ms, Claim.route
        )
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(Claim.class_id == class_id, Claim.kind == kind, ClaimLine.live, Claim.filed_ms.is_not(None))
    )
    return {
        (enrolment, segment): Filed(fen, day_of(filed_ms), route)
        for enrolment, segment, fen, filed_ms, route in session.execute(wanted)
        if filed_ms is not None
    }
