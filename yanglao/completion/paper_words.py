"""Take a trainee's word from a signed 过程确认书: one person of the base reads it off the filed scan, a second one confirms it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.completion import confirming
from yanglao.completion.confirming import DaysChanged, Said, WordClosed
from yanglao.completion.models import PaperWord
from yanglao.completion.own_days import own_days
from yanglao.completion.own_words import is_closed
from yanglao.completion.review import OwnHours
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.papers import queries
from yanglao.papers.queries import PageView, PaperUnknown
from yanglao.people import queries as people
from yanglao.people import service as people_service
from yanglao.people.roles import scope_of

KIND = "own_days"


class NotOwnDays(Refused):
    """Say that a page is no 过程确认书."""

    code = "word.not_this_paper"


class NotSigned(Conflict):
    """Say that no scan of the signed page is filed yet."""

    code = "word.not_signed"


class WordWaits(Conflict):
    """Say that a word read from paper waits for its second person already."""

    code = "word.waits"


class NothingWaits(Conflict):
    """Say that no word of this page waits."""

    code = "word.nothing_waits"


class OwnEntry(Forbidden):
    """Say that who read the paper does not confirm it."""

    code = "word.own_entry"


@dataclass(frozen=True)
class Waiting:
    """A word read from paper that waits for a second person; its ``said`` names the days that were printed."""

    page_id: str
    enrolment_id: str
    segment_id: str
    person_id: str
    said: Said
    entered_by: str
    entered_ms: int


def enter(session: Session, code: str, said: Said, *, now: datetime, actor: Actor) -> Waiting:
    """Keep what is written on the signed page ``code``; it waits for a second person. ``said.digest`` is the page's own.

    Raises: PaperUnknown (also outside the actor's reach), NotOwnDays, NotSigned, OwnHours, WordClosed, DaysChanged, WordWaits, and
    WhatMissing as for a word on the phone.
    """
    page = _page(session, code, actor, "session.plan")
    sheets = queries.scans_of_page(session, page.id)
    if not sheets:
        raise NotSigned
    own = classes.enrolment(session, page.content["enrolment"])
    segment_id = page.content["segment"]
    _need_another(session, own.person_id, actor)
    people_service.lock(session, people.standing_id(session, own.person_id))
    shown = own_days(session, own, segment_id)
    confirming.need_whole(said, shown)
    if shown.digest != page.content["digest"]:
        raise DaysChanged
    if is_closed(session, own.id, segment_id):
        raise WordClosed
    if _row(session, own.id, segment_id) is not None:
        raise WordWaits
    no = said.word == "no"
    row = PaperWord(
        page_id=page.id,
        file=f"sha256:{sheets[0].sha256}",
        enrolment_id=own.id,
        segment_id=segment_id,
        word=said.word,
        day=said.day if no else None,
        what=said.what if no else "",
        text=said.text.strip()[: confirming.LONGEST] if no else "",
        entered_by=actor.person_id,
        entered_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    return _view(row, page, own.person_id)


def decide(session: Session, code: str, *, accept: bool, now: datetime, actor: Actor) -> Waiting:
    """Confirm what waits of the page ``code`` as a second person, or turn it down; return what waited.

    Raises: PaperUnknown, NotOwnDays, NothingWaits, OwnEntry, OwnHours, and what ``confirming.keep`` raises.
    """
    page = _page(session, code, actor, "hours.review")
    own = classes.enrolment(session, page.content["enrolment"])
    people_service.lock(session, people.standing_id(session, own.person_id))
    row = _row(session, own.id, page.content["segment"])
    if row is None or row.page_id != page.id:
        raise NothingWaits
    if row.entered_by == actor.person_id:
        raise OwnEntry
    _need_another(session, own.person_id, actor)
    row.state = "accepted" if accept else "refused"
    row.decided_by, row.decided_ms = actor.person_id, to_ms(now)
    session.flush()
    found = _view(row, page, own.person_id)
    if not accept:
        return found
    cited = {"page": digest(page.code.encode()), "file": row.file, "read_by": row.entered_by}
    confirming.keep(session, own, row.segment_id, found.said, cited=cited, now=now, actor=actor)
    return found


def waiting(session: Session, enrolment_ids: Iterable[str]) -> dict[tuple[str, str], Waiting]:
    """Return what waits for a second person, by (enrolment, segment)."""
    wanted = select(PaperWord).where(
        PaperWord.enrolment_id.in_(list(enrolment_ids)), PaperWord.state == "waiting"
    )
    rows = list(session.scalars(wanted))
    pages = queries.pages_by_id(session, {row.page_id for row in rows})
    named = classes.enrolments(session, {row.enrolment_id for row in rows})
    return {
        (row.enrolment_id, row.segment_id): _view(row, pages[row.page_id], named[row.enrolment_id].person_id)
        for row in rows
    }


def _page(session: Session, code: str, actor: Actor, permission: str) -> PageView:
    page = queries.page_by_code(session, code)
    if page is None:
        raise PaperUnknown
    queries.paper(session, page.paper_id, scope_of(actor.grants, permission))
    if page.content["kind"] != KIND:
        raise NotOwnDays
    return page


def _need_another(session: Session, person_id: str, actor: Actor) -> None:
    """Raise OwnHours where somebody would confirm their own days."""
    if actor.person_id in people.same_person_ids(session, person_id):
        raise OwnHours


def _row(session: Session, enrolment_id: str, segment_id: str) -> PaperWord | None:
    wanted = select(PaperWord).where(
        PaperWord.enrolment_id == enrolment_id,
        PaperWord.segment_id == segment_id,
        PaperWord.state == "waiting",
    )
    return session.scalar(wanted)


def _view(row: PaperWord, page: PageView, person_id: str) -> Waiting:
    said = Said(row.word, page.content["digest"], row.day, row.what, row.text)
    return Waiting(
        row.page_id, row.enrolment_id, row.segment_id, person_id, said, row.entered_by, row.entered_ms
    )
