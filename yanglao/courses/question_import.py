"""Take a question file: read and judge it without saving anything, mend it, then import all of it or nothing.

What was read is kept for one person until it is imported or its time is over. The caller commits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yanglao.courses import import_rules, question_queries, questions
from yanglao.courses.answer_text import bare
from yanglao.courses.import_models import QuestionImport
from yanglao.courses.import_rules import Held
from yanglao.courses.import_shapes import CHOICES, ImportView, Item, from_json, to_json
from yanglao.courses.question_files.entries import Reading
from yanglao.courses.question_files.pasted import read_pasted
from yanglao.courses.question_files.reading import read_file, read_text
from yanglao.courses.question_shapes import QuestionDraft
from yanglao.files import service as files
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, NotFound, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.outside import media
from yanglao.people.roles import scope_of
from yanglao.places import queries as places

KEPT = timedelta(days=3)
MOST_QUESTIONS = 5000
_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}


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


class TooManyQuestions(Refused):
    code = "question_import.too_many"


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

    def opened(self) -> Upload:
        """Read the file now, before a transaction begins, so that a large one holds up nobody."""
        assert self.reading.entries
        return self


def judged(session: Session, bank_key: str, upload: Upload, *, actor: Actor) -> list[Item]:
    """Judge every question of a file for a bank; reads only, so that a large file keeps nobody from writing.

    Raises: BankUnknown, and what reading raises.
    """
    scope = _reach(actor)
    bank = question_queries.bank(session, bank_key, scope)
    items = import_rules.items_of(upload.reading.entries, _topics(session))
    items = import_rules.with_pictures(items, {name: name for name in _good_pictures(upload.reading)})
    return import_rules.judge(items, _held(session, scope), bank.key)


def preview(
    session: Session, bank_key: str, upload: Upload, items: Sequence[Item], *, now: datetime, actor: Actor
) -> ImportView:
    """Keep a file with the verdicts of ``judged``; no question is saved. Raises BankUnknown."""
    scope = _reach(actor)
    bank = question_queries.bank(session, bank_key, scope)
    row = QuestionImport(
        id=new_id(),
        bank_key=bank.key,
        owner_id=actor.person_id,
        file_name=upload.file_name[-200:] or "粘贴的文字",
        format=upload.reading.format,
        state="checked",
        content={
            "items": [to_json(one) for one in items],
            "pictures": _kept_pictures(session, upload.reading, now=now, actor=actor),
        },
        report=None,
        created_ms=to_ms(now),
        expires_ms=to_ms(now + KEPT),
    )
    session.add(row)
    session.flush()
    return _view(session, row, scope)


def import_(session: Session, import_id: str, *, now: datetime, actor: Actor) -> ImportView:
    """Return one's own file within one's reach. Raises ImportUnknown."""
    return _view(session, _own(session, import_id, now=now, actor=actor), _reach(actor))


def imports(session: Session, *, now: datetime, actor: Actor) -> list[ImportView]:
    """List one's own files that are still kept, the latest first."""
    wanted = select(QuestionImport).where(
        QuestionImport.owner_id == actor.person_id, QuestionImport.expires_ms > to_ms(now)
    )
    scope = _reach(actor)
    reached = {one.key for one in question_queries.banks(session, scope)}
    rows = session.scalars(wanted.order_by(QuestionImport.id.desc()).limit(50))
    return [_view(session, row, scope) for row in rows if row.bank_key in reached]


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
    (mended,) = import_rules.items_of([replace(entry, draft=draft, topic=topic)], _topics(session))
    (mended,) = import_rules.with_pictures([mended], row.content["pictures"])
    kept = replace(kept, draft=mended.draft, notes=mended.notes, topic=topic)
    items = [kept if one.number == number else one for one in items]
    return _judged(session, row, items, actor, near=(number,))


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
    row.content = {**row.content, "items": [to_json(one) for one in changed]}
    session.flush()
    return _view(session, row, _reach(actor))


def commit(
    session: Session, import_id: str, *, leave_faulty: bool = False, now: datetime, actor: Actor
) -> ImportView:
    """Save every question that is not skipped, or none at all; a second time gives the same answer.

    ``leave_faulty``: those with faults are left out on purpose. Raises: ImportUnknown, FaultyLeft, NothingToImport, and what
    ``questions.save_questions`` raises.
    """
    row = _own(session, import_id, now=now, actor=actor, lock=True)
    if row.state == "imported":
        return _view(session, row, _reach(actor))
    # Against what the bank holds now; what is alike was looked at and chosen for.
    held = _held(session, _reach(actor), only=row.bank_key)
    items = import_rules.judge([from_json(one) for one in row.content["items"]], held, row.bank_key, near=())
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
    row.state, row.imported_ms = "imported", to_ms(now)
    row.report = {
        "new": len(saved.new),
        "new_versions": len(saved.new_versions),
        "unchanged": len(saved.unchanged) + sum(one.outcome == "unchanged" for one in items),
        "left_out": sum(bool(one.number) for one in items)
        - len(chosen)
        - sum(one.outcome == "unchanged" for one in items),
    }
    row.content = {"items": [to_json(one) for one in items], "pictures": pictures}
    session.flush()
    return _view(session, row, _reach(actor))


