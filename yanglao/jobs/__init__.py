"""Topic -> one service call. What is enqueued under a topic that is not in this table is refused.

A ``write`` call runs inside one write transaction together with the end of its task: its effect happens once.
A ``long`` call only reads, reports how far it is, and returns what is stored at its end. A call that ``asks``
somebody outside makes its own short transactions around the question and can begin again at any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from yanglao.jobs import calls, sending

Call = Callable[..., Any]


@dataclass(frozen=True)
class Topic:
    """One call ``(session, payload, *, now, report)``; whether it only reads until its end, or commits by itself: it asks outside, or has much to write."""

    call: Call
    long: bool = False
    asks: bool = False


TOPICS: dict[str, Topic] = {
    "attendance.signs": Topic(calls.look_at_session),
    "completion.check": Topic(calls.check_standings, long=True),
    "completion.refresh": Topic(calls.refresh_standing),
    "completion.ask_word": Topic(calls.ask_for_words),
    "evidence.checkpoint": Topic(calls.make_checkpoint),
    "export.make": Topic(calls.make_export, long=True),
    "material.prepare": Topic(calls.prepare_material, asks=True),
    "message.delivered": Topic(calls.note_delivered),
    "message.digest": Topic(calls.ask_for_digests, asks=True),
    "message.digest_one": Topic(calls.tell_digest),
    "message.send": Topic(sending.send_message, asks=True),
    "message.tell": Topic(calls.tell_message),
    "paper.make": Topic(calls.make_paper, asks=True),
    "paper.read": Topic(calls.read_paper, asks=True),
    "question.read": Topic(calls.read_questions, asks=True),
    "quiz.signs": Topic(calls.look_at_attempt),
    "quiz.sweep": Topic(calls.sweep_attempts),
    "recording.prepare": Topic(calls.prepare_recording, asks=True),
    "rows.expire": Topic(calls.expire_rows),
    "session.end": Topic(calls.end_presences),
    "session.remind": Topic(calls.ask_for_reminders),
    "session.remind_one": Topic(calls.remind_session),
    "subsidy.recheck": Topic(calls.recheck_claims),
    "viewing.signs": Topic(calls.look_at_viewings),
    "viewing.sweep": Topic(calls.sweep_viewings),
}


def init_app(app: Flask, further: Mapping[str, Topic]) -> None:
    """Give ``app`` its topics: those of this table and ``further`` ones of packages that stand above it."""
    app.extensions["topics"] = {**TOPICS, **further}
