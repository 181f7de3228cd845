"""Read a scan: which session, which person, and is the code good. Reads rows, writes only card numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.attendance import cards, codes, printed, waste
from yanglao.capture.attendance.codes import Verdict
from yanglao.capture.attendance.shapes import ScanDraft
from yanglao.classes import queries as classes
from yanglao.classes.queries import EnrolmentView, SessionView
from yanglao.kernel import policy
from yanglao.kernel.actor import EVERYTHING, Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.outside.ciphers import ciphers
from yanglao.people import photos
from yanglao.people.roles import may

WRONG_SPOKEN_MAX = 10
RoomOf = Callable[[int], SessionView | None]


@dataclass(frozen=True)
class Reading:
    """What a scan says. ``refusal`` is the code that ends it early; ``at_ms`` the moment it is judged for.

    ``shared``: it came through a WeChat that two registered persons use: known, and so a weaker proof only.
    """

    draft: ScanDraft
    at_ms: int
    meeting: SessionView | None = None
    person_id: str | None = None
    enrolment: EnrolmentView | None = None
    refusal: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    grade: str = "weak"
    code_step: int | None = None
    claim: str | None = None
    shared: bool = False


def read(session: Session, draft: ScanDraft, *, now: datetime, actor: Actor) -> Reading:
    """Return what ``draft`` says when received at ``now`` from ``actor``."""
    received_ms = to_ms(now)
    if draft.kind in ("room", "spoken"):
        shared = bool(actor.extra.get("shared"))
        blank = Reading(draft, received_ms, person_id=actor.person_id, shared=shared)
        found = (
            read_room(blank, partial(classes.session_by_code_no, session), now=now, actor=actor)
            if draft.kind == "room"
            else _spoken(session, blank, now=now)
        )
    else:
        found = _by_instructor(
            session, Reading(draft, draft.times(received_ms).corrected_ms), now=now, actor=actor
        )
    if found.meeting and found.person_id and not found.enrolment:
        enrolment = classes.enrolment_in(session, found.meeting.class_id, found.person_id)
        return replace(found, enrolment=enrolment)
    return found


def teaches(meeting: SessionView, actor: Actor) -> bool:
    """Tell whether ``actor`` may scan others in: the session's instructor, or an administrator of its base."""
    own = meeting.instructor_id == actor.person_id and may(actor.grants, "session.teach")
    return own or may(actor.grants, "session.plan", base=meeting.base_id, division=meeting.division_code)


def read_room(blank: Reading, room_of: RoomOf, *, now: datetime, actor: Actor) -> Reading:
    """Return what a room code or the claim to one says; ``room_of`` finds the session of a number."""
    if blank.draft.payload.startswith(codes.CLAIM_MARK):
        return _claimed(blank, room_of, now=now, actor=actor)
    code = codes.read_room(blank.draft.payload)
    if code is None:
        return replace(blank, refusal="code.malformed")
    meeting = room_of(code.code_no)
    if meeting is None:
        return replace(blank, refusal="code.forged")
    step_s = policy.on(day_of(now)).attendance.room_step_s
    checked = codes.check_room(code, blank.at_ms, step_s=step_s, mac=ciphers().mac)
    return replace(
        blank, meeting=meeting, grade="good", code_step=checked.step, refusal=_bad(checked.verdict)
    )


