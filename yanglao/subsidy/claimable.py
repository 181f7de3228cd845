"""What may be claimed for a class or a trainee, and why not: the one answer that trainee, administrator and officer read.

A line rests on ``entered_s``, what the ledger gives, never on an open window; on hours that the base confirmed as they stand today;
and on the policy file of the day on which the class starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import current_app
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.completion import queries as completion
from yanglao.completion.shapes import EnrolmentStanding, SegmentStanding
from yanglao.courses import queries as courses
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of
from yanglao.kernel.errors import Conflict, Refused
from yanglao.kernel.units import Seconds
from yanglao.kernel.wording import sentence
from yanglao.places import queries as places
from yanglao.subsidy import known as known_
from yanglao.subsidy import tariffs
from yanglao.subsidy.eligibility_rules import KINDS, Case, Obstacle, obstacles
from yanglao.subsidy.known import Known
from yanglao.subsidy.proxy_queries import ProxyView
from yanglao.subsidy.rules import WHOLE_BP, Due, FigureMissing, Part, Tariff, check, worth
from yanglao.subsidy.shapes import PERSONAL, Asked, Look, LookedLine
from yanglao.subsidy.tariffs import Book, NoTariff, Wanted

FIGURES = {
    "amount": "全班的金额",
    "per_hour": "每学时的金额",
    "cap": "金额上限",
    "blended_bp": "线上线下混合班的比例",
    "shares_bp": "理论和实操的比例",
    "raise_bp": "县区加发的比例",
}


class FundUnknown(Refused):
    """Say that the policy file of the class names no such fund."""

    code = "claim.fund_unknown"


class PolicyBad(Conflict):
    """Say that the policy file contradicts itself."""

    code = "claim.policy_bad"


@dataclass(frozen=True)
class _Terms:
    """What holds for every line of one look."""

    own: ClassView
    asked: Asked
    book: Book
    tariff: Tariff | None
    lacks: tuple[Obstacle, ...]
    keys: Mapping[str, str]
    rank: int
    class_hour_s: int
    today: date


@dataclass(frozen=True)
class Ground:
    """What is known of a class and its people, whatever the policy file. ``numbers``: roster number by enrolment; ``keys``: of segments.

    ``in_earnest``: this is production, where an example pays nobody.
    """

    own: ClassView
    standings: Sequence[EnrolmentStanding]
    numbers: Mapping[str, int]
    facts: Known
    keys: Mapping[str, str]
    rank: int
    in_earnest: bool


def look(
    session: Session,
    class_id: str,
    asked: Asked,
    *,
    now: datetime,
    only: Sequence[str] = (),
    besides: str = "",
) -> Look:
    """Return the lines of a class, or of its enrolments ``only``; live lines of the claim ``besides`` are left aside.

    Raises ClassUnknown, FundUnknown, PolicyBad.
    """
    own = classes.class_(session, class_id)
    book = book_of(own)
    if asked.fund not in book.funds:
        raise FundUnknown(fund=asked.fund)
    found = ground(session, own, now=now, only=only, besides=besides)
    return judged(found, asked, book, today=day_of(now))


def ground(
    session: Session, own: ClassView, *, now: datetime, only: Sequence[str] = (), besides: str = ""
) -> Ground:
    """Gather what a class's lines rest on."""
    if only:
        standings = [completion.enrolment_page(session, one, now=now) for one in only]
    else:
        standings = completion.class_page(session, own.id, now=now, withdrawn=True)
    rank = {one.code: one.sort_rank for one in places.levels(session)}
    return Ground(
        own=own,
        standings=standings,
        numbers={one.id: one.roster_no for one in classes.roster(session, own.id, withdrawn=True)},
        facts=known_.gather(session, standings, besides=besides),
        keys={one.id: one.key for one in courses.programme(session, own.programme_id).segments},
        rank=rank.get(own.level_code or "", 0),
        in_earnest=in_earnest(),
    )


def in_earnest() -> bool:
    """Tell whether this is production: what is claimed by an example file there is refused."""
    return bool(current_app.config["SETTINGS"].env == "production")


