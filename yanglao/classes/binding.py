"""Open a window in which the people of a class bind their WeChat by the class's code, and decide on their claims.

The window lives in rows, like everything it leads to, so that it goes on while Redis is away. Who an openid belongs
to stays in ``people``; here stand the window, who may open it, and who is on the roster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes import queries, telling
from yanglao.classes.binding_models import BindingWindow
from yanglao.classes.queries import ClassUnknown, ClassView, EnrolmentView
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, NotFound, Problem
from yanglao.outside.ciphers import Unreadable, ciphers
from yanglao.people import claims, wechat
from yanglao.people import queries as people
from yanglao.people.oauth import Visit, hashed, random_word
from yanglao.people.roles import may

CODE_LENGTH = 16  # of 62 letters: 95 bits; with /k/ and a short host the address stays within 40 characters
OPEN_CLASSES = frozenset({"filed", "approved", "running"})
SEXES = {"male": "男", "female": "女"}


class WindowOver(NotFound):
    """Say that the code is of no open window: unknown, closed, or out of time."""

    code = "binding.window_over"


class NotBindable(Conflict):
    """Say that nobody of this class binds now: it is a draft, or over."""

    code = "binding.class_not_open"


@dataclass(frozen=True)
class WindowView:
    """A window of a class. ``code`` is empty when it can no longer be shown; ``left_s`` is 0 once it is over."""

    id: str
    class_id: str
    code: str = field(repr=False)
    opened_ms: int
    until_ms: int
    left_s: int


@dataclass(frozen=True)
class ClaimLine:
    """A claim as the instructor decides on it: the name in full, and what to mind."""

    claim: claims.ClaimView
    name: str
    roster_no: int | None
    rivals: int


@dataclass(frozen=True)
class Desk:
    """What the instructor sees of a class's binding: the window, how many are bound, and the claims."""

    own: ClassView
    window: WindowView | None
    bound: int
    expected: int
    lines: tuple[ClaimLine, ...]


@dataclass(frozen=True)
class Seat:
    """One unbound person of the class as anybody with the code may see them: a masked name, told apart if need be."""

    roster_no: int
    label: str


def open_window(session: Session, class_id: str, *, now: datetime, actor: Actor) -> WindowView:
    """Open the class's window; while it is open, prolong it up to the longest a window may last.

    Raises ClassUnknown: not one's class. NotBindable: nobody of this class binds now.
    """
    own = taught(session, class_id, actor)
    if own.state not in OPEN_CLASSES:
        raise NotBindable(state=own.state)
    figures, now_ms = policy.on(day_of(now)).binding, to_ms(now)
    row = _open_row(session, class_id)
    if row is not None and row.until_ms > now_ms:
        longest_ms = row.opened_ms + figures.window_longest_s * 1000
        row.until_ms = max(row.until_ms, min(now_ms + figures.window_s * 1000, longest_ms))
        claims.prolong(session, row.id, row.until_ms)
        session.flush()
        return _view(row, now_ms)
    if row is not None:
        _close(session, row, now=now)
    code = random_word(CODE_LENGTH)
    made = BindingWindow(
        class_id=class_id,
        code_hash=hashed(code),
        code_sealed=ciphers().seal(code),
        opened_by=actor.person_id,
        opened_ms=now_ms,
        until_ms=now_ms + figures.window_s * 1000,
    )
    session.add(made)
    session.flush()
    return _view(made, now_ms)


def close_window(session: Session, class_id: str, *, now: datetime, actor: Actor) -> None:
    """Close the class's window; what waits in it ends. Again changes nothing. Raises ClassUnknown."""
    taught(session, class_id, actor)
    row = _open_row(session, class_id)
    if row is not None:
        _close(session, row, now=now)


def desk(session: Session, class_id: str, *, now: datetime, actor: Actor) -> Desk:
    """Return what the instructor sees. Raises ClassUnknown."""
    own = taught(session, class_id, actor)
    roster = queries.roster(session, class_id)
    bound = _bound(session, roster)
    row = _open_row(session, class_id)
    if row is None:
        return Desk(own, None, len(bound), len(roster), ())
    found = claims.claims_of_window(session, row.id)
    known = people.persons(session, {one.person_id for one in found})
    numbers = {one.person_id: one.roster_no for one in roster}
    waiting = Counter(one.person_id for one in found if one.state == "waiting")
    lines = tuple(
        ClaimLine(one, known[one.person_id].name, numbers.get(one.person_id), waiting[one.person_id] - 1)
        for one in found
    )
    return Desk(own, _view(row, to_ms(now)), len(bound), len(roster), lines)


def decide(session: Session, claim_id: str, *, accept: bool, now: datetime, actor: Actor) -> str:
    """Confirm or turn down a claim; return its state: confirmed, shared (the base must agree) or refused.

    Raises:
        NotFound: unknown, or not one's class. WindowOver. Forbidden: about oneself.
        Conflict: decided the other way, bound by another meanwhile, or no longer on the roster.
    """
    found = claims.claim_row(session, claim_id)
    row = session.get(BindingWindow, found.window_id)
    if row is None:
        raise NotFound("binding.claim_unknown")
    taught(session, row.class_id, actor)
    if accept and found.state == "waiting" and (row.closed_ms is not None or row.until_ms <= to_ms(now)):
        raise WindowOver()
    enrolled = queries.enrolment_in(session, row.class_id, found.person_id)
    if accept and (enrolled is None or enrolled.state != "enrolled"):
        raise Conflict("binding.left_class")
    return claims.decide(session, claim_id, accept=accept, now=now, actor=actor)


