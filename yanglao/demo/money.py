"""What follows when a class of the past is over: own words, certificates, claims at every step, a list of people a fund does not pay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from yanglao.certificates import levels
from yanglao.certificates import queries as certificate_queries
from yanglao.certificates import service as certificates
from yanglao.completion import confirming, own_words
from yanglao.completion.confirming import Said
from yanglao.completion.refresh import refresh
from yanglao.demo.acts import Act, Trainee
from yanglao.demo.cast import Invented, invent
from yanglao.demo.city import City
from yanglao.kernel.clock import SHANGHAI
from yanglao.kernel.errors import Problem
from yanglao.people import queries as people
from yanglao.subsidy import claims, exclusions, leaving, proxies, queries
from yanglao.subsidy.papers import Paper
from yanglao.subsidy.shapes import Asked

log = structlog.get_logger(__name__)
SILENT = 4  # of a class, who has not said a word on their own days yet
SAY = 6  # so many of any class but the first have, others are still asked
REVOKED, REPLACED = 2, 3  # of the certificates of the first class
SCAN = (Path(__file__).parent / "material" / "contract.pdf").read_bytes()
ISSUER = "示例评价机构（演示）"


@dataclass(frozen=True)
class Over:
    """A class that is over: who was in it, by roster, and how its days count (``ended`` and today)."""

    class_id: str
    people: Sequence[Trainee]
    ended: date
    today: date


@dataclass(frozen=True)
class Claimed:
    """A claim to tell: kind, mode and fund, and its steps as (days before today, act, who); ``draft`` is done by the first of them."""

    kind: str
    mode: str
    fund: str
    steps: tuple[tuple[int, str, str], ...]


LANSHAN = ("admin_a", "ca_302", "hr_302", "hr_302", "hr_302", "fi_302", "fi_302_2")
CITY = ("admin_a", "city_ca", "city_hr", "city_hr", "city_hr", "city_fi")
WAY = ("file", "pass_county", "pass_hrss", "give_notice", "end_notice", "fund", "pay")


def _told(days: Sequence[int], who: Sequence[str] = LANSHAN) -> tuple[tuple[int, str, str], ...]:
    """Return the first steps of the way of a claim, one for each day."""
    return tuple(zip(days, WAY, who, strict=False))


# Name of the class -> its claims: paid, on notice, before finance, before HRSS, filed with a county and with the city, a draft.
CLAIMS = {
    "演示·护理五级甲班": (
        Claimed("training", "online", "employment", _told((57, 55, 52, 51, 37, 35, 33))),
        Claimed("training", "offline", "employment", _told((8, 7, 6, 3))),
        Claimed("living", "offline", "employment", _told((27, 26, 25, 24, 7))),
        Claimed("assessment", "offline", "employment", _told((5, 4))),
    ),
    "演示·机构负责人班": (
        Claimed("training", "offline", "care", _told((14, 14, 13, 13, 2, 1), CITY)),
        Claimed("training", "online", "care", _told((4, 3), CITY)),
    ),
    "演示·沂水护理五级班": (
        Claimed("training", "online", "employment", _told((2,), ("admin_b",))),
        Claimed("training", "offline", "employment", ((2, "draft", "admin_b"),)),
    ),
    "演示·护理四级班": (Claimed("training", "online", "employment", _told((3,))),),
}
CERTIFIED = ("演示·护理五级甲班", "演示·机构负责人班")  # the others wait for their review
OBJECTED = ("演示·护理五级甲班", 1, 2)  # class, which of its claims, days before today


def after(session: Session, where: City, over: Over, name: str) -> Iterator[Act]:
    """Yield what follows in a class that is over; what a rule of that day refuses is left out, so that any day makes a city."""
    tries, first = _Tries(session), name == OBJECTED[0]
    yield tries.at(over.ended, 1, 10, _words(session, over.people if first else over.people[:SAY]))
    if first:
        yield tries.at(over.ended, 1, 15, _listed(session, where, over.people[1]))
    if name in CLAIMS:
        yield tries.at(over.ended, 1, 16, _contracts(session, where, over, CLAIMS[name][0].steps[0][2]))
    if name in CERTIFIED:
        yield from _certified(session, where, over, tries, some=first)
    made: dict[int, str] = {}
    for number, claimed in enumerate(CLAIMS.get(name, ())):
        for hour, (ago, act, who) in enumerate(claimed.steps):
            do = _step(session, where, over, claimed, number=number, act=act, who=who, made=made)
            yield tries.at(over.today, -ago, 9 + hour, do)
    if first:
        yield tries.at(over.today, -OBJECTED[2], 16, _objected(session, where, made))


class _Tries:
    """Make acts of which each happens whole or, refused, not at all."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def at(self, day: date, shift: int, hour: int, do: Callable[[datetime], None]) -> Act:
        """Return an act at an hour of a day shifted by days."""
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI) + timedelta(days=shift)
        return Act(moment, lambda now: self._do(do, now))

    def _do(self, do: Callable[[datetime], None], now: datetime) -> None:
        try:
            with self.session.begin_nested():
                do(now)
        except Problem as refusal:
            log.info("demo.left_out", code=refusal.code, day=now.date().isoformat())


