"""Take scans, one or many; void and decide them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

from apiflask import APIBlueprint
from flask import current_app, jsonify, request
from pydantic import AfterValidator, Field, RootModel, ValidationError, WithJsonSchema, model_validator

from yanglao.capture.attendance import lists, plain, reversals, service
from yanglao.capture.attendance.plain import Post
from yanglao.capture.attendance.shapes import Answer, Brief, Place, ScanDraft
from yanglao.completion.entering import refresh_all
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now, rfc3339, to_ms
from yanglao.kernel.db import db
from yanglao.kernel.together import Together
from yanglao.kernel.wording import sentence, todo, words
from yanglao.people import first_photos
from yanglao.people import service as people
from yanglao.web import short
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.faces import face_link, first_photo
from yanglao.web.forms import Strict
from yanglao.web.short import passes

bp = APIBlueprint("api_scans", __name__, url_prefix="/api/v1", tag="scans")
MOST_AT_ONCE = 500
MAY_SCAN = ("scan.own", "session.teach", "session.plan")


def _instant(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 2000 <= moment.year <= 2200:
        raise ValueError("an RFC 3339 instant with its offset is needed")
    return text


Instant = Annotated[
    str,
    Field(max_length=40),
    AfterValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def ms_of(text: str) -> int:
    """Return an instant as milliseconds UTC."""
    return to_ms(datetime.fromisoformat(text))


class Location(Strict):
    """Where a phone says it is, in degrees and metres."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    accuracy_m: float = Field(default=0, ge=0, le=100_000)

    def place(self) -> Place:
        """Return it in whole millionths of degrees and metres."""
        return Place(
            round(self.latitude * 1_000_000), round(self.longitude * 1_000_000), round(self.accuracy_m)
        )


class ScanIn(Strict):
    """One scan. ``payload``: the code as read; for ``manual`` the enrolment id.

    For a printed card: ``photo_ticked`` says that this is the person, ``id_checked`` that their identity card was looked at.
    """

    scan_uuid: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    kind: Literal["card", "room", "spoken", "manual"]
    payload: str = Field(max_length=600)
    direction: Literal["in", "out"]
    captured_at: Instant
    sent_at: Instant
    device: str | None = Field(default=None, max_length=64)
    session_id: str | None = Field(default=None, max_length=26)
    location: Location | None = None
    reason: str | None = Field(default=None, max_length=200)
    photo_ticked: bool = False
    id_checked: bool = False

    def draft(self, address: str = "") -> ScanDraft:
        """Return the scan as the service takes it; ``address`` is where it came from."""
        return ScanDraft(
            scan_uuid=self.scan_uuid,
            kind=self.kind,
            payload=self.payload,
            direction=self.direction,
            captured_ms=ms_of(self.captured_at),
            sent_ms=ms_of(self.sent_at),
            session_id=self.session_id or "",
            device=self.device or "",
            reason=self.reason or "",
            place=self.location.place() if self.location else None,
            network=address,
            photo_ticked=self.photo_ticked,
            id_checked=self.id_checked,
        )


