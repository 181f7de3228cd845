"""Three months that never were: people who finished, dropped out, came late, forgot to sign out, failed, were refused."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from yanglao.classes import queries as class_queries
from yanglao.completion.review import review
from yanglao.courses import queries as courses
from yanglao.demo import acts, city, money
from yanglao.demo.acts import Act, Trainee
from yanglao.demo.cast import invent
from yanglao.demo.city import City, Plan
from yanglao.evidence import checkpoint, filing
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import SHANGHAI, held
from yanglao.people import service as people
from yanglao.people.service import Draft

HOUSE_OF = {"a": ("admin_a", "ca_302"), "b": ("admin_b", "ca_323")}
FATES = ("finishes", "finishes", "finishes", "late", "finishes", "no_sign_out", "finishes", "drops_out", "finishes",
         "fails", "finishes", "refused", "finishes", "absent")  # fmt: skip
PLACED = {
    0: 200,
    1: -300,
    2: 12_000,
}  # who says at the first session where the phone is: the last some 1.3 km away, a flag
HURRIES = 6  # answers faster than anybody reads: the demo's flags


@dataclass(frozen=True)
class Told:
    """A class whose past is told: its plan, its people and their fates."""

    class_id: str
    plan: Plan
    people: list[Trainee]


def tell(session: Session, where: City, *, today: date, password_hash: str) -> None:
    """Tell the past in order of time, what follows from an act included, with a checkpoint each night."""
    story = Story()
    for base, programme, days, teacher, name, numbers in PAST:
        plan = _plan(base, programme, today, days, teacher=teacher, name=name)
        story.add(
            *_begins(session, where, plan, numbers, story=story, today=today, password_hash=password_hash)
        )
    story.add(*_waiting(session, where, today, password_hash=password_hash))
    day = today - timedelta(days=95)
    for act in story:
        while act.at.astimezone(SHANGHAI).date() > day:
            _sign_day(session, day)
            day += timedelta(days=1)
        with held(act.at):
            act.do(act.at)
    while day < today:
        _sign_day(session, day)
        day += timedelta(days=1)


class Story:
    """Acts that come out in order of time; an act may add later ones."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._count = 0

    def add(self, *acts_: Act) -> None:
        """Add acts in any order; of one moment, the first added comes first."""
        for act in acts_:
            heapq.heappush(self._waiting, (act.at, self._count, act))
            self._count += 1

    def __iter__(self) -> Iterator[Act]:
        while self._waiting:
            yield heapq.heappop(self._waiting)[2]


def _sign_day(session: Session, day: date) -> None:
    moment = _at(day, 23, 50)
    with held(moment):
        checkpoint.make(session, now=moment)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def _plan(base: str, programme: str, today: date, days: tuple[int, int], *, teacher: str, name: str) -> Plan:
    admin, officer = HOUSE_OF[base]
    starts_on, ends_on = today + timedelta(days=days[0]), today + timedelta(days=days[1])
    second = starts_on + timedelta(days=5)
    meetings: tuple[tuple[str, date, int, int], ...] = (("offline_practice", second, 9, 3),)
    if programme == "caregiver_l4":
        officer = "city_ca"
        meetings = (
            ("offline_theory", second, 9, 3),
            ("offline_practice", second + timedelta(days=2), 9, 3),
            ("offline_practice", second + timedelta(days=4), 9, 3),
        )
    if programme == "leader":
        officer = "city_ca"
        later = second + timedelta(days=2)
        meetings = (("offline_management", second, 9, 3), ("offline_management", later, 9, 3))
    return Plan(
        base=base,
        programme=programme,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=40,
        officer=officer,
        admin=admin,
        teacher=teacher,
        name=name,
        meetings=meetings,
        venue="二号实训室（演示）" if base == "a" else "实训大厅（演示）",
    )


def _begins(
    session: Session,
    where: City,
    plan: Plan,
    numbers: Sequence[int],
    *,
    story: Story,
    today: date,
    password_hash: str,
) -> Iterator[Act]:
    """Yield how a class comes about: drafted with its roster, filed, approved, started; then the rest of it begins."""
    drafted = _at(plan.starts_on - timedelta(days=6), 9)
    made: dict[str, str] = {}

    def draft(now: datetime) -> None:
        made["class"] = city.draft_class(session, where, plan, now=now)
        persons = city.enrol(
            session, where, plan, made["class"], numbers=numbers, password_hash=password_hash, now=now
        )
        for person_id in persons:
            people.agree(session, person_id, people.PRIVACY_VERSION, client="wechat", now=now)

    def step(name: str, actor: Actor) -> Callable[[datetime], None]:
        return lambda now: _nothing(filing.take(session, made["class"], name, now=now, actor=actor))

    def start(now: datetime) -> None:
        filing.take(session, made["class"], "start", now=now, actor=where.staff[plan.admin])
        told = _told(session, made["class"], plan)
        city.fold(session, [one.actor.person_id for one in told.people], now=now)
        story.add(*_happens(session, where, told, today))

    yield Act(drafted, draft)
    yield Act(drafted + timedelta(hours=3), step("file", where.staff[plan.admin]))
    yield Act(drafted + timedelta(hours=29), step("approve", where.staff[plan.officer]))
    yield Act(_at(plan.starts_on, 8), start)


