"""Sign in and out, agree to the privacy notice, and see to one's own account."""

from __future__ import annotations

from typing import Any, Literal

from flask import Blueprint, redirect, request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem, Refused, TooMany
from yanglao.people import particulars, queries, wechat
from yanglao.people import service as people
from yanglao.people.particulars import Particulars
from yanglao.web import forms
from yanglao.web.auth import (
    actor,
    actor_or_none,
    begin,
    client_of_browser,
    drop_cookie,
    hand_cookie,
    label_of_browser,
    oauth_start,
    public,
    wechat_on,
    who,
)
from yanglao.web.guards import limiter
from yanglao.web.page import FONT_COOKIE, FONTS, home_of, page, roles_text

bp = Blueprint("account", __name__)
DAY_MS = 86_400_000
YEAR_S = 31_536_000


class SignInForm(forms.Form):
    """Phone and password, and where to go on."""

    phone: str = Field(default="", max_length=40)
    password: str = Field(default="", max_length=200)
    next: str = Field(default="", max_length=2000)
    client: Literal["", "app"] = ""


class ConsentForm(forms.Form):
    """The version that was read, and where to go on."""

    version: str = Field(max_length=16)
    next: str = Field(default="", max_length=2000)


class PasswordForm(forms.Form):
    """The password so far, and the new one twice."""

    old: str = Field(default="", max_length=200)
    new: str = Field(default="", max_length=200)
    again: str = Field(default="", max_length=200)
    next: str = Field(default="", max_length=2000)


class FontForm(forms.Form):
    """How large the text shall be."""

    font_px: int


@bp.get("/sign-in")
@public
def sign_in() -> Response | str:
    """Show the two fields; who is signed in already goes on."""
    held = actor_or_none()
    if held is not None:
        return redirect(forms.safe_next(request.args.get("next"), home_of(held)))
    return _sign_in_page(request.args.get("next", ""), again="again" in request.args)


@bp.post("/sign-in")
@public
@limiter.limit("600/minute")
def enter() -> Response | tuple[str, int, dict[str, str]]:
    """Sign in and go where the person's work begins; a refusal is said above the fields."""
    form, before = forms.read(SignInForm), actor_or_none()
    try:
        found = begin(
            form.phone,
            form.password,
            carrier="cookie",
            client=client_of_browser(form.client),
            device_label=label_of_browser(form.client),
        )
    except Problem as refusal:
        wait = {"Retry-After": str(refusal.retry_after_s)} if isinstance(refusal, TooMany) else {}
        told = forms.said(refusal)
        return (
            _sign_in_page(form.next, phone=form.phone, refusal=told),
            refusal.status,
            wait,
        )
    if before is not None:
        run(lambda: people.sign_out(db.session, now=now(), actor=before))
    response = redirect(forms.safe_next(form.next, home_of(found.actor)), 303)
    hand_cookie(response, found.token)
    return response


def _sign_in_page(path: str, **facts: Any) -> str:
    """Show the two fields; beside them WeChat's own way in, or on a PC the code that a phone scans."""
    here = client_of_browser() == "wechat"
    through = oauth_start(forms.safe_next(path, "")) if here and wechat_on() else ""
    return page("public/sign_in.html", next=path, by_phone=not here, through=through, **facts)


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """Sign this device out; again changes nothing."""
    held = actor_or_none()
    if held is not None:
        run(lambda: people.sign_out(db.session, now=now(), actor=held))
    response = redirect("/", 303)
    drop_cookie(response)
    return response


@bp.get("/consent")
@who("signed_in", early=True)
def consent() -> Response | str:
    """Show the privacy notice and one button; who has agreed already, for instance by going back, goes on."""
    held = actor()
    if held.consented:
        return redirect(forms.safe_next(request.args.get("next"), home_of(held)))
    return page("public/consent.html", version=people.PRIVACY_VERSION, next=request.args.get("next", ""))


@bp.post("/consent")
@who("signed_in", early=True)
def agree() -> Response:
    """Keep the consent and go on."""
    form, held = forms.read(ConsentForm), actor()
    run(lambda: people.agree(db.session, held.person_id, form.version, client=held.client, now=now()))
    return redirect(forms.safe_next(form.next, home_of(held)), 303)


@bp.get("/account")
@who("signed_in", early=True)
def account() -> str:
    """Show one's roles, devices and text size."""
    held, moment = actor(), now()
    since_ms = to_ms(moment) - policy.on(day_of(moment)).sign_in.life_days * DAY_MS
    return page(
        "public/account.html",
        one=queries.person(db.session, held.person_id),
        told=particulars.of(db.session, [held.person_id]).get(held.person_id, Particulars()),
        roles=roles_text(held.grants),
        devices=queries.sign_ins(db.session, held.person_id, since_ms=since_ms),
        current=held.sign_in_id,
        shared=_partner_name(held),
        may_share=held.extra.get("via") == "wechat",
        fonts=FONTS,
    )


def _partner_name(held: Actor) -> str:
    """Return who else uses the WeChat one came through, or nothing."""
    partner = wechat.partner_of(db.session, held.person_id) if held.extra.get("via") == "wechat" else None
    return queries.person(db.session, partner).name if partner else ""


@bp.post("/account/font")
@who("signed_in", early=True)
def font() -> Response:
    """Keep the text size for the person, and for this browser."""
    form = forms.read(FontForm)
    run(lambda: people.choose_font(db.session, form.font_px, actor=actor()))
    response = redirect("/account", 303)
    response.set_cookie(
        FONT_COOKIE, str(form.font_px), max_age=YEAR_S, samesite="Lax", secure=request.is_secure
    )
    return response


@bp.post("/account/devices/<sign_in_id>/sign-out")
@who("signed_in", early=True)
def revoke(sign_in_id: str) -> Response:
    """Sign one device out."""
    return forms.do(
        lambda: people.revoke_sign_in(db.session, sign_in_id, now=now(), actor=actor()),
        back="/account",
        done="那台设备已经退出。",
    )


@bp.post("/account/devices/sign-out-others")
@who("signed_in", early=True)
def revoke_others() -> Response:
    """Sign all other devices out."""
    return forms.do(
        lambda: people.sign_out_others(db.session, now=now(), actor=actor()),
        back="/account",
        done="其他设备都已经退出。",
    )


@bp.post("/account/devices/sign-out-all")
@who("signed_in", early=True)
def revoke_all() -> Response:
    """Sign every device out, this one too."""
    held = actor()
    run(lambda: people.sign_out_everywhere(db.session, now=now(), actor=held))
    response = redirect("/sign-in", 303)
    drop_cookie(response)
    return response


@bp.get("/account/password")
@who("signed_in", early=True)
def password() -> str:
    """Show the three fields."""
    return page("public/password.html", must=actor().must_change_password, next=request.args.get("next", ""))


@bp.post("/account/password")
@who("signed_in", early=True)
@limiter.limit("20/minute")
def change_password() -> Response | tuple[str, int]:
    """Change the password and go on; a refusal is said above the fields."""
    form, held = forms.read(PasswordForm), actor()
    try:
        if form.new != form.again:
            raise Refused("password.not_equal")
        run(lambda: people.change_password(db.session, old=form.old, new=form.new, now=now(), actor=held))
    except Problem as refusal:
        told = forms.said(refusal)
        must = held.must_change_password
        return page("public/password.html", must=must, next=form.next, refusal=told), refusal.status
    return redirect(forms.safe_next(form.next, home_of(held)), 303)