class ScansIn(Strict):
    """Several scans, judged in the order of their corrected capture."""

    scans: list[ScanIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ScanOrScans(RootModel[ScansIn | ScanIn]):
    """One scan, or several."""

    def drafts(self, address: str = "") -> list[ScanDraft]:
        """Return what was sent as a list."""
        sent = self.root.scans if isinstance(self.root, ScansIn) else [self.root]
        return [one.draft(address) for one in sent]


class PersonOut(Strict):
    """The person a scan was for; the name in full only on the session's own roster.

    ``photo``: opens the approved photo of somebody of that roster for a few minutes, to compare by eye. ``first_photo``, where
    there is none: ``open``: the instructor may take one (POST /scans/{scan_uuid}/first-photo); ``not_agreed``: the person agreed to no notice.
    """

    id: str
    name: str
    photo: str | None = None
    first_photo: Literal["open", "not_agreed"] | None = None


class ScanOut(Strict):
    """What became of one scan; a replay gets the same."""

    scan_uuid: str
    outcome: Literal["accepted", "pending_review", "refused"]
    code: str | None
    facts: dict[str, Any]
    person: PersonOut | None
    recorded_at: str
    direction: str
    title: str
    sentence: str
    todo: str


class ScansOut(Strict):
    """The answers in the order in which the scans were sent."""

    items: list[ScanOut]


class VoidIn(Strict):
    """Why a scan is taken back, and the device that made it."""

    device: str = Field(default="", max_length=64)
    reason: str = Field(default="", max_length=200)


class DecisionIn(Strict):
    """Whether a scan that waits counts, and why."""

    accept: bool | None = None
    decision: Literal["accept", "refuse", "accepted", "refused"] | None = None
    reason: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _said_once(self) -> DecisionIn:
        if (self.accept is None) == (self.decision is None):
            raise ValueError("exactly one of accept and decision is needed")
        return self

    def accepts(self) -> bool:
        """Return the decision."""
        return self.accept if self.accept is not None else (self.decision or "").startswith("accept")


@bp.post("/scans")
@who(*MAY_SCAN)
@bp.input(ScanOrScans)
@bp.output(ScansOut)
def post_scans(json_data: ScanOrScans) -> Any:
    """Judge scans at the moment they arrive; always 200, each item with its own outcome."""
    received, drafts, by = now(), json_data.drafts(request.remote_addr or ""), actor()
    if len(drafts) == 1 and plain.may_be(drafts[0]):
        db.session.rollback()  # who waits for others holds no connection
        answers = [one for one in [_queue()(Brought(drafts[0], by, received))] if one]
    else:
        answers = _judged(drafts, received, by)
    others = [
        one.person.id
        for one in answers
        if one.person and one.touched_person_id and one.person.id != by.person_id
    ]
    faces = first_photos.standing(db.session, others)
    return jsonify({"items": [told(one, faces) for one in answers]})


class Brought(NamedTuple):
    """A scan, the token or the person it came with, and when."""

    draft: ScanDraft
    by: str | Actor
    now: datetime


def _judged(drafts: list[ScanDraft], received: datetime, by: Actor) -> list[Answer]:
    return record(
        lambda: service.judge_batch(db.session, drafts, now=received, actor=by),
        person_ids=touched,
        entered=lambda found: touched(one for one in found if one.direction == "in"),
    )


def touched(found: Iterable[Answer]) -> list[str]:
    """Return whose hours answers touched."""
    return [one.touched_person_id for one in found if one.touched_person_id]


def _queue() -> Together[Brought, Answer | None]:
    """Return the queue of this application, in which plain scans of several threads are committed together."""
    held: Together[Brought, Answer | None] = current_app.extensions.setdefault(
        "scans", Together(_take_together, _take_alone)
    )
    return held


def _take_together(brought: Sequence[Brought]) -> list[Answer | None]:
    """Sign in whose scan is plain and fold it, in one transaction; None for every other."""
    moment, tokens = brought[-1].now, [one.by for one in brought if isinstance(one.by, str)]
    held = people.resolve_all(db.session, tokens, moment) if tokens else {}
    posts = {
        at: Post(one.draft, by, one.now)
        for at, one in enumerate(brought)
        if (by := held.get(one.by) if isinstance(one.by, str) else one.by) and passes(by, MAY_SCAN)
    }
    found = plain.take(db.session, list(posts.values()))
    taken = {at: one for at, one in zip(posts, found, strict=True) if one}
    if taken:
        refresh_all(db.session, [str(one.touched_person_id) for one in taken.values()], now=moment)
        people.touch_all(db.session, [posts[at].actor for at in taken], now=moment)
    return [taken.get(at) for at in range(len(brought))]


def _take_alone(brought: Brought) -> Answer | None:
    if isinstance(brought.by, str):
        return None
    return _judged([brought.draft], brought.now, brought.by)[0]


def _plain_scan(raw: bytes, token: str, *, address: str) -> dict[str, Any] | None:
    """Sign somebody in when nothing else comes of it; on the long way the same scan gets the same answer."""
    try:
        draft = ScanIn.model_validate_json(raw).draft(address)
    except ValidationError:
        return None
    answer = _queue()(Brought(draft, token, now())) if plain.may_be(draft) else None
    return {"items": [told(answer, {})]} if answer else None


short.mark(bp, "post_scans", _plain_scan, by_token=True)


@bp.post("/scans/<scan_uuid>/void")
@who("scan.own", "session.teach", "session.plan", "scan.decide")
@bp.input(VoidIn)
def post_void(scan_uuid: str, json_data: VoidIn) -> Any:
    """Reverse an accepted scan: the same device within 15 minutes, or a person with the right."""
    moment, by = now(), actor()
    given = json_data.model_dump()
    record(
        lambda: reversals.void(db.session, scan_uuid, now=moment, actor=by, **given),
        person_ids=lambda found: [found],
    )
    return jsonify({"scan_uuid": scan_uuid, "voided_at": rfc3339(moment)})


class WaitingOut(Strict):
    """A scan that waits. ``own``: the reader made it or is meant, so another person decides."""

    scan_uuid: str
    session_id: str
    class_name: str
    name: str
    by_name: str
    kind: str
    direction: Literal["in", "out"]
    at: str
    code: str
    sentence: str
    reason: str
    own: bool


class WaitingsOut(Strict):
    """The scans that wait, oldest first."""

    items: list[WaitingOut]


@bp.get("/scans/waiting")
@who("scan.decide", "session.teach")
@bp.output(WaitingsOut)
def get_waiting() -> Any:
    """List what one may decide: all that waits with the right, as an instructor what others marked by hand above the cap."""
    return jsonify({"items": [_waiting_told(one) for one in lists.waiting(db.session, actor())]})


def _waiting_told(one: lists.Waiting) -> dict[str, Any]:
    scan = one.scan
    return {
        "scan_uuid": scan.scan_uuid,
        "session_id": scan.session_id,
        "class_name": one.meeting.class_name,
        "name": one.person.name if one.person else "",
        "by_name": one.by.name if one.by else "",
        "kind": scan.kind,
        "direction": scan.direction,
        "at": rfc3339(scan.at_ms),
        "code": scan.code or "",
        "sentence": sentence(scan.code or "", scan.facts),
        "reason": scan.reason,
        "own": one.own,
    }


@bp.post("/scans/<scan_uuid>/decision")
@who("scan.decide", "session.teach")
@bp.input(DecisionIn)
def post_decision(scan_uuid: str, json_data: DecisionIn) -> Any:
    """Accept or refuse a scan that waits; a mark by hand above the cap another instructor of the base confirms too."""
    moment, by = now(), actor()
    accept, reason = json_data.accepts(), json_data.reason
    record(
        lambda: reversals.decide(db.session, scan_uuid, accept=accept, reason=reason, now=moment, actor=by),
        person_ids=lambda found: [found],
    )
    outcome = "accepted" if accept else "refused"
    return jsonify({"scan_uuid": scan_uuid, "outcome": outcome, "decided_at": rfc3339(moment)})


def told(answer: Answer, faces: Mapping[str, str]) -> dict[str, Any]:
    """Return an answer with the words that a page shows and speaks; ``faces``: how it stands with the photos of whom the reader sees."""
    who_it_is = answer.person
    code = answer.code or f"attendance.accepted_{answer.direction}"
    return {
        "scan_uuid": answer.scan_uuid,
        "outcome": answer.outcome,
        "code": answer.code,
        "facts": answer.facts,
        "person": who_it_is and _person_told(who_it_is, answer, faces.get(who_it_is.id)),
        "recorded_at": rfc3339(answer.recorded_ms),
        "direction": answer.direction,
        "title": words(code).title,
        "sentence": sentence(code, answer.facts),
        "todo": todo(code, answer.facts),
    }


def _person_told(one: Brief, answer: Answer, face: str | None) -> dict[str, Any]:
    lacking = first_photo(face) if (answer.outcome, answer.direction) == ("accepted", "in") else None
    photo = face_link(one.id, now=now()) if face == "approved" else None
    return {"id": one.id, "name": one.name, "photo": photo, "first_photo": lacking}
