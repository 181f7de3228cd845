"""The segment completion log, one row per trainee: online and offline hours apart, never added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from yanglao.capture.attendance import queries as attendance
from yanglao.capture.attendance.queries import ScanView
from yanglao.classes import queries as classes
from yanglao.classes.shapes import SessionView
from yanglao.completion import queries as completion
from yanglao.completion.shapes import StandingFilters, StandingView
from yanglao.kernel.actor import Scope
from yanglao.kernel.wording import sentence
from yanglao.people import queries as people
from yanglao.people.queries import PersonView

LINES = 150
GOING = ("running", "finished")
STATES = ("not_started", "in_progress", "hours_met", "complete")


@dataclass(frozen=True)
class Account:
    """The hours of one mode, over the segments listed. ``waiting_s``: in the open window, not yet in the ledger."""

    required_s: int
    entered_s: int
    credited_s: int

    @property
    def waiting_s(self) -> int:
        """Return what is credited and not yet entered."""
        return self.credited_s - self.entered_s


@dataclass(frozen=True)
class TraineeRow:
    """One enrolment and those of its segments that the filters let through."""

    enrolment_id: str
    class_id: str
    class_name: str
    person_name: str
    masked_id: str
    withdrawn: bool
    lines: tuple[StandingView, ...]

    def account(self, mode: str) -> Account | None:
        """Return the hours of a mode, None when no segment of it is listed."""
        return account([line for line in self.lines if line.mode == mode])

    def of(self, mode: str) -> list[StandingView]:
        """Return the segments of a mode."""
        return [line for line in self.lines if line.mode == mode]

    @property
    def refused(self) -> int:
        """Return how many scans were refused."""
        return sum(line.refused for line in self.lines)

    @property
    def sentence(self) -> str:
        """Return what is lacking, in the words that the trainee reads."""
        return "；".join(missing.sentence for line in self.lines for missing in line.missing)

    @property
    def review(self) -> str:
        """Return questioned, confirmed (every segment listed), partly, or none."""
        verdicts = {line.review["verdict"] if line.review else "none" for line in self.lines}
        if "questioned" in verdicts:
            return "questioned"
        if len(verdicts) > 1:
            return "partly"
        return verdicts.pop() if verdicts else "none"


@dataclass(frozen=True)
class LogPage:
    """Rows, where to go on, how many segments stand in each state, and the sums of the rows shown."""

    rows: tuple[TraineeRow, ...]
    next: str | None
    counts: dict[str, int]
    online: Account | None
    offline: Account | None


@dataclass(frozen=True)
class Waiting:
    """A scan that a person must look at."""

    scan: ScanView
    meeting: SessionView
    person: PersonView | None
    sentence: str


def account(lines: Sequence[StandingView]) -> Account | None:
    """Add up lines of one mode; None without any."""
    if not lines:
        return None
    return Account(
        sum(line.required_s for line in lines),
        sum(line.entered_s for line in lines),
        sum(line.credited_s for line in lines),
    )


def page(
    session: Session,
    scope: Scope,
    filters: StandingFilters,
    *,
    now: datetime,
    after: str = "",
    limit: int = LINES,
) -> LogPage:
    """Return trainees within ``scope``; ``limit`` counts segments. Raises StandingUnknown for a wrong ``after``."""
    lines, more = completion.standings(session, scope, filters, now=now, after=after, limit=limit)
    groups = [tuple(group) for _, group in groupby(lines, key=lambda line: line.enrolment_id)]
    if more and len(groups) > 1:
        # The last trainee may go on behind the border: leave them whole to the next page.
        groups.pop()
        more = f"{groups[-1][-1].enrolment_id}.{groups[-1][-1].segment_id}"
    shown = [line for group in groups for line in group]
    enrolments = classes.enrolments(session, {group[0].enrolment_id for group in groups})
    return LogPage(
        rows=tuple(_row(group, enrolments[group[0].enrolment_id].state == "withdrawn") for group in groups),
        next=more,
        counts=completion.count(session, scope, replace(filters, state="")),
        online=account([line for line in shown if line.mode == "online"]),
        offline=account([line for line in shown if line.mode == "offline"]),
    )


def _row(lines: tuple[StandingView, ...], withdrawn: bool) -> TraineeRow:
    first = lines[0]
    return TraineeRow(
        enrolment_id=first.enrolment_id,
        class_id=first.class_id,
        class_name=first.class_name,
        person_name=first.person_name,
        masked_id=first.masked_id,
        withdrawn=withdrawn,
        lines=lines,
    )


def waiting(session: Session, scope: Scope, *, class_id: str = "") -> list[Waiting]:
    """Return the scans of classes within ``scope`` that wait for a decision, the oldest first."""
    own = classes.classes(session, scope, classes.Filters(GOING), limit=200)
    wanted = [one.id for one in own if class_id in ("", one.id)]
    meetings = {one.id: one for one in classes.sessions_of_classes(session, wanted)}
    scans = attendance.waiting(session, meetings)
    known = people.persons(session, {one.person_id for one in scans if one.person_id})
    return [
        Waiting(
            one, meetings[one.session_id], known.get(one.person_id or ""), sentence(one.code or "", one.facts)
        )
        for one in reversed(scans)
    ]