def judged(found: Ground, asked: Asked, book: Book, *, today: date) -> Look:
    """Return the lines by a policy file, on a day; the fund is one of the file's. Asks nobody."""
    tariff, lacks = _tariff(book, found.own, asked)
    if book.example and found.in_earnest:
        lacks = (*lacks, Obstacle("subsidy.example_policy", {}))
    terms = _Terms(
        own=found.own,
        asked=asked,
        book=book,
        tariff=tariff,
        lacks=lacks,
        keys=found.keys,
        rank=found.rank,
        class_hour_s=book.class_hour_s,
        today=today,
    )
    lines: list[LookedLine] = []
    met: set[tuple[str, str]] = set()
    for standing in found.standings:
        for line in _lines(terms, standing, found.facts, roster_no=found.numbers[standing.id]):
            lines.append(_once(line, met))
    name = book.funds[asked.fund].name
    return Look(found.own.id, asked, book.file, book.digest, name, tuple(lines), example=book.example)


def book_of(own: ClassView) -> Book:
    """Return the money that holds for a class. Raises PolicyBad."""
    try:
        return tariffs.on(own.starts_on)
    except policy.BadPolicy as fault:
        raise PolicyBad(file=str(fault).split(" ")[0]) from None


def funds_of(own: ClassView) -> list[tuple[str, str, bool]]:
    """Return (key, name, whether its window holds the class) of the funds, those that hold it first. Raises PolicyBad."""
    return funds_in(book_of(own), own)


def funds_in(book: Book, own: ClassView) -> list[tuple[str, str, bool]]:
    """Return the same of the funds of a book."""
    found = [
        (one.key, one.name, one.valid_from <= own.starts_on <= (one.valid_to or date.max))
        for one in book.funds.values()
    ]
    return sorted(found, key=lambda one: not one[2])


def best_fund(book: Book, own: ClassView, kind: str) -> str:
    """Return the fund of a book most likely to pay a class: whose window holds it and that has a line for it, else the first."""
    funds = funds_in(book, own)
    for key, _, holds in funds:
        if holds and book.pays(kind, own.category_code, own.level_code or "", key):
            return key
    return funds[0][0] if funds else ""


def _tariff(book: Book, own: ClassView, asked: Asked) -> tuple[Tariff | None, tuple[Obstacle, ...]]:
    """Return the tariff, or what the policy file lacks."""
    wanted = Wanted(asked.kind, own.category_code, own.level_code or "", asked.fund, own.division_code)
    told = {"file": book.file, "kind": KINDS[asked.kind], "fund": book.funds[asked.fund].name}
    try:
        found = book.tariff(wanted)
    except NoTariff:
        return None, (Obstacle("subsidy.no_tariff", told),)
    try:
        check(found)
    except FigureMissing as fault:
        figure = FIGURES[fault.figure]
        return None, (Obstacle("subsidy.figure_missing", told | {"figure": figure}),)
    return found, ()


def _lines(terms: _Terms, standing: EnrolmentStanding, facts: Known, *, roster_no: int) -> list[LookedLine]:
    """Return the lines of one enrolment in the mode asked for."""
    parts = [_part(one) for one in standing.segments]
    dues: list[Due | None] = [None] * len(parts)
    if terms.tariff:
        dues = [*worth(terms.tariff, parts, facts.proofs[standing.id], class_hour_s=terms.class_hour_s)]
    pairs = zip(standing.segments, dues, strict=True)
    return [
        _line(terms, standing, segment, due, facts=facts, roster_no=roster_no)
        for segment, due in pairs
        if segment.mode == terms.asked.mode and _concerned(standing, segment)
    ]


def _concerned(standing: EnrolmentStanding, segment: SegmentStanding) -> bool:
    """Tell whether a segment may ever be claimed: of somebody who left the class only what was finished."""
    return standing.state == "enrolled" or segment.state == "complete"


