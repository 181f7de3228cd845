"""Take the beats of many viewings at once: read their rows in one question, judge, write what changed; nothing commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.viewing import challenges, pairs, rows
from yanglao.capture.viewing.rules import Beat
from yanglao.capture.viewing.shapes import (
    Answered,
    BeatAnswer,
    BeyondLesson,
    Challenge,
    Closed,
    Gap,
    NotYours,
)
from yanglao.capture.viewing.steps import Asked, Watch, full, take
from yanglao.evidence import queries as evidence
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Problem
from yanglao.kernel.values import replace

PresentSince = Callable[[Session, Sequence[str], datetime], Mapping[str, int]]


@dataclass(frozen=True)
class Post:
    """What one person sends to one viewing; ``now`` is when it arrived."""

    viewing_id: str
    person_id: str
    beats: tuple[Beat, ...]
    now: datetime


def take_posts(
    session: Session, posts: Sequence[Post], *, present_since: PresentSince, only_free: bool = False
) -> list[Answered | Problem | None]:
    """Judge posts in order and answer each, with what was refused in its place; None where somebody holds the row.

    A refusal writes nothing, so that it costs the others nothing. ``only_free``: see ``rows.read``.
    """
    held = rows.read(session, {post.viewing_id for post in posts}, only_free=only_free)
    live = [row for row in held.values() if row["state"] == "live"]
    present = present_since(session, [row["person_id"] for row in live], posts[-1].now)
    gave_way = pairs.gave_way(session, live)
    before = {key: rows.watch_of(row) for key, row in held.items()}
    after, answers = dict(before), list[Answered | Problem | None]()
    for post in posts:
        key = post.viewing_id
        if key not in held:
            answers.append(None if only_free else NotYours())
            continue
        try:
            if held[key]["person_id"] != post.person_id:
                raise NotYours()
            fresh = _fresh(post, held[key], after[key], partner=key in gave_way)
            after[key] = _taken(
                held[key], after[key], fresh, now=post.now, present_ms=present.get(post.person_id)
            )
            answers.append(_answer(session, post, held[key], after[key]))
        except Problem as refusal:
            answers.append(refusal)
    rows.write(session, {key: (before[key], after[key]) for key in held if after[key] is not before[key]})
    return answers


def take_late(
    session: Session, post: Post, row: Mapping[str, Any], watch: Watch, *, taken_over_ms: int
) -> Answered:
    """Judge a post to a viewing that has ended as if it were still live, but nothing past ``taken_over_ms`` counts.

    The caller says ``post.now`` and what may come so late.
    """
    row = {**row, "state": "live"}
    fresh = _fresh(post, row, watch, partner=False)
    after = _taken(row, watch, fresh, now=post.now, present_ms=None, taken_over_ms=taken_over_ms)
    rows.write(session, {post.viewing_id: (watch, after)})
    return replace(_answer(session, post, row, after), challenge=None, full=None)


def _fresh(post: Post, row: Mapping[str, Any], watch: Watch, *, partner: bool) -> list[Beat]:
    """Return the beats not answered before, by ``seq``. Raises Closed, Gap, BeyondLesson."""
    told: dict[int, Beat] = {}
    for beat in post.beats:
        told.setdefault(beat.seq, beat)
    fresh = [told[seq] for seq in sorted(told) if seq >= watch.next_seq]
    if fresh and row["state"] != "live":
        raise Closed(why=row["closed_why"] or "closed", next_seq=watch.next_seq)
    if fresh and partner:
        raise Closed(why="partner", next_seq=watch.next_seq)
    for number, beat in enumerate(fresh):
        if beat.seq != watch.next_seq + number:
            raise Gap(next_seq=watch.next_seq, missing=watch.next_seq + number, got=beat.seq)
        if not 0 <= beat.from_s <= beat.to_s <= watch.duration_s:
            raise BeyondLesson(from_s=beat.from_s, to_s=beat.to_s, duration_s=watch.duration_s, seq=beat.seq)
    return fresh


def _taken(
    row: Mapping[str, Any],
    watch: Watch,
    fresh: list[Beat],
    *,
    now: datetime,
    present_ms: int | None,
    taken_over_ms: int | None = None,
) -> Watch:
    if not fresh:
        return watch
    figures = policy.on(day_of(now)).viewing
    if watch.asked is None:
        watch = challenges.asking(row["id"], row["person_id"], watch, now=now, figures=figures)
    stops: dict[str, int | None] = {"offline_since_ms": present_ms, "taken_over_ms": taken_over_ms}
    return take(watch, fresh, now_ms=to_ms(now), figures=figures, **stops)


def _answer(session: Session, post: Post, row: Mapping[str, Any], watch: Watch) -> Answered:
    asked_for = sorted({beat.seq for beat in post.beats})
    known = watch.beats.since(asked_for[0]) if asked_for else {}
    if any(seq not in known for seq in asked_for):
        known = {**entered_beats(session, row["enrolment_id"], row["id"]), **known}
    items = tuple(
        BeatAnswer(seq, known[seq][3], tuple((code, seconds) for code, seconds in known[seq][4]))
        for seq in asked_for
        if seq in known
    )
    figures = policy.on(day_of(post.now)).viewing
    live = row["state"] == "live"
    return answered(
        watch, items, seen(watch.asked) if live else None,
        full=full(watch, now=post.now, figures=figures) if live else None,
    )  # fmt: skip


def answered(
    watch: Watch,
    items: tuple[BeatAnswer, ...],
    challenge: Challenge | None,
    *,
    full: str | None = None,
    entered: bool = False,
) -> Answered:
    """Return how a viewing stands, with the answers to single beats."""
    return Answered(
        next_seq=watch.next_seq,
        credited_s=watch.credited_s,
        covered_s=watch.covered_s,
        position_s=watch.position_s,
        items=items,
        challenge=challenge,
        full=full,
        entered=entered,
    )


def seen(asked: Asked | None) -> Challenge | None:
    """Return a challenge as the client sees it."""
    return Challenge(asked.id, asked.show_ms, asked.due_ms) if asked else None


def entered_beats(session: Session, enrolment_id: str, viewing_id: str) -> dict[int, Any]:
    """Return the beats of a viewing that stand in the ledger already, by ``seq``."""
    found: dict[int, Any] = {}
    for entry in evidence.chain(session, "enrolment", enrolment_id):
        if entry.kind == "viewing.span" and entry.body["viewing"] == viewing_id:
            found.update({row[0]: row for row in entry.body["beats"]})
    return found
