"""主管部门的表格: the forms that are offered with their versions, the words they may use, an upload, and a sample filled in."""

from __future__ import annotations

import io

from apiflask import APIBlueprint
from flask import Response, request, send_file
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.outside.form_parts import MOST_BYTES
from yanglao.oversight import bureau_forms, form_words
from yanglao.people import queries as people
from yanglao.people.roles import may
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_bureau_forms", __name__, url_prefix="/office/claims/forms", enable_openapi=False)


class NameForm(forms.Form):
    """What a form is called; the same name again is a new version."""

    name: str = Field(default="", max_length=60)


@bp.get("")
@who("form.manage", "claim.read")
def listed() -> str:
    """Show the forms, the newest version of each first, and the data dictionary."""
    found = bureau_forms.versions(db.session)
    return page(
        "office/bureau_forms.html",
        versions=found,
        known=people.persons(db.session, {one.uploaded_by for one in found}),
        words=form_words.WORDS,
        row_words=form_words.ROW_WORDS,
        sample=form_words.text,
        may_read=may(actor().grants, "claim.read"),
        may_manage=may(actor().grants, "form.manage"),
        most_mb=MOST_BYTES // 1024 // 1024,
    )


@bp.post("")
@who("form.manage")
def upload() -> AnyResponse:
    """Take a form in, or say what in it cannot be used and where."""
    me, moment, form = actor(), now(), forms.read(NameForm)
    sent = request.files.get("file")
    content = sent.read(MOST_BYTES + 1) if sent is not None else b""
    return forms.do(
        lambda: bureau_forms.take_in(db.session, form.name, content, now=moment, actor=me),
        back="/office/claims/forms",
        done="表格存好了。先下载样张看一遍，再到申报里用。",
    )


@bp.post("/<form_id>/retire")
@who("form.manage")
def retire(form_id: str) -> AnyResponse:
    """Offer a form no longer."""
    me, moment = actor(), now()
    return forms.do(
        lambda: bureau_forms.retire(db.session, form_id, now=moment, actor=me),
        back="/office/claims/forms",
        done="这张表停用了。填过的还查得到。",
    )


@bp.get("/versions/<version_id>/sample")
@who("form.manage", "claim.read")
def sample(version_id: str) -> Response:
    """Send a version filled with the sample."""
    own, content = bureau_forms.preview(db.session, version_id, now=now())
    return _sent(content, own.media_type, f"样张_{own.name}_第{own.number}版.{own.kind}")


@bp.get("/versions/<version_id>/file")
@who("form.manage", "claim.read")
def file(version_id: str) -> Response:
    """Send a version as it was uploaded."""
    own = bureau_forms.version(db.session, version_id)
    content = bureau_forms.template(db.session, own, now=now())
    return _sent(content, own.media_type, f"{own.name}_第{own.number}版.{own.kind}")


def _sent(content: bytes, media_type: str, name: str) -> Response:
    response = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
