"""Read what dossiers say of people: a block of a class at a time, in a few queries, all as of the heads the dossier rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.practical import queries as practical
from yanglao.capture.quiz import queries as quizzes
from yanglao.capture.quiz.shapes import AttemptLine
from yanglao.certificates import level_queries
from yanglao.certificates import queries as certificates
from yanglao.certificates.level_queries import LevelView
from yanglao.certificates.queries import CertificateView, StepView
from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView, EnrolmentView, SessionView
from yanglao.completion import as_of, own_words
from yanglao.completion import queries as completion
from yanglao.completion.lines import lines_of
from yanglao.completion.own_days import digest_of, figures
from yanglao.completion.own_words import WordView
from yanglao.completion.rules import Sums
from yanglao.completion.shapes import EnrolmentStanding, EvidenceLine
from yanglao.courses import queries as courses
from yanglao.courses.shapes import ProgrammeView, SegmentView
from yanglao.evidence import queries as evidence
from yanglao.evidence.queries import EntryView
from yanglao.flags import queries as flags
from yanglao.flags.queries import FlagView
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.clock import to_ms
from yanglao.people import queries as people
from yanglao.people.queries import PersonView
from yanglao.places import queries as places
from yanglao.places.queries import BaseView
from yanglao.subsidy import queries as claims
from yanglao.subsidy.shapes import ClaimView, LineView

BLOCK = 25
Head = tuple[str, str, int, str]


@dataclass(frozen=True)
class Frame:
    """What a whole dossier rests on: the class, its people, and where every chain stood when it was begun.

    ``chains``: person id -> the enrolments from all of which that person's hours follow; ``lines``: enrolment id -> lines of claims.
    """

    own: ClassView
    base: BaseView
    division: str
    programme: ProgrammeView
    meetings: tuple[SessionView, ...]
    roster: tuple[EnrolmentView, ...]
    heads: tuple[Head, ...]
    chains: Mapping[str, tuple[str, ...]]
    claims: tuple[ClaimView, ...]
    lines: Mapping[str, tuple[LineView, ...]]
    flags: tuple[FlagView, ...]
    now: datetime

    @property
    def upto(self) -> dict[tuple[str, str], int]:
        """Return (chain kind, id) -> position."""
        return {(kind, id_): position for kind, id_, position, _ in self.heads}

    def only(self, own: EnrolmentView) -> Frame:
        """Return what the dossier of one of the people rests on."""
        mine = set(self.chains[own.person_id])
        return replace(
            self,
            roster=(own,),
            heads=tuple(one for one in self.heads if one[0] != "enrolment" or one[1] in mine),
            flags=tuple(one for one in self.flags if _is_about(one, own)),
        )

    @property
    def segments(self) -> dict[str, SegmentView]:
        """Return the segments of the programme by id, in order."""
        return {one.id: one for one in self.programme.segments}

    @property
    def ms(self) -> int:
        """Return when the dossier was begun."""
        return to_ms(self.now)


@dataclass(frozen=True)
class Member:
    """One person of a class with everything there is."""

    own: EnrolmentView
    person: PersonView
    standing: EnrolmentStanding
    state: dict[str, Any]
    sums: Sums
    entries: tuple[EntryView, ...]
    lines: tuple[EvidenceLine, ...]
    attempts: tuple[AttemptLine, ...]
    practical: tuple[practical.Result, ...]
    words: Mapping[str, WordView]
    certificates: tuple[CertificateView, ...]
    steps: Mapping[str, Sequence[StepView]]
    levels: tuple[LevelView, ...]
    consents: tuple[tuple[str, int], ...]
    names: Mapping[str, str]

    def entered(self, segment_id: str) -> int:
        """Return the seconds that the ledger gives in a segment."""
        return self.sums.of(self.own.id, segment_id).entered_s

    def name_of(self, person_id: str) -> str:
        """Return who did something: 本人, a name, or the system."""
        return "本人" if person_id == self.own.person_id else self.names.get(person_id, "系统")

    def stands(self, segment_id: str) -> bool:
        """Tell whether the latest word on a segment is about the days as they are."""
        told = figures(self.state, self.sums, self.own.id, segment_id)
        return self.words[segment_id].days == digest_of(self.own.id, segment_id, told)


def frame(session: Session, own: ClassView, roster: Sequence[EnrolmentView], *, now: datetime) -> Frame:
    """Return what a dossier of a class, or of some of its people, rests on."""
    base = places.base(session, own.base_id)
    found = tuple(claims.claims(session, EVERYTHING, claims.Filters(class_id=own.id), limit=200))
    chains = _chains(session, roster)
    enrolled = sorted({one for listed in chains.values() for one in listed})
    return Frame(
        own=own,
        base=base,
        division=places.division(session, own.division_code).name,
        programme=courses.programme(session, own.programme_id),
        meetings=tuple(classes.sessions_of_class(session, own.id)),
        roster=tuple(roster),
        heads=(
            *evidence.heads(session, "enrolment", enrolled),
            *evidence.heads(session, "class", [own.id]),
            *evidence.heads(session, "claim", [one.id for one in found]),
        ),
        chains=chains,
        claims=found,
        lines=_claim_lines(session, found),
        flags=tuple(flags.about(session, own.id, [one.person_id for one in roster])),
        now=now,
    )


def _chains(session: Session, roster: Sequence[EnrolmentView]) -> dict[str, tuple[str, ...]]:
    families = people.families(session, [one.person_id for one in roster])
    members = sorted({one for family in families.values() for one in family})
    held = classes.enrolments_of_persons(session, members)
    return {
        person: tuple(one.id for member in family for one in held.get(member, ()))
        for person, family in families.items()
    }


def _claim_lines(session: Session, found: Sequence[ClaimView]) -> dict[str, tuple[LineView, ...]]:
    """Return the lines of claims by enrolment, without the trace of how each was computed."""
    kept: dict[str, list[LineView]] = {}
    for own in found:
        for line in claims.lines(session, own.id):
            kept.setdefault(line.enrolment_id, []).append(replace(line, trace={}))
    return {enrolment_id: tuple(listed) for enrolment_id, listed in kept.items()}


def _is_about(flag: FlagView, own: EnrolmentView) -> bool:
    """Tell whether a flag names a person or their enrolment."""
    named = {flag.person_id, *(person for person, _, _ in flag.persons)}
    return own.person_id in named or flag.enrolment_id == own.id


def blocks(frame: Frame) -> Iterator[tuple[EnrolmentView, ...]]:
    """Yield the people a block at a time, in roster order."""
    for at in range(0, len(frame.roster), BLOCK):
        yield frame.roster[at : at + BLOCK]


def members(session: Session, frame: Frame, block: Sequence[EnrolmentView]) -> list[Member]:
    """Return a block of people with everything there is of them."""
    ids, person_ids = [one.id for one in block], [one.person_id for one in block]
    folded = as_of.fold(session, block, frame.upto)
    lines = lines_of(session, folded.entries, folded.sums)
    attempts = _by(quizzes.attempts(session, ids))
    scored = _by(practical.of_enrolments(session, ids))
    held = certificates.by_enrolment(session, ids)
    steps = certificates.steps_of(session, [one.id for listed in held.values() for one in listed])
    words = own_words.latest_of(session, ids)
    families = people.families(session, person_ids)
    levels = _levels(session, families)
    agreed = people.consents(session, {one for family in families.values() for one in family})
    known = people.persons(session, {*person_ids, *_named(lines, held)})
    names = {id_: person.name for id_, person in known.items()}
    return [
        Member(
            own=own,
            person=known[own.person_id],
            standing=standing,
            state=folded.states[own.id],
            sums=folded.sums[own.id],
            entries=tuple(folded.entries[own.id]),
            lines=tuple(lines[own.id]),
            attempts=tuple(attempts.get(own.id, ())),
            practical=tuple(scored.get(own.id, ())),
            words={segment: word for (one, segment), word in words.items() if one == own.id},
            certificates=tuple(reversed(held.get(own.id, []))),
            steps=steps,
            levels=tuple(levels.get(families[own.person_id][0], ())),
            consents=tuple(one for who in families[own.person_id] for one in agreed.get(who, ())),
            names=names,
        )
        for own, standing in zip(block, completion.pages_of(session, block, now=frame.now), strict=True)
    ]


def _by(found: Iterable[Any]) -> dict[str, list[Any]]:
    kept: dict[str, list[Any]] = {}
    for one in found:
        kept.setdefault(one.enrolment_id, []).append(one)
    return kept


def _levels(session: Session, families: Mapping[str, tuple[str, ...]]) -> dict[str, list[LevelView]]:
    first = {member: family[0] for family in families.values() for member in family}
    found: dict[str, list[LevelView]] = {}
    for one in level_queries.held_by(session, sorted(first)):
        found.setdefault(first[one.person_id], []).append(one)
    return found


def _named(lines: Mapping[str, list[EvidenceLine]], held: Mapping[str, list[CertificateView]]) -> set[str]:
    """Return the ids of everybody who acted in lines and certificates."""
    found = {line.actor_id for listed in lines.values() for line in listed}
    return found | {one.issued_by or one.reviewed_by for listed in held.values() for one in listed}
