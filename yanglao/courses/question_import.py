"""Mend what ``question_reading`` read of a question file, choose what becomes of it, then import all of it or nothing.

What was read is kept for one person until it is imported or its time is over. The caller commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, defer

from yanglao.courses import import_rules, question_queries, questions, recordings
from yanglao.courses.answer_text import bare
from yanglao.courses.import_models import QuestionImport
from yanglao.courses.import_rules import Held
from yanglao.courses.import_shapes import CHOICES, ImportHead, ImportView, Item, from_json, to_json, totals_of
from yanglao.courses.question_files.pasted import read_pasted
from yanglao.courses.question_shapes import Fault, QuestionDraft, digest_of
from yanglao.files import service as files
from yanglao.files import uploads
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.people.roles import scope_of
from yanglao.places import queries as places
from yanglao.work import queries as tasks

KEPT = timedelta(days=3)
TOPIC = "question.read"


class ImportUnknown(NotFound):
    """Say that there is no such file, that its time is over, or that it is another person's."""

    code = "question_import.unknown"


class AlreadyImported(Conflict):
    code = "question_import.already_imported"


class FaultyLeft(Refused):
    """Say that questions cannot be saved and were not left out; ``numbers`` names them."""

    code = "question_import.faulty_left"


class NothingToImport(Refused):
    code = "question_import.nothing"


class ItemUnknown(NotFound):
    code = "question_import.item_unknown"


class ChoiceUnknown(Refused):
    code = "question_import.choice_unknown"


class OneAtATime(Refused):
    code = "question_import.one_at_a_time"


class NotReadYet(Conflict):
    """Say that a file is still being read, or could not be read."""

    code = "question_import.not_read"


def import_(session: Session, import_id: str, *, now: datetime, actor: Actor) -> ImportView:
    """Return one's own file within one's reach. Raises ImportUnknown."""
    return _view(session, _own(session, import_id, now=now, actor=actor), reach(actor))


def imports(session: Session, *, now: datetime, actor: Actor) -> list[ImportHead]:
    """List one's own files that are still kept, the latest first, without their questions."""
    wanted = select(QuestionImport).where(
        QuestionImport.owner_id == actor.person_id, QuestionImport.expires_ms > to_ms(now)
    )
    names = {one.key: one.name for one in question_queries.banks(session, reach(actor))}
    wanted = wanted.options(defer(QuestionImport.content)).order_by(QuestionImport.id.desc()).limit(50)
    return [
        ImportHead(**_facts(session, row, names[row.bank_key]))
        for row in session.scalars(wanted)
        if row.bank_key in names
    ]


def head(session: Session, import_id: str, *, now: datetime, actor: Actor) -> ImportHead:
    """Return one's own file without its questions: what a page asks for again and again. Raises ImportUnknown."""
    row = _own(session, import_id, now=now, actor=actor, whole=False)
    return ImportHead(**_facts(session, row, question_queries.bank(session, row.bank_key, reach(actor)).name))


def sound(session: Session, import_id: str, name: str, *, now: datetime, actor: Actor) -> files.FileView:
    """Return a sound of one's own file. Raises ImportUnknown, FileUnknown."""
    content = _own(session, import_id, now=now, actor=actor).content
    return files.open_(session, content.get("sounds", {}).get(name) or "", now=now)


def picture(session: Session, import_id: str, name: str, *, now: datetime, actor: Actor) -> files.FileView:
    """Return a small version of a picture of one's own file. Raises ImportUnknown, FileUnknown."""
    content = _own(session, import_id, now=now, actor=actor).content
    file_id = content.get("thumbs", {}).get(name) or content["pictures"].get(name) or ""
    return files.open_(session, file_id, now=now)


def mend(
    session: Session, import_id: str, number: int, text: str, *, now: datetime, actor: Actor
) -> ImportView:
    """Read one question anew from ``text`` in pasted style; key and picture stay unless the text names others.

    A text that is no question stays a faulty one, so that nothing typed is lost. Raises: ImportUnknown, AlreadyImported,
    ItemUnknown, OneAtATime.
    """
    row = _open(session, import_id, now=now, actor=actor)
    items = [from_json(one) for one in row.content["items"]]
    before = _item(items, number)
    entries = read_pasted(text).questions
    if len(entries) != 1:
        raise OneAtATime(count=len(entries))
    (entry,) = entries
    draft = entry.draft
    if draft is not None and before.draft is not None:
        draft = replace(draft, key=draft.key or before.draft.key, topic_code=before.draft.topic_code)
    kept = replace(
        before, typed=text, draft=draft, faults=entry.faults, notes=entry.notes, chosen=False, choice="keep"
    )
    topic = entry.topic or before.topic
    (mended,) = import_rules.items_of([replace(entry, draft=draft, topic=topic)], topics(session))
    (mended,) = import_rules.with_pictures([mended], row.content["pictures"])
    kept = replace(kept, draft=mended.draft, notes=mended.notes, topic=topic)
    items = [kept if one.number == number else one for one in items]
    found = import_rules.judge(items, held(session, reach(actor)), row.bank_key, near=(number,))
    return keep(session, row, found, actor)


