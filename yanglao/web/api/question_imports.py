"""Question files by API: a dry run with a verdict on every question, mending, choices, the commit, and files to take away."""

from __future__ import annotations

import io
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, request, send_file
from pydantic import Field

from yanglao.courses import import_sheets, question_import, question_reading
from yanglao.courses.import_shapes import ImportHead, ImportView, Item
from yanglao.courses.import_sheets import FORMATS
from yanglao.courses.question_files.reading import FileTooBig
from yanglao.courses.question_reading import Upload
from yanglao.courses.question_shapes import Fault, QuestionDraft
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.kernel.wording import sentence, todo, words
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.forms import Query, Strict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_question_imports", __name__, url_prefix="/api/v1", tag="题库 questions")
XLSX = FORMATS["xlsx"]
MB, AROUND_BYTES = 1024 * 1024, 65_536  # what a form puts around a file


class NotSent(Refused):
    """Say that neither a file nor text came."""

    code = "question_import.not_sent"


class TextBody(Strict):
    """One question in pasted style."""

    text: str = Field(min_length=1, max_length=20_000)


class ChoicesBody(Strict):
    """Numbers of questions that are kept, left out, or saved as a new version of the one in the bank."""

    keep: list[int] = Field(default_factory=list, max_length=5000)
    skip: list[int] = Field(default_factory=list, max_length=5000)
    version: list[int] = Field(default_factory=list, max_length=5000)


class CommitBody(Strict):
    """Whether questions with faults are left out on purpose."""

    leave_faulty: bool = False


class PictureQuery(Query):
    """Which picture or sound."""

    name: str = Field(min_length=1, max_length=200)


@bp.post("/banks/<bank_key>/question-imports")
@who("course.author")
@bp.doc(
    summary="Judge a question file: multipart field `file`, or JSON {text} with pasted questions; nothing is saved. "
    "A large file is answered 202 in the state `reading`: ask for its `state` until it is `checked` or `refused`",
    responses=[202, 404, 413, 422],
)
def preview(bank_key: str) -> Any:
    """Judge a question file for a bank, or let a large one wait for a worker."""
    moment, me, upload = now(), actor(), _upload()
    if question_reading.takes_long(upload):
        import_id = question_reading.lay_down(upload)
        name = upload.file_name
        view = run(lambda: question_reading.wait(db.session, bank_key, import_id, name, now=moment, actor=me))
        return import_dict(view), 202
    items = question_reading.judged(db.session, bank_key, upload.opened(), actor=me)
    return import_dict(
        run(lambda: question_reading.preview(db.session, bank_key, upload, items, now=moment, actor=me))
    )


@bp.get("/question-imports")
@who("course.author")
@bp.doc(summary="List one's own question files that are still kept, the latest first")
def list_imports() -> dict[str, Any]:
    """List one's own question files, without their questions."""
    found = question_import.imports(db.session, now=now(), actor=actor())
    return part_of([head_dict(one) for one in found])


@bp.get("/question-imports/<import_id>")
@who("course.author")
@bp.doc(summary="Read one question file with its verdicts", responses=[404])
def read_import(import_id: str) -> dict[str, Any]:
    """Read one question file."""
    return import_dict(question_import.import_(db.session, import_id, now=now(), actor=actor()))


@bp.get("/question-imports/<import_id>/state")
@who("course.author")
@bp.doc(summary="Ask how far the reading of a question file is; its questions are left out", responses=[404])
def read_state(import_id: str) -> dict[str, Any]:
    """Say how far a question file is."""
    return head_dict(question_import.head(db.session, import_id, now=now(), actor=actor()))


@bp.post("/question-imports/<import_id>/read")
@who("course.author")
@bp.doc(summary="Ask once more for a reading that was given up", responses=[404])
def read_again(import_id: str) -> dict[str, Any]:
    """Read a question file once more."""
    moment, me = now(), actor()
    return head_dict(run(lambda: question_reading.read_again(db.session, import_id, now=moment, actor=me)))


