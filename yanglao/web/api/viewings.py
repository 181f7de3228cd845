"""Watching a lesson: open, beat, answer a challenge, close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, TypeVar

from apiflask import APIBlueprint
from flask import current_app
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from yanglao.capture import service as capture
from yanglao.capture.viewing import queries, service, tail
from yanglao.capture.viewing.rules import Beat
from yanglao.capture.viewing.shapes import Answered, BeyondLesson, Challenge, Closed, Known
from yanglao.capture.viewing.taking import Post
from yanglao.completion.refresh import known
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem, Unauthenticated
from yanglao.kernel.together import Together
from yanglao.kernel.wording import sentence, words
from yanglao.people import service as people
from yanglao.web import short
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record

bp = APIBlueprint("api_viewings", __name__, url_prefix="/api/v1", tag="学习 learning")

MOST_BEATS = 2000
T = TypeVar("T")


class Strict(BaseModel):
    """Stand above every body: exact types, nothing extra."""

    model_config = ConfigDict(strict=True, extra="forbid")


class OpenBody(Strict):
    """What opens a viewing."""

    enrolment_id: str = Field(max_length=40)
    lesson_id: str = Field(max_length=40)
    client: Literal["wechat", "pc", "app"]
    takeover: bool = False


class BeatBody(Strict):
    """One beat: half-open whole seconds of the lesson, monotonic milliseconds since the viewing began."""

    seq: int = Field(ge=1, le=1_000_000)
    from_s: int = Field(ge=0, le=1_000_000)
    to_s: int = Field(ge=0, le=1_000_000)
    rate: float = Field(default=1.0, gt=0, le=16, allow_inf_nan=False)
    client_ms: int = Field(ge=0, le=10**12)


class BeatsBody(RootModel[BeatBody | list[BeatBody]]):
    """One beat or a list of them."""


class AnswerBody(Strict):
    """The answer to a challenge."""

    answer: str = Field(max_length=40)
    client_ms: int = Field(ge=0, le=10**12)


@bp.post("/viewings")
@who("learn.own")
@bp.input(OpenBody, arg_name="body")
@bp.doc(summary="Begin watching a lesson", responses=[404, 409])
def open_viewing(body: OpenBody) -> tuple[dict[str, Any], int]:
    """Begin a viewing; another live one answers 409 ``viewing.elsewhere`` unless ``takeover``."""
    moment, me = now(), actor()
    opened = record(
        lambda: capture.open_viewing(
            db.session,
            body.enrolment_id,
            body.lesson_id,
            client=body.client,
            takeover=body.takeover,
            known=lambda *place: known(db.session, *place, now=moment),
            now=moment,
            actor=me,
        ),
        person_id=me.person_id,
    )
    return {
        "id": opened.id,
        "position_s": opened.position_s,
        "covered": [list(pair) for pair in opened.covered],
        "credited_s": opened.credited_s,
        "next_seq": opened.next_seq,
        "beat_interval_s": opened.beat_interval_s,
        "beat_cap_s": opened.beat_cap_s,
        "challenge": _challenge(opened.challenge),
    }, 201


@bp.post("/viewings/<viewing_id>/beats")
@who("learn.own", lately=True)
@bp.input(BeatsBody, arg_name="body")
@bp.doc(summary="Send one beat or several", responses=[404, 409])
def take_beats(viewing_id: str, body: BeatsBody) -> dict[str, Any]:
    """Credit beats; the same ``seq`` again gets its first answer, a gap 409 with ``next_seq``."""
    said = body.root if isinstance(body.root, list) else [body.root]
    if len(said) > MOST_BEATS:
        raise BeyondLesson("viewing.too_many_beats", most=MOST_BEATS)
    moment, me = now(), actor()
    answered = _queue()((Post(viewing_id, me.person_id, _beats(said), moment), me.sign_in_id))
    if isinstance(answered, Problem):
        if not isinstance(answered, Closed):
            raise answered
        late = _late(lambda: tail.take_tail(db.session, viewing_id, _beats(said), now=moment, actor=me))
        return answer_dict(late) | {"closed": tail.TAKEN_OVER}
    if answered.full and run(lambda: service.enter_full(db.session, viewing_id, now=moment, actor=me)):
        _fold(viewing_id, moment)
    return answer_dict(answered)


def _plain_beats(raw: bytes, me: Actor, *, viewing_id: str) -> dict[str, Any] | None:
    """Credit beats when nothing else comes of it; taking them once more on the long way gives the same answer."""
    try:
        body = (BeatBody if raw[:1] == b"{" else BeatsBody).model_validate_json(raw)
    except ValidationError:
        return None
    said = body.root if isinstance(body, BeatsBody) else body
    several = said if isinstance(said, list) else [said]
    if len(several) > MOST_BEATS:
        return None
    answered = _queue()((Post(viewing_id, me.person_id, _beats(several), now()), me.sign_in_id))
    return answer_dict(answered) if isinstance(answered, Answered) and not answered.full else None


short.mark(bp, "take_beats", _plain_beats)


def _beats(said: Sequence[BeatBody]) -> tuple[Beat, ...]:
    return tuple(Beat(one.seq, one.from_s, one.to_s, one.client_ms, round(one.rate * 100)) for one in said)


Brought = tuple[Post, str]  # with the sign-in it came through
Outcome = Answered | Problem


def _queue() -> Together[Brought, Outcome]:
    """Return the queue of this application, in which beats of several threads are committed together."""
    held: Together[Brought, Outcome] = current_app.extensions.setdefault(
        "beats", Together(_take_together, _take_alone)
    )
    return held


def _take_together(brought: Sequence[Brought]) -> list[Outcome | None]:
    return _take(brought, only_free=True)


def _take_alone(brought: Brought) -> Outcome:
    (found,) = run(lambda: _take([brought], only_free=False))
    return found or NotFound("viewing.not_found")


def _take(brought: Sequence[Brought], *, only_free: bool) -> list[Outcome | None]:
    """Judge the posts of those whose sign-in stands; it may have been ended since it was looked up."""
    stands = people.still_in(db.session, [sign_in for _, sign_in in brought], now=brought[-1][0].now)
    posts = [post for post, sign_in in brought if sign_in in stands]
    outcomes = iter(capture.take_posts(db.session, posts, only_free=only_free) if posts else ())
    return [
        next(outcomes) if sign_in in stands else Unauthenticated("identity.expired") for _, sign_in in brought
    ]


@bp.post("/viewings/<viewing_id>/challenges/<challenge_id>")
@who("learn.own")
@bp.input(AnswerBody, arg_name="body")
@bp.doc(summary="Answer a challenge", responses=[404, 409])
def answer_challenge(viewing_id: str, challenge_id: str, body: AnswerBody) -> dict[str, Any]:
    """Say that somebody is there."""
    moment, me = now(), actor()
    facts: dict[str, Any] = {"client_ms": body.client_ms, "now": moment, "actor": me}
    try:
        found = run(lambda: service.answer_challenge(db.session, viewing_id, challenge_id, **facts))
    except Closed:
        found = _late(lambda: tail.answer_tail(db.session, viewing_id, challenge_id, **facts))
    return {"id": found.id, "answered": True}


@bp.post("/viewings/<viewing_id>/close")
@who("learn.own")
@bp.doc(summary="Close a viewing; its window is entered", responses=[404])
def close_viewing(viewing_id: str) -> dict[str, Any]:
    """Close a viewing; twice is the same."""
    moment, me = now(), actor()
    answered = record(
        lambda: service.close_viewing(db.session, viewing_id, now=moment, actor=me), person_id=me.person_id
    )
    return answer_dict(answered)


def _late(take: Callable[[], T]) -> T:
    """Take what belongs to a viewing that ended, fold it, and set the person's live viewing right by it."""
    moment, me = now(), actor()
    found = record(take, person_id=me.person_id)
    live = queries.live(db.session, str(me.person_id))
    if live is not None:
        _fold(live.id, moment)
    return found


