"""Take a zip of photos named 姓名+身份证号: look at every file first, then all of them are taken or none.

Nothing of the zip is kept between the two steps: who sends it sends it again, and the digest says that it is the same. What is
taken waits as any photo does, until somebody of the base has seen it. No name of a file and no number gets into a log.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import day_of
from yanglao.kernel.errors import Conflict, NotFound, Refused, TooLarge
from yanglao.outside import archive
from yanglao.people import photo_names, photos, queries
from yanglao.people.reach import need, scope_for
from yanglao.people.rules import IdFault, check_id

AnySession = Session | scoped_session[Any]
MOST_BYTES = 64 * 1024 * 1024
MOST_FILES = 300
MOST_UNPACKED = 256 * 1024 * 1024
UNREAD = {
    "damaged": "photo_zip.damaged",
    "encrypted": "photo_zip.encrypted",
    "too_many": "photo_zip.too_many",
    "too_large": "photo_zip.too_large",
}


@dataclass(frozen=True)
class Line:
    """What becomes of one file. ``file``: its name, the number in it hidden; ``fault``: a code, or None when it can be taken."""

    file: str
    name: str
    masked_id: str
    person_id: str | None
    fault: str | None


@dataclass(frozen=True)
class Report:
    """All files of a zip in its own order; ``digest`` names the zip."""

    digest: str
    lines: tuple[Line, ...]
    replaces: int

    @property
    def faults(self) -> int:
        """Return how many files cannot be taken."""
        return sum(1 for one in self.lines if one.fault)


class ZipFaulty(Refused):
    code = "photo_zip.faulty"


class ZipChanged(Conflict):
    code = "photo_zip.changed"


def look(session: AnySession, content: bytes, *, now: datetime, actor: Actor) -> Report:
    """Say for each file whose photo it is, or what is wrong with it; keeps nothing.

    Raises: Forbidden; TooLarge; Refused (no zip that can be read, too many files, no photo in it).
    """
    return _read(session, content, now=now, actor=actor)[0]


def take(session: AnySession, content: bytes, *, digest: str, now: datetime, actor: Actor) -> Report:
    """Take all photos of the zip that was looked at as ``digest``; they wait for the base.

    Raises as ``look``; ZipChanged: another zip; ZipFaulty: a file in it cannot be taken, so none is.
    """
    if digest != _digest(content):
        raise ZipChanged
    report, pictures = _read(session, content, now=now, actor=actor)
    if report.faults:
        raise ZipFaulty(faults=report.faults)
    for person_id, picture in pictures.items():
        photos.keep_of(session, person_id, picture, now=now)
    return report


def _read(
    session: AnySession, content: bytes, *, now: datetime, actor: Actor
) -> tuple[Report, dict[str, bytes]]:
    need(actor, "people.manage")
    if len(content) > MOST_BYTES:
        raise TooLarge("photo_zip.too_large", most_mb=MOST_BYTES >> 20)
    scope = scope_for(actor, "people.manage")
    lines: list[Line] = []
    pictures: dict[str, bytes] = {}
    try:
        for one in archive.members(
            content, most_files=MOST_FILES, most_each=photos.MOST_BYTES, most_all=MOST_UNPACKED
        ):
            if photo_names.is_litter(one.name):
                continue
            line, picture = _line(session, one, scope, day_of(now))
            lines.append(line)
            if line.person_id and picture:
                pictures[line.person_id] = picture
    except archive.NoArchive as fault:
        raise Refused(UNREAD[str(fault)], most=MOST_FILES) from None
    if not lines:
        raise Refused("photo_zip.empty")
    twice = {person_id for person_id, times in Counter(one.person_id for one in lines).items() if times > 1}
    told = tuple(
        replace(one, fault="photo_zip.twice") if one.person_id in twice and not one.fault else one
        for one in lines
    )
    replaces = len(photos.shown_among(session, list(pictures)))
    return Report(_digest(content), told, replaces), pictures


def _line(session: AnySession, one: archive.Member, scope: Scope, today: date) -> tuple[Line, bytes | None]:
    named = photo_names.read(one.name)
    line = Line(photo_names.shown(one.name), named.name, "", None, named.fault)
    if named.fault:
        return line, None
    if isinstance(check_id("resident", named.number, today=today), IdFault):
        return replace(line, fault="photo_zip.bad_number"), None
    try:
        person = queries.find_within(session, scope, named.number)
    except NotFound:
        return replace(line, fault="photo_zip.unknown_person"), None
    if photo_names.same_name(person.name) != named.name:
        return replace(line, fault="photo_zip.other_name"), None
    line = replace(line, masked_id=person.masked_id, person_id=queries.standing_id(session, person.id))
    if one.content is None:
        return replace(line, fault="photo.too_large"), None
    try:
        return line, photos.drawn_anew(one.content)
    except Refused as fault:
        return replace(line, fault=fault.code), None


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
