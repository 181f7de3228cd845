"""Gather what the papers of a claim say: who is in it, the standing lines of each person added up, whose money it is.

Only lines that stand are on a paper; what was pulled or clawed back is not. Money is whole fen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.errors import Conflict
from yanglao.kernel.units import class_hours_text, yuan_text
from yanglao.people import particulars
from yanglao.people import queries as people
from yanglao.people.particulars import UNKNOWN, Particulars
from yanglao.people.roles import may
from yanglao.places import queries as places
from yanglao.places.queries import CategoryView, LevelView
from yanglao.subsidy import queries as claims
from yanglao.subsidy import repayments
from yanglao.subsidy.shapes import ClaimView, LineView

STANDS = ("draft", "claimed")
SEXES = {"male": "男", "female": "女"}
EXAMPLE = "示例"
MODELS = {
    "SEGMENT_RATIO": "按段分比例",
    "BLENDED_DISCOUNT": "混合班打折",
    "FULL_ON_ALL": "全部完成才付",
    "PER_HOUR_CAPPED": "按学时，有上限",
    "FIXED_BY_LEVEL": "按等级定额",
}


class NobodyOnPaper(Conflict):
    """Say that no line stands in a claim, so that there is nothing to print."""

    code = "claim.paper_empty"


@dataclass(frozen=True)
class OnPaper:
    """One person of a claim as papers list them; ``parts`` are (segment, seconds, fen), ``deducted`` fen are kept back for older debts.

    ``due`` is the same person with only what the bank sent back, None while nothing is; ``key`` stands for these lines in the bank's files.

    What the system does not know is empty.
    """

    number: int
    enrolment_id: str
    person_id: str
    name: str
    masked_name: str
    id_type: str
    masked_id: str
    sex: str
    age: int | None
    phone: str
    masked_phone: str
    employer: str
    parts: tuple[tuple[str, int, int], ...]
    deducted: int
    key: str = ""
    due: OnPaper | None = None
    known: Particulars = UNKNOWN

    @property
    def fen(self) -> int:
        """Return what is claimed for the person."""
        return sum(part[2] for part in self.parts)

    @property
    def pay(self) -> int:
        """Return what goes to the bank."""
        return self.fen - self.deducted

    @property
    def seconds(self) -> int:
        """Return the seconds that are claimed for."""
        return sum(part[1] for part in self.parts)

    @property
    def segments(self) -> str:
        """Return the segments in words."""
        return "、".join(part[0] for part in self.parts)


@dataclass(frozen=True)
class Sheet:
    """Everything the papers of one claim are made from. ``example``: figures or class are marked as an example."""

    claim: ClaimView
    own: ClassView
    base_name: str
    base_uscc: str
    base_phone: str
    category: str
    level: str
    class_hour_s: int
    standard: str
    people: tuple[OnPaper, ...] = field(repr=False)

    @property
    def example(self) -> bool:
        """Tell whether the data say that this is an example."""
        return self.claim.example or EXAMPLE in self.claim.fund_name or self.own.is_demo

    @property
    def fen(self) -> int:
        """Return the sum of all that stands."""
        return sum(one.fen for one in self.people)

    @property
    def pay(self) -> int:
        """Return the sum that goes to the bank."""
        return sum(one.pay for one in self.people)

    def due(self) -> Sheet:
        """Return the sheet of what the bank sent back alone. Raises NobodyOnPaper."""
        found = tuple(one.due for one in self.people if one.due)
        if not found:
            raise NobodyOnPaper()
        return replace(self, people=found)

    def hours(self, seconds: int) -> str:
        """Return class hours in words."""
        return class_hours_text(seconds, class_hour_s=self.class_hour_s)


def gather(session: Session, own: ClaimView, *, today: date) -> Sheet:
    """Return what the papers of a claim say today. Raises NobodyOnPaper."""
    lines = [one for one in claims.lines(session, own.id) if one.state in STANDS]
    if not lines:
        raise NobodyOnPaper()
    training = classes.class_(session, own.class_id)
    base = places.base(session, own.base_id)
    return Sheet(
        claim=own,
        own=training,
        base_name=base.name,
        base_uscc=base.uscc or "",
        base_phone=base.phone,
        category=_named(places.categories(session), training.category_code),
        level=_named(places.levels(session), training.level_code or ""),
        class_hour_s=class_hour_s(training.starts_on),
        standard=_standard(lines),
        people=_people(session, lines, today),
    )


def may_see_ids(actor: Actor, own: ClaimView) -> bool:
    """Tell whether whole ID numbers may stand on what ``actor`` asks for."""
    return may(actor.grants, "people.reveal_id", base=own.base_id, division=own.division_code)


def class_hour_s(day: date) -> int:
    """Return the seconds of a class hour under the policy of a day."""
    return policy.on(day).training.class_hour_s


def _standard(lines: list[LineView]) -> str:
    """Return by which rule of the policy the lines were reckoned, with its figures; the first line speaks for all."""
    facts = lines[0].trace
    said = [MODELS.get(facts.get("model", ""), "")]
    told = (("amount", "全班"), ("per_hour", "每学时"), ("cap", "最多"))
    said += [f"{words} {yuan_text(facts[name])}" for name, words in told if facts.get(name)]
    return "，".join(one for one in said if one)


def _named(found: list[CategoryView] | list[LevelView], code: str) -> str:
    return next((one.name for one in found if one.code == code), code)


def _people(session: Session, lines: list[LineView], today: date) -> tuple[OnPaper, ...]:
    enrolled = classes.enrolments(session, list({one.enrolment_id for one in lines}))
    known = people.persons(session, {one.person_id for one in lines})
    told = particulars.of(session, known)
    less = repayments.deducted(session, lines[0].claim_id)
    parts: dict[str, list[LineView]] = {}
    for line in lines:
        parts.setdefault(line.enrolment_id, []).append(line)
    return tuple(
        replace(
            _with_due(found, known[found[0].person_id], less, employer=enrolled[id_].employer, today=today),
            known=told.get(found[0].person_id, UNKNOWN),
        )
        for id_, found in parts.items()
    )


def _with_due(
    found: list[LineView], who: people.PersonView, less: dict[str, int], *, employer: str, today: date
) -> OnPaper:
    whole = _person(found, who, less, employer=employer, today=today)
    due = [one for one in found if one.due]
    if not due:
        return whole
    return replace(whole, due=replace(_person(due, who, less, employer=employer, today=today), key=whole.key))


def _person(
    found: list[LineView], who: people.PersonView, less: dict[str, int], *, employer: str, today: date
) -> OnPaper:
    return OnPaper(
        key=min(one.id for one in found),
        number=found[0].roster_no,
        enrolment_id=found[0].enrolment_id,
        person_id=who.id,
        name=who.name,
        masked_name=who.masked_name,
        id_type=who.id_type_name,
        masked_id=who.masked_id,
        sex=SEXES.get(who.sex or "", ""),
        age=who.age_on(today),
        phone=who.phone,
        masked_phone=who.masked_phone,
        employer=employer,
        parts=tuple((one.segment_title, one.seconds, one.amount_fen) for one in found),
        deducted=sum(less.get(one.id, 0) for one in found),
    )
