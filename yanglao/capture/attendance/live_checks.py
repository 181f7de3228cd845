"""抽问: ask people in the room about lessons that they are said to have watched; what they answer is evidence.

An answer also proves that its giver is there: by the instructor who heard it, or on the person's own phone together with the code that
was read out in the room. Few right answers are a flag, no minute is taken away.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from yanglao.capture.attendance import codes, rules, waste
from yanglao.capture.attendance.live_check_queries import CheckView, views
from yanglao.capture.attendance.live_questions import Asker, watched
from yanglao.capture.attendance.models import Presence
from yanglao.capture.attendance.proof_models import LiveCheck, LiveQuestion
from yanglao.capture.attendance.readings import WRONG_SPOKEN_MAX, teaches
from yanglao.classes import queries as classes
from yanglao.classes.queries import SessionUnknown, SessionView
from yanglao.courses import question_queries
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.flags import service as flags
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.outside.ciphers import ciphers
from yanglao.people import service as persons


class CheckUnknown(NotFound):
    code = "live_check.unknown"


class CheckOver(Conflict):
    code = "live_check.over"


class Answered(Conflict):
    code = "live_check.answered"


class NobodyToAsk(Conflict):
    code = "live_check.nobody"


class NotInClass(Conflict):
    code = "live_check.not_in_class"


class AnswerMissing(Refused):
    code = "live_check.answer_missing"


class SpokenWrong(Refused):
    code = "live_check.spoken_wrong"


class SpokenTooOften(Conflict):
    code = "code.too_many_tries"


def start(
    session: Session, session_id: str, *, people: int | None, now: datetime, actor: Actor
) -> list[CheckView]:
    """Draw people in the room, who were asked least before first, and questions for each.

    Raises: SessionUnknown (not the actor's), NotInClass, NobodyToAsk: nobody there has watched what there are questions on.
    """
    meeting = classes.session_(session, session_id)
    if not teaches(meeting, actor):
        raise SessionUnknown(session_id=session_id)
    if meeting.state != "open" or not meeting.starts_ms <= to_ms(now) < meeting.ends_ms:
        raise NotInClass(starts_ms=meeting.starts_ms, ends_ms=meeting.ends_ms)
    limits = policy.on(day_of(now)).attendance
    _settle_some(session, meeting, due_ms=to_ms(now), now=now, actor=actor)
    there = _there(session, session_id)
    lessons = watched(session, list(there), least_bp=limits.check_watched_bp)
    seed, asker, made = secrets.token_hex(8), Asker(session), []
    for own in rules.drawn(list(there), _asked_before(session, session_id), len(there), seed):
        chosen = asker.draw(lessons.get(own, []), limits.check_questions, f"{seed}:{own}")
        if not chosen:
            continue
        check = LiveCheck(
            session_id=session_id,
            enrolment_id=own,
            person_id=there[own].person_id,
            presence_id=there[own].id,
            started_by=actor.person_id,
            started_ms=to_ms(now),
            until_ms=to_ms(now) + limits.check_s * 1000,
        )
        session.add(check)
        session.flush()
        for number, one in enumerate(chosen, 1):
            session.add(
                LiveQuestion(
                    check_id=check.id, number=number, question_id=one.question.id, lesson_id=one.lesson.id
                )
            )
        made.append(check)
        if len(made) == (people or limits.check_people):
            break
    if not made:
        raise NobodyToAsk
    session.flush()
    told = {"seed": seed, "drawn": {one.enrolment_id: one.id for one in made}, "present": len(there)}
    _note(session, meeting, told, now=now, actor=actor)
    return views(session, made)


def mark(
    session: Session, check_id: str, number: int, *, verdict: str, now: datetime, actor: Actor
) -> CheckView:
    """Write down what the instructor heard: right, wrong or none. The first answer stays.

    Raises: CheckUnknown (not the actor's), CheckOver, Answered.
    """
    check = session.get(LiveCheck, check_id)
    meeting = classes.session_(session, check.session_id) if check else None
    if check is None or meeting is None or not teaches(meeting, actor):
        raise CheckUnknown
    return _answer(session, check, meeting, number=number, said=(verdict, "instructor"), now=now, actor=actor)


def hear(session: Session, check_id: str, spoken: str, *, now: datetime, actor: Actor) -> bool:
    """Tell whether the code of the moment was typed for a check of one's own, once and for all; a wrong one is counted.

    Raises: CheckUnknown (not one's own), SpokenTooOften.
    """
    check, meeting = _mine(session, check_id, actor)
    if check.spoken_ms is not None:
        return True
    if waste.counted(session, check.person_id, "code.wrong", now=now) >= WRONG_SPOKEN_MAX:
        raise SpokenTooOften
    step_s, typed = policy.on(day_of(now)).attendance.spoken_step_s, codes.read_spoken(spoken)
    mac = ciphers().mac
    checked = (
        codes.check_spoken(typed, meeting.code_no, to_ms(now), step_s=step_s, mac=mac) if typed else None
    )
    if checked is None or checked.verdict is not codes.Verdict.GOOD:
        waste.count(session, check.person_id, "code.wrong", now=now)
        return False
    check.spoken_ms = to_ms(now)
    session.flush()
    return True


def answer(
    session: Session, check_id: str, number: int, *, given: Sequence[str], now: datetime, actor: Actor
) -> CheckView:
    """Answer on one's own phone, once the spoken code was heard. The first answer stays.

    Raises: CheckUnknown (not one's own), CheckOver, Answered, AnswerMissing, SpokenWrong.
    """
    check, meeting = _mine(session, check_id, actor)
    asked = session.get(LiveQuestion, (check_id, number))
    if asked is None:
        raise CheckUnknown
    if check.spoken_ms is None:
        raise SpokenWrong
    if not given:
        raise AnswerMissing
    question = question_queries.questions(session, [asked.question_id])[asked.question_id]
    verdict = "right" if frozenset(given) == question.correct else "wrong"
    return _answer(session, check, meeting, number=number, said=(verdict, "phone"), now=now, actor=actor)


def sweep(session: Session, *, now: datetime) -> int:
    """Settle the checks whose time is over; return how many."""
    due = select(LiveCheck.session_id).where(LiveCheck.settled_ms.is_(None), LiveCheck.until_ms <= to_ms(now))
    rooms = session.scalars(due.distinct()).all()
    return sum(
        _settle_some(session, classes.session_(session, one), due_ms=to_ms(now), now=now, actor=SYSTEM)
        for one in sorted(rooms)
    )


def end_with(session: Session, meeting: SessionView, *, now: datetime, actor: Actor) -> None:
    """Settle all open checks of a session that is closed; what had time left is nobody's fault."""
    _settle_some(session, meeting, due_ms=None, now=now, actor=actor)


def _mine(session: Session, check_id: str, actor: Actor) -> tuple[LiveCheck, SessionView]:
    check = session.get(LiveCheck, check_id)
    if check is None or check.person_id != actor.person_id:
        raise CheckUnknown
    return check, classes.session_(session, check.session_id)


def _there(session: Session, session_id: str) -> dict[str, Presence]:
    """Return enrolment -> presence of who is in the room and not being asked already."""
    asked = select(LiveCheck.enrolment_id).where(
        LiveCheck.session_id == session_id, LiveCheck.settled_ms.is_(None)
    )
    rows = session.scalars(
        select(Presence).where(
            Presence.session_id == session_id,
            Presence.out_ms.is_(None),
            Presence.voided_ms.is_(None),
            Presence.enrolment_id.not_in(asked),
        )
    )
    return {row.enrolment_id: row for row in rows}


def _asked_before(session: Session, session_id: str) -> Counter[str]:
    return Counter(session.scalars(select(LiveCheck.enrolment_id).where(LiveCheck.session_id == session_id)))


def _answer(
    session: Session,
    check: LiveCheck,
    meeting: SessionView,
    *,
    number: int,
    said: tuple[str, str],
    now: datetime,
    actor: Actor,
) -> CheckView:
    verdict, way = said
    persons.lock(session, check.person_id)
    asked = session.get(LiveQuestion, (check.id, number), populate_existing=True)
    if asked is None:
        raise CheckUnknown
    if asked.verdict is not None:
        if (asked.verdict, asked.way) == (verdict, way):
            return views(session, [check])[0]
        raise Answered
    if check.settled_ms is not None or to_ms(now) >= check.until_ms:
        raise CheckOver(until_ms=check.until_ms)
    asked.verdict, asked.way, asked.answered_ms = verdict, way, to_ms(now)
    body = {
        "number": number,
        "question": asked.question_id,
        "lesson": asked.lesson_id,
        "verdict": verdict,
        "way": way,
    }
    _enter(
        session,
        check,
        meeting,
        "attendance.asked",
        body=body,
        now=now,
        actor=actor,
    )
    session.flush()
    open_ = select(LiveQuestion.number).where(
        LiveQuestion.check_id == check.id, LiveQuestion.verdict.is_(None)
    )
    if session.scalar(open_.limit(1)) is None:
        _settle(session, check, meeting, over=True, now=now, actor=actor)
    return views(session, [check])[0]


def _settle_some(
    session: Session, meeting: SessionView, *, due_ms: int | None, now: datetime, actor: Actor
) -> int:
    rows = session.scalars(
        select(LiveCheck)
        .where(LiveCheck.session_id == meeting.id, LiveCheck.settled_ms.is_(None))
        .order_by(LiveCheck.person_id)
    ).all()
    due = [row for row in rows if due_ms is None or row.until_ms <= due_ms]
    for row in due:
        persons.lock(session, row.person_id)
        _settle(session, row, meeting, over=row.until_ms <= to_ms(now), now=now, actor=actor)
    return len(due)


def _settle(
    session: Session, check: LiveCheck, meeting: SessionView, *, over: bool, now: datetime, actor: Actor
) -> None:
    """Close a check; few right answers are a sign only where there was the time, and the person did not sign out, to give them."""
    claim = update(LiveCheck).where(LiveCheck.id == check.id, LiveCheck.settled_ms.is_(None))
    if not changed(session, claim.values(settled_ms=to_ms(now))):
        return
    asked = session.scalars(
        select(LiveQuestion)
        .where(LiveQuestion.check_id == check.id)
        .execution_options(populate_existing=True)
    ).all()
    counted = Counter(one.verdict or "none" for one in asked)
    told = {name: counted[name] for name in ("right", "wrong", "none")}
    _enter(session, check, meeting, "attendance.check_done", body=told, now=now, actor=actor)
    presence = session.get(Presence, check.presence_id, populate_existing=True)
    gone = presence is None or presence.voided_ms is not None or presence.out_scan_id is not None
    unheard = any(one.verdict is None for one in asked) and (gone or not over)
    least = policy.on(day_of(meeting.starts_ms)).attendance.check_right_least
    if counted["right"] < min(least, len(asked)) and not unheard:
        flags.raise_flag(
            session,
            "attendance.check_poor",
            subject=("enrolment", check.enrolment_id),
            facts={"questions": len(asked), **told, "at_ms": check.started_ms, "session": meeting.id},
            once=f"attendance.check_poor:{check.id}",
            now=now,
        )
    session.flush()


def _enter(
    session: Session,
    check: LiveCheck,
    meeting: SessionView,
    kind: str,
    *,
    body: dict[str, Any],
    now: datetime,
    actor: Actor,
) -> None:
    entry = Entry(
        chain=("enrolment", check.enrolment_id),
        kind=kind,
        body={"session": meeting.id, "check": check.id, **body},
        occurred_ms=to_ms(now),
        person_id=check.person_id,
        enrolment_id=check.enrolment_id,
        segment_id=meeting.segment_id,
        client=actor.client,
        grade=rules.ANSWER_GRADES.get(body.get("way", "")),
    )
    ledger.append(session, entry, now=now, actor=actor)


def _note(
    session: Session, meeting: SessionView, told: dict[str, Any], *, now: datetime, actor: Actor
) -> None:
    entry = Entry(
        chain=("session", meeting.id),
        kind="attendance.check",
        body={"session": meeting.id, **told},
        occurred_ms=to_ms(now),
        segment_id=meeting.segment_id,
        client=actor.client,
    )
    ledger.append(session, entry, now=now, actor=actor)