def _fold(viewing_id: str, moment: datetime) -> None:
    """Fold what was entered and set the viewing right by it."""
    live = queries.viewing(db.session, viewing_id)
    if live is None:
        return

    def ground() -> Known:
        found = known(db.session, live.person_id, live.enrolment_id, live.lesson_id, now=moment)
        service.ground_again(db.session, viewing_id, found)
        return found

    record(ground)


def answer_dict(answered: Answered) -> dict[str, Any]:
    """Return the answer to beats as the API gives it."""
    return {
        "next_seq": answered.next_seq,
        "credited_s": answered.credited_s,
        "covered_s": answered.covered_s,
        "position_s": answered.position_s,
        "items": [
            {
                "seq": item.seq,
                "credited_s": item.credited_s,
                "not_counted": [
                    {"code": code, "seconds": seconds, "sentence": sentence(code, {"seconds": seconds})}
                    for code, seconds in item.not_counted
                ],
            }
            for item in answered.items
        ],
        "challenge": _challenge(answered.challenge),
    }


@lru_cache(maxsize=4096)
def _challenge(found: Challenge | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "id": found.id,
        "kind": "tap",
        "prompt": words("viewing.challenge").sentence,
        "show_at": rfc3339(found.show_ms),
        "due_at": rfc3339(found.due_ms),
    }
