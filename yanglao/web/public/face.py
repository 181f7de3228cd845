"""Show a photo by the short-lived link that came with the answer to a scan: a helper's phone is not signed in."""

from __future__ import annotations

from flask import Blueprint, Response

from yanglao.kernel.clock import now
from yanglao.web import faces
from yanglao.web.auth import public

bp = Blueprint("public_face", __name__)


@bp.get("/face/<word>")
@public
def show(word: str) -> Response:
    """Send the photo; an old or altered link opens nothing."""
    return faces.face(word, now=now())
