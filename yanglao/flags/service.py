"""Raise what looks wrong, once per occasion; settle it once, by somebody else, with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.flags.kinds import KINDS, SUBJECTS, VERDICTS, WEIGHTS, facts_fault
from yanglao.flags.models import Flag
from yanglao.flags.queries import FlagUnknown, seen
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import changed
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.people.roles import may, scope_of

SHORTEST_REASON = 4
LONGEST_REASON = 500


class OwnFlag(Forbidden):
    code = "flag.own"


class FlagSettled(Conflict):
    code = "flag.settled"


class FlagReasonMissing(Refused):
    code = "flag.reason_missing"


class About(TypedDict, total=False):
    """Whom and which class a flag concerns where its subject does not tell, and a weight other than its kind's."""

    person_id: str | None
    class_id: str | None
    weight: str | None


def raise_flag(
    session: Session,
    kind: str,
    *,
    subject: tuple[str, str],
    facts: dict[str, Any],
    once: str,
    now: datetime,
    **about: Unpack[About],
) -> str:
    """Raise a flag of ``kind`` about ``subject`` (kind, id) and return its id; with the same ``once``, nothing changes.

    ``once`` names the occasion (for example ``viewing.long_night:<person>:2026-03-08``), at most 160 characters. Person
    and class are found by an enrolment, a session or a class; an attempt needs both. ``weight`` left out: the kind's own.
    It is safe within any transaction and under a race. Raises ValueError: an unknown kind, subject or weight, or a
    fact that is missing or may not be kept (see ``kinds``).
    """
    subject_kind, subject_id = subject
    heavy = about.get("weight") or (KINDS[kind].weight if kind in KINDS else "")
    if subject_kind not in SUBJECTS or heavy not in WEIGHTS:
        raise ValueError(f"no flag {kind} of weight {heavy!r} about a {subject_kind}")
    if fault := facts_fault(kind, facts):
        raise ValueError(f"{kind}: the fact {fault} is missing or may not be kept")
    person_id, class_id = _concerned(session, subject, about.get("person_id"), about.get("class_id"))
    own = classes.classes_by_id(session, [class_id]).get(class_id) if class_id else None
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(Flag)
    session.execute(
        insert.values(
            id=new_id(), kind=kind, weight=heavy, subject_kind=subject_kind, subject_id=subject_id, person_id=person_id,
            class_id=class_id, base_id=own.base_id if own else None, division_code=own.division_code if own else None,
            facts=facts, once=once, raised_ms=to_ms(now), state="open", reason="",
        ).on_conflict_do_nothing(index_elements=["once"])
    )  # fmt: skip
    return session.scalars(select(Flag.id).where(Flag.once == once)).one()


def _concerned(
    session: Session, subject: tuple[str, str], person_id: str | None, class_id: str | None
) -> tuple[str | None, str | None]:
    """Return (person, class) of a subject, where they are not given; of a person, the class that starts last."""
    kind, subject_id = subject
    if kind == "enrolment":
        own = classes.enrolment(session, subject_id)
        return person_id or own.person_id, class_id or own.class_id
    if kind == "session":
        return person_id, class_id or classes.session_(session, subject_id).class_id
    if kind == "class":
        return person_id, class_id or subject_id
    if kind == "person":
        person_id = person_id or subject_id
        if class_id is None:
            found = classes.enrolments_of(session, person_id)
            class_id = found[0].class_id if found else None
    return person_id, class_id


def settle(session: Session, flag_id: str, *, verdict: str, reason: str, now: datetime, actor: Actor) -> None:
    """Settle a flag as ``explained`` or ``confirmed``; that is final.

    Raises:
        Forbidden: the right is not held. FlagUnknown: outside its reach. OwnFlag: the actor is among whom it is about.
        FlagReasonMissing: under four characters. FlagSettled: somebody was first.
    """
    if not may(actor.grants, "flag.settle"):
        raise Forbidden(permission="flag.settle")
    row = seen(session, flag_id, scope_of(actor.grants, "flag.settle"))
    if not may(actor.grants, KINDS[row.kind].settles, division=row.division_code, base=row.base_id):
        raise Forbidden(permission=KINDS[row.kind].settles)
    if actor.person_id in (row.person_id, *row.facts.get("persons", ())):
        raise OwnFlag
    if verdict not in VERDICTS:
        raise ValueError(f"no verdict {verdict}")
    if len(reason.strip()) < SHORTEST_REASON:
        raise FlagReasonMissing(shortest=SHORTEST_REASON)
    done = changed(
        session,
        update(Flag)
        .where(Flag.id == flag_id, Flag.state == "open")
        .values(
            state="settled",
            verdict=verdict,
            reason=reason.strip()[:LONGEST_REASON],
            settled_by=actor.person_id,
            settled_ms=to_ms(now),
        ),
    )
    if done != 1:
        raise FlagSettled


__all__ = ["FlagReasonMissing", "FlagSettled", "FlagUnknown", "OwnFlag", "raise_flag", "settle"]
