"""Dated figures: every number of a policy stands in ``config/policy/<valid-from>.toml``, never in code.

The file whose date is the latest not after the day asked for holds. A missing or unknown figure is an error at
load. A file that was used is never edited: a change is a new file with a later date.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

FOLDER = Path(__file__).resolve().parents[2] / "config" / "policy"
# What a file may say besides its tables of figures.
BESIDES = ("source", "example", "subsidy")


class BadPolicy(ValueError):
    """Say that a policy file lacks a figure, has an unknown one, or one of another type."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a policy file.

    ``at``: the table, as ("subsidy", "tariffs", 2), lists counted from 0; ``key`` is empty where the table itself is meant. ``code``:
    no_table, unknown_table, lacks, unknown, not_whole, and those of ``subsidy.tariffs``; ``more`` names what else is meant.
    """

    code: str
    at: tuple[str | int, ...]
    key: str = ""
    more: str = ""

    def __str__(self) -> str:
        where = ".".join(str(one) for one in self.at)
        return f"[{where}] {self.code} {self.key} {self.more}".rstrip()


@dataclass(frozen=True)
class Training:
    """Figures of classes and hours. Seconds, shares in basis points (1/10000)."""

    class_hour_s: int
    class_size_max: int
    attendance_min_bp: int
    online_share_max_bp: int
    required_of_lessons_max_bp: int
    filing_lead_days: int


@dataclass(frozen=True)
class Viewing:
    """Figures of online learning. All seconds; ``rate_percent`` 100 means real time."""

    beat_interval_s: int
    beat_cap_s: int
    rate_percent: int
    backlog_limit_s: int
    daily_cap_s: int
    window_s: int
    idle_s: int
    lease_s: int
    complete_bp: int
    challenge_gap_min_s: int
    challenge_gap_max_s: int
    challenge_answer_s: int
    flag_night_s: int
    flag_device_changes: int
    flag_device_persons: int
    flag_lockstep_times: int


@dataclass(frozen=True)
class Attendance:
    """Figures of presence. All seconds.

    ``sign_out_forgotten``: 0 nothing counts, 1 up to the last proof of presence, 2 up to the planned end.
    ``roll_call_missed``: 0 listed and flagged only, 1 the time from the last proof to the end of the call does not count either.
    """

    room_step_s: int
    card_step_s: int
    spoken_step_s: int
    open_before_s: int
    close_after_s: int
    late_review_s: int
    skew_review_s: int
    void_window_s: int
    claim_token_s: int
    carried_claim_s: int
    carried_fair_s: int
    stock_codes: int
    place_kept_days: int
    manual_share_max_bp: int
    late_grace_s: int
    early_grace_s: int
    sign_out_forgotten: int
    leave_after_s: int
    walk_ins_most: int
    walk_in_kept_days: int
    walk_in_photo_days: int
    card_apart_s: int
    face_link_s: int
    roll_call_s: int
    roll_call_least_s: int
    roll_call_most_s: int
    roll_call_missed: int
    helpers_most: int
    helper_code_s: int
    check_people: int
    check_questions: int
    check_s: int
    check_right_least: int
    check_watched_bp: int
    mark_photo_s: int
    mark_photo_bytes: int
    mark_photo_px: int
    mark_photo_days: int
    signature_days: int


@dataclass(frozen=True)
class Signs:
    """From where on something in a session's scans is asked about; nothing is refused by it. People, times, seconds, basis points."""

    device_people: int
    network_people: int
    relay_s: int
    relay_times: int
    place_people: int
    outside_hall_bp: int
    order_people: int
    order_gap_s: int
    clock_s: int
    two_places_s: int
    manual_bp: int
    manual_least: int
    manual_days: int


@dataclass(frozen=True)
class Timetable:
    """Figures of planning. ``over_capacity_refused`` 1: a venue too small is refused, 0: warned of. Metres and days."""

    over_capacity_refused: int
    venue_capacity_most: int
    venue_radius_m: int
    venue_radius_least_m: int
    venue_radius_most_m: int
    repeat_most: int
    season_days_most: int


@dataclass(frozen=True)
class SignIn:
    """Figures of sign-in: tries per phone number, window and lock in seconds, life of a sign-in in days."""

    wrong_max: int
    wrong_window_s: int
    lock_s: int
    life_days: int


@dataclass(frozen=True)
class Messages:
    """Figures of messages. ``quiet_…`` and ``evening_s`` are seconds after midnight in Shanghai."""

    evening_s: int
    before_s: int
    quiet_from_s: int
    quiet_until_s: int
    kept_days: int


@dataclass(frozen=True)
class Binding:
    """Figures of binding a WeChat: a class's window, the longest it grows to, in seconds; how long a photo is kept."""

    window_s: int
    window_longest_s: int
    photo_keep_days: int


@dataclass(frozen=True)
class Quiz:
    """Figures of quizzes.

    ``multiple_by_share`` 1: a multiple question gives marks for what is right in it, 0: all right or nothing.
    ``read_chars_per_s``: nobody reads faster; ``fast_least`` questions answered faster than that, and ``fast_share_bp`` of those
    timed, are a sign. ``same_bits``: wrong answers in common are a sign when chance would give them less often than once in
    2 to that power; looked for among the ``same_compared`` latest papers. Items with fewer than ``item_small`` answers show no
    shares; ``item_group_bp`` is the upper and the lower group of discrimination.
    """

    multiple_by_share: int
    read_chars_per_s: int
    fast_least: int
    fast_share_bp: int
    same_bits: int
    same_compared: int
    item_small: int
    item_group_bp: int