def choose(
    session: Session, import_id: str, choices: Mapping[int, str], *, now: datetime, actor: Actor
) -> ImportView:
    """Say what becomes of questions: keep, skip, or version. Raises ImportUnknown, AlreadyImported, ItemUnknown, ChoiceUnknown."""
    row = _open(session, import_id, now=now, actor=actor)
    items = [from_json(one) for one in row.content["items"]]
    for number, choice in choices.items():
        item = _item(items, number)
        own = any(one.bank_key == row.bank_key for one in item.twins)
        if choice not in CHOICES or (choice == "version" and not own):
            raise ChoiceUnknown(number=number)
    changed = [
        replace(one, choice=choices[one.number], chosen=True) if one.number in choices else one
        for one in items
    ]
    return keep(session, row, changed, actor)


def commit(
    session: Session, import_id: str, *, leave_faulty: bool = False, now: datetime, actor: Actor
) -> ImportView:
    """Save every question that is not skipped, or none at all; a second time gives the same answer.

    ``leave_faulty``: those with faults are left out on purpose. Raises: ImportUnknown, FaultyLeft, NothingToImport, and what
    ``questions.save_questions`` raises.
    """
    row = _own(session, import_id, now=now, actor=actor, lock=True)
    if row.state == "imported":
        return _view(session, row, reach(actor))
    if row.state != "checked":
        raise NotReadYet
    # Against what the bank holds now; what is alike was looked at and chosen for.
    known = held(session, reach(actor), only=row.bank_key)
    items = import_rules.judge([from_json(one) for one in row.content["items"]], known, row.bank_key, near=())
    faulty = [one.number for one in items if one.outcome == "faulty" and one.choice != "skip"]
    if faulty and not leave_faulty:
        raise FaultyLeft(count=len(faulty), numbers=faulty[:50])
    chosen = [one for one in items if one.number and not one.faults and one.choice != "skip"]
    if not chosen:
        raise NothingToImport
    pictures = row.content["pictures"]
    for file_id in pictures.values():
        files.keep(session, file_id)
    drafts = [draft for one in chosen if (draft := _draft_to_save(one, row.bank_key)) is not None]
    saved = questions.save_questions(session, row.bank_key, drafts, now=now, actor=actor, pictures=pictures)
    _attach_sounds(session, row, chosen, now=now, actor=actor)
    row.state, row.imported_ms = "imported", to_ms(now)
    row.report = {
        "new": len(saved.new),
        "new_versions": len(saved.new_versions),
        "unchanged": len(saved.unchanged) + sum(one.outcome == "unchanged" for one in items),
        "left_out": sum(bool(one.number) for one in items)
        - len(chosen)
        - sum(one.outcome == "unchanged" for one in items),
    }
    return keep(session, row, items, actor)


def drop(session: Session, import_id: str, *, now: datetime, actor: Actor) -> None:
    """Throw a file away that was not imported. Raises ImportUnknown, AlreadyImported."""
    row = _own(session, import_id, now=now, actor=actor, lock=True)
    if row.state == "imported":
        raise AlreadyImported
    session.delete(row)
    session.flush()
    path_of(row.id).unlink(missing_ok=True)


def expire(session: Session, *, now: datetime) -> None:
    """Delete the files whose time is over, and bytes that nobody came to read."""
    session.execute(delete(QuestionImport).where(QuestionImport.expires_ms <= to_ms(now)))
    for path in path_of("*").parent.glob(path_of("*").name):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < (now - KEPT).timestamp():
                path.unlink()


def path_of(import_id: str) -> Path:
    """Return where the bytes of a file lie until they are read."""
    return uploads.folder() / f"questions-{import_id}.part"


