"""Let a voice read a question or a page aloud: recorded on a phone, made playable everywhere, shown as one button.

``of`` gives what is ready for many targets at once; whoever may see the question or page may hear it, so the caller
makes the person's link (``files.links``) from ``file_id``.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from yanglao.courses import question_queries
from yanglao.courses.material_models import Material, MaterialPage, Recording
from yanglao.courses.material_rules import check_length
from yanglao.courses.question_models import Question, QuestionBank
from yanglao.files import service as files
from yanglao.files import uploads
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import canonical_text
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.clock import now as moment
from yanglao.kernel.db import reading, run
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Problem, Refused, TooLarge
from yanglao.outside import media, media_tools
from yanglao.people.roles import scope_of
from yanglao.work import service as work

TOPIC = "recording.prepare"
MAKERS = "recording.make"
KINDS = ("question", "page")
SOURCE_KEPT = timedelta(days=1)


class RecordingUnknown(NotFound):
    """Say that there is no such recording or target within the caller's scope."""

    code = "recording.unknown"


class RecordingOfAnother(Forbidden):
    """Say that the city's question or page is read by somebody else's voice, which this caller may not replace or remove."""

    code = "recording.of_another"


@dataclass(frozen=True)
class RecordingView:
    """One recording. ``file_id`` opens it once ``state`` is ready; ``speech`` says which dialect, empty when nobody said."""

    id: str
    target_kind: str
    target_id: str
    state: str
    fault: str
    fault_facts: dict[str, Any]
    file_id: str | None
    bytes: int
    duration_s: int
    speech: str
    made_by: str
    made_ms: int


