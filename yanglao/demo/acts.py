"""What invented people do: watch lessons, take the quiz, be scanned. Everything goes through the real services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5
from zlib import crc32

from sqlalchemy.orm import Session

from yanglao.capture import service as capture
from yanglao.capture.attendance import cards, codes, meetings
from yanglao.capture.attendance import queries as attendances
from yanglao.capture.attendance import service as attendance
from yanglao.capture.attendance.shapes import Place, ScanDraft
from yanglao.capture.quiz import service as quiz
from yanglao.capture.quiz.shapes import Paper
from yanglao.capture.viewing import service as viewing
from yanglao.capture.viewing.rules import Beat
from yanglao.classes import queries as classes
from yanglao.classes import timetable_queries as timetable
from yanglao.completion.refresh import known, refresh
from yanglao.courses import queries as courses
from yanglao.courses.shapes import LessonView, SegmentView
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.outside.ciphers import ciphers
from yanglao.people import service as people

STEP_S = 29
THINK_S = 20


@dataclass(frozen=True)
class Act:
    """Something that happens at ``at``; acts are told in order of time."""

    at: datetime
    do: Callable[[datetime], None]


@dataclass(frozen=True)
class Trainee:
    """A trainee in one class."""

    actor: Actor
    enrolment_id: str


def trainee(session: Session, person_id: str, enrolment_id: str, *, client: str = "wechat") -> Trainee:
    """Return a person as a trainee who acts from one phone."""
    actor = people.actor_of(session, person_id, client=client)
    device = str(uuid5(NAMESPACE_URL, f"demo-phone-{person_id}"))
    return Trainee(
        Actor(actor.person_id, actor.name, actor.grants, client=client, device=device), enrolment_id
    )


def watch(
    session: Session,
    one: Trainee,
    lesson: LessonView,
    at: datetime,
    *,
    until_s: int | None = None,
    goes_on: bool = False,
) -> list[Act]:
    """Watch a lesson from where the trainee stands to ``until_s`` (default: its end), in beats, then close it.

    Who ``goes_on`` to another lesson is not folded between: opening the next one does that.
    """
    opened: dict[str, str] = {}
    end_s = min(until_s or lesson.duration_s, lesson.duration_s)

    def begin(now: datetime) -> None:
        opened["id"] = capture.open_viewing(
            session,
            one.enrolment_id,
            lesson.id,
            client=one.actor.client,
            takeover=True,
            known=lambda *place: known(session, *place, now=now),
            now=now,
            actor=one.actor,
        ).id

    def beat(seq: int, start: int, end: int) -> Callable[[datetime], None]:
        def send(now: datetime) -> None:
            capture.take_beats(
                session, opened["id"], [Beat(seq, start, end, client_ms=end * 1000)], now=now, actor=one.actor
            )

        return send

    def close(now: datetime) -> None:
        viewing.close_viewing(session, opened["id"], now=now, actor=one.actor)
        if not goes_on:
            refresh(session, one.actor.person_id, now=now)

    acts = [Act(at, begin)]
    for seq, start in enumerate(range(0, end_s, STEP_S), 1):
        end = min(start + STEP_S, end_s)
        acts.append(Act(at + timedelta(seconds=end, milliseconds=300), beat(seq, start, end)))
    return [*acts, Act(at + timedelta(seconds=end_s + 2), close)]


def examine(
    session: Session, one: Trainee, segment: SegmentView, at: datetime, *, right: int, think_s: int = THINK_S
) -> list[Act]:
    """Take the segment's quiz, answering ``right`` questions rightly after ``think_s`` seconds each, and hand it in."""
    paper: list[Paper] = []

    def begin(now: datetime) -> None:
        paper.append(quiz.start(session, one.enrolment_id, segment.id, now=now, actor=one.actor))

    def reply(number: int) -> Callable[[datetime], None]:
        def answer(now: datetime) -> None:
            asked = paper[0].questions[number]
            key = courses.questions(session, [asked.id])[asked.id].options
            wanted = [option.id for option in key if option.correct]
            if number >= right:
                others = [option.id for option in key if [option.id] != wanted]
                wanted = [others[crc32(f"{one.enrolment_id}{asked.id}".encode()) % len(others)]]
            quiz.show(session, paper[0].id, [asked.id], now=now - timedelta(seconds=think_s), actor=one.actor)
            draft = quiz.AnswerDraft(asked.id, tuple(wanted))
            quiz.answer(session, paper[0].id, draft, now=now, actor=one.actor)

        return answer

    def submit(now: datetime) -> None:
        quiz.submit(session, paper[0].id, now=now, actor=one.actor)
        refresh(session, one.actor.person_id, now=now)

    step = timedelta(seconds=think_s + 2)
    replies = [Act(at + step * (number + 1), reply(number)) for number in range(segment.quiz_questions)]
    return [Act(at, begin), *replies, Act(at + step * (segment.quiz_questions + 2), submit)]