@dataclass(frozen=True)
class Material:
    """Figures of lessons' material: reading times in seconds, limits in seconds, bytes and pixels."""

    chars_per_minute: int
    picture_s: int
    page_min_s: int
    page_max_s: int
    page_default_s: int
    pages_max: int
    film_max_s: int
    film_min_s: int
    film_side_max_px: int
    recording_max_s: int
    video_max_bytes: int
    audio_max_bytes: int
    pdf_max_bytes: int
    picture_max_bytes: int
    recording_max_bytes: int
    resource_max_bytes: int
    upload_kept_s: int
    link_s: int


@dataclass(frozen=True)
class Courses:
    """Figures of programmes: the least share of practice in all hours by category, in basis points."""

    practice_caregiver_min_bp: int
    practice_leader_min_bp: int
    practice_social_worker_min_bp: int
    practice_family_carer_min_bp: int

    def practice_min_bp(self, category: str) -> int:
        """Return the least share of practice for a category of trainees; 0 for one without a figure."""
        return int(getattr(self, f"practice_{category}_min_bp", 0))


@dataclass(frozen=True)
class Practical:
    """Figures of practical assessments.

    ``gap_total_points``, ``gap_item_bp``: what two sheets may lie apart at most, of 100 points and as a share of one item's;
    ``own_teachers_max``: how many of the two may have taught the person. Seconds, days, bytes, pixels as the names say.
    """

    gap_total_points: int
    gap_item_bp: int
    own_teachers_max: int
    attempts_max: int
    retake_gap_s: int
    least_item_s: int
    same_sheets: int
    evidence_most: int
    photo_max_bytes: int
    photo_side_px: int
    video_max_bytes: int
    video_max_s: int
    evidence_kept_days: int


@dataclass(frozen=True)
class Certificates:
    """Figures of certificates.

    More than ``burst_most`` issued by one person within ``burst_s`` seconds are a sign, and so are more than ``level_day_most``
    certificates of skill level of one issuer dated the same day. ``level_province``: the two digits its numbers must carry.
    """

    burst_s: int
    burst_most: int
    level_day_most: int
    level_province: int


@dataclass(frozen=True)
class Policy:
    """All figures valid from one day on. ``subsidy`` as the file has it: ``subsidy.tariffs`` reads it.

    ``example``: the file says of itself that its figures are an example; in production nothing is claimed by it.
    """

    name: str
    valid_from: date
    file_digest: str
    training: Training
    viewing: Viewing
    attendance: Attendance
    signs: Signs
    timetable: Timetable
    sign_in: SignIn
    messages: Messages
    binding: Binding
    quiz: Quiz
    material: Material
    courses: Courses
    practical: Practical
    certificates: Certificates
    subsidy: Mapping[str, Any] = field(default_factory=dict, hash=False)
    example: bool = False


def on(day: date) -> Policy:
    """Return the policy valid on ``day``. Raises BadPolicy when none is."""
    known = every()
    before = _by_day.get(day)
    if before is None or before[0] is not known:
        held = [found for found in known if found.valid_from <= day]
        if not held:
            raise BadPolicy(f"no policy file is valid on {day.isoformat()}")
        if len(_by_day) >= MOST_DAYS:
            _by_day.clear()
        before = _by_day[day] = (known, held[-1])
    return before[1]


# What was found for a day, with the files that it was found among: other files, another answer.
_by_day: dict[date, tuple[tuple[Policy, ...], Policy]] = {}
MOST_DAYS = 1024


def latest() -> Policy:
    """Return the newest policy."""
    return every()[-1]


@cache
def every(folder: Path = FOLDER) -> tuple[Policy, ...]:
    """Return all policies by date. Raises BadPolicy naming file and figure."""
    found = tuple(read(file) for file in sorted(folder.glob("*.toml")))
    if not found:
        raise BadPolicy(f"no policy file in {folder.name}/")
    return found


def read(file: Path) -> Policy:
    """Read one policy file. Raises BadPolicy naming file and figure."""
    try:
        valid_from = date.fromisoformat(file.stem)
    except ValueError as fault:
        raise BadPolicy(f"{file.name}: {fault}") from None
    return parse(file.read_bytes(), name=file.name, valid_from=valid_from)


def parse(raw: bytes, *, name: str, valid_from: date) -> Policy:
    """Return the policy that the bytes of a file say. Raises BadPolicy naming the file and the first fault."""
    try:
        table = tomllib.loads(raw.decode())
    except ValueError as fault:
        raise BadPolicy(f"{name}: {fault}") from None
    for found in faults(table):
        raise BadPolicy(f"{name} {found}")
    return Policy(
        name=name,
        valid_from=valid_from,
        file_digest=f"sha256:{hashlib.sha256(raw).hexdigest()}",
        subsidy=table.get("subsidy", {}),
        example=table.get("example", False),
        **{part: kind(**table[part]) for part, kind in _tables().items()},
    )


def faults(table: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield everything wrong with the figures of a file, in the order of the tables; ``[subsidy]`` is not looked into."""
    known = _tables()
    for name, kind in known.items():
        figures = table.get(name)
        if not isinstance(figures, dict):
            yield Fault("no_table", (name,))
            continue
        names = [field.name for field in fields(kind)]
        yield from (Fault("lacks", (name,), one) for one in names if one not in figures)
        yield from (Fault("unknown", (name,), one) for one in sorted(set(figures) - set(names)))
        yield from (
            Fault("not_whole", (name,), one)
            for one in names
            if one in figures and type(figures[one]) is not int
        )
    if not isinstance(table.get("example", False), bool):
        yield Fault("not_bool", (), "example")
    yield from (Fault("unknown_table", (one,)) for one in sorted(set(table) - {*known, *BESIDES}))


@cache
def _tables() -> dict[str, Any]:
    """Return table -> the class of its figures."""
    return {name: kind for name, kind in get_type_hints(Policy).items() if is_dataclass(kind)}