def _nothing(_: object) -> None:
    return None


def _told(session: Session, class_id: str, plan: Plan) -> Told:
    clients = ("wechat", "wechat", "app", "pc")
    trainees = [
        acts.trainee(session, view.person_id, view.id, client=clients[number % 4])
        for number, view in enumerate(class_queries.roster(session, class_id))
    ]
    return Told(class_id, plan, trainees)


def _happens(session: Session, where: City, told: Told, today: date) -> Iterator[Act]:
    """Yield what happens in a class up to yesterday."""
    end = _at(today, 0)
    yield from (act for act in _all(session, where, told, today) if act.at < end)


def _all(session: Session, where: City, told: Told, today: date) -> Iterator[Act]:
    plan = told.plan
    programme = courses.programme_by_code(session, plan.programme)
    online = next(segment for segment in programme.segments if segment.mode == "online")
    for number, one in enumerate(told.people):
        fate = FATES[number % len(FATES)]
        evening = _at(plan.starts_on + timedelta(days=1 + number % 3), 19, number * 3 % 60)
        lessons = online.lessons[:1] if fate == "drops_out" else online.lessons
        for turn, lesson in enumerate(lessons, 1):
            begins = evening + timedelta(minutes=5 * (turn - 1))
            yield from acts.watch(session, one, lesson, begins, goes_on=turn < len(lessons))
        if fate != "drops_out":
            right = online.quiz_questions // 3 if fate == "fails" else online.quiz_questions - number % 3
            think_s = 1 if number == HURRIES else acts.THINK_S
            yield from acts.examine(
                session, one, online, evening + timedelta(days=1), right=right, think_s=think_s
            )
    teacher = where.staff[plan.teacher]
    for turn, meeting in enumerate(class_queries.sessions_of_class(session, told.class_id)):
        starts = datetime.fromtimestamp(meeting.starts_ms / 1000, SHANGHAI)
        ends = datetime.fromtimestamp(meeting.ends_ms / 1000, SHANGHAI)
        yield acts.open_meeting(session, teacher, meeting.id, starts - timedelta(minutes=30))
        for number, one in enumerate(told.people):
            fate = FATES[number % len(FATES)] if turn == 0 else "finishes"
            if turn == 0 and number in PLACED:
                fate = "placed"
            yield from _attends(
                session, where, told, meeting.id, one=one, fate=fate, hours=(starts, ends), number=number
            )
        yield acts.close_meeting(session, teacher, meeting.id, ends + timedelta(minutes=20))
    yield from _afterwards(session, where, told, today)


def _attends(
    session: Session,
    where: City,
    told: Told,
    meeting_id: str,
    *,
    one: Trainee,
    fate: str,
    hours: tuple[datetime, datetime],
    number: int,
) -> Iterator[Act]:
    starts, ends = hours
    teacher = where.staff[told.plan.teacher]
    if fate in ("absent", "drops_out"):
        return
    came = starts - timedelta(minutes=20) + timedelta(seconds=11 * number)
    if fate == "late":
        came = starts + timedelta(minutes=45)
    if fate == "refused":
        early = came - timedelta(seconds=40)
        yield acts.scan(session, teacher, meeting_id, one, direction="in", at=early, stale_s=300)
    if fate == "placed":
        yield acts.sign_with_place(session, meeting_id, one, at=came, north_e6=PLACED[number])
    else:
        yield acts.scan(session, teacher, meeting_id, one, direction="in", at=came)
    if fate != "no_sign_out":
        left = ends + timedelta(minutes=1, seconds=9 * number)
        yield acts.scan(session, teacher, meeting_id, one, direction="out", at=left)


