"""Write question banks: new questions, new versions, retiring, banks and quiz plans. The caller commits.

A question that changes becomes a new version; the one before is retired and stays for the papers that hold it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.courses import question_queries as queries
from yanglao.courses.question_models import Option, Question, QuestionBank
from yanglao.courses.question_shapes import QuestionDraft, check_draft, digest_of, tidy
from yanglao.courses.shapes import BankView, QuestionView
from yanglao.kernel.actor import EVERYTHING, SYSTEM, Actor, Scope
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.people.roles import scope_of
from yanglao.places import queries as places


class DraftsFaulty(Refused):
    """Say what is wrong: ``faults`` is a list of {index, code, facts}; ``index`` counts the drafts from 0."""

    code = "courses.drafts_faulty"


class QuestionMovedOn(Conflict):
    """Somebody else has saved a newer version meanwhile."""

    code = "courses.question_moved_on"


class BankNameMissing(Refused):
    code = "courses.bank_name_missing"


@dataclass(frozen=True)
class SavedReport:
    """The keys of questions that are new, that became a new version, and that were there as they are; in draft order."""

    new: tuple[str, ...]
    new_versions: tuple[str, ...]
    unchanged: tuple[str, ...]


def save_questions(
    session: Session,
    bank_key: str,
    drafts: Sequence[QuestionDraft],
    *,
    now: datetime,
    actor: Actor,
    pictures: Mapping[str, str] | None = None,
) -> SavedReport:
    """Save drafts into a bank, all or none.

    A draft with a key belongs to the question of that key. One without belongs to the current question that says the same
    (``digest_of``), else it gets a key. ``pictures`` maps the picture names of drafts to stored files.

    Raises:
        BankUnknown: there is no such bank within the actor's reach.
        DraftsFaulty: at least one draft cannot be saved; all faults are named.
    """
    locked_bank(session, bank_key, actor)
    _check(session, drafts)
    held = queries.current(session, bank_key)
    by_key = {one.key: (queries.draft_of(one), _pictures_of(one)) for one in held}
    by_digest = {digest_of(draft): key for key, (draft, _) in by_key.items()}
    last = _last_versions(session, bank_key)
    shelf = _Shelf(session)
    report: dict[str, list[str]] = {"new": [], "new_versions": [], "unchanged": []}
    for given in map(tidy, drafts):
        key = given.key or by_digest.get(digest_of(given)) or f"q{new_id()}"
        draft = replace(given, key=key)
        before, kept = by_key.get(key, (None, {}))
        if before is not None and _same(before, draft):
            report["unchanged"].append(key)
            continue
        if last.get(key):
            shelf.put()  # an earlier draft of this very question must lie in the table before it is retired
            _retire(session, bank_key, key, now)
        last[key] = version = last.get(key, 0) + 1
        known = {**kept, **(pictures or {})}
        shelf.add(bank_key, draft, version=version, now=now, actor=actor, pictures=known)
        by_key[key] = (draft, known)
        by_digest[digest_of(draft)] = key
        report["new_versions" if version > 1 else "new"].append(key)
    shelf.put()
    return SavedReport(**{name: tuple(keys) for name, keys in report.items()})


def edit_question(
    session: Session,
    bank_key: str,
    draft: QuestionDraft,
    *,
    version: int,
    now: datetime,
    actor: Actor,
    pictures: Mapping[str, str] | None = None,
) -> str:
    """Save one draft and return its key. ``version`` is the one its author has seen, 0 for a new question.

    Raises: as ``save_questions``; QuestionUnknown; QuestionMovedOn: another version was saved meanwhile.
    """
    locked_bank(session, bank_key, actor)
    if draft.key and queries.versions(session, bank_key, draft.key)[0].version != version:
        raise QuestionMovedOn()
    report = save_questions(session, bank_key, [draft], now=now, actor=actor, pictures=pictures)
    return (report.new + report.new_versions + report.unchanged)[0]


def retire_question(session: Session, bank_key: str, key: str, *, now: datetime, actor: Actor) -> None:
    """Take a question out of future papers; it stays where it was asked. Raises BankUnknown, QuestionUnknown."""
    locked_bank(session, bank_key, actor)
    if all(one.retired_ms for one in queries.versions(session, bank_key, key)):
        return
    _retire(session, bank_key, key, now)


def make_bank(session: Session, name: str, base_id: str | None, *, now: datetime, actor: Actor) -> BankView:
    """Make an empty bank for a base, or with None for the city. Raises BankUnknown (out of reach), BankNameMissing."""
    scope = _reach(actor)
    if not queries.within(scope, base_id):
        raise queries.BankUnknown(bank=name[:40])
    if not re.search(r"\S", name) or len(name.strip()) > 80:
        raise BankNameMissing()
    key = f"b{new_id()}"
    row = QuestionBank(
        key=key, name=name.strip(), base_id=base_id, created_ms=to_ms(now), created_by=_writer(actor)
    )
    session.add(row)
    session.flush()
    return queries.bank(session, key, scope)


def set_multiple_rule(session: Session, bank_key: str, rule: str | None, *, actor: Actor) -> None:
    """Say how multiple questions are marked: all right or nothing, by shares, or as the policy says (None)."""
    locked_bank(session, bank_key, actor).multiple_rule = rule
    session.flush()


def locked_bank(session: Session, bank_key: str, actor: Actor) -> QuestionBank:
    """Hold a bank that the actor may write, so that versions are numbered one after the other. Raises BankUnknown."""
    wanted = select(QuestionBank).where(QuestionBank.key == bank_key).with_for_update()
    row = session.scalars(wanted).first()
    if row is None or not queries.within(_reach(actor), row.base_id):
        raise queries.BankUnknown(bank=bank_key[:40])
    return row


def _check(session: Session, drafts: Sequence[QuestionDraft]) -> None:
    topics = {one.code for one in places.topics(session)}
    faults = [
        {"index": index, "code": fault.code, "facts": fault.facts}
        for index, draft in enumerate(drafts)
        for fault in check_draft(draft)
    ]
    for index, draft in enumerate(drafts):
        for one in (draft, *draft.parts):
            if one.topic_code and one.topic_code not in topics:
                facts = {"topic": one.topic_code[:40]}
                faults.append({"index": index, "code": "question.topic_unknown", "facts": facts})
    if faults:
        raise DraftsFaulty(count=len(faults), faults=faults)


def _same(one: QuestionDraft, other: QuestionDraft) -> bool:
    return tidy(one) == other


def _pictures_of(view: QuestionView | None) -> dict[str, str]:
    """Return picture name -> stored file of the version before, so that an edit of words keeps the pictures."""
    own = (view, *view.parts) if view else ()
    return {one.picture_name: one.picture_id for one in own if one.picture_name and one.picture_id}


def _retire(session: Session, bank_key: str, key: str, now: datetime) -> None:
    wanted = select(Question).where(
        Question.bank_key == bank_key, Question.key == key, Question.retired_ms.is_(None)
    )
    for row in session.scalars(wanted):
        row.retired_ms = to_ms(now)
        for part in session.scalars(select(Question).where(Question.case_id == row.id)):
            part.retired_ms = to_ms(now)


def _last_versions(session: Session, bank_key: str) -> dict[str, int]:
    """Return the highest version of every key a bank ever had."""
    wanted = select(Question.key, func.max(Question.version)).where(Question.bank_key == bank_key)
    return {key: version for key, version in session.execute(wanted.group_by(Question.key))}


class _Shelf:
    """Gather the rows of many questions and write them together: thousands in a second, not one by one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: list[Question] = []
        self._parts: list[Question] = []
        self._options: list[Option] = []

    def add(
        self,
        bank_key: str,
        draft: QuestionDraft,
        *,
        version: int,
        now: datetime,
        actor: Actor,
        pictures: Mapping[str, str],
        part_of: tuple[str, int] | None = None,
    ) -> None:
        """Take a question, its options and its parts."""
        row = Question(
            id=new_id(),
            bank_key=bank_key,
            key=draft.key,
            version=version,
            kind=draft.kind,
            text=draft.text,
            explanation=draft.explanation,
            topic_code=draft.topic_code,
            difficulty=draft.difficulty,
            blanks=[list(one) for one in draft.blanks] or None,
            numerals=draft.numerals,
            marks=draft.marks,
            case_id=part_of[0] if part_of else None,
            position=part_of[1] if part_of else None,
            picture_name=draft.picture_name,
            picture_id=pictures.get(draft.picture_name or ""),
            audio_name=draft.audio_name,
            content_digest=digest(asdict(draft)),
            created_ms=to_ms(now),
            made_by=_writer(actor),
        )
        (self._parts if part_of else self._rows).append(row)
        self._options += [
            Option(id=new_id(), question_id=row.id, position=place, text=one.text, correct=one.correct)
            for place, one in enumerate(draft.options, start=1)
        ]
        common = {"version": version, "now": now, "actor": actor, "pictures": pictures}
        for place, part in enumerate(draft.parts, start=1):
            own = replace(part, key=f"{draft.key}#{place}")
            self.add(bank_key, own, part_of=(row.id, place), **common)  # type: ignore[arg-type]

    def put(self) -> None:
        """Write what was gathered: cases before their parts, questions before their options."""
        for rows in (self._rows, self._parts, self._options):
            self._session.add_all(rows)
            self._session.flush()
            rows.clear()


def _reach(actor: Actor) -> Scope:
    return EVERYTHING if actor == SYSTEM else scope_of(actor.grants, "course.author")


def _writer(actor: Actor) -> str | None:
    return None if actor == SYSTEM else actor.person_id