@bp.get("/question-imports/<import_id>/picture")
@who("course.author")
@bp.input(PictureQuery, location="query", arg_name="asked")
@bp.doc(summary="See a small version of a picture of one's own question file, by its name", responses=[404])
def show_picture(import_id: str, asked: PictureQuery) -> Response:
    """Send a picture to whoever handed it in."""
    found = question_import.picture(db.session, import_id, asked.name, now=now(), actor=actor())
    answer = send_file(found.path, mimetype=found.media_type, etag=found.sha256[:32])
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@bp.get("/question-imports/<import_id>/sound")
@who("course.author")
@bp.input(PictureQuery, location="query", arg_name="asked")
@bp.doc(summary="Hear a sound of one's own question file, by its name", responses=[404])
def play_sound(import_id: str, asked: PictureQuery) -> Response:
    """Send a sound to whoever handed it in."""
    found = question_import.sound(db.session, import_id, asked.name, now=now(), actor=actor())
    answer = send_file(found.path, mimetype=found.media_type, conditional=True, etag=found.sha256[:32])
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@bp.put("/question-imports/<import_id>/items/<int:number>")
@who("course.author")
@bp.input(TextBody, arg_name="body")
@bp.doc(
    summary="Mend one question: its text in pasted style is read and judged anew", responses=[404, 409, 422]
)
def mend(import_id: str, number: int, body: TextBody) -> dict[str, Any]:
    """Mend one question."""
    moment, me = now(), actor()
    return import_dict(
        run(lambda: question_import.mend(db.session, import_id, number, body.text, now=moment, actor=me))
    )


@bp.post("/question-imports/<import_id>/choices")
@who("course.author")
@bp.input(ChoicesBody, arg_name="body")
@bp.doc(
    summary="Say what becomes of questions: keep, skip, or a new version of the one in the bank",
    responses=[404, 409, 422],
)
def choose(import_id: str, body: ChoicesBody) -> dict[str, Any]:
    """Choose for questions."""
    moment, me = now(), actor()
    choices = {number: name for name, numbers in body.model_dump().items() for number in numbers}
    return import_dict(
        run(lambda: question_import.choose(db.session, import_id, choices, now=moment, actor=me))
    )


@bp.post("/question-imports/<import_id>/commit")
@who("course.author")
@bp.input(CommitBody, arg_name="body")
@bp.doc(summary="Import every question that is not skipped, or none", responses=[404, 409, 422])
def commit(import_id: str, body: CommitBody) -> dict[str, Any]:
    """Import a question file."""
    moment, me, leave = now(), actor(), body.leave_faulty
    return import_dict(
        run(lambda: question_import.commit(db.session, import_id, leave_faulty=leave, now=moment, actor=me))
    )


@bp.delete("/question-imports/<import_id>")
@who("course.author")
@bp.doc(summary="Throw a question file away that was not imported", responses=[404, 409])
def drop(import_id: str) -> dict[str, Any]:
    """Throw a question file away."""
    moment, me = now(), actor()
    run(lambda: question_import.drop(db.session, import_id, now=moment, actor=me))
    return {"id": import_id}


@bp.get("/question-imports/<import_id>/report.xlsx")
@who("course.author")
@bp.doc(summary="Download the questions that need a person, with the reasons", responses=[404])
def report_file(import_id: str) -> Response:
    """Hand the report out."""
    view = question_import.import_(db.session, import_id, now=now(), actor=actor())
    content = import_sheets.report_file(db.session, view)
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name="试题导入报告.xlsx")


@bp.get("/question-template.xlsx")
@who("course.author")
@bp.doc(summary="Download the template for questions, with an example of every kind")
def template_file() -> Response:
    """Hand the template out."""
    content = import_sheets.template_file(db.session)
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name="试题导入模板.xlsx")