def _words(session: Session, trainees: Sequence[Trainee]) -> Callable[[datetime], None]:
    """Let trainees say that their days are right, all but one."""
    own = {one.enrolment_id: one for place, one in enumerate(trainees) if place != SILENT}

    def do(now: datetime) -> None:
        for asked in own_words.unsaid(session, list(own)):
            who, said = own[asked.own.id], Said("yes", asked.days.digest)
            confirming.say(session, asked.own.id, asked.days.segment_id, said, now=now, actor=who.actor)
        for one in own.values():
            refresh(session, one.actor.person_id, now=now)

    return do


def _contracts(session: Session, where: City, over: Over, who: str) -> Callable[[datetime], None]:
    """Let the base record the contracts by which it claims for its trainees, all but one."""
    signed = [one for place, one in enumerate(over.people) if place != SILENT]

    def do(now: datetime) -> None:
        for place, one in enumerate(signed, 1):
            scan = Paper(f"演示代领-{place:03d}", SCAN, "demo.pdf", "application/pdf")
            proxies.record(
                session,
                one.enrolment_id,
                scan,
                signed_on=over.ended,
                free_of_charge=True,
                now=now,
                actor=where.staff[who],
            )

    return do


def _listed(session: Session, where: City, one: Trainee) -> Callable[[datetime], None]:
    """Let HRSS take in a list on which one person stands."""

    def do(now: datetime) -> None:
        number = _invented(session, one).id_number
        content = f"身份证号,从\n{number},{now.year - 3}-01-01\n".encode()
        exclusions.take_in(session, "pensioner", content, keep=True, now=now, actor=where.staff["hr_302"])

    return do


def _certified(session: Session, where: City, over: Over, tries: _Tries, *, some: bool) -> Iterator[Act]:
    """Yield the certificates of a class; with ``some`` one is revoked, one replaced, and a certificate of skill level recorded."""
    first, second = where.staff["admin_a"], where.staff["admin_a_2"]
    held: list[str] = []

    def review(now: datetime) -> None:
        found = certificate_queries.candidates(session, over.class_id, now=now)
        ready = [one.standing.id for one in found if not one.obstacles and not one.live]
        held.extend(one.id for one in certificates.review(session, ready, now=now, actor=first))

    def issue(now: datetime) -> None:
        certificates.issue(session, held, now=now, actor=second)

    def revoke(now: datetime) -> None:
        why = "姓名登记错了，收回重办（演示）"
        certificates.take(session, held[REVOKED], "revoke", reason=why, now=now, actor=first)

    def replace(now: datetime) -> None:
        newer = certificates.replace(
            session, held[REPLACED], reason="证书污损，换新的（演示）", now=now, actor=first
        )
        held[REPLACED] = newer.id

    yield tries.at(over.ended, 2, 9, review)
    yield tries.at(over.ended, 2, 14, issue)
    if some:
        yield tries.at(over.ended, 6, 9, revoke)
        yield tries.at(over.ended, 7, 9, replace)
        yield tries.at(
            over.ended,
            7,
            14,
            lambda now: _ignore(certificates.issue(session, [held[REPLACED]], now=now, actor=second)),
        )
        yield tries.at(over.ended, 14, 9, _level(session, where, over.people[0]))


def _level(session: Session, where: City, one: Trainee) -> Callable[[datetime], None]:
    """Let the assessment body report one certificate of skill level."""

    def do(now: datetime) -> None:
        own, number = _invented(session, one), f"S000037000001{now:%y}5000001"
        row = f"{own.name},{own.id_number},{number},养老护理员,五级,{ISSUER},{now:%Y-%m-%d}"
        content = f"姓名,身份证号,证书编号,职业,等级,评价机构,发证日期\n{row}\n".encode()
        levels.take_in(session, content, keep=True, now=now, actor=where.staff["assessor"])

    return do


def _invented(session: Session, one: Trainee) -> Invented:
    phone = people.person(session, one.actor.person_id).phone or ""
    return invent(int(phone[4:]))


def _step(
    session: Session,
    where: City,
    over: Over,
    claimed: Claimed,
    *,
    number: int,
    act: str,
    who: str,
    made: dict[int, str],
) -> Callable[[datetime], None]:
    """Take one step of a claim; before it is filed it is drafted."""

    def do(now: datetime) -> None:
        actor = where.staff[who]
        if act in ("file", "draft"):
            asked = Asked(claimed.kind, claimed.mode, claimed.fund)
            made[number] = claims.draft(session, over.class_id, asked, now=now, actor=actor)
        if act != "draft" and number in made:
            claims.act(session, made[number], act, now=now, actor=actor)

    return do


def _objected(session: Session, where: City, made: dict[int, str]) -> Callable[[datetime], None]:
    """Let a line be pulled because somebody objected to the notice."""

    def do(now: datetime) -> None:
        if OBJECTED[1] in made:
            lines = queries.lines(session, made[OBJECTED[1]])
            why = "公示期间有人反映当天不在班上，核实属实（演示）"
            leaving.pull(
                session, made[OBJECTED[1]], lines[-1].id, reason=why, now=now, actor=where.staff["hr_302"]
            )

    return do


def _ignore(_: object) -> None:
    return None
