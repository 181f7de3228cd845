"""One's own account by API: who am I, where am I signed in, consent, password."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now, rfc3339, to_ms
from yanglao.kernel.db import db, run
from yanglao.people import queries
from yanglao.people import service as people
from yanglao.web.api.sign_in import PersonOut, person_out
from yanglao.web.auth import actor, who
from yanglao.web.forms import Query, Strict
from yanglao.web.guards import limiter
from yanglao.web.lists import part_of

bp = APIBlueprint("api_me", __name__, url_prefix="/api/v1", tag="people")
DAY_MS = 86_400_000


class MeOut(PersonOut):
    """The person signed in, and what is to be done before anything else."""

    client: str
    font_px: int
    consent_required: bool
    privacy_version: str
    must_change_password: bool


class SignInOut(BaseModel):
    """A device one is signed in on."""

    id: str
    client: str
    carrier: str
    device_label: str
    created_at: str
    last_seen_at: str
    current: bool


class SignInsOut(BaseModel):
    """Devices, the last seen first."""

    items: list[SignInOut]
    next: str | None


class WhichQuery(Query):
    """Whether the device that asks is meant as well."""

    everywhere: bool = False


class ConsentBody(Strict):
    """Which version of the privacy notice is agreed to."""

    version: str = Field(max_length=16)


class PasswordBody(Strict):
    """The password so far and the new one."""

    old: str = Field(max_length=200)
    new: str = Field(max_length=200)


class FontBody(Strict):
    """How large the text shall be, in px, 18 to 30."""

    font_px: int


@bp.get("/me")
@who("signed_in", early=True)
@bp.output(MeOut)
def me() -> MeOut:
    """Say who is signed in."""
    held = actor()
    return MeOut(
        **person_out(held).model_dump(),
        client=held.client,
        font_px=held.font_px,
        consent_required=not held.consented,
        privacy_version=people.PRIVACY_VERSION,
        must_change_password=held.must_change_password,
    )


@bp.get("/me/sign-ins")
@who("signed_in", early=True)
@bp.output(SignInsOut)
def sign_ins() -> SignInsOut:
    """List the devices one is signed in on."""
    held, moment = actor(), now()
    since_ms = to_ms(moment) - policy.on(day_of(moment)).sign_in.life_days * DAY_MS
    items = [
        SignInOut(
            id=one.id,
            client=one.client,
            carrier=one.carrier,
            device_label=one.device_label,
            created_at=rfc3339(one.created_ms),
            last_seen_at=rfc3339(one.last_seen_ms),
            current=one.id == held.sign_in_id,
        )
        for one in queries.sign_ins(db.session, held.person_id, since_ms=since_ms)
    ]
    return SignInsOut(**part_of([one.model_dump() for one in items]))


@bp.delete("/me/sign-ins/<sign_in_id>")
@who("signed_in", early=True)
@bp.output({}, status_code=204)
def revoke_sign_in(sign_in_id: str) -> str:
    """Sign one device out."""
    run(lambda: people.revoke_sign_in(db.session, sign_in_id, now=now(), actor=actor()))
    return ""


@bp.delete("/me/sign-ins")
@who("signed_in", early=True)
@bp.input(WhichQuery, location="query", arg_name="which")
@bp.output({}, status_code=204)
def revoke_others(which: WhichQuery) -> str:
    """Sign all other devices out; with ``everywhere`` the present one too."""
    held = actor()
    act = people.sign_out_everywhere if which.everywhere else people.sign_out_others
    run(lambda: act(db.session, now=now(), actor=held))
    return ""


@bp.post("/consents")
@who("signed_in", early=True)
@bp.input(ConsentBody, arg_name="body")
@bp.output({}, status_code=204)
def consent(body: ConsentBody) -> str:
    """Agree to the privacy notice."""
    held = actor()
    run(lambda: people.agree(db.session, held.person_id, body.version, client=held.client, now=now()))
    return ""


@bp.post("/me/password")
@who("signed_in", early=True)
@bp.input(PasswordBody, arg_name="body")
@bp.output({}, status_code=204)
@limiter.limit("20/minute")
def password(body: PasswordBody) -> str:
    """Change one's own password; all other devices are signed out."""
    run(lambda: people.change_password(db.session, old=body.old, new=body.new, now=now(), actor=actor()))
    return ""


@bp.put("/me/font")
@who("signed_in", early=True)
@bp.input(FontBody, arg_name="body")
@bp.output({}, status_code=204)
def font(body: FontBody) -> str:
    """Choose the text size."""
    run(lambda: people.choose_font(db.session, body.font_px, actor=actor()))
    return ""
