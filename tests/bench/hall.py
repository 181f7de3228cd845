"""Make a hall for the bench: an open session, and a thousand people of its class, each with a phone of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from tests.bench.crowd import crowd
from yanglao.capture.attendance import codes, meetings
from yanglao.classes import queries as classes
from yanglao.classes.models import Enrolment
from yanglao.completion.models import CompletionPerson, Standing
from yanglao.completion.refresh import refresh
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db, run
from yanglao.outside.ciphers import ciphers
from yanglao.people import service as people
from yanglao.people.models import SignIn


@dataclass
class Hall:
    """An open session: who will scan, [uuid, token] each, and what its screen shows for the next hours."""

    session_id: str
    scans: list[list[str]]
    codes: dict[str, str]
    step_s: int

    def some(self, count: int) -> dict[str, Any]:
        """Take ``count`` people who have not scanned yet, as the load wants them."""
        taken, self.scans = self.scans[:count], self.scans[count:]
        return {"scans": taken, "codes": self.codes, "step_s": self.step_s}


def hall(count: int, *, entries: int = 10_000) -> Hall:
    """Fill an empty house with a hall of ``count`` people, whose past stands in a ledger of ``entries``."""
    viewers = crowd(count, entries=entries)
    moment = now()
    run(lambda: _stand(moment))
    seen = {"last_seen_ms": to_ms(moment) - 3_600_000}  # nobody's phone was seen today
    run(lambda: db.session.execute(db.update(SignIn).values(seen)))
    class_id = db.session.scalars(db.select(Enrolment.class_id).limit(1)).one()
    meeting = classes.sessions_of_class(db.session, class_id)[0]
    teacher = people.actor_of(db.session, meeting.instructor_id)
    run(lambda: meetings.open_session(db.session, meeting.id, now=moment, actor=teacher))
    step_s = policy.on(day_of(moment)).attendance.room_step_s
    first = codes.step_of(to_ms(moment), step_s)
    shown = {
        str(step): codes.room_payload(meeting.code_no, step, ciphers().mac)
        for step in range(first - 1, first + 7200 // step_s)
    }
    return Hall(meeting.id, [[str(uuid4()), token] for _, token, _, _ in viewers], shown, step_s)


def _stand(moment: datetime) -> None:
    """Give everybody the standings they have amid a class: what folding gives the first, for all."""
    one = db.session.scalars(
        db.select(CompletionPerson.person_id).order_by(CompletionPerson.person_id)
    ).first()
    refresh(db.session, str(one), now=moment)
    table = Standing.__table__
    rows = [dict(row._mapping) for row in db.session.execute(db.select(table))]
    first = [row for row in rows if row["person_id"] == one]
    held = {row["person_id"] for row in rows}
    others = db.session.execute(db.select(Enrolment.id, Enrolment.person_id)).all()
    more = [
        {**row, "enrolment_id": own, "person_id": person}
        for own, person in others
        if person not in held
        for row in first
    ]
    db.session.execute(db.insert(table), more)
