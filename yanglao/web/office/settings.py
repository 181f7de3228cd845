"""Settings of the system administrator: staff and their roles, bases, and the notice's figures as loaded."""

from __future__ import annotations

from flask import Blueprint
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.kernel import policy
from yanglao.kernel.actor import Grant
from yanglao.kernel.clock import DAY_MS, now, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.kernel.wording import Words, words
from yanglao.messages import queries as messages
from yanglao.messages.queries import AlertView
from yanglao.people import queries
from yanglao.people import service as people
from yanglao.people.roles import DEPARTMENTS, ROLE_NAMES, role_text
from yanglao.people.rules import ID_TYPES
from yanglao.places import queries as places
from yanglao.places import service as place_service
from yanglao.places.rules import BASE_KINDS
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

ALERT_DAYS = 7
bp = Blueprint("office_settings", __name__, url_prefix="/office/settings")


class StaffForm(forms.Form):
    """A member of staff, the role and how far it reaches."""

    name: str = Field(max_length=40)
    id_type: str = Field(default="resident", max_length=12)
    id_number: str = Field(max_length=40)
    phone: str = Field(max_length=40)
    role: str = Field(max_length=20)
    division: str = Field(default="", max_length=12)
    base: str = Field(default="", max_length=26)
    department: str = Field(default="", max_length=20)

    def grant(self) -> Grant:
        """Return the role; an empty field is no such limit."""
        return Grant(self.role, self.division or None, self.base or None, self.department or None)


class BaseForm(forms.Form):
    """A training base."""

    name: str = Field(min_length=2, max_length=80)
    short_name: str = Field(min_length=1, max_length=20)
    division_code: str = Field(max_length=12)
    kind: str = Field(max_length=12)
    uscc: str = Field(default="", max_length=18)
    address: str = Field(default="", max_length=120)
    phone: str = Field(default="", max_length=20)


@bp.get("")
@who("settings.manage", "role.grant")
def settings() -> str:
    """Show staff, bases and what the notice says."""
    return page("office/settings.html", **_facts())


def _alerts() -> list[tuple[Words, AlertView]]:
    """Return what WeChat refused in the last days for reasons that only this page's reader can mend."""
    since_ms = to_ms(now()) - ALERT_DAYS * DAY_MS
    unknown = words("")
    return [
        (known if known != unknown else words("alert.other"), one)
        for one in messages.alerts(db.session, since_ms=since_ms)
        for known in [words(f"alert.{one.code}")]
    ]


@bp.post("/staff")
@who("role.grant")
def take_on() -> str | tuple[str, int]:
    """Take a member of staff on and show the one-time password, once; a refusal is said above the form."""
    form = forms.read(StaffForm)
    draft = people.Draft(name=form.name, id_type=form.id_type, id_number=form.id_number, phone=form.phone)
    try:
        taken = run(lambda: people.take_on(db.session, draft, form.grant(), now=now(), actor=actor()))
    except Problem as refusal:
        return page(
            "office/settings.html", refusal=forms.said(refusal), form=form, **_facts()
        ), refusal.status
    return page("office/settings.html", password=taken.one_time_password, taken=form.name, **_facts())


@bp.post("/grants/<grant_id>/revoke")
@who("role.grant")
def revoke(grant_id: str) -> Response:
    """Take a role away."""
    return forms.do(
        lambda: people.revoke(db.session, grant_id, now=now(), actor=actor()),
        back="/office/settings",
        done="已经收回。",
    )


@bp.post("/people/<person_id>/password-reset")
@who("role.grant")
def reset_password(person_id: str) -> str:
    """Reset the password of a member of staff and show the new one, once."""
    password = run(
        lambda: people.reset_password(
            db.session, person_id, reason="系统管理员重置", now=now(), actor=actor()
        )
    )
    name = queries.person(db.session, person_id).name
    return page("office/settings.html", password=password, taken=name, **_facts())


@bp.post("/bases")
@who("settings.manage")
def add_base() -> Response:
    """Register a base."""
    form = forms.read(BaseForm)
    draft = place_service.BaseDraft(**{**form.model_dump(), "uscc": form.uscc or None})
    return forms.do(
        lambda: place_service.add_base(db.session, draft),
        back="/office/settings#bases",
        done="基地已经登记。",
    )


def _facts() -> dict[str, object]:
    staff = [
        (one, role_text(one.grant, division_name=one.division_name, base_name=one.base_name))
        for one in queries.staff_grants(db.session)
    ]
    divisions = places.divisions(db.session)
    bases = places.bases(db.session)
    none = [("", "不限")]
    return {
        "alerts": _alerts(),
        "staff": staff,
        "me": actor().person_id,
        "divisions": divisions,
        "bases": bases,
        "plans": [places.plan(db.session, year) for year in places.years(db.session)],
        "discrepancies": places.discrepancies(db.session),
        "levels": places.levels(db.session),
        "topics": places.topics(db.session, mandatory=True),
        "policies": policy.every(),
        "roles": [(key, name) for key, name in ROLE_NAMES.items() if key != "trainee"],
        "id_types": list(ID_TYPES.items()),
        "departments": none + list(DEPARTMENTS.items()),
        "division_choices": none + [(one.code, one.name) for one in divisions if one.kind != "city"],
        "base_choices": none + [(one.id, one.short_name) for one in bases],
        "all_divisions": [(one.code, one.name) for one in divisions],
        "base_kinds": list(BASE_KINDS.items()),
        "kind_names": BASE_KINDS,
    }
