"""What happens to a certificate of skill level, recorded, corrected, withdrawn or restored: each step is a row, and an entry for the money
that rests on it. Whatever changes one was asked for by one person and agreed to by another (``level_changes``).

The entry goes into the chain of each class of its owner that leads to such a certificate: the enrolment, a keyed digest of the number
and ``to`` (recorded or withdrawn). The rules of subsidy read it there; nothing personal stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.certificates import level_rules
from yanglao.certificates.level_models import LevelCertificate, LevelStep
from yanglao.classes import queries as classes
from yanglao.completion.review import digest_of
from yanglao.evidence import queries as evidence
from yanglao.evidence.ledger import Entry, append
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places

SHORTEST_REASON, LONGEST_REASON = 4, 500
ACT_NAMES = {"record": "登记", "correct": "更正", "withdraw": "撤回", "restore": "恢复"}
_LEADS = {("recorded", "withdraw"): "withdrawn", ("withdrawn", "restore"): "recorded"}


class LevelUnknown(NotFound):
    """Say that there is no such certificate, or that it is not the caller's to change."""

    code = "level.unknown"


class LevelState(Conflict):
    """Say that a certificate in this state cannot take the step."""

    code = "level.wrong_state"


class LevelReason(Refused):
    """Say that a step needs its reason."""

    code = "level.reason_missing"


class LevelWrong(Refused):
    """Say that what a correction says cannot be about a certificate."""

    code = "level.wrong"


@dataclass(frozen=True)
class Correction:
    """What a certificate really says; ``level`` in words or as a code."""

    number: str
    occupation: str
    level: str
    issuer: str
    issued_on: date


def begin(session: Session, row: LevelCertificate, *, now: datetime, actor: Actor) -> None:
    """Put a certificate on record and enter it where a class leads to it."""
    session.add(row)
    session.flush()
    _stepped(session, row, "record", {}, now=now, actor=actor)
    _entered(session, row, "record", (set(), _led_to(session, row)), now=now, actor=actor)


def catch_up(session: Session, number: str, *, now: datetime, actor: Actor) -> None:
    """Enter a certificate that is on record where a class leads to it by now and does not know it yet."""
    read = level_rules.read_number(number)
    wanted = select(LevelCertificate).where(LevelCertificate.number == (read.text if read else ""))
    row = session.scalar(wanted.with_for_update())
    if row is not None:
        _catch_up(session, row, now=now, actor=actor)


def catch_up_person(session: Session, person_id: str, *, now: datetime) -> None:
    """Do the same with every certificate of a person: recorded before they were enrolled, it counts once there is something to claim."""
    own = LevelCertificate.person_id.in_(people.same_person_ids(session, person_id))
    wanted = select(LevelCertificate).where(own).order_by(LevelCertificate.id).with_for_update()
    for row in list(session.scalars(wanted)):
        _catch_up(session, row, now=now, actor=SYSTEM)


def _catch_up(session: Session, row: LevelCertificate, *, now: datetime, actor: Actor) -> None:
    fresh = {
        (class_id, enrolment_id)
        for class_id, enrolment_id in _led_to(session, row)
        if not any(
            entry.body.get("certificate") == row.id and entry.body.get("enrolment") == enrolment_id
            for entry in evidence.chain(session, "class", class_id)
        )
    }
    _entered(session, row, "record", (set(), fresh), now=now, actor=actor)


@dataclass(frozen=True)
class Agreed:
    """What two persons agreed to: why, and who asked for it."""

    why: str
    filed_by: str


def take(
    session: Session, row: LevelCertificate, act: str, agreed: Agreed, *, now: datetime, actor: Actor
) -> None:
    """Withdraw or restore a certificate that the caller holds. Raises LevelState."""
    to_state = leads(row, act)
    before, led = _says(row), _led_to(session, row)
    row.state = to_state
    session.flush()
    _stepped(session, row, act, before, agreed=agreed, now=now, actor=actor)
    after = _led_to(session, row)
    _entered(session, row, act, (led, after), agreed=agreed, now=now, actor=actor)


def correct(
    session: Session, row: LevelCertificate, said: Correction, agreed: Agreed, *, now: datetime, actor: Actor
) -> None:
    """Let a certificate that the caller holds say what it really says; what it said before is kept. Raises LevelState, LevelWrong."""
    reported = checked(session, row, said, today=day_of(now))
    before, led = _says(row), _led_to(session, row)
    row.number, row.level_code, row.issued_on = reported.number.text, reported.level_code, reported.issued_on
    row.occupation, row.issuer = said.occupation.strip()[:60], said.issuer.strip()[:80]
    session.flush()
    _stepped(session, row, "correct", before, agreed=agreed, now=now, actor=actor)
    _entered(session, row, "correct", (led, _led_to(session, row)), agreed=agreed, now=now, actor=actor)


def leads(row: LevelCertificate, act: str) -> str:
    """Return the state to which an act leads. Raises LevelState."""
    to_state = _LEADS.get((row.state, act))
    if to_state is None:
        raise LevelState()
    return to_state


