"""Read and judge a question file without saving a question: a small one at once, a large one by a worker.

Life of a large file: 1. ``lay_down`` writes its bytes to disk, outside any transaction. 2. ``wait`` keeps a row in the state reading and
leaves a task. 3. A worker calls ``read``: reads, judges, draws the pictures anew, and fills the row in one short transaction, or
writes on it why the file was refused. 4. The bytes are deleted. A small file goes the same way within one request: ``preview``.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.courses import import_rules, question_queries
from yanglao.courses.import_models import QuestionImport
from yanglao.courses.import_shapes import ImportView, Item
from yanglao.courses.question_files.entries import Reading
from yanglao.courses.question_files.reading import read_file, read_text
from yanglao.courses.question_import import KEPT, TOPIC, held, import_, keep, path_of, reach, topics
from yanglao.files import service as files
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now as moment
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import reading, run
from yanglao.kernel.errors import Problem, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.outside import media, pictures
from yanglao.outside.archive import BROKEN
from yanglao.people import service as people
from yanglao.work import service as work

MOST_QUESTIONS = 5000
MOST_WAITING = 5
AT_ONCE_BYTES, AT_ONCE_UNPACKED = 512 * 1024, 4 * 1024 * 1024
STEPS = 3
THUMB_PX, PICTURE_PX = 360, 1600
Report = Callable[[int, int], None]


class TooManyQuestions(Refused):
    code = "question_import.too_many"


class TooManyWaiting(Refused):
    code = "question_import.too_many_waiting"


class FileGone(Refused):
    """Say that the bytes of a file are not there any more."""

    code = "question_import.file_gone"


@dataclass(frozen=True)
class Upload:
    """A question file as it arrives: the bytes of a file, or pasted text."""

    file_name: str = ""
    content: bytes = b""
    text: str = ""

    @cached_property
    def reading(self) -> Reading:
        """Read it, once. Raises what ``question_files.reading`` raises, and TooManyQuestions."""
        found = read_file(self.content) if self.content else read_text(self.text)
        if len(found.questions) > MOST_QUESTIONS:
            raise TooManyQuestions(count=len(found.questions), most=MOST_QUESTIONS)
        return found

    @cached_property
    def drawn(self) -> dict[str, Drawn]:
        """Return the pictures that could be opened, drawn anew, by name."""
        found = {}
        for name, content in self.reading.pictures.items():
            made = _drawn(content)
            if made is not None:
                found[name] = made
        return found

    @cached_property
    def heard(self) -> dict[str, tuple[bytes, str]]:
        """Return content and media type of the sounds that are such by their content, by name."""
        kinds = {"video/mp4": "audio/mp4", "video/webm": "video/webm"}
        found = {name: (held, media.kind_of(held)) for name, held in self.reading.sounds.items()}
        return {
            name: (held, kinds.get(kind, kind))
            for name, (held, kind) in found.items()
            if kind in kinds or kind.startswith("audio/")
        }

    def opened(self) -> Upload:
        """Read the file now, before a transaction begins, so that it holds up nobody."""
        assert self.reading.entries and self.drawn is not None
        return self


@dataclass(frozen=True)
class Drawn:
    """A picture as it is kept, and a small one for the preview (JPEG)."""

    content: bytes
    media_type: str
    small: bytes


def takes_long(upload: Upload) -> bool:
    """Tell whether a file is so large that a worker reads it."""
    if len(upload.content) > AT_ONCE_BYTES or len(upload.text) > AT_ONCE_BYTES:
        return True
    if not upload.content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(upload.content)) as archive:
            return sum(one.file_size for one in archive.infolist()) > AT_ONCE_UNPACKED
    except BROKEN:
        return False


def judged(session: Session, bank_key: str, upload: Upload, *, actor: Actor) -> list[Item]:
    """Judge every question of a file for a bank; reads only, so that a large file keeps nobody from writing.

    Raises: BankUnknown, and what reading raises.
    """
    scope = reach(actor)
    bank = question_queries.bank(session, bank_key, scope)
    items = import_rules.items_of(upload.reading.entries, topics(session))
    items = import_rules.with_pictures(items, upload.drawn, broken=upload.reading.pictures)
    items = import_rules.with_sounds(items, upload.heard)
    return import_rules.judge(items, held(session, scope), bank.key)


def preview(
    session: Session, bank_key: str, upload: Upload, items: Sequence[Item], *, now: datetime, actor: Actor
) -> ImportView:
    """Keep a file with the verdicts of ``judged``; no question is saved. Raises BankUnknown."""
    row = _row(session, new_id(), bank_key, upload.file_name, now=now, actor=actor)
    stored = {
        name: _stored(session, name, one, actor.person_id, now=now) for name, one in upload.drawn.items()
    }
    sounds = {
        name: _stored_sound(session, name, one, actor.person_id, now=now)
        for name, one in upload.heard.items()
    }
    return _filled(session, row, upload.reading.format, items, stored=stored, sounds=sounds, actor=actor)


def lay_down(upload: Upload) -> str:
    """Write the bytes of a file to disk and return the id its row is to have; outside any transaction."""
    import_id = new_id()
    content = upload.content or re.sub(r"[\x00-\x06\x0e-\x1a]", "", upload.text).encode()
    with path_of(import_id).open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return import_id


def wait(
    session: Session, bank_key: str, import_id: str, file_name: str, *, now: datetime, actor: Actor
) -> ImportView:
    """Let a file that was laid down wait for a worker. Raises BankUnknown, TooManyWaiting; then its bytes are deleted."""
    try:
        waiting = select(func.count()).where(
            QuestionImport.owner_id == actor.person_id,
            QuestionImport.state == "reading",
            QuestionImport.expires_ms > to_ms(now),
        )
        if (session.scalar(waiting) or 0) >= MOST_WAITING:
            raise TooManyWaiting(most=MOST_WAITING)
        row = _row(session, import_id, bank_key, file_name, now=now, actor=actor)
    except Problem:
        path_of(import_id).unlink(missing_ok=True)
        raise
    work.enqueue(session, TOPIC, row.id, {"import_id": row.id}, now=now)
    session.flush()
    return import_(session, row.id, now=now, actor=actor)


def read_again(session: Session, import_id: str, *, now: datetime, actor: Actor) -> ImportView:
    """Ask once more for the reading of one's own file that was given up. Raises ImportUnknown."""
    if import_(session, import_id, now=now, actor=actor).given_up:
        work.enqueue(session, TOPIC, import_id, {"import_id": import_id}, now=now)
    return import_(session, import_id, now=now, actor=actor)


