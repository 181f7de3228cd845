"""People who finished: the small world of ``factories`` with every segment complete and reviewed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from tests.factories import NINE, World, world
from yanglao.certificates import service
from yanglao.classes import queries as classes
from yanglao.completion.refresh import refresh
from yanglao.kernel.actor import Actor
from yanglao.kernel.db import db, run

LATER = NINE + timedelta(days=60)


@dataclass
class Finished:
    """A world whose trainees finished, its class, and the people who act."""

    there: World
    class_id: str
    enrolments: list[str]

    @property
    def owner(self) -> Actor:
        """Return the administrator of the base."""
        return self.there.city.staff["admin_a"]

    @property
    def colleague(self) -> Actor:
        """Return the second administrator of the base."""
        return self.there.city.staff["admin_a_2"]

    @property
    def stranger(self) -> Actor:
        """Return the administrator of another base."""
        return self.there.city.staff["admin_b"]

    def review(self, *enrolments: str, by: Actor | None = None, now: datetime = LATER) -> list[Any]:
        """Review them (default: everybody) in one transaction."""
        who = by or self.owner
        return run(lambda: service.review(db.session, enrolments or self.enrolments, now=now, actor=who))

    def issue(self, *certificates: str, by: Actor | None = None, now: datetime = LATER) -> list[Any]:
        """Issue certificates in one transaction."""
        who = by or self.colleague
        return run(lambda: service.issue(db.session, certificates, now=now, actor=who))

    def issued(self) -> Any:
        """Return a certificate of the first trainee, issued."""
        return self.issue(self.review(self.enrolments[0])[0].id)[0]

    def unreviewed(self, enrolment_id: str) -> None:
        """Take the reviews of one enrolment away."""
        run(lambda: _review(enrolment_id, None))


def finished(*, trainees: int = 3) -> Finished:
    """Make the world; the hours are set as the fold would leave them."""
    there = world(trainees=trainees)
    roster = classes.roster(db.session, there.class_id)

    def act() -> None:
        for one in roster:
            refresh(db.session, one.person_id, now=NINE)
        db.session.execute(
            text(
                "UPDATE completion_standing SET state = 'complete', entered_s = required_s, quiz_best = 90,"
                " quiz_passed = :yes, quiz_attempts = 1 WHERE class_id = :class_id"
            ),
            {"yes": True, "class_id": there.class_id},
        )
        for one in roster:
            _review(one.id, {"verdict": "confirmed"})

    run(act)
    return Finished(there, there.class_id, [one.id for one in roster])


def _review(enrolment_id: str, verdict: dict[str, str] | None) -> None:
    db.session.execute(
        text("UPDATE completion_standing SET review = :said WHERE enrolment_id = :id"),
        {"said": json.dumps(verdict), "id": enrolment_id},
    )
