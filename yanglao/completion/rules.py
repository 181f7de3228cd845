"""The fold, pure: from a person's ledger entries to hours per segment. Stepped or rebuilt, the result is the same.

``Gathered`` keeps what entries say, in plain lists that go into one JSON column; ``add_up`` derives the hours from
it. Adding is per entry and never looks back, deriving is one function of the whole: so folding step by step cannot
differ from folding anew, also when an offline presence or a reversal arrives late.

Rules: an offline minute needs an in and an out, clipped to the planned session, minus its breaks, once per person
over all sessions. An online second needs server time that no presence in a planned session and no other online second of
the person uses, and a second of the lesson not yet covered in this enrolment; per day at most the cap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from yanglao.kernel.clock import day_of
from yanglao.kernel.intervals import Interval, clip, length, minus, prefix, union

# A mark of a make-up session has one more column than others: what it makes up.
MARK = 8
# The states of a segment whose hours are whole.
MET = ("hours_met", "complete")
EMPTY: dict[str, Any] = {
    "spans": [],
    "marks": [],
    "voided": [],
    "quiz": [],
    "other": [],
    "pending": [],
    "reviews": [],
}


@dataclass
class SegmentSum:
    """What one segment of one enrolment adds up to. Seconds; quiz marks out of 100.

    ``modules``: module id -> ``{"best", "passed", "attempts"}`` of its quiz. ``practical``: ``{"best_bp", "passed", "attempts",
    "waiting"}`` of the practical assessment, ``waiting`` being the sheets whose result does not stand yet; empty without any.
    """

    entered_s: int = 0
    touched: bool = False
    quiz_best: int | None = None
    quiz_passed: bool = False
    quiz_attempts: int = 0
    refused: int = 0
    pending: int = 0
    presences: dict[str, list[list[int | None]]] = field(default_factory=dict)
    covered: dict[str, list[Interval]] = field(default_factory=dict)
    review: dict[str, Any] | None = None
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    practical: dict[str, Any] = field(default_factory=dict)


@dataclass
class Sums:
    """What everything adds up to: per (enrolment, segment), per ISO day online, and per entry (enrolment, position).

    ``counted`` are the seconds an entry is worth: those of a segment add up to its ``entered_s``. ``lost`` says by code what
    of an entry the fold took away again. ``parts`` are the stretches of an entry in order: [from_ms, to_ms, counted_s].
    ``joined`` leads from the entry of a sign-in to that of its sign-out.
    """

    segments: dict[tuple[str, str], SegmentSum] = field(default_factory=dict)
    day_used: dict[str, int] = field(default_factory=dict)
    counted: dict[tuple[str, int], int] = field(default_factory=dict)
    lost: dict[tuple[str, int], dict[str, int]] = field(default_factory=dict)
    parts: dict[tuple[str, int], list[tuple[int, int, int]]] = field(default_factory=dict)
    joined: dict[tuple[str, int], int] = field(default_factory=dict)

    def lose(self, key: tuple[str, int], code: str, seconds: int) -> None:
        """Note that of an entry ``seconds`` do not count."""
        if seconds > 0:
            lost = self.lost.setdefault(key, {})
            lost[code] = lost.get(code, 0) + seconds

    def of(self, enrolment: str, segment: str) -> SegmentSum:
        """Return the sum of a segment, an empty one at first."""
        return self.segments.setdefault((enrolment, segment), SegmentSum())


def gather(state: dict[str, Any], entry: Any) -> dict[str, Any]:
    """Add one ledger entry to what was gathered; ``entry`` is an EntryView. Unknown kinds change nothing."""
    body, own, position = entry.body, entry.enrolment_id, entry.position
    kind = entry.kind
    if kind == "viewing.span":
        rows = [[own, position, entry.segment_id, body["lesson"], *piece[:3]] for piece in body["pieces"]]
        return {
            **state,
            "spans": [*state["spans"], *rows],
            "other": [*state["other"], [own, entry.segment_id, kind]],
        }
    if kind in ("attendance.in", "attendance.out", "attendance.ended"):
        row = [
            own,
            position,
            entry.segment_id,
            body["session"],
            # An end that was only assumed: hours as by a scan out, and still without one.
            "ended" if kind == "attendance.ended" else body["direction"],
            body["at_ms"],
            body["planned"],
            body["breaks"],
        ]
        if "makes_up" in body:
            made_up = body["makes_up"]
            row.append([made_up["session"], made_up["planned"], made_up["breaks"]])
        return _decided({**state, "marks": [*state["marks"], row]}, body)
    if kind == "attendance.void":
        return {**state, "voided": [*state["voided"], [own, body["voids"]]]}
    if kind == "quiz.submitted":
        row = [own, entry.segment_id, body["score"], bool(body["passed"])]
        return {**state, "quiz": [*state["quiz"], row]}
    if kind == "quiz.module_submitted":
        row = [own, entry.segment_id, body["module"], body["score"], bool(body["passed"])]
        # Only there once a module was tested: who has none keeps what was gathered before there were any.
        return {**state, "module_quiz": [*state.get("module_quiz", []), row]}
    if kind in ("practical.scored", "practical.result"):
        row = [own, entry.segment_id, body["number"], body.get("score_bp"), body.get("passed")]
        return {**state, "practical": [*state.get("practical", []), row]}
    if kind == "practical.voided":
        row = [own, entry.segment_id, body["number"]]
        return {**state, "practical_voided": [*state.get("practical_voided", []), row]}
    if kind.startswith("review."):
        row = [
            own,
            entry.segment_id,
            kind,
            position,
            entry.actor_id,
            entry.recorded_ms,
            body.get("entered_s", 0),
        ]
        return {**state, "reviews": [*state["reviews"], row]}
    if kind == "attendance.pending":
        return {**state, "pending": [*state["pending"], [own, entry.segment_id, body["scan"]]]}
    if kind == "attendance.roll_missed" and "gap" in body:
        # Only there once a call was missed and the policy takes the time: who has none keeps what was gathered before.
        state = {**state, "gaps": [*state.get("gaps", []), [own, position, body["session"], *body["gap"]]]}
    if own and entry.segment_id:
        return _decided({**state, "other": [*state["other"], [own, entry.segment_id, kind]]}, body)
    return state


def _decided(state: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Take away the scan that waited and is now decided."""
    return {**state, "pending": [row for row in state["pending"] if row[2] != body.get("scan")]}


