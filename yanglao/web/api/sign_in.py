"""Sign in and out by API: the token stands for the same sign-in row as a page's cookie."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.people import service as people
from yanglao.web.auth import actor, begin, public, who
from yanglao.web.forms import Strict
from yanglao.web.guards import limiter

bp = APIBlueprint("api_sign_in", __name__, url_prefix="/api/v1", tag="people")


class SignInBody(Strict):
    """Who signs in, and from what. ``device`` is a client-made identifier, a signal only."""

    phone: str = Field(max_length=40)
    password: str = Field(max_length=200)
    client: Literal["wechat", "pc", "app"] = "app"
    device_label: str = Field(default="", max_length=80)
    device: str = Field(default="", max_length=64)


class RoleOut(BaseModel):
    """One role and how far it reaches; None is no such limit."""

    role: str
    division: str | None
    base: str | None
    department: str | None


class PersonOut(BaseModel):
    """The person signed in."""

    id: str
    name: str
    roles: list[RoleOut]


class SignedInOut(BaseModel):
    """The token to send as ``Authorization: Bearer``, and what is to be done before anything else."""

    token: str
    person: PersonOut
    consent_required: bool
    privacy_version: str
    must_change_password: bool


def person_out(held: Actor) -> PersonOut:
    """Return an actor as the API shows it."""
    roles = [
        RoleOut(role=one.role, division=one.division, base=one.base, department=one.department)
        for one in held.grants
    ]
    return PersonOut(id=held.person_id, name=held.name, roles=roles)


@bp.post("/sign-in")
@public
@bp.input(SignInBody, arg_name="body")
@bp.output(SignedInOut)
@bp.doc(summary="Sign in with phone and password", responses=[401])
@limiter.limit("600/minute")
def sign_in(body: SignInBody) -> SignedInOut:
    """Sign in with phone and password. 401 when they do not belong together, 429 after too many wrong tries."""
    found = begin(
        body.phone,
        body.password,
        carrier="bearer",
        client=body.client,
        device_label=body.device_label,
        device=body.device,
    )
    return SignedInOut(
        token=found.token,
        person=person_out(found.actor),
        consent_required=not found.actor.consented,
        privacy_version=people.PRIVACY_VERSION,
        must_change_password=found.actor.must_change_password,
    )


@bp.post("/sign-out")
@who("signed_in", early=True)
@bp.output({}, status_code=204)
def sign_out() -> str:
    """Sign the present device out."""
    run(lambda: people.sign_out(db.session, now=now(), actor=actor()))
    return ""