def _claimed(blank: Reading, room_of: RoomOf, *, now: datetime, actor: Actor) -> Reading:
    claim = codes.open_claim(blank.draft.payload, ciphers().mac)
    meeting = room_of(claim.code_no) if claim else None
    if claim is None or meeting is None:
        return replace(blank, refusal="code.forged")
    refusal = None
    if blank.at_ms > claim.until_ms:
        refusal = "code.claim_expired"
    elif claim.person_id != actor.person_id:
        refusal = "code.claim_not_yours"
    waited_ms = blank.at_ms - claim.arrived_ms
    late = waited_ms > policy.on(day_of(now)).attendance.carried_fair_s * 1000
    return replace(
        blank,
        at_ms=min(claim.arrived_ms, blank.at_ms),
        meeting=meeting,
        facts={"signed_in_later": True, "waited_s": waited_ms // 1000} if claim.carried else {},
        grade="good" if not claim.carried else "weak" if late else "fair",
        code_step=claim.step,
        claim=claim.nonce,
        refusal=refusal,
    )


def _spoken(session: Session, blank: Reading, *, now: datetime) -> Reading:
    assert blank.person_id is not None
    typed = codes.read_spoken(blank.draft.payload)
    if typed is None:
        return replace(blank, refusal="code.malformed")
    if waste.counted(session, blank.person_id, "code.wrong", now=now) >= WRONG_SPOKEN_MAX:
        return replace(blank, refusal="code.too_many_tries")
    rooms = _open_rooms(session, blank.person_id)
    if not rooms:
        return replace(blank, refusal="session.none_open")
    step_s = policy.on(day_of(now)).attendance.spoken_step_s
    for meeting in rooms:
        checked = codes.check_spoken(typed, meeting.code_no, blank.at_ms, step_s=step_s, mac=ciphers().mac)
        if checked.verdict is not Verdict.FORGED:
            refusal = _bad(checked.verdict)
            return replace(blank, meeting=meeting, grade="fair", code_step=checked.step, refusal=refusal)
    return replace(blank, refusal="code.wrong")


def _open_rooms(session: Session, person_id: str) -> list[SessionView]:
    held = [view.class_id for view in classes.enrolments_of(session, person_id) if view.state == "enrolled"]
    return [meeting for meeting in classes.sessions_of_classes(session, held) if meeting.state == "open"]


def _by_instructor(session: Session, blank: Reading, *, now: datetime, actor: Actor) -> Reading:
    meeting = classes.sessions(session, [blank.draft.session_id]).get(blank.draft.session_id)
    if meeting is None:
        return replace(blank, refusal="session.unknown")
    known = replace(blank, meeting=meeting)
    if not teaches(meeting, actor):
        return replace(known, refusal="scan.not_your_session")
    if blank.draft.kind != "card":
        return _manual(session, known)
    found = _card(session, known, now=now)
    helper = actor.extra.get("helper")
    return replace(found, facts=found.facts | {"helper": helper}) if helper else found


def _card(session: Session, known: Reading, *, now: datetime) -> Reading:
    code = codes.read_card(known.draft.payload)
    paper = codes.read_printed(known.draft.payload) if code is None else None
    if paper is not None:
        return _printed(session, known, paper)
    if code is None:
        return replace(known, refusal="code.malformed")
    person_id = cards.person_of(session, code.number) or _newcomer(session, known, code.number, now=now)
    if person_id is None:
        return replace(known, refusal="code.forged")
    step_s = policy.on(day_of(now)).attendance.card_step_s
    checked = codes.check_card(code, person_id, known.at_ms, step_s=step_s, mac=ciphers().mac)
    if checked.verdict is Verdict.FORGED:
        return replace(known, refusal="code.forged")
    return replace(
        known,
        person_id=person_id,
        grade="fair" if checked.stock else "strong",
        code_step=checked.step,
        refusal=_bad(checked.verdict),
    )


def _printed(session: Session, known: Reading, code: codes.PrintedCode) -> Reading:
    """Read a printed card. It proves the card alone: fair when the instructor ticked that he compared the person, else weak.

    Compared by the approved photo, or by the identity card where none is on file.
    """
    held = printed.seen(session, code)
    if held is None:
        return replace(known, refusal="code.forged")
    draft, on_file = known.draft, bool(photos.approved_among(session, [held.person_id]))
    ticks = {"photo_ticked": draft.photo_ticked, "id_checked": draft.id_checked, "photo_on_file": on_file}
    facts: dict[str, Any] = {"printed": True, "card": code.number} | ticks
    if held.revoked_ms is not None:
        facts["revoked_ms"] = held.revoked_ms
    return replace(
        known,
        person_id=held.person_id,
        facts=facts,
        grade="fair" if draft.photo_ticked and (on_file or draft.id_checked) else "weak",
        refusal=None if held.revoked_ms is None else "code.card_revoked",
    )


def _newcomer(session: Session, known: Reading, number: int, *, now: datetime) -> str | None:
    """Find a person who was shown a number before it had a row: of this class first, then of all that run."""
    assert known.meeting is not None
    for class_ids in ([known.meeting.class_id], _running(session)):
        for class_id in class_ids:
            cards.keep(session, (view.person_id for view in classes.roster(session, class_id)), now=now)
        found = cards.person_of(session, number)
        if found:
            return found
    return None


def _running(session: Session) -> list[str]:
    running = classes.Filters(states=("running",))
    return [view.id for view in classes.classes(session, EVERYTHING, running, limit=200)]


def _manual(session: Session, known: Reading) -> Reading:
    assert known.meeting is not None
    enrolment = classes.enrolments(session, [known.draft.payload]).get(known.draft.payload)
    if enrolment is None or enrolment.class_id != known.meeting.class_id:
        return replace(known, refusal="attendance.not_on_roster")
    missing = None if known.draft.reason.strip() else "scan.reason_missing"
    return replace(known, person_id=enrolment.person_id, enrolment=enrolment, refusal=missing)


def _bad(verdict: Verdict) -> str | None:
    return None if verdict is Verdict.GOOD else verdict.value
