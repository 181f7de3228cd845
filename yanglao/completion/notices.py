"""Who of a class still lacks what, as one notice for the class's WeChat group: grouped, with the sentences of everybody.

Pure but for ``notice``. Only what somebody can do something about now is named: the meetings to come are not yet
lacking, what waits for the base's review is the base's, and a quiz comes after the hours of its segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView, SessionView
from yanglao.completion import queries
from yanglao.completion.shapes import EnrolmentStanding, Missing, SegmentStanding
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import say_time, to_ms
from yanglao.kernel.identifiers import mask_name
from yanglao.kernel.wording import sentence, todo, words
from yanglao.people import queries as people
from yanglao.people.roles import may

MOST_COMING = 3
STATES = ("running", "finished", "archived")
# The order of the groups, and the colour of each (online pine, offline indigo, what needs a person amber).
ORDER = {
    "attendance.out_missing": "offline",
    "attendance.absent": "offline",
    "attendance.on_leave": "offline",
    "hours.offline_lacking": "offline",
    "quiz.module_not_passed": "quiz",
    "quiz.module_not_taken": "quiz",
    "quiz.not_passed": "quiz",
    "quiz.not_taken": "quiz",
    "hours.online_lacking": "online",
}
AMOUNTS = frozenset({"hours.online_lacking", "hours.offline_lacking"})


@dataclass(frozen=True)
class Named:
    """One person in a group. ``detail`` is what tells them from the others of it ("" when nothing does).

    ``said`` is the whole of it, for who calls them: marks are nobody else's business and stay out of the chat.
    """

    enrolment_id: str
    name: str
    detail: str
    said: str

    @property
    def masked(self) -> str:
        """Return the name as strangers may read it: 王*英."""
        return mask_name(self.name)


@dataclass(frozen=True)
class Group:
    """What several people lack: a heading, what to do about it, and who."""

    code: str
    title: str
    todo: str
    people: tuple[Named, ...]

    @property
    def tone(self) -> str:
        """Return online, offline or quiz."""
        return ORDER[self.code]


@dataclass(frozen=True)
class Notice:
    """A class at a moment. ``done`` have everything, ``lacking`` are in a group, the rest keep pace."""

    class_id: str
    class_name: str
    at_ms: int
    enrolled: int
    done: int
    groups: tuple[Group, ...]
    coming: tuple[SessionView, ...]

    @property
    def lacking(self) -> int:
        """Return how many people are in a group."""
        return len({one.enrolment_id for group in self.groups for one in group.people})

    @property
    def summary(self) -> str:
        """Return the class in one sentence."""
        pace = self.enrolled - self.done - self.lacking
        facts = {"enrolled": self.enrolled, "done": self.done, "pace": pace, "lacking": self.lacking}
        if not self.enrolled:
            return sentence("notice.nobody")
        if not self.lacking:
            return sentence("notice.all_done" if not pace else "notice.all_at_pace", facts)
        return sentence("notice.some_lack" if pace else "notice.the_rest_lack", facts)


def own_class(session: Session, class_id: str, actor: Actor) -> ClassView:
    """Return a class whose base ``actor`` administers, or in which they teach. Raises ClassUnknown."""
    own = classes.class_(session, class_id)
    if may(actor.grants, "session.plan", base=own.base_id, division=own.division_code):
        return own
    meetings = classes.sessions_of_class(session, class_id)
    if may(actor.grants, "session.teach") and any(
        one.instructor_id == actor.person_id and one.state != "cancelled" for one in meetings
    ):
        return own
    raise classes.ClassUnknown(class_id=class_id)


def notice(session: Session, class_id: str, *, now: datetime, actor: Actor) -> Notice:
    """Return the notice of a class that is the actor's. Raises ClassUnknown."""
    own = own_class(session, class_id, actor)
    standings = queries.class_page(session, class_id, now=now) if own.state in STATES else []
    known = people.persons(session, {one.person_id for one in standings})
    names = {one.id: known[one.person_id].name for one in standings}
    meetings = classes.sessions_of_class(session, class_id)
    return of(own, standings, names, meetings, now_ms=to_ms(now))


def of(
    own: ClassView,
    standings: Iterable[EnrolmentStanding],
    names: Mapping[str, str],
    meetings: Iterable[SessionView],
    *,
    now_ms: int,
) -> Notice:
    """Fold the standings of a class into its notice; ``names`` by enrolment id."""
    found: dict[tuple[str, ...], list[Named]] = {}
    coming = [one for one in meetings if one.state != "cancelled" and one.ends_ms > now_ms]
    kept = list(standings)
    for one in kept:
        for (code, title), (detail, said) in lacks_of(one, {each.segment_id for each in coming}).items():
            found.setdefault((code, title), []).append(Named(one.id, names[one.id], detail, said))
    order = list(ORDER)
    groups = (
        Group(code, title, _todo(code), tuple(people))
        for (code, title), people in sorted(found.items(), key=lambda row: order.index(row[0][0]))
    )
    done = sum(not any(segment.missing for segment in one.segments) for one in kept)
    return Notice(own.id, own.name, now_ms, len(kept), done, tuple(groups), tuple(coming[:MOST_COMING]))


def lacks_of(one: EnrolmentStanding, coming: set[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (code, heading) -> (detail, whole sentence) of everything one person can do something about now.

    ``coming`` are the segments that still have a meeting. Hours of one mode are added up over segments.
    """
    amounts: dict[str, int] = {}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for segment in one.segments:
        for missing in segment.missing:
            if not _due(missing, segment, coming):
                continue
            if missing.code in AMOUNTS:
                amounts[missing.code] = amounts.get(missing.code, 0) + int(missing.facts["lack_s"])
            elif missing.code.startswith("quiz."):
                where = " · ".join(filter(None, (segment.title, missing.facts.get("module", ""))))
                heading = f"{where}：{words(missing.code).title}"
                found[missing.code, heading] = "", f"{segment.title}：{missing.sentence}"
            else:
                found[missing.code, missing.sentence] = "", missing.sentence
    for code, lack_s in amounts.items():
        said = sentence(code, {"lack_s": lack_s})
        found[code, words(code).title] = said, said
    return found


def text(found: Notice, *, masked: bool) -> str:
    """Return the notice as it is pasted into a chat."""
    lines = [f"【{found.class_name}】{say_time(found.at_ms)}", found.summary]
    for number, group in enumerate(found.groups, 1):
        lines.append(f"\n{number}. {group.title}（{len(group.people)} 人）")
        said = [
            f"{one.masked if masked else one.name}{' ' + one.detail if one.detail else ''}"
            for one in group.people
        ]
        lines.append(("；" if any(one.detail for one in group.people) else "、").join(said))
        lines.append(f"→ {group.todo}")
    if found.coming:
        lines.append("\n" + sentence("notice.coming"))
        lines += [coming_line(one) for one in found.coming]
    return "\n".join(lines)


def coming_line(one: SessionView) -> str:
    """Return one meeting to come in a line."""
    return f"{say_time(one.starts_ms)} {one.title or one.segment_title}，{one.venue}"


def _due(missing: Missing, segment: SegmentStanding, coming: set[str]) -> bool:
    if missing.code == "hours.offline_lacking":
        return segment.id not in coming
    if missing.code in ("quiz.not_taken", "quiz.module_not_taken"):
        return segment.credited_s >= segment.required_s
    return missing.code in ORDER


def _todo(code: str) -> str:
    return todo("notice.make_up" if code == "hours.offline_lacking" else code)
