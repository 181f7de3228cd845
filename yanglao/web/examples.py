"""Show the main calls of the API by example: what is sent and what comes back, as /openapi.json prints them.

A test holds every example against the schema beside it. The persons and ids here exist nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ENROLMENT, SEGMENT, LESSON = (f"01kex00000000000000000{name}" for name in ("enr0", "seg0", "les0"))
VIEWING, CHALLENGE, ATTEMPT = (f"01kex00000000000000000{name}" for name in ("vie0", "cha0", "att0"))
PERSON, SESSION, FLAG, CLASS = (f"01kex00000000000000000{name}" for name in ("per0", "ses0", "fla0", "cla0"))
SOON = "2026-03-08T12:08:00.000Z"


@dataclass(frozen=True)
class Example:
    """What is sent (None: nothing) and what is answered (None: nothing, or a file)."""

    body: Any = None
    answer: Any = None


_BEATS = {
    "next_seq": 2,
    "credited_s": 15,
    "covered_s": 15,
    "position_s": 15,
    "items": [{"seq": 1, "credited_s": 15, "not_counted": []}],
    "challenge": None,
}

EXAMPLES: dict[str, Example] = {
    "api_sign_in.sign_in": Example(
        {"phone": "19900000000", "password": "one two three", "client": "app", "device_label": "安卓手机"},
        {
            "token": "Zm9yIHRoZSBoZWFkZXIgQXV0aG9yaXphdGlvbg",
            "person": {"id": PERSON, "name": "示例学员", "roles": [
                {"role": "trainee", "division": None, "base": "01kex00000000000000000bas0", "department": None}
            ]},
            "consent_required": True, "privacy_version": "v3", "must_change_password": False,
        },
    ),
    "api_me.consent": Example({"version": "v3"}),
    "api_me.font": Example({"font_px": 24}),
    "api_learning.next_step": Example(None, {
        "code": "lesson", "sentence": "线上课《翻身与拍背》，还有 1 分 20 秒没看。", "act": "接着学",
        "path": f"/learn/lessons/{ENROLMENT}/{LESSON}",
        "enrolment_id": ENROLMENT, "segment_id": SEGMENT, "lesson_id": LESSON, "module_id": None,
    }),
    "api_learning.days": Example(
        None, {"items": [{"day": "2026-03-08", "online_s": 2700, "offline_s": 10800}], "next": None}
    ),
    "api_learning.quiz_before": Example(None, {
        "enrolment_id": ENROLMENT, "segment_id": SEGMENT, "module_id": None, "title": "线上理论", "questions": 20,
        "time_limit_s": 1800, "pass_mark": 60, "attempts_left": 3, "passed": False, "open_attempt": None, "refusal": None,
    }),
    "api_viewings.open_viewing": Example(
        {"enrolment_id": ENROLMENT, "lesson_id": LESSON, "client": "app"},
        {
            "id": VIEWING, "position_s": 0, "covered": [], "credited_s": 0, "next_seq": 1, "beat_interval_s": 15,
            "beat_cap_s": 30,
            "challenge": {
                "id": CHALLENGE, "kind": "press", "prompt": "还在学吗？点一下“我在学”。", "show_at": "2026-03-08T12:07:00.000Z",
                "due_at": SOON,
            },
        },
    ),
    "api_viewings.take_beats": Example(
        [{"seq": 1, "from_s": 0, "to_s": 15, "rate": 1.0, "client_ms": 15_020}], _BEATS
    ),
    "api_viewings.answer_challenge": Example(
        {"answer": "here", "client_ms": 421_000}, {"id": CHALLENGE, "answered": True}
    ),
    "api_viewings.close_viewing": Example(None, _BEATS | {"items": []}),
    "api_attempts.start_attempt": Example({"enrolment_id": ENROLMENT, "segment_id": SEGMENT}),
    "api_attempts.save_answer": Example({"answer": ["b"], "counter": 62_000}),
    "api_messages.read_all": Example({"until": "01kex00000000000000000mes0"}),
    "api_messages.choose": Example({"off": ["digest"], "quiet_nights": True}),
    "api_scans.post_scans": Example({
        "scan_uuid": "5f0c2a0e-8f1b-4c58-9f7e-2f6f0e9a1b3c", "kind": "room", "payload": "the code as it was read",
        "direction": "in", "captured_at": "2026-03-08T01:02:03.000Z", "sent_at": "2026-03-08T01:02:04.000Z",
        "device": "2b1d9a54-0000-4000-8000-000000000000",
    }),
    "api_exports.ask_export": Example(
        {"kind": "standings", "filter": {"class_id": CLASS, "mode": "online"}},
        {
            "id": "01kex00000000000000000exp0", "kind": "standings", "state": "queued", "progress": 0, "url": None,
            "name": None, "fault": None,
        },
    ),
    "api_flags.settle_flag": Example({"verdict": "explained", "reason": "问过夜班组长，当晚值班，有排班表。"}),
}  # fmt: skip
