"""The service call behind each topic. Each takes ``(session, payload, *, now, report)``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.attendance import service as attendance
from yanglao.capture.attendance import walk_in_photos, walk_ins
from yanglao.courses import question_import, question_reading
from yanglao.files import service as files
from yanglao.files import uploads
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import reading, run
from yanglao.messages import arrivals
from yanglao.messages import service as messages
from yanglao.people import service as people
from yanglao.work import service as work

Payload = dict[str, Any]
Report = Callable[[int, int], None]
TASKS_KEPT = timedelta(days=7)
ASKED_AT_ONCE = 50


def refresh_standing(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Fold what is new of one person: ``{person_id}``."""
    from yanglao.completion.refresh import refresh

    refresh(session, payload["person_id"], now=now)


def ask_for_words(session: Session, payload: Payload, *, now: datetime, report: Report) -> dict[str, Any]:
    """Ask one person for their word on days whose hours are whole: ``{person_id}``; what waits for a certificate of skill level finds it."""
    from yanglao.certificates import level_life
    from yanglao.completion import confirming

    level_life.catch_up_person(session, payload["person_id"], now=now)
    return {"told": confirming.ask(session, payload["person_id"], now=now)}


def make_checkpoint(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Sign the day's heads of all chains."""
    from yanglao.evidence import checkpoint

    checkpoint.make(session, now=now)


def sweep_viewings(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Enter the windows of viewings that went idle."""
    from yanglao.capture.viewing import service

    service.sweep(session, now=now)


def look_at_viewings(session: Session, payload: Payload, *, now: datetime, report: Report) -> dict[str, Any]:
    """Raise what looks wrong in the viewings of the last day; return how many flags that were."""
    from yanglao.capture.viewing import signs

    return {"raised": len(signs.look(session, now=now))}


def sweep_attempts(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Grade quiz attempts whose time is up, with what was saved before."""
    from yanglao.capture.quiz import service

    service.sweep(session, now=now)


def look_at_attempt(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Look at a closed quiz attempt for signs of cheating: ``{attempt_id}``; only flags come of it."""
    from yanglao.capture.quiz import signs

    signs.look(session, payload["attempt_id"], now=now)


def look_at_session(session: Session, payload: Payload, *, now: datetime, report: Report) -> dict[str, Any]:
    """Look at the scans of a closed session for signs of cheating: ``{session_id}``; return how many were found."""
    from yanglao.capture.attendance import signs

    return {"raised": len(signs.look(session, payload["session_id"], now=now))}


def recheck_claims(session: Session, payload: Payload, *, now: datetime, report: Report) -> dict[str, Any]:
    """Claw back the claim lines whose credit was voided since; return how many."""
    from yanglao.subsidy import leaving

    return {"clawed_back": leaving.recheck(session, now=now)}


def check_standings(session: Session, payload: Payload, *, now: datetime, report: Report) -> dict[str, Any]:
    """Fold everything anew and compare with what is stored; return how many differ."""
    from yanglao.completion import refresh

    differing = refresh.check(session)
    return {"differing": len(differing)}


def make_export(session: Session, payload: Payload, *, now: datetime, report: Report) -> Any:
    """Make one workbook; what is returned is stored for its owner."""
    from yanglao.oversight import exports

    return exports.make(session, payload, now=now, report=report)


def make_paper(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Set a paper that was asked for: ``{paper_id, person_id}``."""
    from yanglao.oversight import printing

    printing.make(session, payload, now=now, report=report)


def read_paper(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """File an upload of signed sheets by its codes: ``{upload_id, person_id}``."""
    from yanglao.oversight import printing

    printing.read(session, payload, now=now, report=report)


def prepare_material(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Measure, judge and make playable what an author sent: ``{material_id}``."""
    from yanglao.courses import material_making

    material_making.prepare(session, payload, now=now, report=report)


def prepare_recording(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Make a recording playable everywhere: ``{recording_id}``."""
    from yanglao.courses import recordings

    recordings.prepare(session, payload, now=now, report=report)


def read_questions(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Read a large question file that waits: ``{import_id}``."""
    question_reading.read(session, payload, now=now, report=report)


def tell_message(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Tell a person something: ``{person_id, kind, facts, once}``; asked for by packages below ``messages``."""
    person_id, kind, once = payload["person_id"], payload["kind"], payload["once"]
    messages.tell(session, person_id, kind, payload["facts"], once=once, now=now)


def ask_for_reminders(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Ask for the reminders of meetings that are due, and settle the roll calls and live checks whose time is over."""
    from yanglao.capture.attendance import live_checks, reminders, roll_calls

    reminders.ask(session, now=now)
    roll_calls.sweep(session, now=now)
    live_checks.sweep(session, now=now)


def end_presences(session: Session, payload: Payload, *, now: datetime, report: Report) -> dict[str, Any]:
    """End the presences of sessions that are over and whose people did not sign out; return how many."""
    from yanglao.capture.attendance import endings

    return {"ended": endings.sweep(session, now=now)}


def remind_session(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Remind everybody of one meeting: ``{session_id, which, starts_ms}``."""
    from yanglao.capture.attendance import reminders

    session_id, which = payload["session_id"], payload["which"]
    reminders.remind(session, session_id, which, starts_ms=payload["starts_ms"], now=now)


def ask_for_digests(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Ask for the digest of everybody whom the day concerned, some at a time, so that others write in between."""
    from yanglao.completion import digest

    with reading():
        wanted = digest.concerned(session, now=now)
    for at in range(0, len(wanted), ASKED_AT_ONCE):
        run(partial(digest.ask, session, wanted[at : at + ASKED_AT_ONCE], now=now))


def tell_digest(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Tell one person what a day added to their hours: ``{person_id, day}``."""
    from yanglao.completion import digest

    digest.tell(session, payload["person_id"], date.fromisoformat(payload["day"]), now=now)


def note_delivered(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Look once more for the message that WeChat spoke of before we knew its number: ``{msgid, status}``."""
    arrivals.delivered(session, payload["msgid"], payload["status"], now, last=True)


def expire_rows(session: Session, payload: Payload, *, now: datetime, report: Report) -> None:
    """Delete files, received pushes, places of scans and done tasks whose time is over; erase openids of old claims."""
    walk_in_photos.forget(session, now=now)
    walk_ins.forget(session, now=now)
    attendance.forget_places(session, now=now)
    files.expire(session, now=now)
    uploads.expire(session, now=now)
    messages.expire(session, now=now)
    people.expire_claims(session, now=now)
    question_import.expire(session, now=now)
    work.give_up_lost(session, now=now)
    work.forget_done(session, before_ms=to_ms(now - TASKS_KEPT))