def read(session: Session, payload: dict[str, Any], *, now: datetime, report: Report) -> None:
    """Read one file that waits: ``{import_id}``. What is wrong with it is written on its row, not raised."""
    import_id = payload["import_id"]
    with reading():
        row = session.get(QuestionImport, import_id)
        waiting = row is not None and row.state == "reading"
        if row is not None:
            bank_key, owner_id = row.bank_key, row.owner_id
    if waiting:
        try:
            _read(session, import_id, bank_key, owner_id, report=report)
        except Problem as problem:
            fault = problem
            run(lambda: _refuse(session, import_id, fault))
    path_of(import_id).unlink(missing_ok=True)


def _read(session: Session, import_id: str, bank_key: str, owner_id: str, *, report: Report) -> None:
    report(0, STEPS)
    try:
        upload = Upload(content=path_of(import_id).read_bytes()).opened()
    except FileNotFoundError:
        raise FileGone from None
    report(1, STEPS)
    with reading():
        actor = people.actor_of(session, owner_id)
        items = judged(session, bank_key, upload, actor=actor)
    report(2, STEPS)
    stored = {
        name: run(partial(_stored, session, name, one, owner_id, now=moment()))
        for name, one in upload.drawn.items()
    }

    sounds = {
        name: run(partial(_stored_sound, session, name, one, owner_id, now=moment()))
        for name, one in upload.heard.items()
    }

    def fill() -> None:
        row = session.get(QuestionImport, import_id, with_for_update=True, populate_existing=True)
        if row is not None and row.state == "reading":
            row.state = "checked"
            _filled(session, row, upload.reading.format, items, stored=stored, sounds=sounds, actor=actor)

    run(fill)


def _refuse(session: Session, import_id: str, problem: Problem) -> None:
    row = session.get(QuestionImport, import_id, with_for_update=True, populate_existing=True)
    if row is not None and row.state == "reading":
        row.state, row.fault = "refused", {"code": problem.code, "facts": dict(problem.facts)}
        session.flush()


def _row(
    session: Session, import_id: str, bank_key: str, file_name: str, *, now: datetime, actor: Actor
) -> QuestionImport:
    bank = question_queries.bank(session, bank_key, reach(actor))
    row = QuestionImport(
        id=import_id,
        bank_key=bank.key,
        owner_id=actor.person_id,
        file_name=file_name[-200:] or "粘贴的文字",
        format="",
        state="reading",
        content={"items": [], "pictures": {}, "thumbs": {}},
        created_ms=to_ms(now),
        expires_ms=to_ms(now + KEPT),
    )
    session.add(row)
    session.flush()
    return row


def _filled(
    session: Session,
    row: QuestionImport,
    format_: str,
    items: Sequence[Item],
    *,
    stored: Mapping[str, tuple[str, str]],
    sounds: Mapping[str, str],
    actor: Actor,
) -> ImportView:
    row.state, row.format = "checked", format_
    row.content = {
        **row.content,
        "pictures": {name: ids[0] for name, ids in stored.items()},
        "thumbs": {name: ids[1] for name, ids in stored.items()},
        "sounds": dict(sounds),
    }
    return keep(session, row, items, actor)


def _drawn(content: bytes) -> Drawn | None:
    try:
        large, media_type = pictures.cleaned(content, longest_px=PICTURE_PX)
        return Drawn(large, media_type, pictures.small(large, longest_px=THUMB_PX))
    except pictures.NoPicture:
        return None


def _stored(session: Session, name: str, one: Drawn, owner_id: str, *, now: datetime) -> tuple[str, str]:
    """Store a picture and its small version; return their ids. The picture stays for good once it is imported."""
    large, small = (
        files.store(
            session, content, name=name, media_type=media_type, owner_id=owner_id, purpose=purpose, now=now, keep_for=KEPT
        )
        for content, media_type, purpose in (
            (one.content, one.media_type, "question_picture"),
            (one.small, "image/jpeg", "question_thumb"),
        )
    )  # fmt: skip
    return large, small


def _stored_sound(
    session: Session, name: str, one: tuple[bytes, str], owner_id: str, *, now: datetime
) -> str:
    """Store a sound until it is imported, when it is made a recording of its question."""
    return files.store(
        session,
        one[0],
        name=name,
        media_type=one[1],
        owner_id=owner_id,
        purpose="question_sound",
        now=now,
        keep_for=KEPT,
    )