def _afterwards(session: Session, where: City, told: Told, today: date) -> Iterator[Act]:
    """Yield the withdrawal, the late additions, the reviews and the end of a class."""
    plan, admin = told.plan, where.staff[told.plan.admin]
    officer = where.staff[plan.officer]

    def drop(now: datetime) -> None:
        for number, one in enumerate(told.people):
            if FATES[number % len(FATES)] == "drops_out":
                reason = "家里有事，退出培训（演示）"
                own = {"class_id": told.class_id, "reason": reason}
                filing.withdraw(session, one.enrolment_id, **own, now=now, actor=admin)

    def late(now: datetime) -> None:
        invented = invent(500 + int(plan.starts_on.strftime("%j")))
        draft = Draft(
            invented.name, invented.id_number, "resident", invented.phone, where.bases[plan.base], True
        )
        wish = filing.LateRequest(draft, "晚到岗，申请补报（演示）")
        asked = filing.request_late(session, told.class_id, wish, now=now, actor=admin)
        reason = "课程已过半，请报下一期（演示）"
        filing.decide_late(session, asked.id, accept=False, reason=reason, now=now, actor=officer)

    def look(now: datetime) -> None:
        programme = courses.programme_by_code(session, plan.programme)
        for number, one in enumerate(told.people):
            if FATES[number % len(FATES)] not in ("finishes", "no_sign_out"):
                continue
            verdict = "confirmed" if FATES[number % len(FATES)] == "finishes" else "questioned"
            for segment in programme.segments:
                review(
                    session,
                    Scope(all=True),
                    one.enrolment_id,
                    segment.id,
                    verdict=verdict,
                    reason="" if verdict == "confirmed" else "缺签退，等老师说明（演示）",
                    now=now,
                    actor=admin,
                )
        city.fold(session, [one.actor.person_id for one in told.people], now=now)

    yield Act(_at(plan.starts_on + timedelta(days=4), 10), drop)
    yield Act(_at(plan.starts_on + timedelta(days=8), 10), late)
    if plan.ends_on < today:
        yield Act(_at(plan.ends_on, 15), look)
        yield Act(_at(plan.ends_on, 17), lambda now: _end(session, told, where, now))
        over = money.Over(told.class_id, told.people, plan.ends_on, today)
        yield from money.after(session, where, over, plan.name)


def _end(session: Session, told: Told, where: City, now: datetime) -> None:
    filing.take(session, told.class_id, "finish", now=now, actor=where.staff[told.plan.admin])


# Base, programme, days of start and end from today, teacher, name, who is on the roster.
PAST: tuple[tuple[str, str, tuple[int, int], str, str, Sequence[int]], ...] = (
    ("a", "caregiver_l5", (-88, -60), "teacher_a2", "演示·护理五级甲班", range(0, 15)),
    ("b", "caregiver_l5", (-75, -45), "teacher_b", "演示·沂水护理五级班", range(15, 29)),
    ("a", "caregiver_l4", (-52, -20), "teacher_a2", "演示·护理四级班", range(29, 41)),
    (
        "a",
        "leader",
        (-40, -16),
        "teacher_a2",
        "演示·机构负责人班",
        (1000, 103),
    ),  # 1000 learns in a live class now
    ("a", "caregiver_l5", (-16, 20), "teacher_a2", "演示·护理五级乙班", range(41, 56)),
)
# Base, programme, days of start and end from today, teacher, name, who is on the roster, how far it has come.
WAITING: tuple[tuple[str, str, tuple[int, int], str, str, range, str], ...] = (
    ("a", "caregiver_l5", (12, 40), "teacher_a2", "演示·护理五级丙班（待审批）", range(60, 78), "file"),
    ("a", "caregiver_l4", (15, 45), "teacher_a2", "演示·护理四级二班（待市级审批）", range(78, 90), "file"),
    ("b", "caregiver_l5", (14, 44), "teacher_b", "演示·沂水护理五级二班（被退回）", range(90, 100), "return"),
    ("b", "caregiver_l5", (50, 80), "teacher_b", "演示·沂水护理五级三班（草稿）", range(100, 103), ""),
)


def _waiting(session: Session, where: City, today: date, *, password_hash: str) -> Iterator[Act]:
    """Yield what waits for somebody: a class to approve, one returned, one for the city, a draft."""
    for shift, (base, programme, days, teacher, name, numbers, step) in enumerate(WAITING):
        plan = _plan(base, programme, today, days, teacher=teacher, name=name)

        def make(now: datetime, plan: Plan = plan, numbers: range = numbers, step: str = step) -> None:
            class_id = city.draft_class(session, where, plan, now=now)
            persons = city.enrol(
                session, where, plan, class_id, numbers=numbers, password_hash=password_hash, now=now
            )
            city.fold(session, persons, now=now)
            if step:
                filing.take(session, class_id, "file", now=now, actor=where.staff[plan.admin])
            if step == "return":
                reason, officer = "课表请避开秋收（演示）", where.staff[plan.officer]
                filing.take(session, class_id, "return", reason=reason, now=now, actor=officer)

        yield Act(_at(today - timedelta(days=2), 9, shift), make)
