"""题库: one question: look at it as a trainee sees it, edit it, retire it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file
from flask import Response as Sent
from pydantic import Field
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from yanglao.courses import question_queries as queries
from yanglao.courses import questions as service
from yanglao.courses import voices
from yanglao.courses.question_shapes import MOST_OPTIONS, MOST_PARTS, QuestionDraft
from yanglao.courses.shapes import BankView
from yanglao.files import service as files
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem, Refused
from yanglao.kernel.wording import sentence, todo, words
from yanglao.outside import media
from yanglao.people.roles import scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.material import Linking, voice_dict
from yanglao.web.office.bank_words import DIFFICULTIES, KINDS, LETTERS, answer_text
from yanglao.web.office.banks import topic_names
from yanglao.web.office.question_form import draft_of
from yanglao.web.page import page

bp = Blueprint("office_questions", __name__, url_prefix="/office/banks/<bank_key>/questions")
PICTURES = ("image/png", "image/jpeg")
MOST_PICTURE_BYTES = 2 * 1024 * 1024
EMPTY = QuestionDraft("single", "")


class PictureWrong(Refused):
    code = "courses.question_picture_wrong"


class CopyQuery(forms.Query):
    """Which kind a new question begins with."""

    kind: str = Field(default="single", max_length=12)


@bp.get("/new")
@who("course.author")
def new_question(bank_key: str) -> str:
    """Show an empty form."""
    kind = forms.read_query(CopyQuery).kind
    return _form(_bank(bank_key), QuestionDraft(kind if kind in KINDS else "single", ""), version=0)


@bp.post("/new")
@who("course.author")
def add_question(bank_key: str) -> Response | tuple[str, int]:
    """Save a new question."""
    return _save(_bank(bank_key), None)


@bp.get("/<key>")
@who("course.author")
def show_question(bank_key: str, key: str) -> str:
    """Show one question with its answer, and its versions."""
    own = _bank(bank_key)
    found = queries.versions(db.session, bank_key, key)
    heard = voices.of_questions(db.session, [found[0].id, *(part.id for part in found[0].parts)])
    linking = Linking(actor().person_id, now())
    return page(
        "office/question.html",
        voices={key: voice_dict(one, linking) for key, one in heard.ready.items()},
        outdated=heard.outdated,
        bank=own,
        one=found[0],
        versions=found,
        kinds=KINDS,
        difficulties=DIFFICULTIES,
        letters=LETTERS,
        topics=topic_names(),
        answer_text=answer_text,
    )


@bp.get("/<key>/edit")
@who("course.author")
def edit_question(bank_key: str, key: str) -> str:
    """Show the form with the newest version."""
    newest = queries.versions(db.session, bank_key, key)[0]
    return _form(_bank(bank_key), queries.draft_of(newest), version=newest.version)


@bp.post("/<key>/edit")
@who("course.author")
def save_question(bank_key: str, key: str) -> Response | tuple[str, int]:
    """Save a new version; what was typed comes back with every fault."""
    return _save(_bank(bank_key), key)


@bp.post("/<key>/retire")
@who("course.author")
def retire_question(bank_key: str, key: str) -> Response:
    """Take a question out of future papers."""
    me, moment = actor(), now()
    run(lambda: service.retire_question(db.session, bank_key, key, now=moment, actor=me))
    flash(sentence("courses.question_retired"), "pine")
    return redirect(f"/office/banks/{bank_key}", 303)


@bp.get("/<key>/picture")
@who("course.author")
def show_picture(bank_key: str, key: str) -> Sent:
    """Send the picture of the newest version."""
    _bank(bank_key)
    newest = queries.versions(db.session, bank_key, key)[0]
    if newest.picture_id is None:
        raise queries.QuestionUnknown(question=key)
    found = files.open_(db.session, newest.picture_id, now=now())
    return send_file(found.path, mimetype=found.media_type)


def _bank(bank_key: str) -> BankView:
    return queries.bank(db.session, bank_key, scope_of(actor().grants, "course.author"))


def _save(bank: BankView, key: str | None) -> Response | tuple[str, int]:
    form, me, moment = request.form, actor(), now()
    given = form.get("version", "0")
    version = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    kept = None if form.get("no_picture") else form.get("picture_name", "")[:200] or None
    draft = draft_of(form, key=key, picture_name=kept)
    try:
        name, content = _picture(request.files.get("picture"))
        draft = draft_of(form, key=key, picture_name=name or kept)

        def act() -> str:
            stored = {name: _store(content, name)} if name else {}
            return service.edit_question(
                db.session, bank.key, draft, version=version, now=moment, actor=me, pictures=stored
            )

        saved = run(act)
    except Problem as refusal:
        return _form(bank, draft, version=version, refusal=refusal), refusal.status
    flash(sentence("courses.question_saved"), "pine")
    return redirect(f"/office/banks/{bank.key}/questions/{saved}", 303)


def _picture(given: FileStorage | None) -> tuple[str, bytes]:
    """Return name and content of an uploaded picture; both empty without one. Raises PictureWrong."""
    if given is None or not given.filename:
        return "", b""
    content = given.stream.read(MOST_PICTURE_BYTES + 1)
    if len(content) > MOST_PICTURE_BYTES or media.kind_of(content) not in PICTURES:
        raise PictureWrong(most_mb=MOST_PICTURE_BYTES // 1024 // 1024)
    return f"{sha256(content).hexdigest()[:12]}-{given.filename[-80:]}", content


def _store(content: bytes, name: str) -> str:
    kind = media.kind_of(content)
    return files.store(
        db.session, content, name=name, media_type=kind, owner_id=None, purpose="question", now=now()
    )


def _form(bank: BankView, draft: QuestionDraft, *, version: int, refusal: Problem | None = None) -> str:
    faults: list[dict[str, Any]] = refusal.facts.get("faults", []) if refusal else []
    return page(
        "office/question_edit.html",
        bank=bank,
        draft=draft,
        version=version,
        kinds=KINDS,
        difficulties=DIFFICULTIES,
        letters=LETTERS,
        topics=topic_names(),
        most_options=MOST_OPTIONS,
        part_drafts=[*draft.parts, *[EMPTY] * (MOST_PARTS - len(draft.parts))],
        refused=words(refusal.code).title if refusal else "",
        said=sentence(refusal.code, refusal.facts) if refusal else "",
        now_do=todo(refusal.code, refusal.facts) if refusal else "",
        faults=[
            {
                "part": one["facts"].get("part"),
                "text": sentence(one["code"], one["facts"]),
                "todo": todo(one["code"], one["facts"]),
            }
            for one in faults
        ],
    )
