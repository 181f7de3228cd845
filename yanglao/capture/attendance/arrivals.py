"""Meet a person who opened the address of a room code: judge the code now, let them press the button a little later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.capture.attendance import codes, live_check_queries, presences, queries, roll_calls
from yanglao.capture.attendance.codes import Claim, Verdict
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionView
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.identifiers import new_id
from yanglao.outside.ciphers import ciphers

CROSSING_MS = 30_000


@dataclass(frozen=True)
class Arrival:
    """What the page of a room code shows. ``refusal`` is a code; ``claim`` what the button sends; ``direction`` in or out.

    ``in_ms`` is when the person signed in there, None when the way is in; ``arrived_ms`` when the code was scanned;
    ``called``: a roll call waits for them, whose answer is one more scan in.
    """

    refusal: str | None
    claim: str = ""
    until_ms: int = 0
    direction: str = "in"
    meeting: SessionView | None = None
    in_ms: int | None = None
    arrived_ms: int = 0
    called: bool = False


def arrive(
    session: Session, text: str, *, kept: str = "", person_id: str | None, browser: str = "", now: datetime
) -> Arrival:
    """Judge the room code ``text`` as arriving at ``now``; reads only.

    ``kept`` is the claim that was given out before signing in; while it lasts it stands for the arrival then. It is
    good in the browser it was given to and nowhere else: its address, sent to somebody at home, brings nobody in.
    ``browser`` is the secret by which a browser is known before sign-in.
    """
    code = codes.read_room(text)
    meeting = classes.session_by_code_no(session, code.code_no) if code else None
    if code is None or meeting is None:
        return Arrival("code.malformed" if code is None else "code.forged")
    mark, limits = browser_mark(browser), policy.on(day_of(now)).attendance
    held = _crossed(codes.open_claim(kept, ciphers().mac) if kept else None, mark, now=now)
    if held is None or held.code_no != code.code_no:
        checked = codes.check_room(code, to_ms(now), step_s=limits.room_step_s, mac=ciphers().mac)
        if checked.verdict is not Verdict.GOOD or checked.step is None:
            return Arrival(checked.verdict.value, meeting=meeting)
        lives_s = limits.claim_token_s if person_id else limits.carried_claim_s
        until_ms = to_ms(now) + lives_s * 1000
        held = Claim(code.code_no, checked.step, to_ms(now), until_ms, person_id, new_id(), mark)
    if to_ms(now) > held.until_ms:
        return Arrival("code.claim_expired", meeting=meeting)
    owned = _owned(held, person_id, mark, until_ms=to_ms(now) + limits.claim_token_s * 1000)
    if owned is None:
        return Arrival("code.claim_not_yours", meeting=meeting)
    sealed = codes.seal_claim(owned, ciphers().mac)
    in_ms = signed_in_ms(session, meeting, person_id)
    called = in_ms is not None and _called_until_ms(session, meeting, person_id, now=now) is not None
    way = "in" if in_ms is None or called else "out"
    return Arrival(None, sealed, owned.until_ms, way, meeting, in_ms, owned.arrived_ms, called)


def browser_mark(browser: str) -> str:
    """Return the digest by which a claim knows its browser, nothing for a browser without a secret."""
    return ciphers().mac("attendance.browser", browser.encode())[:12].hex() if browser else ""


def _crossed(held: Claim | None, mark: str, *, now: datetime) -> Claim | None:
    """Return ``held``, given to the browser it comes with if it was made for nobody a moment ago on our other host.

    That is as long as the code itself could have been passed on; later such a claim is none.
    """
    if held is None or held.browser or held.person_id is not None:
        return held
    return replace(held, browser=mark) if to_ms(now) - held.arrived_ms <= CROSSING_MS else None


def _owned(held: Claim, person_id: str | None, mark: str, *, until_ms: int) -> Claim | None:
    """Return ``held`` as the claim of who is here now, None when it is somebody else's or another browser's."""
    if held.person_id is not None:
        return held if held.person_id == person_id else None
    if held.browser != mark:
        return None
    if person_id is None:
        return held
    return replace(held, person_id=person_id, carried=True, until_ms=max(held.until_ms, until_ms))


def signed_in_ms(session: Session, meeting: SessionView, person_id: str | None) -> int | None:
    """Return since when a person is signed in at a session; None for who is not."""
    enrolment = classes.enrolment_in(session, meeting.class_id, person_id) if person_id else None
    held = presences.spans(session, meeting.id, enrolment.id) if enrolment else ()
    return max((span.in_ms for span in held if span.out_ms is None), default=None)


def _called_until_ms(
    session: Session, meeting: SessionView, person_id: str | None, *, now: datetime
) -> int | None:
    enrolment = classes.enrolment_in(session, meeting.class_id, person_id) if person_id else None
    return roll_calls.awaited_until_ms(session, meeting.id, enrolment.id, now=now) if enrolment else None


@dataclass(frozen=True)
class Mine:
    """A trainee's own session of today: when they came and left, whether a scan waits, and what comes next.

    ``out_assumed``: nobody signed them out, the policy gave the end.
    ``called_until_ms``: until then a roll call waits for them, None while none does. ``asked``: live questions wait.
    """

    meeting: SessionView
    in_ms: int | None
    out_ms: int | None
    waiting: bool
    direction: str
    called_until_ms: int | None = None
    asked: bool = False
    out_assumed: bool = False


def today(session: Session, person_id: str, *, now: datetime) -> list[Mine]:
    """List a trainee's offline sessions of today that are not cancelled, those that are open first."""
    held = [view.class_id for view in classes.enrolments_of(session, person_id) if view.state == "enrolled"]
    found = [
        _mine(session, meeting, person_id, now=now)
        for meeting in classes.sessions_of_classes(session, held)
        if meeting.state != "cancelled"
        and (day_of(meeting.starts_ms) == day_of(now) or meeting.state == "open")
    ]
    return sorted(found, key=lambda one: (one.meeting.state != "open", one.meeting.starts_ms))


def _mine(session: Session, meeting: SessionView, person_id: str, *, now: datetime) -> Mine:
    enrolment = classes.enrolment_in(session, meeting.class_id, person_id)
    held = presences.spans(session, meeting.id, enrolment.id) if enrolment else ()
    last = held[-1] if held else None
    scans = queries.scans_of_person_in(session, meeting.id, person_id)
    inside = last is not None and last.out_ms is None and meeting.state == "open"
    called = (
        roll_calls.awaited_until_ms(session, meeting.id, enrolment.id, now=now)
        if inside and enrolment
        else None
    )
    return Mine(
        meeting=meeting,
        in_ms=last.in_ms if last else None,
        out_ms=last.out_ms if last else None,
        waiting=any(scan.outcome == "pending_review" for scan in scans),
        direction="out" if last and last.out_ms is None and called is None else "in",
        called_until_ms=called,
        out_assumed=bool(last and last.assumed),
        asked=inside and bool(live_check_queries.own(session, person_id, now=now)),
    )
