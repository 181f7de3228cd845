"""Printed cards: look at one before it is scanned; list, issue, renew and revoke those of a class."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from yanglao.capture.attendance import looks, meetings, printed
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.wording import sentence, todo, words
from yanglao.people import queries as people
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor, who
from yanglao.web.faces import face_link
from yanglao.web.forms import Strict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_printed_cards", __name__, url_prefix="/api/v1", tag="scans")


class LookIn(Strict):
    """What the camera read."""

    payload: str = Field(max_length=600)


class SeenOut(Strict):
    """Whose card it is; ``photo`` opens the approved photo for a moment, null without one."""

    id: str
    name: str
    photo: str | None


class LookOut(Strict):
    """A card that was looked at: the person, or a refusal in words."""

    person: SeenOut | None
    code: str | None
    title: str
    sentence: str
    todo: str


class CardOut(Strict):
    """Somebody of a class and the card they hold; ``issued_at`` null without one."""

    id: str
    person_id: str
    name: str
    issued_at: str | None
    printed_at: str | None


class CardsOut(Strict):
    """The roster with its cards."""

    items: list[CardOut]
    next: str | None


class IssueIn(Strict):
    """For whom (enrolments; nobody named: all). ``anew``: also for who has one, whose card ends at once."""

    enrolment_ids: list[str] = Field(default=[], max_length=500)
    anew: bool = False


class RevokeIn(Strict):
    """Why a card ends."""

    reason: str = Field(default="", max_length=200)


@bp.post("/sessions/<session_id>/card-looks")
@who("session.teach", "session.plan")
@bp.input(LookIn)
@bp.output(LookOut)
def look(session_id: str, json_data: LookIn) -> dict[str, Any]:
    """Say whose printed card this is, so that the person can be compared before the scan is sent; keeps nothing."""
    me, moment = actor(), now()
    meeting = meetings.own(db.session, session_id, me)
    return look_told(looks.look(db.session, meeting, json_data.payload, now=moment, actor=me))


@bp.get("/classes/<class_id>/printed-cards")
@who("people.manage")
@bp.output(CardsOut)
def cards(class_id: str) -> dict[str, Any]:
    """List the people of a class with their printed cards; what a card's code says stands only on the card."""
    return _told(class_id)


@bp.post("/classes/<class_id>/printed-cards")
@who("people.manage")
@bp.input(IssueIn)
@bp.output(CardsOut)
def issue(class_id: str, json_data: IssueIn) -> dict[str, Any]:
    """Issue cards to people of a class; who has one keeps it unless ``anew``."""
    me, moment, given = actor(), now(), json_data.model_dump()
    run(lambda: printed.issue(db.session, class_id, now=moment, actor=me, **given))
    return _told(class_id)


@bp.post("/people/<person_id>/printed-card/revoke")
@who("people.manage")
@bp.input(RevokeIn)
@bp.output({}, status_code=204)
def revoke(person_id: str, json_data: RevokeIn) -> str:
    """Revoke a person's card; from now on a scan of it is refused."""
    me, moment = actor(), now()
    run(lambda: printed.revoke(db.session, person_id, reason=json_data.reason, now=moment, actor=me))
    return ""


def look_told(found: looks.Look) -> dict[str, Any]:
    """Return what a card says as JSON."""
    code, one = found.refusal or "", found.person
    photo = face_link(one.id, now=now()) if one and found.photo_on_file else None
    return {
        "person": one and {"id": one.id, "name": one.name, "photo": photo},
        "code": found.refusal,
        "title": words(code).title if code else "",
        "sentence": sentence(code, found.facts) if code else "",
        "todo": todo(code, found.facts) if code else "",
    }


def _told(class_id: str) -> dict[str, Any]:
    classes.class_(db.session, class_id, scope_of(actor().grants, "people.manage"))
    roster = classes.roster(db.session, class_id)
    person_ids = [one.person_id for one in roster]
    known, held = people.persons(db.session, person_ids), printed.of_persons(db.session, person_ids)
    items = []
    for one in roster:
        card = held.get(one.person_id)
        items.append(
            {
                "id": one.id,
                "person_id": one.person_id,
                "name": known[one.person_id].name,
                "issued_at": rfc3339(card.issued_ms) if card else None,
                "printed_at": rfc3339(card.printed_ms) if card and card.printed_ms else None,
            }
        )
    return part_of(items)