def gather_all(state: dict[str, Any], entries: Iterable[Any]) -> dict[str, Any]:
    """Add entries in order of their ids."""
    for entry in entries:
        state = gather(state, entry)
    return state


def add_up(state: dict[str, Any], *, daily_cap_s: Callable[[str], int]) -> Sums:
    """Derive the hours from what was gathered. ``daily_cap_s`` gives the cap of an ISO day."""
    sums = Sums()
    offline = _offline(state, sums)
    _online(state, offline, sums, daily_cap_s)
    for own, segment, score, passed in state["quiz"]:
        found = sums.of(own, segment)
        found.touched = True
        found.quiz_attempts += 1
        found.quiz_best = max(score, found.quiz_best if found.quiz_best is not None else score)
        found.quiz_passed = found.quiz_passed or passed
    for own, segment, module, score, passed in state.get("module_quiz", []):
        found = sums.of(own, segment)
        found.touched = True
        before = found.modules.get(module, {"best": 0, "passed": False, "attempts": 0})
        found.modules[module] = {
            "best": max(score, before["best"]),
            "passed": before["passed"] or passed,
            "attempts": before["attempts"] + 1,
        }
    gone = {tuple(row) for row in state.get("practical_voided", [])}
    for own, segment, number, score_bp, passed in state.get("practical", []):
        sums.of(own, segment).touched = True
        if (own, segment, number) not in gone:
            _practical(sums.of(own, segment), score_bp, passed)
    for own, segment, kind in state["other"]:
        found = sums.of(own, segment)
        found.touched = True
        found.refused += kind == "attendance.refused"
    for own, segment, _scan in state["pending"]:
        found = sums.of(own, segment)
        found.touched = True
        found.pending += 1
    for own, segment, kind, position, actor, at_ms, entered_s in state["reviews"]:
        sums.of(own, segment).review = {
            "verdict": kind.removeprefix("review."),
            "position": position,
            "by": actor,
            "at_ms": at_ms,
            "entered_s": entered_s,
        }
    return sums


