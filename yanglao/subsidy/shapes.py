"""How claims and their lines are read: frozen values. Money is whole fen, durations whole seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from yanglao.kernel.wording import sentence, todo
from yanglao.subsidy.eligibility_rules import KINDS, Obstacle
from yanglao.subsidy.states import PAYMENT_STATES, STATES

INSTITUTION, PERSONAL = "institution", "personal"
ROUTES = {INSTITUTION: "机构代领", PERSONAL: "本人申领"}
MODES = {"online": "线上", "offline": "线下"}
LINE_STATES = {
    "draft": "草稿",
    "claimed": "在申报中",
    "released": "已放回",
    "pulled": "公示撤下",
    "clawed_back": "已追回",
}


@dataclass(frozen=True)
class Asked:
    """What is asked for: kind of subsidy, mode of the segments, the fund that is to pay, and who claims (``ROUTES``)."""

    kind: str
    mode: str
    fund: str
    route: str = INSTITUTION


@dataclass(frozen=True)
class LookedLine:
    """One segment of one person as it could be claimed now. ``share``: what it is worth once nothing is in the way.

    ``person_id`` is the one that stands after merges; ``occupation``, ``level`` and ``rank`` are the programme's.
    """

    enrolment_id: str
    person_id: str
    roster_no: int
    segment_id: str
    segment_key: str
    segment_title: str
    mode: str
    seconds: int
    required_s: int
    occupation: str
    level: str
    rank: int
    share: int
    obstacles: tuple[Obstacle, ...]
    trace: dict[str, Any]

    @property
    def claimable(self) -> bool:
        """Tell whether nothing stands in the way."""
        return not self.obstacles

    @property
    def amount(self) -> int:
        """Return the fen that may be claimed now."""
        return self.share if self.claimable else 0


@dataclass(frozen=True)
class Look:
    """What a class could claim: the lines in roster order, and the policy file they were computed by; ``example`` as it says."""

    class_id: str
    asked: Asked
    policy_file: str
    policy_digest: str
    fund_name: str
    lines: tuple[LookedLine, ...]
    example: bool = False

    @property
    def claimable(self) -> tuple[LookedLine, ...]:
        """Return the lines that nothing stands in the way of."""
        return tuple(one for one in self.lines if one.claimable)


@dataclass(frozen=True)
class ClaimView:
    """A claim with the names that a reader needs. ``waits_for_second``: a step by paper waits to be confirmed.

    ``example``: it was computed by figures that say of themselves that they are an example. ``held_fen``: what of a paid claim the bank
    sent back and waits to be paid again.
    """

    id: str
    class_id: str
    class_name: str
    base_id: str
    base_name: str
    division_code: str
    division_name: str
    kind: str
    mode: str
    fund: str
    fund_name: str
    route: str
    month_key: str
    state: str
    state_ms: int
    policy_file: str
    policy_digest: str
    roster_digest: str | None
    people: int
    total_fen: int
    owed_fen: int
    settled_fen: int
    deducted_fen: int
    created_ms: int
    filed_ms: int | None
    notice_from: date | None
    notice_until: date | None
    run_id: str | None
    waits_for_second: bool
    example: bool = False
    held_lines: int = 0
    held_fen: int = 0

    @property
    def still_owed_fen(self) -> int:
        """Return what is owed back and not settled yet."""
        return self.owed_fen - self.settled_fen

    @property
    def payout_fen(self) -> int:
        """Return what is paid out: the total without what is kept back for older debts."""
        return self.total_fen - self.deducted_fen

    @property
    def kind_name(self) -> str:
        """Return the kind of subsidy in Chinese."""
        return KINDS[self.kind]

    @property
    def mode_name(self) -> str:
        """Return the mode in Chinese."""
        return MODES[self.mode]

    @property
    def route_name(self) -> str:
        """Return who claims, in Chinese."""
        return ROUTES[self.route]

    @property
    def state_name(self) -> str:
        """Return the state in Chinese."""
        return STATES[self.state]


@dataclass(frozen=True)
class LineView:
    """A line of a claim with the names that a reader needs. ``payment``: paid, due (again) or "" while it was never paid or came back whole;
    ``bank_reason``: why the bank sent it back the last time.
    """

    id: str
    claim_id: str
    enrolment_id: str
    person_id: str
    person_name: str
    masked_id: str
    roster_no: int
    segment_id: str
    segment_title: str
    mode: str
    seconds: int
    amount_fen: int
    owed_fen: int
    trace: dict[str, Any]
    live: bool
    state: str
    reason: str
    payment: str = ""
    bank_reason: str = ""

    @property
    def due(self) -> bool:
        """Tell whether the bank sent it back and it waits to be paid again."""
        return self.live and self.payment == "due"

    @property
    def state_name(self) -> str:
        """Return the state in Chinese; of a line in a claim, whether it is paid."""
        return (
            PAYMENT_STATES.get(self.payment, LINE_STATES[self.state])
            if self.live
            else LINE_STATES[self.state]
        )


@dataclass(frozen=True)
class StepView:
    """One step of a claim. ``by_paper``: taken over from a department's document; ``state`` done, waiting or refused."""

    id: str
    position: int
    act: str
    title: str
    from_state: str | None
    to_state: str
    actor_id: str | None
    actor_name: str
    at_ms: int
    reason: str
    line_id: str | None
    state: str
    document_no: str
    file_id: str | None
    confirmed_by: str | None
    confirmed_name: str
    confirmed_ms: int | None

    @property
    def by_paper(self) -> bool:
        """Tell whether a document stands behind the step."""
        return bool(self.document_no)


def obstacle_dict(one: Obstacle) -> dict[str, Any]:
    """Return an obstacle with its words, as pages and API give it."""
    return {
        "code": one.code,
        "facts": one.facts,
        "sentence": sentence(one.code, one.facts),
        "todo": todo(one.code, one.facts),
    }
