"""Every kind of message as data: which facts it names, where it leads, how long it is worth sending. Pure.

The words of a kind stand in ``kernel/wording/messages.toml`` under ``message.<kind>``, those of a variant under
``message.<kind>.<variant>``. What is told with ``variant`` among its facts takes that variant's words and link;
``link`` among the facts is a nearer path than the kind's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HOUR_S = 3600
DAY_S = 24 * HOUR_S


@dataclass(frozen=True)
class Kind:
    """One kind. ``links`` maps a variant ("" is the plain one) to a path with facts in braces.

    ``facts`` must be told; ``night`` says that it may come at night also to who wants quiet nights; ``lives_s`` is
    how long after it was told WeChat may still carry it. ``audience`` are the permissions whose owners get it.
    """

    facts: tuple[str, ...]
    links: Mapping[str, str]
    audience: frozenset[str]
    night: bool = False
    lives_s: int = DAY_S


LEARNS, TEACHES = frozenset({"learn.own"}), frozenset({"session.teach"})
BOTH, EVERYBODY = LEARNS | TEACHES, frozenset({"signed_in"})
_MEETING = ("class_name", "starts_ms", "ends_ms", "venue")

KINDS: dict[str, Kind] = {
    "session_reminder": Kind(_MEETING, {"": "/learn/#timetable", "teach": "/teach/"}, BOTH),
    "sign_out_reminder": Kind(
        ("class_name", "in_ms", "ends_ms"), {"": "/learn/card"}, LEARNS, night=True, lives_s=2 * HOUR_S
    ),
    "session_cancelled": Kind(
        (*_MEETING, "reason"), {"": "/learn/#timetable", "teach": "/teach/"}, BOTH, lives_s=3 * DAY_S
    ),
    "session_added": Kind(
        (*_MEETING, "reason"), {"": "/learn/#timetable", "teach": "/teach/"}, BOTH, lives_s=3 * DAY_S
    ),
    "session_moved": Kind(
        (*_MEETING, "before_ms", "reason", "teacher"),
        {
            "": "/learn/#timetable", "teach": "/teach/",
            "substitute": "/learn/#timetable", "substitute_teach": "/teach/", "relieved": "/teach/",
        },
        BOTH,
        lives_s=3 * DAY_S,
    ),
    "hours_refused": Kind(
        ("class_name", "at_ms", "reason"), {"": "/learn/hours", "questioned": "/learn/hours"}, LEARNS, lives_s=3 * DAY_S
    ),
    "daily_digest": Kind(
        ("day", "online_s", "offline_s", "earlier", "lost", "lacking"), {"": "/learn/hours"}, LEARNS, night=True, lives_s=12 * HOUR_S
    ),
    "quiz_result": Kind(
        ("class_name", "title", "score", "pass_mark"),
        {"passed": "/learn/hours", "failed": "/learn/"},
        LEARNS,
        night=True,
    ),
    "certificate_ready": Kind(
        ("title", "code"), {"": "/verify/{code}"}, LEARNS, lives_s=7 * DAY_S
    ),
    "account_bound": Kind(
        ("device", "at_ms"), {"": "/account", "wechat": "/account"}, EVERYBODY, night=True
    ),
    "binding_requested": Kind(
        ("class_name", "name"), {"": "/teach/"}, TEACHES, night=True, lives_s=HOUR_S
    ),
    "days_to_confirm": Kind(
        ("class_name", "days", "total_s"), {"": "/learn/hours"}, LEARNS, lives_s=7 * DAY_S
    ),
    "subsidy_returned": Kind(
        ("class_name", "reason"), {"": "/learn/claims"}, LEARNS, lives_s=7 * DAY_S
    ),
    "leave_asked": Kind(("class_name", "starts_ms", "name", "reason"), {"": "/teach/"}, TEACHES),
    "leave_decided": Kind(
        ("class_name", "starts_ms", "reason"),
        {"granted": "/learn/#timetable", "refused": "/learn/#timetable"},
        LEARNS,
        lives_s=3 * DAY_S,
    ),
}  # fmt: skip


def fault(kind: str, facts: Mapping[str, object]) -> str | None:
    """Return what is wrong with telling ``kind`` with ``facts``: ``kind``, ``variant`` or ``facts``; else None."""
    row = KINDS.get(kind)
    if row is None:
        return "kind"
    if facts.get("variant", "") not in row.links:
        return "variant"
    return None if all(facts.get(name) is not None for name in row.facts) else "facts"


def for_permissions(permissions: frozenset[str]) -> list[str]:
    """Return the kinds that somebody with these permissions may get, in the order of the table."""
    return [name for name, row in KINDS.items() if row.audience & permissions]
