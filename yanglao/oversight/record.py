"""One enrolment's whole record: hours by segment, and every line of evidence with who and where in the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.capture.attendance import queries as attendance
from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView
from yanglao.completion import queries as completion
from yanglao.completion.lines import evidence_lines
from yanglao.completion.shapes import EnrolmentStanding, EvidenceLine
from yanglao.evidence import queries as evidence
from yanglao.kernel.actor import Scope
from yanglao.people import queries as people
from yanglao.people.queries import PersonView

CLIENT_NAMES = {"wechat": "微信", "pc": "电脑网页", "app": "手机应用", "system": "系统"}
GRADE_NAMES = {
    "strong": "强",
    "good": "较强",
    "fair": "一般",
    "weak": "弱",
    "late": "断网补传",
    "beats": "实时",
}


@dataclass(frozen=True)
class RecordLine:
    """A line of evidence, who caused it, the segment it belongs to, and whether it waits for a decision now."""

    line: EvidenceLine
    actor_name: str
    segment_title: str
    waits: bool

    @property
    def tone(self) -> str:
        """Return the tone: pine online, indigo offline, amber waits, red refused."""
        if self.line.voided:
            return ""
        if self.waits or self.line.kind == "review.questioned":
            return "amber"
        return _TONES.get(self.line.kind, "")

    @property
    def symbol(self) -> str:
        """Return the icon."""
        if self.line.voided:
            return "again"
        return _SYMBOLS.get(self.line.kind, "check")

    @property
    def client_name(self) -> str:
        """Return the client as people call it."""
        return CLIENT_NAMES.get(self.line.client, self.line.client)

    @property
    def grade_name(self) -> str:
        """Return how strong the proof is, in a word; empty where no grade is given."""
        return GRADE_NAMES.get(self.line.grade or "", self.line.grade or "")


_TONES = {
    "viewing.span": "pine",
    "attendance.in": "indigo",
    "attendance.out": "indigo",
    "attendance.ended": "amber",
    "attendance.refused": "red",
    "attendance.void": "amber",
}
_SYMBOLS = {
    "viewing.span": "play",
    "attendance.in": "scan",
    "attendance.out": "out",
    "attendance.ended": "warn",
    "attendance.refused": "refused",
    "attendance.pending": "wait",
    "attendance.void": "again",
    "quiz.submitted": "quiz",
    "quiz.module_submitted": "quiz",
    "review.confirmed": "done",
    "review.questioned": "warn",
}


@dataclass(frozen=True)
class Record:
    """Everything there is about one enrolment; ``head`` is the chain's last (position, hash)."""

    own: EnrolmentView
    person: PersonView
    standing: EnrolmentStanding
    lines: tuple[RecordLine, ...]
    head: tuple[int, str] | None

    @property
    def refused(self) -> int:
        """Return how many scans were refused."""
        return sum(one.line.kind == "attendance.refused" for one in self.lines)


def record(session: Session, scope: Scope, enrolment_id: str, *, now: datetime) -> Record:
    """Return the record, lines oldest first. Raises EnrolmentUnknown, also outside ``scope``."""
    own = classes.enrolment(session, enrolment_id, scope)
    standing = completion.enrolment_page(session, enrolment_id, now=now)
    return Record(
        own=own,
        person=people.person(session, own.person_id),
        standing=standing,
        lines=tuple(record_lines(session, own, {segment.id: segment.title for segment in standing.segments})),
        head=evidence.head(session, "enrolment", enrolment_id),
    )


def record_lines(session: Session, own: EnrolmentView, titles: dict[str, str]) -> list[RecordLine]:
    """Return the lines of an enrolment, oldest first; ``titles`` names its segments."""
    lines = evidence_lines(session, own.id)
    names = people.persons(session, {line.actor_id for line in lines})
    return [
        RecordLine(
            line=line,
            actor_name="本人" if line.actor_id == own.person_id else _name(names, line.actor_id),
            segment_title=titles.get(line.segment_id or "", ""),
            waits=_waits(session, line),
        )
        for line in lines
    ]


def _name(names: dict[str, PersonView], actor_id: str) -> str:
    return names[actor_id].name if actor_id in names else "系统"


def _waits(session: Session, line: EvidenceLine) -> bool:
    if line.kind != "attendance.pending" or not line.facts.get("scan"):
        return False
    scan = attendance.scan(session, line.facts["scan"])
    return scan is not None and scan.outcome == "pending_review"
