"""The front door, and the search for certificates."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel.wording import sentence, todo
from yanglao.web import forms
from yanglao.web.auth import public
from yanglao.web.guards import limiter
from yanglao.web.page import page

bp = Blueprint("home", __name__)


class VerifyForm(forms.Query):
    """The number on a certificate."""

    number: str = Field(default="", max_length=64)


@bp.get("/")
@public
def home() -> str:
    """Say what this is and where to go."""
    return page("public/home.html")


@bp.get("/verify")
@public
def search() -> Response | str:
    """Ask for the number of a certificate, or go to its page."""
    number = forms.read_query(VerifyForm).number
    if number and "/" not in number:
        return redirect(f"/verify/{number}")
    return page("public/verify.html", number=number, asked=False)


@bp.get("/verify/<code>")
@public
@limiter.limit("60/minute")
@limiter.limit("6000/minute", key_func=lambda: "verify")
def verify(code: str) -> tuple[str, int]:
    """Say that no certificate with this number is on record: none has been issued by this system yet."""
    facts = {"number": code[:64]}
    told = sentence("verify.not_on_record", facts)
    now_do = todo("verify.not_on_record", facts)
    return page("public/verify.html", number=code[:64], asked=True, sentence=told, todo=now_do), 404


@bp.get("/favicon.ico")
@public
def favicon() -> Response:
    """Lead browsers that ask without being told to the icon."""
    return redirect(f"{request.script_root}/static/shared/favicon.svg", 301)