def open_meeting(session: Session, teacher: Actor, session_id: str, at: datetime) -> Act:
    """Open a session."""
    return Act(at, lambda now: _ignore(meetings.open_session(session, session_id, now=now, actor=teacher)))


def close_meeting(session: Session, teacher: Actor, session_id: str, at: datetime) -> Act:
    """Close a session; who did not sign out is signed out as the policy says."""

    def do(now: datetime) -> None:
        meetings.close_session(session, session_id, now=now, actor=teacher)
        for person_id in attendances.signed_out_by_policy(session, session_id):
            refresh(session, person_id, now=now)

    return Act(at, do)


def scan(
    session: Session,
    teacher: Actor,
    session_id: str,
    one: Trainee,
    *,
    direction: str,
    at: datetime,
    stale_s: int = 0,
) -> Act:
    """Scan a trainee's personal code; ``stale_s`` shows a code that many seconds old, which is refused."""

    def do(now: datetime) -> None:
        payload = cards.card(session, one.actor.person_id, now=now - timedelta(seconds=stale_s)).now.payload
        draft = ScanDraft(
            scan_uuid=str(
                uuid5(NAMESPACE_URL, f"demo-{session_id}-{one.enrolment_id}-{direction}-{at.isoformat()}")
            ),
            kind="card",
            payload=payload,
            direction=direction,
            captured_ms=to_ms(now),
            sent_ms=to_ms(now),
            session_id=session_id,
            device=str(uuid5(NAMESPACE_URL, f"demo-phone-{teacher.person_id}")),
        )
        attendance.judge(session, draft, now=now, actor=teacher)
        if direction == "out":  # an "in" alone gives no hours
            refresh(session, one.actor.person_id, now=now)

    return Act(at, do)


def sign_with_place(session: Session, session_id: str, one: Trainee, *, at: datetime, north_e6: int) -> Act:
    """Let a trainee scan the hall's code and say where the phone is: ``north_e6`` millionths of a degree from the venue."""

    def do(now: datetime) -> None:
        meeting = classes.session_(session, session_id)
        venue = timetable.venue(session, meeting.venue_id or "")
        assert venue is not None and venue.latitude_e6 is not None and venue.longitude_e6 is not None
        step = codes.step_of(to_ms(now), policy.on(day_of(now)).attendance.room_step_s)
        draft = ScanDraft(
            scan_uuid=str(uuid5(NAMESPACE_URL, f"demo-{session_id}-{one.enrolment_id}-place")),
            kind="room",
            payload=codes.room_payload(meeting.code_no, step, ciphers().mac),
            direction="in",
            captured_ms=to_ms(now),
            sent_ms=to_ms(now),
            device=one.actor.device,
            place=Place(venue.latitude_e6 + north_e6, venue.longitude_e6, accuracy_m=25),
        )
        attendance.judge(session, draft, now=now, actor=one.actor)
        refresh(session, one.actor.person_id, now=now)

    return Act(at, do)


def _ignore(_: object) -> None:
    return None