def drop(session: Session, import_id: str, *, now: datetime, actor: Actor) -> None:
    """Throw a file away that was not imported. Raises ImportUnknown, AlreadyImported."""
    row = _open(session, import_id, now=now, actor=actor)
    session.delete(row)
    session.flush()


def expire(session: Session, *, now: datetime) -> None:
    """Delete the files whose time is over."""
    session.execute(delete(QuestionImport).where(QuestionImport.expires_ms <= to_ms(now)))


def _draft_to_save(item: Item, bank_key: str) -> QuestionDraft | None:
    draft = item.draft
    if draft is not None and item.choice == "version":
        twin = next((one for one in item.twins if one.bank_key == bank_key), None)
        return replace(draft, key=twin.key) if twin else draft
    return draft


def _judged(
    session: Session, row: QuestionImport, items: Sequence[Item], actor: Actor, *, near: Collection[int]
) -> ImportView:
    scope = _reach(actor)
    found = import_rules.judge(items, _held(session, scope), row.bank_key, near=near)
    row.content = {**row.content, "items": [to_json(one) for one in found]}
    session.flush()
    return _view(session, row, scope)


def _held(session: Session, scope: Scope, *, only: str = "") -> list[Held]:
    return [
        Held(bank.key, bank.name, one.key, question_queries.draft_of(one))
        for bank in question_queries.banks(session, scope)
        if only in ("", bank.key)
        for one in question_queries.current(session, bank.key)
    ]


def _topics(session: Session) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in places.topics(session):
        found |= {one.code: one.code, one.name: one.code, bare(one.name): one.code}
    return found


def _good_pictures(reading: Reading) -> dict[str, str]:
    """Return name -> type of the pictures whose content is what their name says; the others are left aside."""
    found = {}
    for name, content in reading.pictures.items():
        media_type = _TYPES.get(name.rpartition(".")[2].lower(), "")
        if media_type and media.agrees(content, media_type):
            found[name] = media_type
    return found


def _kept_pictures(session: Session, reading: Reading, *, now: datetime, actor: Actor) -> dict[str, str]:
    """Store the good pictures; return name -> file."""
    return {
        name: files.store(
            session,
            reading.pictures[name],
            name=name,
            media_type=media_type,
            owner_id=actor.person_id,
            purpose="question_picture",
            now=now,
            keep_for=KEPT,
        )
        for name, media_type in _good_pictures(reading).items()
    }


def _item(items: list[Item], number: int) -> Item:
    found = next((one for one in items if one.number == number and number), None)
    if found is None:
        raise ItemUnknown(number=number)
    return found


def _open(session: Session, import_id: str, *, now: datetime, actor: Actor) -> QuestionImport:
    row = _own(session, import_id, now=now, actor=actor, lock=True)
    if row.state == "imported":
        raise AlreadyImported
    return row


def _own(
    session: Session, import_id: str, *, now: datetime, actor: Actor, lock: bool = False
) -> QuestionImport:
    row = session.get(QuestionImport, import_id, with_for_update=lock or None, populate_existing=lock)
    mine = row is not None and row.owner_id == actor.person_id and row.expires_ms > to_ms(now)
    if row is None or not mine:
        raise ImportUnknown(import_id=import_id)
    if all(one.key != row.bank_key for one in question_queries.banks(session, _reach(actor))):
        raise ImportUnknown(import_id=import_id)
    return row


def _view(session: Session, row: QuestionImport, scope: Scope) -> ImportView:
    bank = question_queries.bank(session, row.bank_key, scope)
    return ImportView(
        id=row.id,
        bank_key=row.bank_key,
        bank_name=bank.name,
        file_name=row.file_name,
        format=row.format,
        state=row.state,
        items=tuple(from_json(one) for one in row.content["items"]),
        pictures=row.content["pictures"],
        created_ms=row.created_ms,
        expires_ms=row.expires_ms,
        imported_ms=row.imported_ms,
        report=row.report or {},
    )


def _reach(actor: Actor) -> Scope:
    return scope_of(actor.grants, "course.author")
