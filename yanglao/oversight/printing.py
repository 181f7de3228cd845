"""Print papers: who may ask for one, what fills it, and how a worker makes it.

A kind of paper is one line in ``KINDS``: its words, what it is about, how its pages are drafted, looked at and made again.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.files import service as files
from yanglao.files.errors import FileUnknown
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import SHANGHAI
from yanglao.kernel.clock import now as moment
from yanglao.kernel.db import reading, run
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.kernel.wording import all_words, sentence
from yanglao.outside import media_tools, typesetting
from yanglao.oversight import (
    attendance_book,
    book_look,
    claim_asking,
    claim_columns,
    claim_pages,
    own_days_sheet,
)
from yanglao.oversight.proving import Provable
from yanglao.papers import queries
from yanglao.papers import service as papers
from yanglao.papers.queries import PaperView
from yanglao.papers.service import Draft, Seen
from yanglao.people import service as people
from yanglao.people.roles import scope_of
from yanglao.work import queries as tasks

Report = Callable[[int, int], None]
FEW = 12  # pages that are set where they are asked for


class NotMade(Conflict):
    """Say that a paper is still being made."""

    code = "paper.not_made"


@dataclass(frozen=True, kw_only=True)
class Kind(Provable):
    """One kind of paper. ``about``: session, class or claim; ``template`` when it is not named like the kind."""

    about: str
    drafts: Callable[..., list[Draft]]
    look: Callable[..., dict[str, Any]]
    template: str = ""


def _book(kind: str, about: str, drafts: Callable[..., list[Draft]]) -> Kind:
    return Kind(
        title=book_look.TITLES[kind],
        about=about,
        drafts=drafts,
        look=book_look.facts_of,
        rebuilt=attendance_book.rebuilt,
        differences=attendance_book.differences,
    )


def _claim(kind: str) -> Kind:
    return Kind(
        title=claim_columns.TITLES[kind],
        about="claim",
        drafts=claim_pages.drafts_of(kind),
        look=claim_pages.look,
        rebuilt=claim_pages.rebuilt,
        differences=claim_pages.differences,
        later=claim_pages.later,
        template="claim",
    )


KINDS: dict[str, Kind] = {
    "attendance_session": _book("attendance_session", "session", attendance_book.session_pages),
    "attendance_class": _book("attendance_class", "class", attendance_book.class_pages),
    "own_days": Kind(
        title=own_days_sheet.TITLE,
        about="class",
        drafts=own_days_sheet.class_pages,
        look=own_days_sheet.look,
        rebuilt=own_days_sheet.rebuilt,
        differences=own_days_sheet.differences,
    ),
    "attendance_blank": _book("attendance_blank", "session", attendance_book.blank_pages),
    **{kind: _claim(kind) for kind in claim_columns.TITLES},
}


def ask(session: Session, kind: str, subject_id: str, *, now: datetime, actor: Actor) -> str:
    """Leave a paper of ``kind`` about a session, a class or a claim to be made and return its id.

    Raises: Forbidden, ClassUnknown, SessionUnknown, ClaimUnknown (also outside the actor's scope), NobodyOnPaper.
    """
    about = KINDS[kind]
    if about.about == "claim":
        return claim_asking.ask(session, kind, subject_id, now=now, actor=actor)
    scope = scope_of(actor.grants, "session.plan")
    if scope.empty:
        raise Forbidden(permission="session.plan")
    own, title = _subject(session, about, subject_id, scope)
    return papers.ask(session, kind, subject_id, own, title=title, now=now, actor=actor)


def _subject(session: Session, about: Kind, subject_id: str, scope: Scope) -> tuple[ClassView, str]:
    if about.about == "class":
        own = classes.class_(session, subject_id, scope)
        return own, f"{about.title} {own.name}"
    meeting = classes.session_(session, subject_id, scope)
    day = attendance_book.day_text(meeting.starts_ms).partition(" ")[0]
    return classes.class_(session, meeting.class_id), f"{about.title} {meeting.class_name} {day}"


def make(session: Session, payload: dict[str, Any], *, now: datetime, report: Report) -> None:
    """Make a paper: read its pages, set them outside any transaction, keep them in one of their own.

    Raises Refused (a character without a glyph) and Forbidden (the right was taken away meanwhile); the task ends with that.
    """
    with reading():
        asked = queries.paper(session, payload["paper_id"])
        if asked.state == "made":
            return
        actor = people.actor_of(session, payload["person_id"])
        if not papers.may_work(actor, asked):
            raise Forbidden(permission="session.plan")
        about = KINDS[asked.kind]
        whom = {"actor": actor} if about.about == "claim" else {}
        drawn = papers.draw(about.drafts(session, asked.subject_id, now=now, **whom))
    report(1, 3)
    stamp = f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    facts = about.look(drawn, base_url=address_of(), stamp=stamp)
    content = _pdf(about.template or asked.kind, facts, pages=len(drawn))
    report(2, 3)
    run(lambda: papers.finish(session, asked.id, drawn, content, now=now, actor=actor))


def _pdf(template: str, facts: dict[str, Any], *, pages: int) -> bytes:
    """Return the PDF; many pages are set in a process of their own, so that what typesetting remembers goes with it."""
    if pages <= FEW:
        return typesetting.pdf(template, facts)
    folder = Path(tempfile.mkdtemp(prefix="yanglao-paper-"))
    try:
        (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        job = {"template": template, "facts": {}, "single": "facts.json", "out": "paper.pdf"}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        media_tools.make("book", folder / "job.json", folder, {})
        return (folder / "paper.pdf").read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address_of() -> str:
    """Return the short address that QR codes lead to."""
    settings = current_app.config["SETTINGS"]
    return str(settings.short_base_url or settings.public_base_url)


def read(session: Session, payload: dict[str, Any], *, now: datetime, report: Report) -> None:
    """Look at an upload of signed sheets in a process of its own and file its pages by their codes."""
    with reading():
        actor = people.actor_of(session, payload["person_id"])
        waiting = queries.waiting_upload(session, payload["upload_id"])
        if waiting is None:
            return
        path = files.open_(session, waiting.file_id, now=now).path
    folder = Path(tempfile.mkdtemp(prefix="yanglao-paper-"))
    fault, seen = "", []
    try:
        given = folder / "given"
        shutil.copyfile(path, given)
        found = media_tools.make("codes", given, folder, {"most": papers.MOST_PAGES}, report=report)
        seen = [
            Seen(at, tuple(one["codes"]), (folder / one["picture"]).read_bytes())
            for at, one in enumerate(found, 1)
        ]
    except Refused as refusal:
        fault = refusal.code if refusal.code.startswith("paper.") else "paper.unreadable"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done = moment()
    upload_id = payload["upload_id"]
    run(lambda: papers.file_read(session, upload_id, seen, fault=fault, now=done, actor=actor))


def state_of(session: Session, paper: PaperView) -> tuple[str, str]:
    """Return asked, made or failed, and for a failed one why, in a sentence."""
    if paper.state == "made":
        return "made", ""
    task = tasks.last(session, papers.MAKE, paper.id)
    if task is not None and task.state != "failed":
        return "asked", ""
    code = task.error_code if task and task.error_code in all_words() else "export.failed"
    return "failed", sentence(code)


def opened(session: Session, paper: PaperView, *, now: datetime) -> files.FileView:
    """Return the PDF of a paper. Raises NotMade, FileUnknown."""
    if paper.file_id is None:
        raise NotMade
    return files.open_(session, paper.file_id, now=now)


def picture_of(session: Session, scan_id: str, scope: Scope, *, now: datetime) -> files.FileView:
    """Return the picture of a filed or waiting scan within ``scope``. Raises ScanUnknown, FileUnknown."""
    found = queries.scan(session, scan_id, scope)
    if found.picture_id is None:
        raise FileUnknown
    return files.open_(session, found.picture_id, now=now)


def sent_of(session: Session, scan_id: str, scope: Scope, *, now: datetime) -> files.FileView:
    """Return the file of a scan as it was sent, within ``scope``. Raises ScanUnknown, FileUnknown."""
    return files.open_(session, queries.scan(session, scan_id, scope).file_id, now=now)
