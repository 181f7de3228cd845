"""Ask each trainee whether their own days are right, before anything is claimed for them: 对 or 不对.

Every word is kept and entered in the enrolment's chain as ``hours.word``, with the digest of the days that were shown and the
head of the chain at that moment. A word stands while the days are those it was said of: when they change, it is asked for
again. 不对 raises a flag and holds the line. Once a claim is filed (``close``) the word may not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from yanglao.capture.service import own_enrolment
from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView
from yanglao.completion.models import OwnDays, OwnWord, Standing
from yanglao.completion.own_days import Days, address, own_days
from yanglao.completion.own_words import Asked, WordView, is_closed, latest, unsaid, view_of
from yanglao.completion.queries import StandingUnknown
from yanglao.completion.refresh import refresh
from yanglao.completion.review import digest_of
from yanglao.evidence import queries as evidence
from yanglao.evidence.ledger import Entry, append
from yanglao.flags.service import raise_flag
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Refused
from yanglao.messages import service as messages
from yanglao.people import queries as people
from yanglao.people import service as people_service

WORDS = ("yes", "no")
WHATS = ("minutes", "not_there", "missing", "other")
LONGEST = 300


class NotYet(Conflict):
    """Say that the hours of the segment are not whole yet."""

    code = "word.not_yet"


class DaysChanged(Conflict):
    """Say that the days are no longer those that were shown."""

    code = "word.days_changed"


class WordClosed(Conflict):
    """Say that a claim was filed on this word."""

    code = "word.closed"


class WhatMissing(Refused):
    """Say that 不对 needs what is wrong."""

    code = "word.what_missing"


@dataclass(frozen=True)
class Said:
    """A word as it was given. ``digest``: of the days that were shown; of 不对, ``day`` (None: none of them) and ``what`` is wrong."""

    word: str
    digest: str
    day: date | None = None
    what: str = ""
    text: str = ""


def own_word(session: Session, enrolment_id: str, segment_id: str) -> str:
    """Return "yes" or "no" as the trainee last said of the days as they are now; "" when nothing stands.

    Raises EnrolmentUnknown.
    """
    row = latest(session, enrolment_id, segment_id)
    if row is None:
        return ""
    own = classes.enrolment(session, enrolment_id)
    return row.word if row.days == own_days(session, own, segment_id).digest else ""


def close(session: Session, enrolment_id: str, segment_id: str, *, now: datetime) -> None:
    """Let the word change no more: a claim for the segment is filed. Again changes nothing."""
    row = acted_on(session, enrolment_id, segment_id)
    row.closed_ms = row.closed_ms or to_ms(now)
    session.flush()


def reopen(session: Session, enrolment_id: str, segment_id: str) -> None:
    """Let the word change again: the claim was taken back or returned."""
    acted_on(session, enrolment_id, segment_id).closed_ms = None
    session.flush()


def say(
    session: Session, enrolment_id: str, segment_id: str, said: Said, *, now: datetime, actor: Actor
) -> WordView:
    """Keep the trainee's own word; the same word on the same days again changes nothing.

    Raises: EnrolmentUnknown (not one's own), and what ``keep`` raises.
    """
    own = own_enrolment(session, enrolment_id, actor)
    return keep(session, own, segment_id, said, now=now, actor=actor)


def keep(
    session: Session,
    own: EnrolmentView,
    segment_id: str,
    said: Said,
    *,
    cited: dict[str, str] | None = None,
    now: datetime,
    actor: Actor,
) -> WordView:
    """Keep a word under the person's lock, enter it and raise a flag for 不对; ``cited`` names the signed paper, if there is one.

    Raises: WhatMissing, StandingUnknown (no such segment), NotYet, DaysChanged, WordClosed.
    """
    refresh(session, own.person_id, now=now)
    shown = own_days(session, own, segment_id)
    need_whole(said, shown)
    if session.get(Standing, (own.id, segment_id)) is None:
        raise StandingUnknown
    if not shown.met:
        raise NotYet
    if said.digest != shown.digest:
        raise DaysChanged
    if is_closed(session, own.id, segment_id):
        raise WordClosed
    before = latest(session, own.id, segment_id)
    if before is not None and _same(before, said):
        return before
    row = _entered(session, own, shown, said, cited=cited, now=now, actor=actor)
    session.add(row)
    session.flush()
    if row.word == "no":
        _flag(session, row, now=now)
    return view_of(row)


def need_whole(said: Said, shown: Days) -> None:
    """Raise WhatMissing unless the word is whole: 不对 says what is wrong, and of a day that is shown which one."""
    of_a_day = said.what in ("minutes", "not_there")
    if said.word not in WORDS or (said.word == "no" and said.what not in WHATS):
        raise WhatMissing
    if said.word == "no" and of_a_day and said.day not in {one.day for one in shown.days}:
        raise WhatMissing


def _same(before: WordView, said: Said) -> bool:
    if said.word == "yes" or before.word == "yes":
        return (before.word, before.days) == (said.word, said.digest)
    return (before.days, before.day, before.what, before.text) == (
        said.digest,
        said.day,
        said.what,
        said.text.strip()[:LONGEST],
    )


def _entered(
    session: Session,
    own: EnrolmentView,
    shown: Days,
    said: Said,
    *,
    cited: dict[str, str] | None,
    now: datetime,
    actor: Actor,
) -> OwnWord:
    """Append ``hours.word`` and return the row that goes with it."""
    before = latest(session, own.id, shown.segment_id)
    no = said.word == "no"
    row = OwnWord(
        enrolment_id=own.id,
        segment_id=shown.segment_id,
        number=before.number + 1 if before else 1,
        word=said.word,
        way="paper" if cited else "phone",
        days=shown.digest,
        entered_s=shown.entered_s,
        day=said.day if no else None,
        what=said.what if no else "",
        text=said.text.strip()[:LONGEST] if no else "",
        said_by=actor.person_id,
        said_ms=to_ms(now),
    )
    position, head = evidence.head(session, "enrolment", own.id) or (0, "")
    body = {
        "segment": row.segment_id,
        "word": row.word,
        "way": row.way,
        "number": row.number,
        "days": row.days,
        "entered_s": row.entered_s,
        "head": [position, head],
        "day": row.day.isoformat() if row.day else None,
        "what": row.what,
        "text": digest_of(row.text),
    }
    entry = Entry(
        chain=("enrolment", own.id),
        kind="hours.word",
        body=body | (cited or {}),
        occurred_ms=to_ms(now),
        person_id=own.person_id,
        enrolment_id=own.id,
        segment_id=row.segment_id,
        client=actor.client,
    )
    row.position = append(session, entry, now=now, actor=actor).position
    return row


def _flag(session: Session, row: OwnWord, *, now: datetime) -> None:
    facts = {"entered_s": row.entered_s, "at_ms": row.said_ms, "what": row.what}
    if row.day is not None:
        facts["day"] = row.day.isoformat()
    raise_flag(
        session,
        "hours.disputed",
        subject=("enrolment", row.enrolment_id),
        facts=facts,
        once=f"hours.disputed:{row.enrolment_id}:{row.segment_id}:{row.number}",
        now=now,
    )


def ask(session: Session, person_id: str, *, now: datetime) -> int:
    """Tell a person of the days that wait for their word, once per word said before; return how many messages are new."""
    told = 0
    for one in people.same_person_ids(session, person_id):
        for own in classes.enrolments_of(session, one):
            if own.class_state not in ("running", "finished"):
                continue
            for asked in unsaid(session, [own.id]):
                once = f"{own.id}:{asked.days.segment_id}:{asked.last.number if asked.last else 0}"
                told += tell(session, asked, once=once, now=now)
    return told


def tell(session: Session, asked: Asked, *, once: str, now: datetime) -> bool:
    """Ask somebody for their word on some days; False when told before under ``once``."""
    own, days = asked.own, asked.days
    facts = {
        "class_name": own.class_name,
        "days": len(days.days),
        "total_s": days.entered_s,
        "link": address(own.id, days.segment_id),
    }
    return messages.tell(session, own.person_id, "days_to_confirm", facts, once=once, now=now) is not None


def remind(session: Session, class_id: str, *, now: datetime) -> int:
    """Tell everybody of a class whose word is wanted once more, at most once a day each; return how many were told."""
    day, told = day_of(now).isoformat(), 0
    for asked in unsaid(session, [one.id for one in classes.roster(session, class_id)]):
        place = (asked.own.id, asked.days.segment_id)
        if tell(session, asked, once=f"{':'.join(place)}:{day}", now=now):
            acted_on(session, *place).reminded_ms = to_ms(now)
            told += 1
    session.flush()
    return told


def acted_on(session: Session, enrolment_id: str, segment_id: str) -> OwnDays:
    """Return the row of what was done about a word, made at first; for this package."""
    person_id = classes.enrolment(session, enrolment_id).person_id
    people_service.lock(session, people.standing_id(session, person_id))
    row = session.get(OwnDays, (enrolment_id, segment_id))
    if row is None:
        row = OwnDays(enrolment_id=enrolment_id, segment_id=segment_id)
        session.add(row)
    return row
