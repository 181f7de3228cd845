"""A trainee's record, or a class's evidence, to take away: JSON lines that ``tools/verify_pack.py`` checks on any other PC.

Lines, each canonical JSON: the head, the data dictionary, the class, one record per enrolment, the entries of their chains, the
last checkpoint with a proof per chain, and the seal: the digest of every line before it, signed. Nothing may be other by a byte.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from yanglao.capture.quiz import queries as quizzes
from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView, EnrolmentView
from yanglao.completion import queries as completion
from yanglao.completion.own_days import Days, of_segments
from yanglao.completion.own_words import asked_of
from yanglao.completion.shapes import SegmentStanding
from yanglao.evidence import pack
from yanglao.kernel.canonical import canonical_bytes, digest
from yanglao.kernel.clock import SHANGHAI, rfc3339
from yanglao.outside.ciphers import ciphers
from yanglao.oversight.export_shapes import Made, Report, silent, workroom
from yanglao.oversight.pack_words import dictionary
from yanglao.people import queries as people
from yanglao.places import queries as places

PACK, STEP = 2, 25
MEDIA_TYPE = "application/x-ndjson"
_QUIZZES = ("quiz.submitted", "quiz.module_submitted")


@dataclass(frozen=True)
class Subject:
    """What is packed: the enrolments of a class, or one of them. ``own_eyes``: as its trainee may read it."""

    about: str
    own: ClassView
    enrolments: Sequence[EnrolmentView]
    own_eyes: bool = False

    @property
    def id(self) -> str:
        """Return the id of what the pack is about."""
        return self.enrolments[0].id if self.about == "enrolment" else self.own.id


def of_enrolment(session: Session, own: EnrolmentView, *, own_eyes: bool = False) -> Subject:
    """Return one enrolment as what is packed."""
    return Subject("enrolment", classes.class_(session, own.class_id), [own], own_eyes)


def of_class(session: Session, own: ClassView) -> Subject:
    """Return a class with everybody who is or was on its roster as what is packed."""
    return Subject("class", own, classes.roster(session, own.id, withdrawn=True))


def content(session: Session, subject: Subject, *, now: datetime) -> bytes:
    """Return the whole pack; two at the same moment of the same ledger are the same bytes but for nothing."""
    out = io.BytesIO()
    write(session, subject, out, now=now)
    return out.getvalue()


def made(session: Session, subject: Subject, *, now: datetime, report: Report) -> Made:
    """Make a pack as a file, line by line, so that a large class needs no more memory than a small one."""
    with workroom(now) as folder:
        path = folder / "pack.jsonl"
        with path.open("wb") as out:
            write(session, subject, out, now=now, report=report)
        name = f"学时记录包_{now.astimezone(SHANGHAI):%Y%m%d_%H%M}.jsonl"
        return Made(b"", name, MEDIA_TYPE, path=path)


def write(
    session: Session, subject: Subject, out: BinaryIO, *, now: datetime, report: Report = silent
) -> None:
    """Write a pack to ``out`` as its lines come; only their digests are kept for the seal."""
    digests = []
    for line in _lines(session, subject, now=now, report=report):
        raw = canonical_bytes(line)
        digests.append(digest(raw))
        out.write(raw + b"\n")
    seal = {"about": subject.about, "id": subject.id, "lines": digests}
    signature = ciphers().sign(canonical_bytes(seal))
    out.write(canonical_bytes({"seal": seal, "signature": signature}) + b"\n")


def _lines(session: Session, subject: Subject, *, now: datetime, report: Report) -> Iterator[dict[str, Any]]:
    yield {
        "pack": PACK,
        "about": subject.about,
        "id": subject.id,
        "made_at": rfc3339(now),
        "public_keys": ciphers().public_keys(),
    }
    yield {"dictionary": dictionary()}
    yield {"class": _class(session, subject.own)}
    known = people.persons(session, {one.person_id for one in subject.enrolments})
    total = 2 * len(subject.enrolments)
    for at, own in enumerate(subject.enrolments, 1):
        yield {"record": _record(session, own, known[own.person_id], subject.own_eyes, now=now)}
        if at % STEP == 0:
            report(at, total)
    chains = [("enrolment", own.id) for own in subject.enrolments]
    if subject.about == "class":
        chains.append(("class", subject.own.id))
    for at in range(0, len(chains), STEP):
        yield from _entries(session, chains[at : at + STEP], own_eyes=subject.own_eyes)
        report(min(len(subject.enrolments) + at + STEP, total), total)
    checkpoint = pack.proven(session, chains)
    if checkpoint is not None:
        yield checkpoint


def _entries(
    session: Session, chains: Sequence[tuple[str, str]], *, own_eyes: bool
) -> Iterator[dict[str, Any]]:
    lines = list(pack.chain_lines(session, chains))
    silent: set[str] = set()
    if own_eyes:
        tried = [line["entry"]["body"]["attempt"] for line in lines if line["entry"]["kind"] in _QUIZZES]
        silent = set(quizzes.silent(session, tried))
    for line in lines:
        entry = line["entry"]
        if entry["body"].get("attempt") in silent:
            kept = {name: entry[name] for name in ("chain", "position", "prev")}
            yield {"withheld": kept, "hash": line["hash"]}
        else:
            yield line


def _class(session: Session, own: ClassView) -> dict[str, Any]:
    return {
        "id": own.id,
        "name": own.name,
        "number": own.number,
        "state": own.state,
        "base": places.base(session, own.base_id).name,
        "division": own.division_code,
        "starts_on": own.starts_on.isoformat(),
        "ends_on": own.ends_on.isoformat(),
    }


def _record(
    session: Session, own: EnrolmentView, person: people.PersonView, own_eyes: bool, *, now: datetime
) -> dict[str, Any]:
    standing = completion.enrolment_page(session, own.id, now=now, own_eyes=own_eyes)
    days = of_segments(session, own, [one.id for one in standing.segments])
    words = {one.days.segment_id: one.word for one in asked_of(session, [own.id])}
    return {
        "enrolment": own.id,
        "class": own.class_id,
        "state": own.state,
        "roster_no": own.roster_no,
        "person": own.person_id,
        "name": person.name,
        "masked_id": person.masked_id,
        "segments": [
            _segment(one, part, words.get(one.id, ""))
            for one, part in zip(standing.segments, days, strict=True)
        ],
    }


def _segment(one: SegmentStanding, days: Days, word: str) -> dict[str, Any]:
    return {
        "segment": one.id,
        "title": one.title,
        "mode": one.mode,
        "kind": one.kind,
        "state": one.state,
        "required_s": one.required_s,
        "entered_s": one.entered_s,
        "quiz_passed": one.quiz.passed,
        "missing": [missing.sentence for missing in one.missing],
        "days": [
            {
                "day": day.day.isoformat(),
                "online_s": day.online_s,
                "offline_s": day.offline_s,
                "places": list(day.places),
            }
            for day in days.days
        ],
        "days_digest": days.digest,
        "own_word": word,
    }
