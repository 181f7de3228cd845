"""Three months that never were: people who finished, dropped out, came late, forgot to sign out, failed, were refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from yanglao.classes import queries as class_queries
from yanglao.classes import service as classes
from yanglao.classes.registry import EnrolDraft
from yanglao.completion.review import review
from yanglao.courses import queries as courses
from yanglao.demo import acts, city
from yanglao.demo.acts import Act, Trainee
from yanglao.demo.cast import invent
from yanglao.demo.city import City, Plan
from yanglao.evidence import checkpoint
from yanglao.kernel.actor import SYSTEM, Scope
from yanglao.kernel.clock import SHANGHAI, held
from yanglao.people import service as people
from yanglao.people.service import Draft

HOUSE_OF = {"a": ("admin_a", "ca_302"), "b": ("admin_b", "ca_323")}
FATES = ("finishes", "finishes", "finishes", "late", "finishes", "no_sign_out", "finishes", "drops_out", "finishes",
         "fails", "finishes", "refused", "finishes", "absent")  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A class whose past is told: its plan, its people and their fates."""

    class_id: str
    plan: Plan
    people: list[Trainee]


def tell(session: Session, where: City, *, today: date, password_hash: str) -> None:
    """Make the past classes and tell what happened in them, in order of time, with a checkpoint each night."""
    told: list[Told] = []
    made = [
        (
            _plan("a", "caregiver_l5", today, (-88, -60), teacher="teacher_a2", name="演示·护理五级甲班"),
            range(0, 15),
        ),
        (
            _plan("b", "caregiver_l5", today, (-75, -45), teacher="teacher_b", name="演示·沂水护理五级班"),
            range(15, 29),
        ),
        (
            _plan("a", "caregiver_l4", today, (-52, -20), teacher="teacher_a2", name="演示·护理四级班"),
            range(29, 41),
        ),
        (
            _plan("a", "caregiver_l5", today, (-16, 20), teacher="teacher_a2", name="演示·护理五级乙班"),
            range(41, 56),
        ),
    ]
    for plan, numbers in made:
        told.append(_make(session, where, plan, numbers, password_hash=password_hash))
    happened = sorted(
        (act for one in told for act in _happens(session, where, one, today)), key=lambda act: act.at
    )
    day = today - timedelta(days=90)
    for act in happened:
        while act.at.astimezone(SHANGHAI).date() > day:
            _sign_day(session, day)
            day += timedelta(days=1)
        with held(act.at):
            act.do(act.at)
    while day < today:
        _sign_day(session, day)
        day += timedelta(days=1)
    _waiting(session, where, today, password_hash=password_hash)


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


def _make(session: Session, where: City, plan: Plan, numbers: range, *, password_hash: str) -> Told:
    drafted = _at(plan.starts_on - timedelta(days=6), 9)
    with held(drafted):
        class_id = city.draft_class(session, where, plan, now=drafted)
        persons = city.enrol(
            session, where, plan, class_id, numbers=numbers, password_hash=password_hash, now=drafted
        )
        for person_id in persons:
            people.agree(session, person_id, people.PRIVACY_VERSION, client="wechat", now=drafted)
    city.run_class(
        session, where, plan, class_id, filed=drafted + timedelta(hours=3), starts=_at(plan.starts_on, 8)
    )
    places = {view.person_id: view.id for view in class_queries.roster(session, class_id)}
    trainees = [
        acts.trainee(
            session, person_id, places[person_id], client=("wechat", "wechat", "app", "pc")[number % 4]
        )
        for number, person_id in enumerate(persons)
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
        for turn, lesson in enumerate(online.lessons):
            if fate == "drops_out" and turn:
                break
            yield from acts.watch(session, one, lesson, evening + timedelta(minutes=5 * turn))
        if fate != "drops_out":
            right = online.quiz_questions // 3 if fate == "fails" else online.quiz_questions - number % 3
            yield from acts.examine(session, one, online, evening + timedelta(days=1), right=right)
    teacher = where.staff[plan.teacher]
    for turn, meeting in enumerate(class_queries.sessions_of_class(session, told.class_id)):
        starts = datetime.fromtimestamp(meeting.starts_ms / 1000, SHANGHAI)
        ends = datetime.fromtimestamp(meeting.ends_ms / 1000, SHANGHAI)
        yield acts.open_meeting(session, teacher, meeting.id, starts - timedelta(minutes=30))
        for number, one in enumerate(told.people):
            fate = FATES[number % len(FATES)] if turn == 0 else "finishes"
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
                classes.withdraw(
                    session, one.enrolment_id, reason="家里有事，退出培训（演示）", now=now, actor=admin
                )

    def late(now: datetime) -> None:
        invented = invent(500 + int(plan.starts_on.strftime("%j")))
        draft = Draft(
            invented.name, invented.id_number, "resident", invented.phone, where.bases[plan.base], True
        )
        person_id = people.admit(session, draft, now=now, actor=SYSTEM).person_id
        asked = classes.request_late(
            session,
            told.class_id,
            EnrolDraft(person_id),
            reason="晚到岗，申请补报（演示）",
            now=now,
            actor=admin,
        )
        classes.decide_late(
            session, asked.id, accept=False, reason="课程已过半，请报下一期（演示）", now=now, actor=officer
        )

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


def _end(session: Session, told: Told, where: City, now: datetime) -> None:
    classes.finish(session, told.class_id, now=now, actor=where.staff[told.plan.admin])


# Base, programme, days of start and end from today, teacher, name, who is on the roster, how far it has come.
WAITING: tuple[tuple[str, str, tuple[int, int], str, str, range, str], ...] = (
    ("a", "caregiver_l5", (12, 40), "teacher_a2", "演示·护理五级丙班（待审批）", range(60, 78), "file"),
    ("a", "caregiver_l4", (15, 45), "teacher_a2", "演示·护理四级二班（待市级审批）", range(78, 90), "file"),
    ("b", "caregiver_l5", (14, 44), "teacher_b", "演示·沂水护理五级二班（被退回）", range(90, 100), "return"),
    ("b", "caregiver_l5", (50, 80), "teacher_b", "演示·沂水护理五级三班（草稿）", range(100, 103), ""),
)


def _waiting(session: Session, where: City, today: date, *, password_hash: str) -> None:
    """Make what waits for somebody: a class to approve, one returned, one for the city, a draft."""
    for shift, (base, programme, days, teacher, name, numbers, step) in enumerate(WAITING):
        plan = _plan(base, programme, today, days, teacher=teacher, name=name)
        moment = _at(today - timedelta(days=2), 9, shift)
        with held(moment):
            class_id = city.draft_class(session, where, plan, now=moment)
            persons = city.enrol(
                session, where, plan, class_id, numbers=numbers, password_hash=password_hash, now=moment
            )
            city.fold(session, persons, now=moment)
            if step:
                classes.file(session, class_id, now=moment, actor=where.staff[plan.admin])
            if step == "return":
                classes.return_(
                    session,
                    class_id,
                    reason="课表请避开秋收（演示）",
                    now=moment,
                    actor=where.staff[plan.officer],
                )