def window_by_code(session: Session, code: str, *, now: datetime) -> WindowView:
    """Return the open window of a scanned code. Raises WindowOver."""
    row = session.scalar(select(BindingWindow).where(BindingWindow.code_hash == hashed(code)))
    if row is None or row.closed_ms is not None or row.until_ms <= to_ms(now):
        raise WindowOver()
    return _view(row, to_ms(now))


def window_of_code(session: Session, code: str) -> str:
    """Return the id of the window a code belonged to, open or over. Raises WindowOver: unknown."""
    found = session.scalar(select(BindingWindow.id).where(BindingWindow.code_hash == hashed(code)))
    if found is None:
        raise WindowOver()
    return found


def seats(session: Session, window: WindowView) -> list[Seat]:
    """List the class's unbound people in roster order: masked names, told apart only where two look alike."""
    roster = queries.roster(session, window.class_id)
    bound = _bound(session, roster)
    free = [one for one in roster if one.person_id not in bound]
    known = people.persons(session, {one.person_id for one in free})
    labels = _told_apart([(one, known[one.person_id]) for one in free])
    return [Seat(one.roster_no, labels[one.person_id]) for one in free]


def claim(
    session: Session, code: str, roster_no: int, tail: str, *, visit: Visit, appid: str, now: datetime
) -> str | Problem:
    """Claim a seat with the last four of its ID; return the claim's id, or the refusal that counts as a try.

    Raises WindowOver, NotFound (no such seat), Conflict (bound meanwhile).
    """
    window = window_by_code(session, code, now=now)
    seat = next((one for one in queries.roster(session, window.class_id) if one.roster_no == roster_no), None)
    if seat is None:
        raise NotFound("binding.left_class")
    found = claims.claim(
        session,
        window.id,
        people.standing_id(session, seat.person_id),
        tail,
        visit=visit,
        appid=appid,
        until_ms=window.until_ms,
        now=now,
    )
    opener = session.get(BindingWindow, window.id)
    if isinstance(found, str) and opener is not None:
        telling.binding_asked(session, seat, opener.opened_by, window_id=window.id, now=now)
    return found


def taught(session: Session, class_id: str, actor: Actor) -> ClassView:
    """Return a class whose window the actor may open: who teaches one of its sessions, or its base's administrator.

    Raises ClassUnknown for everybody else.
    """
    own = queries.class_(session, class_id)
    if may(actor.grants, "session.plan", division=own.division_code, base=own.base_id):
        return own
    meetings = queries.sessions_of_class(session, class_id)
    mine = any(one.instructor_id == actor.person_id and one.state != "cancelled" for one in meetings)
    if mine and may(actor.grants, "session.teach"):
        return own
    raise ClassUnknown(class_id=class_id)


def _bound(session: Session, roster: list[EnrolmentView]) -> set[str]:
    """Return the person ids of the roster that are bound, also those whose record was merged into another."""
    known = people.persons(session, {one.person_id for one in roster})
    stands = {
        key: people.standing_id(session, key) if person.merged_into_id else key
        for key, person in known.items()
    }
    bound = wechat.bound_among(session, list(stands.values()))
    return {key for key, standing in stands.items() if standing in bound}


def _told_apart(seats: list[tuple[EnrolmentView, people.PersonView]]) -> dict[str, str]:
    """Return person id -> label; where masked names are alike sex, then year of birth, then number follows."""
    labels = {one.person_id: person.masked_name for one, person in seats}
    more: tuple[Callable[[EnrolmentView, people.PersonView], str], ...] = (
        lambda _, person: SEXES.get(person.sex or "", ""),
        lambda _, person: f"{person.birth_on.year} 年" if person.birth_on else "",
        lambda one, _: f"{one.roster_no} 号",
    )
    for tell in more:
        alike = Counter(labels.values())
        for one, person in seats:
            said = tell(one, person)
            if alike[labels[one.person_id]] > 1 and said:
                labels[one.person_id] += f"，{said}"
    return labels


def _open_row(session: Session, class_id: str) -> BindingWindow | None:
    wanted = select(BindingWindow).where(
        BindingWindow.class_id == class_id, BindingWindow.closed_ms.is_(None)
    )
    return session.scalar(wanted)


def _close(session: Session, row: BindingWindow, *, now: datetime) -> None:
    row.closed_ms = to_ms(now)
    claims.end_window(session, row.id, now=now)
    session.flush()


def _view(row: BindingWindow, now_ms: int) -> WindowView:
    try:
        code = ciphers().open(row.code_sealed)
    except Unreadable:
        code = ""
    left_s = max(0, -(-(row.until_ms - now_ms) // 1000))
    return WindowView(row.id, row.class_id, code, row.opened_ms, row.until_ms, left_s)