def _practical(found: SegmentSum, score_bp: int | None, passed: bool | None) -> None:
    """Add a sheet (without a score) or a result of a practical assessment."""
    before = found.practical or {"best_bp": None, "passed": False, "attempts": 0, "waiting": 0}
    if score_bp is None:
        found.practical = {**before, "waiting": before["waiting"] + 1}
        return
    best_bp = score_bp if before["best_bp"] is None else max(score_bp, before["best_bp"])
    done = bool(passed) or before["passed"]
    found.practical = {"best_bp": best_bp, "passed": done, "attempts": before["attempts"] + 1, "waiting": 0}


def _offline(state: dict[str, Any], sums: Sums) -> list[Interval]:
    """Pair ins and outs and return the minutes present in planned sessions, for which online credit gives way."""
    voided = {(own, position) for own, position in state["voided"]}
    visits: dict[tuple[str, str, str], list[list[Any]]] = {}
    for row in state["marks"]:
        sums.of(row[0], row[2]).touched = True
        if (row[0], row[1]) not in voided:
            visits.setdefault((row[0], row[2], row[3]), []).append(row)
    ended = {(row[0], row[1]) for row in state["marks"] if row[4] == "ended"}
    gaps: dict[tuple[str, str], list[Interval]] = {}
    for own, position, session, from_ms, to_ms in state.get("gaps", []):
        if (own, position) not in voided:
            gaps[(own, session)] = union(gaps.get((own, session), []), [(from_ms, to_ms)])
    taken: list[Interval] = []
    credited: dict[tuple[str, str], int] = {}
    present: list[Interval] = []
    attended: dict[tuple[str, str], list[Interval]] = {}
    # A make-up session comes after all others: what it may credit is what was missed of the session that it names.
    for (own, segment, session), rows in sorted(visits.items(), key=lambda one: len(one[1][0]) > MARK):
        found = sums.of(own, segment)
        for start, end, opening, position in _pairs(rows):
            inside: list[Interval] = []
            if end is not None:
                planned, breaks = rows[0][6], [(a, b) for a, b in rows[0][7]]
                in_time = clip([(start, end)], planned[0], planned[1])
                taught = minus(in_time, breaks)
                inside = minus(taught, gaps.get((own, session), []))
                # Who is in the room during a break learns nothing online; who waits there before the session, or after, may.
                present.extend(in_time)
            fresh = minus(inside, taken)
            spare = length(fresh)
            if len(rows[0]) > MARK:
                fresh = prefix(fresh, _missed_ms(attended, own, rows[0][MARK]))
                key = (own, rows[0][MARK][0])
                attended[key] = [*attended.get(key, []), *fresh]
            else:
                attended.setdefault((own, session), []).extend(inside)
            enough = spare - length(fresh)
            taken = union(taken, fresh)
            before = credited.get((own, segment), 0)
            credited[(own, segment)] = before + length(fresh)
            if end is not None:
                key = (own, position)
                # Cut from the running sum, so that the entries of a segment add up to it to the second.
                sums.counted[key] = credited[(own, segment)] // 1000 - before // 1000
                sums.joined[(own, opening)] = position
                sums.parts[key] = [(start, end, sums.counted[key])]
                sums.lose(key, "hours.outside_plan", (end - start - length(in_time)) // 1000)
                sums.lose(key, "hours.break", (length(in_time) - length(taught)) // 1000)
                sums.lose(key, "hours.roll_call_missed", (length(taught) - length(inside)) // 1000)
                sums.lose(key, "hours.same_time", (length(inside) - spare) // 1000)
                sums.lose(key, "hours.made_up_enough", enough // 1000)
            assumed = [1] if (own, position) in ended else []
            found.presences.setdefault(session, []).append([start, end, length(fresh) // 1000, *assumed])
    for (own, segment), ms in credited.items():
        sums.of(own, segment).entered_s += ms // 1000
    return union(present)


def _missed_ms(attended: dict[tuple[str, str], list[Interval]], own: str, missed: list[Any]) -> int:
    """Return what of a missed session is neither attended nor made up yet; ``missed`` is [session, planned, breaks]."""
    session, planned, breaks = missed
    due = length(minus([(planned[0], planned[1])], [(a, b) for a, b in breaks]))
    return max(0, due - length(attended.get((own, session), [])))


def _pairs(rows: list[list[Any]]) -> list[tuple[int, int | None, int, int]]:
    """Return (in, out or None, positions of both entries) of one person's marks in one session, by time."""
    pairs: list[tuple[int, int | None, int, int]] = []
    opened: list[Any] | None = None
    for row in sorted(rows, key=lambda mark: (mark[5], mark[1])):
        if row[4] == "in":
            if opened is None:
                opened = row
        elif opened is not None:
            pairs.append((opened[5], row[5], opened[1], row[1]))
            opened = None
    if opened is not None:
        pairs.append((opened[5], None, opened[1], opened[1]))
    return pairs


def _online(
    state: dict[str, Any], offline: list[Interval], sums: Sums, daily_cap_s: Callable[[str], int]
) -> None:
    used: list[Interval] = []
    for own, position, segment, lesson, wall_ms, media_s, seconds in state["spans"]:
        found = sums.of(own, segment)
        covered = found.covered.setdefault(lesson, [])
        blocked = union(offline, used)
        free = _free_seconds(wall_ms, seconds, blocked)
        fresh = minus(free, [(a - media_s, b - media_s) for a, b in covered])
        day = day_of(wall_ms).isoformat()
        kept = prefix(fresh, max(0, daily_cap_s(day) - sums.day_used.get(day, 0)))
        count, key = length(kept), (own, position)
        sums.counted[key] = sums.counted.get(key, 0) + count
        sums.parts.setdefault(key, []).append((wall_ms, wall_ms + seconds * 1000, count))
        if count < seconds:
            present = seconds - length(_free_seconds(wall_ms, seconds, offline))
            sums.lose(key, "viewing.offline_now", present)
            sums.lose(key, "hours.same_time", seconds - present - length(free))
            sums.lose(key, "viewing.already_covered", length(free) - length(fresh))
            sums.lose(key, "viewing.daily_cap", length(fresh) - count)
        if not count:
            continue
        sums.day_used[day] = sums.day_used.get(day, 0) + count
        found.entered_s += count
        found.covered[lesson] = union(covered, [(a + media_s, b + media_s) for a, b in kept])
        used = union(used, [(wall_ms + a * 1000, wall_ms + b * 1000) for a, b in kept])


def _free_seconds(wall_ms: int, seconds: int, blocked: list[Interval]) -> list[Interval]:
    """Return the whole seconds ``[0, seconds)`` of a piece that no blocked time touches."""
    touched = [
        ((start - wall_ms) // 1000, -(-(end - wall_ms) // 1000))
        for start, end in clip(blocked, wall_ms, wall_ms + seconds * 1000)
    ]
    return minus([(0, seconds)], touched)


def state_of(
    found: SegmentSum, *, required_s: int, assessed: bool, tested: Iterable[str] = (), practical: bool = False
) -> str:
    """Return not_started, in_progress, hours_met or complete.

    ``tested``: ids of the modules with a quiz to pass; ``practical``: a practical assessment has to be passed.
    """
    if found.entered_s >= required_s:
        passed = all(found.modules.get(one, {}).get("passed") for one in tested)
        passed = passed and (not practical or bool(found.practical.get("passed")))
        return "complete" if passed and (found.quiz_passed or not assessed) else "hours_met"
    return "in_progress" if found.touched else "not_started"
