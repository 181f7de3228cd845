"""List every step a class, a session or a late addition may take. What is not in a table is refused."""

from __future__ import annotations

from dataclasses import dataclass

STATES = ("draft", "filed", "approved", "running", "finished", "archived", "withdrawn")
SESSION_STATES = ("planned", "open", "closed", "cancelled")
ENROLMENT_STATES = ("enrolled", "withdrawn")
LATE_STATES = ("pending", "approved", "refused")

STATE_NAMES = {
    "draft": "草稿",
    "filed": "待审批",
    "approved": "已批准",
    "running": "培训中",
    "finished": "已结业",
    "archived": "已归档",
    "withdrawn": "已撤回",
}
ACT_NAMES = {
    "create": "建班",
    "file": "报审",
    "approve": "批准",
    "return": "退回",
    "withdraw": "撤回",
    "start": "开班",
    "finish": "结业",
    "archive": "归档",
}

OPEN_ROSTER = frozenset({"draft", "filed", "approved"})
"""States in which the roster is open; from ``running`` on it is frozen and only late additions count."""

OPEN_TIMETABLE = frozenset({"draft", "filed", "approved", "running"})
"""States in which sessions may be planned or cancelled."""


@dataclass(frozen=True)
class Step:
    """What an act leads to, which right it needs, and whether it must give its reason."""

    to_state: str
    permission: str
    needs_reason: bool = False


STEPS: dict[tuple[str, str], Step] = {
    ("draft", "file"): Step("filed", "class.file"),
    ("draft", "withdraw"): Step("withdrawn", "class.file", needs_reason=True),
    ("filed", "approve"): Step("approved", "class.approve"),
    ("filed", "return"): Step("draft", "class.approve", needs_reason=True),
    ("filed", "withdraw"): Step("withdrawn", "class.file", needs_reason=True),
    ("approved", "return"): Step("draft", "class.approve", needs_reason=True),
    ("approved", "start"): Step("running", "class.file"),
    ("approved", "withdraw"): Step("withdrawn", "class.file", needs_reason=True),
    ("running", "finish"): Step("finished", "class.file"),
    ("finished", "archive"): Step("archived", "class.file"),
}

ACTS = tuple(dict.fromkeys(act for _, act in STEPS))

SESSION_STEPS: dict[tuple[str, str], str] = {
    ("planned", "open"): "open",
    ("planned", "cancel"): "cancelled",
    ("planned", "move"): "planned",
    ("planned", "substitute"): "planned",
    ("open", "substitute"): "open",
    ("open", "close"): "closed",
    ("closed", "open"): "open",
}


def step(state: str, act: str) -> Step | None:
    """Find what ``act`` does to a class in ``state``; None: there is no such step."""
    return STEPS.get((state, act))


def session_step(state: str, act: str) -> str | None:
    """Find the state that ``act`` brings a session in ``state`` to; None: there is no such step."""
    return SESSION_STEPS.get((state, act))
