"""Fold the sign-ins of many people at once: a mark without its end gives no hours, so that nothing needs adding up anew.

What this leaves is what ``refresh`` would leave; whoever has more that is new than a first mark in a session is left to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from yanglao.completion.models import CompletionPerson, Standing
from yanglao.completion.refresh import refresh
from yanglao.completion.rules import gather
from yanglao.evidence import queries as evidence
from yanglao.evidence.queries import EntryView
from yanglao.kernel.many import Among, update_all
from yanglao.people import service as people

_PERSON, _STANDING = CompletionPerson.__table__, Standing.__table__
_KEPT = select(_PERSON).where(Among(_PERSON.c.person_id, "persons")).with_for_update()
_SINCE = select(_PERSON.c.person_id, _PERSON.c.folded_to).where(Among(_PERSON.c.person_id, "persons"))
_STAND = select(
    _STANDING.c.enrolment_id, _STANDING.c.segment_id, _STANDING.c.state, _STANDING.c.presences
).where(Among(_STANDING.c.person_id, "persons"))
# Row by row: kilobytes of JSON each, which ``update_all`` would have the database read twice.
_FOLD = (
    update(_PERSON)
    .where(_PERSON.c.person_id == bindparam("of_person"))
    .values(folded_to=bindparam("to"), state=bindparam("gathered", type_=_PERSON.c.state.type))
)


def refresh_entered(session: Session, person_id: str, *, now: datetime) -> None:
    """Fold what is new of one person as ``refresh`` does, the short way when it is a first mark and nobody holds the lock."""
    if people.lock_free(session, [person_id]):
        refresh_all(session, [person_id], now=now)
    else:
        refresh(session, person_id, now=now)


def refresh_all(session: Session, person_ids: Iterable[str], *, now: datetime) -> None:
    """Fold what is new of persons whose locks the caller holds, in the caller's transaction; nobody's record is merged."""
    persons = sorted(set(person_ids))
    line = session.connection()
    about = {"persons": persons}
    kept = {row.person_id: row for row in line.execute(_KEPT, about)}
    fresh: dict[str, list[EntryView]] = {}
    for entry in evidence.of_persons_since(session, _SINCE, about):
        fresh.setdefault(str(entry.person_id), []).append(entry)
    standing = {(row.enrolment_id, row.segment_id): row for row in line.execute(_STAND, about)}
    folded, stepped = [], []
    for person_id in persons:
        told = fresh.get(person_id, [])
        first = told[0] if len(told) == 1 else None
        row = standing.get((first.enrolment_id, first.segment_id)) if first else None
        if first is None or row is None or not _is_first(kept[person_id].state, first):
            refresh(session, person_id, now=now)
            continue
        state = gather(kept[person_id].state, first)
        folded.append({"of_person": person_id, "to": first.id, "gathered": state})
        stepped.append(_stepped(row, first))
    if folded:
        line.execute(_FOLD, folded)
    update_all(line, _STANDING, stepped, by=("enrolment_id", "segment_id"))


def _is_first(state: dict[str, Any], entry: EntryView) -> bool:
    """Tell whether ``entry`` is a sign-in to a session in which the person has no mark and nothing that waits."""
    if entry.kind != "attendance.in" or "makes_up" in entry.body or state["pending"]:
        return False
    return all(mark[3] != entry.body["session"] for mark in state["marks"])


def _stepped(row: Any, entry: EntryView) -> dict[str, Any]:
    return {
        "enrolment_id": row.enrolment_id,
        "segment_id": row.segment_id,
        "state": "in_progress" if row.state == "not_started" else row.state,
        "presences": {**row.presences, entry.body["session"]: [[entry.body["at_ms"], None, 0]]},
    }