def may_change(actor: Actor, recorded_by: str) -> bool:
    """Tell whether the actor may change a certificate: who recorded it, or who decides on certificates everywhere."""
    if scope_of(actor.grants, "certificate.revoke").all:
        return True
    return recorded_by == actor.person_id and may(actor.grants, "report.level")


def held(session: Session, certificate_id: str, actor: Actor) -> LevelCertificate:
    """Return the row of a certificate, locked, that the actor may change. Raises LevelUnknown, Forbidden (their own)."""
    row = session.get(LevelCertificate, certificate_id, with_for_update=True, populate_existing=True)
    if row is None or not may_change(actor, row.recorded_by):
        raise LevelUnknown()
    if actor.person_id in people.same_person_ids(session, row.person_id):
        raise Forbidden("level.own")
    return row


def checked(
    session: Session, row: LevelCertificate, said: Correction, *, today: date
) -> level_rules.Reported:
    """Return a correction as it is kept. Raises LevelState (withdrawn), LevelWrong (with the sentence of the fault)."""
    if row.state != "recorded":
        raise LevelState()
    number, level = level_rules.read_number(said.number), level_rules.level_of(said.level)
    if number is None:
        raise LevelWrong("level.number_shape")
    if level is None:
        raise LevelWrong("level.level_unknown")
    if not said.occupation.strip() or not said.issuer.strip():
        raise LevelWrong("level.cell_empty")
    reported = level_rules.Reported(number, level, said.issued_on)
    fault = level_rules.fault(reported, province=policy.on(today).certificates.level_province, today=today)
    if fault:
        raise LevelWrong(fault)
    taken = select(LevelCertificate.id).where(LevelCertificate.number == number.text)
    if session.scalar(taken.where(LevelCertificate.id != row.id)):
        raise LevelWrong("level.number_twice")
    return reported


def _led_to(session: Session, row: LevelCertificate) -> set[tuple[str, str]]:
    """Return (class, enrolment) of its owner's enrolments in classes that lead to what the certificate says; none once withdrawn."""
    if row.state != "recorded":
        return set()
    own = [
        one
        for person in people.same_person_ids(session, row.person_id)
        for one in classes.enrolments_of(session, person)
    ]
    named = {one.code: one.name for one in places.categories(session)}
    held = classes.classes_by_id(session, {one.class_id for one in own})
    return {
        (one.class_id, one.id)
        for one in own
        if level_rules.proves(
            row.level_code,
            row.occupation,
            row.issued_on,
            level=held[one.class_id].level_code,
            names=[named[held[one.class_id].category_code]],
            starts_on=one.starts_on,
        )
    }


def _entered(
    session: Session,
    row: LevelCertificate,
    act: str,
    counts: tuple[set[tuple[str, str]], set[tuple[str, str]]],
    *,
    agreed: Agreed | None = None,
    now: datetime,
    actor: Actor,
) -> None:
    """Append to each class in ``counts`` (where it counted before, where it does now) what is so now, in order of id."""
    before, after = counts
    for class_id, enrolment_id in sorted(before | after):
        body: dict[str, Any] = {
            "certificate": row.id,
            "enrolment": enrolment_id,
            "to": "recorded" if (class_id, enrolment_id) in after else "withdrawn",
            "number": f"hmac-sha256:{ciphers().mac('level', row.number.encode())[:16].hex()}",
            "reason": digest_of(agreed.why if agreed else ""),
            **({"filed_by": agreed.filed_by} if agreed else {}),
        }
        entry = Entry(("class", class_id), f"certificate.level_{act}", body, to_ms(now), client=actor.client)
        append(session, entry, now=now, actor=actor)


def _stepped(
    session: Session,
    row: LevelCertificate,
    act: str,
    before: dict[str, str],
    *,
    agreed: Agreed | None = None,
    now: datetime,
    actor: Actor,
) -> None:
    last = session.scalar(select(func.max(LevelStep.position)).where(LevelStep.certificate_id == row.id)) or 0
    session.add(
        LevelStep(
            certificate_id=row.id,
            position=last + 1,
            act=act,
            actor_id=actor.person_id,
            reason=agreed.why if agreed else "",
            filed_by=agreed.filed_by if agreed else None,
            at_ms=to_ms(now),
            before=before,
            after=_says(row),
        )
    )
    session.flush()


def _says(row: LevelCertificate) -> dict[str, str]:
    return {
        "number": row.number,
        "occupation": row.occupation,
        "level": row.level_code,
        "issuer": row.issuer,
        "issued_on": row.issued_on.isoformat(),
        "state": row.state,
    }


def need_reason(reason: str) -> str:
    """Return a reason as it is kept. Raises LevelReason: under four characters."""
    plain = reason.strip()[:LONGEST_REASON]
    if len(plain) < SHORTEST_REASON:
        raise LevelReason(shortest=SHORTEST_REASON)
    return plain