def attach(
    session: Session,
    target_kind: str,
    target_id: str,
    content: bytes,
    *,
    speech: str = "",
    now: datetime,
    actor: Actor,
) -> str:
    """Keep what was recorded for a question or a page and ask for its preparation; return the recording's id.

    The one before stays until the new one is ready.

    Raises:
        RecordingUnknown: no such target within the caller's scope. TooLarge. Refused: nothing was recorded.
        RecordingOfAnother: the city's target has a voice that the caller may not replace.
    """
    if not may_replace(session, target_kind, target_id, actor):
        raise RecordingOfAnother()
    most = policy.on(day_of(now)).material.recording_max_bytes
    if len(content) > most:
        raise TooLarge("upload.too_large", most_mb=most // 1_048_576)
    if not content:
        raise Refused("material.no_sound")
    source = files.store(
        session,
        content,
        name="recording",
        media_type=media.kind_of(content),
        owner_id=actor.person_id,
        purpose="recording_source",
        now=now,
        keep_for=SOURCE_KEPT,
    )
    row = Recording(
        target_kind=target_kind,
        target_id=target_id,
        state="processing",
        source_file_id=source,
        speech=speech.strip()[:20],
        made_by=actor.person_id,
        made_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    work.enqueue(session, TOPIC, row.id, {"recording_id": row.id}, now=now)
    return row.id


def of(session: Session, target_kind: str, target_ids: Iterable[str]) -> dict[str, RecordingView]:
    """Return what is ready, by target id; targets without a recording are left out."""
    wanted = select(Recording).where(
        Recording.target_kind == target_kind,
        Recording.target_id.in_(set(target_ids)),
        Recording.state == "ready",
    )
    return {row.target_id: _view(row) for row in session.scalars(wanted)}


def may_replace(session: Session, target_kind: str, target_id: str, actor: Actor) -> bool:
    """Tell whether the caller may give a question or page a voice in place of the one it has, if it has one.

    What belongs to a base is that base's. What belongs to the city may be read by every base, but a voice that is there is
    replaced by who recorded it or by the city alone. Raises RecordingUnknown: no such target within the caller's scope.
    """
    if _need_target(session, target_kind, target_id, actor) or scope_of(actor.grants, MAKERS).all:
        return True
    held = of(session, target_kind, [target_id])
    return all(one.made_by == actor.person_id for one in held.values())


def one(session: Session, recording_id: str, actor: Actor) -> RecordingView:
    """Return a recording whose target is within the caller's scope. Raises RecordingUnknown."""
    row = session.get(Recording, recording_id)
    if row is None:
        raise RecordingUnknown()
    _need_target(session, row.target_kind, row.target_id, actor)
    return _view(row)


def words_of(session: Session, target_kind: str, target_id: str, actor: Actor) -> str:
    """Return what is to be read aloud: a question with its options in lines, or a page's words. Raises RecordingUnknown."""
    _need_target(session, target_kind, target_id, actor)
    if target_kind == "page":
        return session.get_one(MaterialPage, target_id).text
    shown = question_queries.questions(session, [target_id])[target_id]
    letters = (f"{chr(65 + n)}. {option.text}" for n, option in enumerate(shown.options))
    return "\n".join((shown.text, *letters))


def remove(session: Session, recording_id: str, *, now: datetime, actor: Actor) -> None:
    """Take a recording away. Raises RecordingUnknown; RecordingOfAnother; Conflict: it is gone already."""
    row = session.get(Recording, recording_id, with_for_update=True)
    if row is None:
        raise RecordingUnknown()
    base_id = _need_target(session, row.target_kind, row.target_id, actor)
    if row.state in ("refused", "removed"):
        raise Conflict("recording.gone")
    if base_id is None and row.made_by != actor.person_id and not scope_of(actor.grants, MAKERS).all:
        raise RecordingOfAnother()
    _end(session, row, now=now)


def prepare(
    session: Session, payload: dict[str, Any], *, now: datetime, report: Callable[[int, int], None]
) -> None:
    """Make one recording playable: ``{recording_id}``; what is wrong with it is written on it, not raised."""
    recording_id = payload["recording_id"]
    with reading():
        row = session.get(Recording, recording_id)
        if row is None or row.state != "processing" or row.source_file_id is None:
            return
        figures, source_id = policy.on(day_of(row.made_ms)).material, row.source_file_id
    folder = Path(tempfile.mkdtemp(prefix="making-", dir=uploads.folder()))
    try:
        with reading():
            path = files.open_(session, source_id, now=now).path
        probe = media_tools.probe(path, "audio")
        check_length(probe["duration_s"], figures, most_s=figures.recording_max_s, least_s=1)
        media_tools.make("audio", path, folder, {"duration_s": probe["duration_s"]}, report=report)
        run(lambda: _keep(session, recording_id, folder, probe["duration_s"], now=moment()))
    except Problem as problem:
        fault = problem
        run(lambda: _refuse(session, recording_id, fault, now=moment()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _keep(session: Session, recording_id: str, folder: Path, duration_s: int, *, now: datetime) -> None:
    row = session.get_one(Recording, recording_id, with_for_update=True)
    if row.state != "processing":
        return
    before = select(Recording).where(
        Recording.target_kind == row.target_kind,
        Recording.target_id == row.target_id,
        Recording.state == "ready",
    )
    for old in session.scalars(before.with_for_update()).all():
        _end(session, old, now=now)
    small = folder / "light.m4a"
    content = (small if small.is_file() else folder / "clear.m4a").read_bytes()
    row.file_id = files.store(
        session,
        content,
        name="recording.m4a",
        media_type="audio/mp4",
        owner_id=None,
        purpose="recording",
        now=now,
    )
    row.bytes, row.duration_s, row.state = len(content), duration_s, "ready"
    session.flush()


def _refuse(session: Session, recording_id: str, problem: Problem, *, now: datetime) -> None:
    session.execute(
        update(Recording)
        .where(Recording.id == recording_id, Recording.state == "processing")
        .values(
            state="refused",
            fault=problem.code[:60],
            fault_facts=canonical_text(problem.facts),
            ended_ms=to_ms(now),
        )
    )


def _end(session: Session, row: Recording, *, now: datetime) -> None:
    row.state, row.ended_ms = "removed", to_ms(now)
    session.flush()
    if row.file_id is not None:
        files.drop(session, row.file_id, now=now)


def _need_target(session: Session, target_kind: str, target_id: str, actor: Actor) -> str | None:
    """Return the base a question or page belongs to, None for the city's. Raises RecordingUnknown outside the caller's scope."""
    if target_kind == "question" and (question := session.get(Question, target_id)) is not None:
        bank = session.get(QuestionBank, question.bank_key)
        base_id = bank.base_id if bank is not None else None
    elif target_kind == "page" and (leaf := session.get(MaterialPage, target_id)) is not None:
        base_id = session.get_one(Material, leaf.material_id).base_id
    else:
        raise RecordingUnknown(target=target_id)
    own = scope_of(actor.grants, MAKERS)
    if not (own.all or base_id is None or base_id in own.bases):
        raise RecordingUnknown(target=target_id)
    return base_id


def _view(row: Recording) -> RecordingView:
    return RecordingView(
        id=row.id,
        target_kind=row.target_kind,
        target_id=row.target_id,
        state=row.state,
        fault=row.fault,
        fault_facts=json.loads(row.fault_facts),
        file_id=row.file_id,
        bytes=row.bytes,
        duration_s=row.duration_s,
        speech=row.speech,
        made_by=row.made_by,
        made_ms=row.made_ms,
    )
