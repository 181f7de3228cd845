"""Read what trainees said of their own days: every word, which one stands, and who has not said any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView
from yanglao.completion.models import OwnDays, OwnWord, Standing
from yanglao.completion.own_days import Days, of_segments
from yanglao.completion.rules import MET

Place = tuple[str, str]


@dataclass(frozen=True)
class WordView:
    """A word as kept; ``days`` is the digest of what was shown. ``day``, ``what`` and ``text`` say what is wrong."""

    number: int
    word: str
    way: str
    days: str
    entered_s: int
    day: date | None
    what: str
    text: str
    said_by: str
    said_ms: int
    position: int


@dataclass(frozen=True)
class Asked:
    """One whole segment of an enrolment. ``word``: "yes", "no", or "" while none stands; ``last``: the latest one, also of other days."""

    own: EnrolmentView
    days: Days
    word: str
    last: WordView | None
    closed: bool
    reminded_ms: int | None

    @property
    def state(self) -> str:
        """Return yes, no, changed (a word that no longer stands) or asked."""
        return self.word or ("changed" if self.last else "asked")

    @property
    def waits(self) -> bool:
        """Tell whether the trainee still has to say a word."""
        return not self.word and not self.closed


def asked_of(session: Session, enrolment_ids: Sequence[str]) -> list[Asked]:
    """Return the whole segments of enrolments, in the order of the ids and of their programme."""
    places: dict[str, list[str]] = {}
    for start in range(0, len(enrolment_ids), 400):
        met = select(Standing.enrolment_id, Standing.segment_id).where(
            Standing.enrolment_id.in_(enrolment_ids[start : start + 400]), Standing.state.in_(MET)
        )
        for enrolment_id, segment_id in session.execute(met.order_by(Standing.segment_position)):
            places.setdefault(enrolment_id, []).append(segment_id)
    named = classes.enrolments(session, places)
    said, acted = latest_of(session, list(places)), _acted_on(session, list(places))
    return [
        _asked(named[one], days, said.get((one, days.segment_id)), acted.get((one, days.segment_id)))
        for one in enrolment_ids
        if one in named
        for days in of_segments(session, named[one], places[one])
    ]


def unsaid(session: Session, enrolment_ids: Sequence[str]) -> list[Asked]:
    """Return the whole segments that wait for a word."""
    return [one for one in asked_of(session, enrolment_ids) if one.waits]


def words_of(session: Session, enrolment_id: str, segment_id: str) -> list[WordView]:
    """Return every word on a segment, the latest first."""
    wanted = select(OwnWord).where(OwnWord.enrolment_id == enrolment_id, OwnWord.segment_id == segment_id)
    return [view_of(row) for row in session.scalars(wanted.order_by(OwnWord.number.desc()))]


def latest(session: Session, enrolment_id: str, segment_id: str) -> WordView | None:
    """Return the latest word on a segment, whether it stands or not."""
    wanted = select(OwnWord).where(OwnWord.enrolment_id == enrolment_id, OwnWord.segment_id == segment_id)
    row = session.scalar(wanted.order_by(OwnWord.number.desc()).limit(1))
    return view_of(row) if row else None


def is_closed(session: Session, enrolment_id: str, segment_id: str) -> bool:
    """Tell whether a claim was filed on the word, so that it may not change."""
    row = session.get(OwnDays, (enrolment_id, segment_id))
    return row is not None and row.closed_ms is not None


def view_of(row: OwnWord) -> WordView:
    """Return a row as others read it."""
    return WordView(**{name: getattr(row, name) for name in WordView.__dataclass_fields__})


def _asked(own: EnrolmentView, days: Days, last: WordView | None, acted: OwnDays | None) -> Asked:
    return Asked(
        own=own,
        days=days,
        word=last.word if last and last.days == days.digest else "",
        last=last,
        closed=acted is not None and acted.closed_ms is not None,
        reminded_ms=acted.reminded_ms if acted else None,
    )


def latest_of(session: Session, enrolment_ids: Sequence[str]) -> dict[Place, WordView]:
    """Return the latest word on each segment of enrolments, whether it stands or not."""
    found: dict[Place, WordView] = {}
    for start in range(0, len(enrolment_ids), 400):
        part = OwnWord.enrolment_id.in_(enrolment_ids[start : start + 400])
        for row in session.scalars(select(OwnWord).where(part).order_by(OwnWord.number)):
            found[(row.enrolment_id, row.segment_id)] = view_of(row)
    return found


def _acted_on(session: Session, enrolment_ids: Iterable[str]) -> dict[Place, OwnDays]:
    found: dict[Place, OwnDays] = {}
    ids = list(enrolment_ids)
    for start in range(0, len(ids), 400):
        rows = session.scalars(select(OwnDays).where(OwnDays.enrolment_id.in_(ids[start : start + 400])))
        found.update({(row.enrolment_id, row.segment_id): row for row in rows})
    return found