@bp.get("/banks/<bank_key>/questions.<any(xlsx,txt,gift,xml):format_>")
@who("course.author")
@bp.doc(
    summary="Download a bank; header X-Left-Out tells how many questions the format cannot hold",
    responses=[404],
)
def bank_file(bank_key: str, format_: str) -> Response:
    """Hand a bank out."""
    scope = scope_of(actor().grants, "course.author")
    name, content, left = import_sheets.bank_file(db.session, bank_key, format_, scope, now=now())
    answer = send_file(io.BytesIO(content), FORMATS[format_], as_attachment=True, download_name=name)
    answer.headers["X-Left-Out"] = str(left)
    return answer


def _upload() -> Upload:
    most_mb = current_app.config["SETTINGS"].question_file_mb
    request.max_content_length = most_mb * MB + AROUND_BYTES
    if (request.content_length or 0) > request.max_content_length:
        raise FileTooBig(most_mb=most_mb, got_mb=-(-int(request.content_length or 0) // MB))
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        return Upload(sent.filename, sent.read())
    body = request.get_json(silent=True) if request.is_json else request.form
    text = body.get("text") if body is not None and hasattr(body, "get") else None
    if not isinstance(text, str) or not text.strip():
        raise NotSent
    return Upload(text=text)


def head_dict(one: ImportHead) -> dict[str, Any]:
    """Return a question file as the API says it, without its questions."""
    return {
        "id": one.id,
        "bank_key": one.bank_key,
        "bank_name": one.bank_name,
        "file_name": one.file_name,
        "format": one.format,
        "state": one.state,
        "fault": fault_dict(one.fault) if one.fault else None,
        "progress": {"done": one.progress[0], "total": one.progress[1]},
        "given_up": one.given_up,
        "totals": dict(one.totals),
        "report": dict(one.report),
        "created_at": rfc3339(one.created_ms),
        "expires_at": rfc3339(one.expires_ms),
        "imported_at": rfc3339(one.imported_ms) if one.imported_ms else None,
    }


def import_dict(one: ImportView) -> dict[str, Any]:
    """Return a question file with its questions (``items``) and every other piece of it (``others``)."""
    return {
        **head_dict(one),
        "items": [item_dict(item) for item in one.questions],
        "others": [
            {"kind": item.kind, "line": item.line, "last": item.last, "place": item.place, "text": item.typed}
            | {"faults": [fault_dict(fault) for fault in (*item.faults, *item.notes)]}
            for item in one.items
            if not item.number
        ],
    }


def item_dict(item: Item) -> dict[str, Any]:
    """Return one question of a file with its verdict."""
    return {
        "number": item.number,
        "place": import_sheets.place_of(item),
        "line": item.line,
        "last": item.last,
        "typed": item.typed,
        "outcome": item.outcome,
        "choice": item.choice,
        "sound": item.sound or None,
        "question": draft_dict(item.draft) if item.draft else None,
        "faults": [fault_dict(one) for one in item.faults],
        "notes": [fault_dict(one) for one in item.notes],
        "twins": [
            {"score": one.score, "text": one.text, "bank_key": one.bank_key or None, "key": one.key or None}
            | {"bank_name": one.bank_name, "number": one.number or None}
            for one in item.twins
        ],
    }


def fault_dict(one: Fault) -> dict[str, Any]:
    """Return a fault with its words."""
    return {
        "code": one.code,
        "title": words(one.code).title,
        "sentence": sentence(one.code, one.facts),
        "todo": todo(one.code, one.facts),
        "facts": one.facts,
    }


def draft_dict(draft: QuestionDraft) -> dict[str, Any]:
    """Return a draft with its key: whoever writes a bank may see it."""
    return {
        "kind": draft.kind,
        "text": draft.text,
        "options": [{"text": one.text, "correct": one.correct} for one in draft.options],
        "blanks": [list(one) for one in draft.blanks],
        "parts": [draft_dict(one) for one in draft.parts],
        "explanation": draft.explanation,
        "topic_code": draft.topic_code,
        "difficulty": draft.difficulty,
        "key": draft.key,
        "picture_name": draft.picture_name,
        "marks": draft.marks,
    }
