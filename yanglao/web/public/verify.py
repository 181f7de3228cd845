"""查证书: what anybody may know of a certificate, by its code or by number and name; masked, never just "valid"."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.certificates import level_rules, rules
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.wording import sentence, todo
from yanglao.web import forms
from yanglao.web.auth import public
from yanglao.web.certificate_answers import Shown, by_code, by_hand, level_by_hand, shown
from yanglao.web.guards import limiter
from yanglao.web.page import page

bp = Blueprint("verify", __name__)


class NumberQuery(forms.Query):
    """The number on a certificate."""

    number: str = Field(default="", max_length=64)


class HandForm(forms.Form):
    """Number and name as somebody types them from the paper; not in the address, so that no log keeps the name."""

    number: str = Field(default="", max_length=64)
    name: str = Field(default="", max_length=60)


@bp.get("/verify")
@public
def search() -> Response | str:
    """Ask for the number of a certificate, or go to its page."""
    number = forms.read_query(NumberQuery).number
    if number and "/" not in number:
        return redirect(f"/verify/{number}")
    return page("public/verify.html", number=number, asked=False, found=None)


@bp.get("/verify/<code>")
@public
@limiter.limit("60/minute")
@limiter.limit("6000/minute", key_func=lambda: "verify")
def verify(code: str) -> tuple[str, int]:
    """Show the certificate behind a code; a number alone asks for the name too and tells nothing."""
    number = rules.number_in(code)
    if number:
        return page("public/verify.html", number=rules.spaced(number), asked=False, found=None), 200
    if level_rules.read_number(code):
        return page("public/verify.html", number=code[:64], asked=False, found=None), 200
    found = by_code(code)
    return _answer(
        shown(found) if found else None, code[:64], "verify.not_on_record", found.code if found else ""
    )


@bp.post("/verify")
@public
@limiter.limit("20/minute", key_func=lambda: f"verify:{request.form.get('number', '')[:64]}")
@limiter.limit("600/minute", key_func=lambda: "verify-by-hand")
def verify_by_hand() -> tuple[str, int]:
    """Show the certificate with a number, if the name is right."""
    form = forms.read(HandForm)
    found = by_hand(form.number, form.name)
    told = shown(found) if found else level_by_hand(form.number, form.name)
    return _answer(told, form.number, "verify.not_this_person")


def _answer(found: Shown | None, number: str, lacking: str, code: str | None = "") -> tuple[str, int]:
    facts = {"number": number}
    drawn = page(
        "public/verify.html",
        number=number,
        asked=True,
        found=found,
        code=code,
        asked_ms=to_ms(now()),
        sentence=sentence(lacking, facts),
        todo=todo(lacking, facts),
    )
    return drawn, 200 if found else 404
