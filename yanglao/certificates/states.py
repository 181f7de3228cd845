"""The life of a certificate as a table: what is not in it is refused. Pure.

reviewed -> issued by somebody else -> suspended and back, revoked, or replaced by a newer one. What was never issued may be returned.
"""

from __future__ import annotations

from dataclasses import dataclass

STATES = ("reviewed", "returned", "issued", "suspended", "revoked", "replaced")
STATE_NAMES = {
    "reviewed": "已审核，待签发",
    "returned": "已退回",
    "issued": "有效",
    "suspended": "暂停使用",
    "revoked": "已撤销",
    "replaced": "已换发",
}
UNISSUED = ("reviewed", "returned")
STANDING = ("issued", "suspended")  # one of an enrolment at most


@dataclass(frozen=True)
class Step:
    """What an act leads to, the right it needs, and whether it must give its reason."""

    to_state: str
    permission: str
    needs_reason: bool = False


STEPS: dict[tuple[str, str], Step] = {
    ("reviewed", "issue"): Step("issued", "certificate.issue"),
    ("reviewed", "return"): Step("returned", "certificate.issue", needs_reason=True),
    ("issued", "suspend"): Step("suspended", "certificate.revoke", needs_reason=True),
    ("suspended", "resume"): Step("issued", "certificate.revoke", needs_reason=True),
    ("issued", "revoke"): Step("revoked", "certificate.revoke", needs_reason=True),
    ("suspended", "revoke"): Step("revoked", "certificate.revoke", needs_reason=True),
    ("issued", "replace"): Step("replaced", "certificate.issue"),
    ("suspended", "replace"): Step("replaced", "certificate.issue"),
}
ACTS = tuple(dict.fromkeys(act for _, act in STEPS))
ACT_NAMES = {
    "review": "审核",
    "issue": "签发",
    "return": "退回",
    "suspend": "暂停",
    "resume": "恢复",
    "revoke": "撤销",
    "replace": "换发",
}


def step(state: str, act: str) -> Step | None:
    """Find what ``act`` does to a certificate in ``state``; None: there is no such step."""
    return STEPS.get((state, act))
