"""Sign many people in at once whose scans are plain: a good room code on a phone of one's own, nothing to doubt or refuse.

A hall of a thousand scans within seconds. What the rules must know is read in one question for all, judged by the same
rules as any scan, and written with one statement a table; nothing commits. Whatever is not plain is left alone, to be
judged by ``service``: a replay, a second visit, a shared phone, a make-up session, somebody whose row is held.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from yanglao.capture.attendance import presences, readings, rules
from yanglao.capture.attendance.models import Presence, Scan, ScanNetwork, ScanPlace, SessionDevice
from yanglao.capture.attendance.readings import Reading
from yanglao.capture.attendance.rules import Case, Meeting
from yanglao.capture.attendance.service import claim_digest_of, content_of, network_digest, row_of
from yanglao.capture.attendance.shapes import Answer, Brief, ScanDraft
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.evidence import ledger
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import DAY_MS, day_of, to_ms
from yanglao.kernel.identifiers import new_id
from yanglao.kernel.many import Among, insert_all
from yanglao.people import service as people


@dataclass(frozen=True)
class Post:
    """One scan and who sent it; ``now`` is when it arrived."""

    draft: ScanDraft
    actor: Actor
    now: datetime


@dataclass
class _One:
    """A scan on its way: the place of its post, what it says, its session and its row, which no session of the database holds."""

    at: int
    post: Post
    found: Reading
    meeting: SessionView
    row: Any


_SEEN = select(literal("scan"), Scan.scan_uuid, Scan.claim_digest).where(
    or_(Among(Scan.scan_uuid, "uuids"), Among(Scan.claim_digest, "claims"))
)
_THERE = select(literal("person"), Presence.person_id, null()).where(
    Among(Presence.person_id, "persons"),
    Presence.voided_ms.is_(None),
    or_(Among(Presence.session_id, "rooms"), Presence.in_ms > bindparam("since_ms")),
)
_WAITING = select(literal("person"), Scan.person_id, null()).where(
    Among(Scan.session_id, "rooms"), Scan.outcome == "pending_review", Among(Scan.person_id, "persons")
)
_DEVICES = select(literal("device"), SessionDevice.session_id, SessionDevice.device_digest).where(
    Among(SessionDevice.session_id, "rooms"), Among(SessionDevice.device_digest, "devices")
)
_KNOWN: Any = union_all(_SEEN, _THERE, _WAITING, _DEVICES)


def may_be(draft: ScanDraft) -> bool:
    """Tell whether a scan can be plain at all."""
    return draft.kind == "room" and draft.direction == "in" and bool(draft.device)


def take(session: Session, posts: Sequence[Post]) -> list[Answer | None]:
    """Sign in whose scan is plain and answer it in its place, None for every other; the caller folds who was signed in.

    Two phones or two posts of one person at once: one of them goes the long way and finds what the other left.
    """
    rooms: dict[int, SessionView | None] = {}

    def room_of(number: int) -> SessionView | None:
        if number not in rooms:
            rooms[number] = classes.session_by_code_no(session, number)
        return rooms[number]

    ones = _firsts([one for at, post in enumerate(posts) if (one := _read(at, post, room_of))])
    names = people.lock_free(session, [one.post.actor.person_id for one in ones]) if ones else {}
    good = _untouched(session, [one for one in ones if one.post.actor.person_id in names])
    good = _accepted(session, good)
    if good:
        _write(session, good)
    answers: list[Answer | None] = [None] * len(posts)
    for one in good:
        answers[one.at] = _answer(one, names[one.post.actor.person_id])
    return answers


def _read(at: int, post: Post, room_of: Callable[[int], SessionView | None]) -> _One | None:
    draft, actor = post.draft, post.actor
    if not may_be(draft) or actor.extra.get("shared"):
        return None
    blank = Reading(draft, to_ms(post.now), person_id=actor.person_id)
    found = readings.read_room(blank, room_of, now=post.now, actor=actor)
    if found.refusal or found.meeting is None or found.meeting.makes_up_session_id:
        return None
    known = row_of(found, found.meeting, content_of(draft, actor), now=post.now, actor=actor)
    row = _blank(Scan, decision_reason="", claim_digest=claim_digest_of(found), **known)
    return _One(at, post, found, found.meeting, row)


def _firsts(ones: list[_One]) -> list[_One]:
    """Leave one scan of each person, phone, claim and number."""
    taken: set[Any] = set()
    firsts = []
    for one in ones:
        keys = {one.row.person_id, one.row.device_digest, one.row.scan_uuid, one.row.claim_digest} - {None}
        if not keys & taken:
            firsts.append(one)
            taken |= keys
    return firsts


def _untouched(session: Session, ones: list[_One]) -> list[_One]:
    """Leave those of whom nothing is known yet: no such scan, nobody of them anywhere today, a phone that signed nobody here."""
    if not ones:
        return []
    about = {
        "rooms": sorted({one.meeting.id for one in ones}),
        "persons": [one.row.person_id for one in ones],
        "uuids": [one.row.scan_uuid for one in ones],
        "claims": [one.row.claim_digest for one in ones if one.row.claim_digest],
        "devices": [one.row.device_digest for one in ones],
        "since_ms": min(one.row.at_ms for one in ones) - DAY_MS,
    }
    known = {tuple(row) for row in session.connection().execute(_KNOWN, about)}
    seen = {key for what, *keys in known if what == "scan" for key in keys} - {None}
    return [
        one
        for one in ones
        if ("person", one.row.person_id, None) not in known
        and not {one.row.scan_uuid, one.row.claim_digest} & seen
        and ("device", one.meeting.id, one.row.device_digest) not in known
    ]


def _accepted(session: Session, ones: list[_One]) -> list[_One]:
    """Leave those whom the rules accept without a doubt."""
    if not ones:
        return []
    seats = classes.seats(
        session, (one.meeting.class_id for one in ones), (str(one.row.person_id) for one in ones)
    )
    return [one for one in ones if _is_accepted(one, seats)]


def _is_accepted(one: _One, seats: dict[tuple[str, str], tuple[str, str]]) -> bool:
    seat, meeting, row = seats.get((one.meeting.class_id, str(one.row.person_id))), one.meeting, one.row
    if seat is None:
        return False
    row.enrolment_id = seat[0]
    case = Case(
        direction=row.direction,
        at_ms=row.at_ms,
        times=one.post.draft.times(row.received_ms),
        meeting=Meeting(
            meeting.state, meeting.starts_ms, meeting.ends_ms, meeting.opened_ms, meeting.closed_ms
        ),
        enrolment_state=seat[1],
        spans=(),
        by_arrival=True,
    )
    verdict = rules.judge(case, policy.on(day_of(one.post.now)).attendance)
    row.outcome, row.code, row.facts = verdict.outcome, verdict.code, verdict.facts | one.found.facts
    row.answer = {"outcome": row.outcome, "code": row.code, "facts": row.facts | {"at_ms": row.at_ms}}
    return verdict.outcome == rules.ACCEPTED


def _write(session: Session, ones: list[_One]) -> None:
    line = session.connection()
    told = [
        (presences.entry_of(one.row, one.meeting, "attendance.in", {}), one.post.now, one.post.actor)
        for one in ones
    ]
    held = []
    for one, position in zip(ones, ledger.append_all(session, told), strict=True):
        presence = _blank(
            Presence,
            session_id=one.meeting.id,
            enrolment_id=one.row.enrolment_id,
            person_id=one.row.person_id,
        )
        presences.begin_with(presence, one.row, position)
        one.row.chain_kind, one.row.entry_position, one.row.presence_id = "enrolment", position, presence.id
        held.append(presence)
    devices = [
        {
            "session_id": one.meeting.id,
            "device_digest": one.row.device_digest,
            "person_id": one.row.person_id,
        }
        for one in ones
    ]
    places = [{"scan_id": one.row.id, **vars(one.post.draft.place)} for one in ones if one.post.draft.place]
    networks = [
        {"scan_id": one.row.id, "digest": network_digest(one.meeting.id, one.post.draft.network)}
        for one in ones
        if one.post.draft.network
    ]
    insert_all(line, SessionDevice.__table__, devices)
    insert_all(line, Scan.__table__, [vars(one.row) for one in ones])
    insert_all(line, Presence.__table__, [vars(one) for one in held])
    insert_all(line, ScanNetwork.__table__, networks)
    insert_all(line, ScanPlace.__table__, places)


def _blank(model: Any, /, **known: Any) -> Any:
    """Return a new row of ``model`` as plain values, every column there: what is not ``known`` is empty."""
    return SimpleNamespace(**(dict.fromkeys(model.__table__.columns.keys()) | {"id": new_id()} | known))


def _answer(one: _One, name: str) -> Answer:
    said = one.row.answer
    return Answer(
        scan_uuid=one.row.scan_uuid,
        outcome=said["outcome"],
        code=said["code"],
        facts=said["facts"],
        direction=one.row.direction,
        person=Brief(str(one.row.person_id), name),
        recorded_ms=one.row.judged_ms,
        touched_person_id=one.row.person_id,
    )