def _attach_sounds(
    session: Session, row: QuestionImport, chosen: Sequence[Item], *, now: datetime, actor: Actor
) -> None:
    """Let the sounds of a file read its questions aloud; a worker makes them playable everywhere."""
    stored = row.content.get("sounds", {})
    wanted = {digest_of(one.draft): one.sound for one in chosen if one.draft and one.sound in stored}
    if not wanted:
        return
    for view in question_queries.current(session, row.bank_key):
        name = wanted.get(digest_of(question_queries.draft_of(view)))
        if name is not None:
            content = files.open_(session, stored[name], now=now).path.read_bytes()
            recordings.attach(session, "question", view.id, content, now=now, actor=actor)


def _draft_to_save(item: Item, bank_key: str) -> QuestionDraft | None:
    draft = item.draft
    if draft is not None and item.choice == "version":
        twin = next((one for one in item.twins if one.bank_key == bank_key), None)
        return replace(draft, key=twin.key) if twin else draft
    return draft


def keep(session: Session, row: QuestionImport, items: Sequence[Item], actor: Actor) -> ImportView:
    """Keep the items of a file and count them."""
    rows = [to_json(one) for one in items]
    if rows != row.content["items"]:
        row.content = {**row.content, "items": rows}
    row.totals = totals_of(items)
    session.flush()
    return _view(session, row, reach(actor))


def held(session: Session, scope: Scope, *, only: str = "") -> list[Held]:
    """Return the current questions of the banks within a scope, or of one of them."""
    return [
        Held(bank.key, bank.name, one.key, question_queries.draft_of(one))
        for bank in question_queries.banks(session, scope)
        if only in ("", bank.key)
        for one in question_queries.current(session, bank.key)
    ]


def topics(session: Session) -> dict[str, str]:
    """Return name, bare name or code of a topic -> its code."""
    found: dict[str, str] = {}
    for one in places.topics(session):
        found |= {one.code: one.code, one.name: one.code, bare(one.name): one.code}
    return found


def _item(items: list[Item], number: int) -> Item:
    found = next((one for one in items if one.number == number and number), None)
    if found is None:
        raise ItemUnknown(number=number)
    return found


def _open(session: Session, import_id: str, *, now: datetime, actor: Actor) -> QuestionImport:
    row = _own(session, import_id, now=now, actor=actor, lock=True)
    if row.state == "imported":
        raise AlreadyImported
    if row.state != "checked":
        raise NotReadYet
    return row


def _own(
    session: Session,
    import_id: str,
    *,
    now: datetime,
    actor: Actor,
    lock: bool = False,
    whole: bool = True,
) -> QuestionImport:
    later = () if whole else (defer(QuestionImport.content),)
    row = session.get(
        QuestionImport, import_id, with_for_update=lock or None, populate_existing=lock, options=later
    )
    mine = row is not None and row.owner_id == actor.person_id and row.expires_ms > to_ms(now)
    if row is None or not mine:
        raise ImportUnknown(import_id=import_id)
    if all(one.key != row.bank_key for one in question_queries.banks(session, reach(actor))):
        raise ImportUnknown(import_id=import_id)
    return row


def _view(session: Session, row: QuestionImport, scope: Scope) -> ImportView:
    name = question_queries.bank(session, row.bank_key, scope).name
    content = row.content
    return ImportView(
        **_facts(session, row, name),
        items=tuple(from_json(one) for one in content["items"]),
        pictures=content["pictures"],
        thumbs=content.get("thumbs", {}),
        sounds=content.get("sounds", {}),
    )


def _facts(session: Session, row: QuestionImport, bank_name: str) -> dict[str, Any]:
    reading = row.state == "reading"
    return {
        "id": row.id,
        "bank_key": row.bank_key,
        "bank_name": bank_name,
        "file_name": row.file_name,
        "format": row.format,
        "state": row.state,
        "totals": row.totals or totals_of(from_json(one) for one in row.content["items"]),
        "created_ms": row.created_ms,
        "expires_ms": row.expires_ms,
        "imported_ms": row.imported_ms,
        "report": row.report or {},
        "fault": Fault(row.fault["code"], row.fault["facts"]) if row.fault else None,
        "progress": tasks.progress_of(session, TOPIC, row.id) if reading else (0, 0),
        "given_up": reading and tasks.given_up(session, TOPIC, row.id),
    }


def reach(actor: Actor) -> Scope:
    """Return how far somebody writes questions."""
    return scope_of(actor.grants, "course.author")