def _line(
    terms: _Terms,
    standing: EnrolmentStanding,
    segment: SegmentStanding,
    due: Due | None,
    *,
    facts: Known,
    roster_no: int,
) -> LookedLine:
    case = _case(terms, standing, segment, facts)
    found = obstacles(case, terms.book.limits, terms.book.funds[terms.asked.fund])
    waits = tuple(
        Obstacle(one, {}) for one in (due.waits_for if due else ()) if one != "subsidy.not_finished"
    )
    share = int(due.trace["share"]) if due else 0
    nothing = (Obstacle("subsidy.nothing_due", {}),) if due and not share else ()
    stale = (Obstacle("subsidy.lists_stale", {"lists": [*facts.lists_stale]}),) if facts.lists_stale else ()
    trace = {
        **(due.trace if due else {}),
        "rounding": "largest_remainder",
        "policy_file": terms.book.file,
        "policy_digest": terms.book.digest,
        **_route_told(terms.asked, facts.contracts.get(standing.id)),
        **({"example": True} if terms.book.example else {}),
        "fund": terms.asked.fund,
        "class_hour_s": terms.class_hour_s,
        "entered_s": segment.entered_s,
        "required_s": segment.required_s,
        "attendance_bp": case.attendance_bp,
        "online_bp": case.online_bp,
        "confirmed_on": case.confirmed_on.isoformat() if case.confirmed_on else None,
        "own_word": case.own_word,
        "evidence_head": facts.heads.get(standing.id),
    }
    return LookedLine(
        enrolment_id=standing.id,
        person_id=facts.person[standing.id],
        roster_no=roster_no,
        segment_id=segment.id,
        segment_key=terms.keys[segment.id],
        segment_title=segment.title,
        mode=segment.mode,
        seconds=segment.entered_s,
        required_s=segment.required_s,
        occupation=terms.own.category_code,
        level=terms.own.level_code or "",
        rank=terms.rank,
        share=share,
        obstacles=(*found, *waits, *nothing, *stale, *terms.lacks),
        trace=trace,
    )


def _route_told(asked: Asked, contract: ProxyView | None) -> dict[str, str]:
    """Return how a line tells who claims: the person, or the base by a contract."""
    if asked.route == PERSONAL:
        return {"route": asked.route}
    return {"proxy": contract.id} if contract else {}


def _case(terms: _Terms, standing: EnrolmentStanding, segment: SegmentStanding, facts: Known) -> Case:
    whole = sum(one.required_s for one in standing.segments)
    online = sum(one.required_s for one in standing.segments if one.mode == "online")
    return Case(
        occupation=terms.own.category_code,
        rank=terms.rank,
        kind=terms.asked.kind,
        segment_key=terms.keys[segment.id],
        class_id=terms.own.id,
        class_starts_on=terms.own.starts_on,
        class_ends_on=terms.own.ends_on,
        lacking=_lacking(segment),
        attendance_bp=_attendance_bp(segment),
        online_bp=online * WHOLE_BP // whole if whole else 0,
        confirmed_on=_confirmed_on(segment),
        own_word=facts.said.get((standing.id, segment.id), ""),
        heavy_flags=facts.heavy.get(standing.id, 0),
        today=terms.today,
        route=terms.asked.route,
        proxy=standing.id in facts.contracts,
        paid=facts.paid[standing.id],
        excluded=facts.excluded[standing.id],
    )


def _part(one: SegmentStanding) -> Part:
    finished = one.state == "complete" and _confirmed_on(one) is not None
    return Part(one.id, one.mode, one.kind, Seconds(one.required_s), Seconds(one.entered_s), finished)


def _lacking(one: SegmentStanding) -> tuple[str, ...]:
    """Return what is missing in sentences; hours of an open window are not entered yet."""
    if one.state == "complete":
        return ()
    return tuple(missing.sentence for missing in one.missing) or (sentence("subsidy.being_entered"),)


def _confirmed_on(one: SegmentStanding) -> date | None:
    """Return the day on which the base confirmed the hours as they stand today, else None."""
    said = one.review
    if not said or said["verdict"] != "confirmed" or said["entered_s"] != one.entered_s:
        return None
    return day_of(said["at_ms"])


def _attendance_bp(one: SegmentStanding) -> int | None:
    """Return the share of a segment's planned meetings that was attended or made up; None without a meeting."""
    planned = [meeting for meeting in one.sessions if meeting.state != "cancelled" and not meeting.makes_up]
    due = sum(meeting.due_s for meeting in planned)
    if not due:
        return None
    return sum(meeting.due_s - meeting.missed_s for meeting in planned) * WHOLE_BP // due


def _once(line: LookedLine, met: set[tuple[str, str]]) -> LookedLine:
    """Return the line, with an obstacle when the same person has this segment in the class already."""
    key = (line.person_id, line.segment_key)
    if line.claimable and key in met:
        return replace(line, obstacles=(Obstacle("subsidy.paid_already", {}),))
    if line.claimable:
        met.add(key)
    return line
