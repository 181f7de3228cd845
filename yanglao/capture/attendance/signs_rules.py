"""Find in the scans of a session what looks wrong. Pure: rows in, findings out; none of them decides anything.

A person who is flagged may be honest: a slow phone, one network for a family, a position that the phone guessed. So
every figure is a threshold of the dated policy, and every finding is put before a person with its facts.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yanglao.kernel.policy import Signs

SELF_SIGNED = ("room", "spoken")
CLOCK_TOLERANCE_MS = 2_000
METRES_PER_E6 = 0.111_195  # of a millionth of a degree of latitude

Position = tuple[int, int, int]


@dataclass(frozen=True)
class Seen:
    """One scan of a person on the roster. ``place``: latitude and longitude in millionths of degrees, accuracy in metres.

    ``device`` and ``network`` are digests. ``shared``: through a WeChat that two registered persons use.
    """

    enrolment_id: str
    person_id: str
    kind: str
    direction: str
    outcome: str
    code: str | None
    at_ms: int
    captured_ms: int
    sent_ms: int
    received_ms: int
    code_step: int | None
    device: str | None = None
    network: str | None = None
    place: Position | None = None
    shared: bool = False
    roster_no: int = 0

    @property
    def own(self) -> bool:
        """Tell whether the person scanned on a phone, and not the instructor."""
        return self.kind in SELF_SIGNED

    @property
    def counts(self) -> bool:
        """Tell whether it was accepted."""
        return self.outcome == "accepted"


@dataclass(frozen=True)
class Stay:
    """Somebody present in a session from ``in_ms`` to ``out_ms``."""

    person_id: str
    session_id: str
    in_ms: int
    out_ms: int


def devices(seen: Iterable[Seen], figures: Signs) -> dict[str, set[str]]:
    """Return device -> persons for devices that signed, or tried to sign, several; registered shares are known and left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in seen:
        if one.own and one.device and not one.shared and (one.counts or one.code == "attendance.device_used"):
            found[one.device].add(one.person_id)
    return {device: persons for device, persons in found.items() if len(persons) >= figures.device_people}


def networks(seen: Iterable[Seen], figures: Signs) -> dict[str, set[str]]:
    """Return network -> persons for networks of several, the hall's own left out: the one that most came through.

    Weak by nature: a mobile carrier puts thousands behind one address, and a hall has one.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for one in seen:
        if one.own and one.network and one.counts:
            found[one.network].add(one.person_id)
    hall = max(found, key=lambda network: (len(found[network]), network), default="")
    return {
        network: persons
        for network, persons in found.items()
        if network != hall and len(persons) >= figures.network_people
    }


def relayed(seen: Iterable[Seen], figures: Signs, step_s: int) -> dict[str, tuple[int, int]]:
    """Return enrolment -> (times, longest delay in seconds) of who came several times with a code shown long before."""
    late: dict[str, list[int]] = defaultdict(list)
    for one in seen:
        if one.kind != "room" or one.code_step is None or not (one.counts or one.code == "code.expired"):
            continue
        delay_s = one.at_ms // 1000 - one.code_step * step_s
        if delay_s >= figures.relay_s:
            late[one.enrolment_id].append(delay_s)
    return {
        own: (len(delays), max(delays)) for own, delays in late.items() if len(delays) >= figures.relay_times
    }


def same_places(seen: Iterable[Seen], figures: Signs) -> dict[Position, set[str]]:
    """Return position -> persons whose phones say exactly the same, to the millionth of a degree."""
    found: dict[Position, set[str]] = defaultdict(set)
    for one in seen:
        if one.own and one.place and one.counts and not one.shared:
            found[one.place].add(one.person_id)
    return {place: persons for place, persons in found.items() if len(persons) >= figures.place_people}


def outside(seen: Iterable[Seen], centre: tuple[int, int], radius_m: int) -> dict[str, int]:
    """Return enrolment -> metres from ``centre`` for who was outside by more than their phone's own doubt."""
    found: dict[str, int] = {}
    for one in seen:
        if one.own and one.place and one.counts:
            away = distance_m(one.place[:2], centre)
            if away - one.place[2] > radius_m:
                found[one.enrolment_id] = max(away, found.get(one.enrolment_id, 0))
    return found


def distance_m(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return whole metres between two near points in millionths of degrees."""
    east = (one[1] - other[1]) * math.cos(math.radians((one[0] + other[0]) / 2e6))
    return round(math.hypot(one[0] - other[0], east) * METRES_PER_E6)


def in_order(seen: Iterable[Seen], figures: Signs) -> list[tuple[list[str], int]]:
    """Return (persons, whole seconds from first to last) of sign-ins one after the other in roster order, seconds apart."""
    signed = sorted((one for one in seen if one.own and one.counts and one.direction == "in"), key=_moment)
    runs: list[list[Seen]] = []
    for one in signed:
        last = runs[-1][-1] if runs else None
        near = last is not None and one.at_ms - last.at_ms <= figures.order_gap_s * 1000
        if last is not None and near and one.roster_no == last.roster_no + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return [
        ([one.person_id for one in run], (run[-1].at_ms - run[0].at_ms) // 1000)
        for run in runs
        if len(run) >= figures.order_people
    ]


def _moment(one: Seen) -> tuple[int, int]:
    return one.at_ms, one.roster_no


def clocks(seen: Iterable[Seen], figures: Signs) -> dict[str, int]:
    """Return enrolment -> seconds by which the clock of their phone is off, or ran backwards from capture to sending."""
    found: dict[str, int] = {}
    for one in seen:
        skew_ms, back_ms = one.received_ms - one.sent_ms, one.captured_ms - one.sent_ms
        back = back_ms > CLOCK_TOLERANCE_MS
        off_ms = back_ms if back else abs(skew_ms)
        if one.own and (back or off_ms > figures.clock_s * 1000):
            found[one.enrolment_id] = max(off_ms // 1000, found.get(one.enrolment_id, 0))
    return found


def two_places(stays: Sequence[Stay], figures: Signs) -> dict[tuple[str, str, str], int]:
    """Return (person, session, other session) -> seconds for who was present in both at once."""
    found: Counter[tuple[str, str, str]] = Counter()
    of: dict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        of[stay.person_id].append(stay)
    for person_id, own in of.items():
        for at, one in enumerate(own):
            for other in own[at + 1 :]:
                both_ms = min(one.out_ms, other.out_ms) - max(one.in_ms, other.in_ms)
                if one.session_id != other.session_id and both_ms > 0:
                    low, high = sorted((one.session_id, other.session_id))
                    found[person_id, low, high] += both_ms // 1000
    return {key: seconds for key, seconds in found.items() if seconds >= figures.two_places_s}


def much_by_hand(by_hand: int, signed: int, figures: Signs) -> bool:
    """Tell whether the share of marks by hand is asked about; few people say nothing."""
    return signed >= figures.manual_least and by_hand * 10_000 > signed * figures.manual_bp
