"""Send films, sound, pages and pictures by a person's own link."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from yanglao.kernel.clock import now
from yanglao.web import material
from yanglao.web.auth import actor, who

bp = APIBlueprint("public_media", __name__, enable_openapi=False)


@bp.get("/media/<word>")
@who("signed_in")
def show(word: str) -> Response:
    """Send what the link opens, in ranges; another person's link, an old or altered one is not found."""
    return material.sent(word, actor().person_id, now=now())
