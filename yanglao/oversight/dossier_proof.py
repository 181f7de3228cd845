"""What of a dossier the ledger can prove: everybody's hours and results, as the ledger gave them at the heads it rests on.

One code stands for a whole dossier. Its content holds a row per person and the digest of the PDF, so that paper is proved by its code
and a file by its bytes as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import EnrolmentView
from yanglao.completion import as_of
from yanglao.completion.rules import Sums
from yanglao.evidence import queries as evidence
from yanglao.kernel.units import duration_text
from yanglao.kernel.wording import words
from yanglao.oversight.dossier_people import BLOCK, Frame, Head, Member
from yanglao.oversight.proving import Provable
from yanglao.people import queries as people
from yanglao.people.queries import PersonView
from yanglao.places import queries as places

CLASS, PERSON = "dossier_class", "dossier_person"
VERSION, STEP = 1, 4 * BLOCK
MOST_CHAINS, MOST_ENTRIES = 100, 1000  # that a web page looks into
Upto = Mapping[tuple[str, str], int]
_FIGURES = ("学时", "理论成绩", "理论合格", "实操成绩", "实操合格")


def content(frame: Frame, kind: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what is kept of a dossier but for its pages and its file."""
    return {
        "v": VERSION,
        "kind": kind,
        "class": frame.own.id,
        "as_of_ms": frame.ms,
        "head": _head(frame.own.name, frame.own.number, frame.base.name),
        "titles": {one.id: one.title for one in frame.programme.segments},
        "rows": list(rows),
    }


def _head(name: str, number: str, base: str) -> list[list[str]]:
    return [["班期", f"{name}（{number}）"], ["基地", base]]


def row(one: Member, segment_ids: Sequence[str]) -> dict[str, Any]:
    """Return what a dossier stands for of one person."""
    return _row(one.own, one.person, one.sums, segment_ids)


def _row(own: EnrolmentView, person: PersonView, sums: Sums, segment_ids: Sequence[str]) -> dict[str, Any]:
    told = {}
    for segment_id in segment_ids:
        found = sums.of(own.id, segment_id)
        practical = [found.practical.get("best_bp"), bool(found.practical.get("passed"))]
        told[segment_id] = [found.entered_s, found.quiz_best, found.quiz_passed, *practical]
    return {"e": own.id, "no": own.roster_no, "name": person.name, "id": person.masked_id, "s": told}


def rebuilt(
    session: Session, content: dict[str, Any], *, now: datetime, upto: Upto | None = None
) -> dict[str, Any]:
    """Return a dossier's content as it would be today; with ``upto`` its figures as the ledger gave them then."""
    segment_ids = list(content["titles"])
    rows = []
    for printed in _steps(content["rows"]):
        own = classes.enrolments(session, [one["e"] for one in printed])
        known = people.persons(session, {one.person_id for one in own.values()})
        held = [own[one["e"]] for one in printed if one["e"] in own]
        folded = as_of.fold(session, held, upto)
        made = {one.id: _row(one, known[one.person_id], folded.sums[one.id], segment_ids) for one in held}
        # As of then names and numbers are those of the page; the ledger holds none.
        rows += [
            (one | {"s": made[one["e"]]["s"]} if upto is not None else made[one["e"]])
            for one in printed
            if one["e"] in made
        ]
    if upto is not None:
        return content | {"rows": rows}
    own_class = classes.class_(session, content["class"])
    head = _head(own_class.name, own_class.number, places.base(session, own_class.base_id).name)
    return content | {"head": head, "rows": rows}


def _steps(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for at in range(0, len(rows), STEP):
        yield rows[at : at + STEP]


def differences(before: dict[str, Any], today: dict[str, Any], *, clock: Callable[[int], str]) -> list[str]:
    """Say in plain words whose hours and results, and which names, are other than printed."""
    head = dict(today["head"])
    said = [f"{label}：{was} → {head[label]}" for label, was in before["head"] if head[label] != was]
    now = {one["e"]: one for one in today["rows"]}
    for one in before["rows"]:
        who, other = f"{one['no']} 号 {one['name']}", now.get(one["e"])
        if other is None:
            said.append(f"{who}：报名找不到了")
            continue
        said += [
            f"{who}：{label} {one[key]} → {other[key]}"
            for key, label in (("name", "姓名"), ("id", "证件号"))
            if one[key] != other[key]
        ]
        for segment_id, title in before["titles"].items():
            said += [
                f"{who}：{title} {label} {_figure(label, was)} → {_figure(label, value)}"
                for label, was, value in zip(
                    _FIGURES, one["s"][segment_id], other["s"][segment_id], strict=True
                )
                if was != value
            ]
    return said


def _figure(label: str, value: Any) -> str:
    if label == "学时":
        return duration_text(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "没有"
    return f"{value / 100:g} 分" if label == "实操成绩" else f"{value} 分"


def shown(content: dict[str, Any]) -> list[list[str]]:
    """Return [number, name, ID number, figures in words] of everybody in a dossier."""
    return [
        [
            str(one["no"]),
            one["name"],
            one["id"],
            "；".join(_told(one, *named) for named in content["titles"].items()),
        ]
        for one in content["rows"]
    ]


def _told(one: dict[str, Any], segment_id: str, title: str) -> str:
    seconds, best, passed, practical, _ = one["s"][segment_id]
    said = [f"{title} {duration_text(seconds)}"]
    said += [f"理论 {best} 分{'（合格）' if passed else ''}"] if best is not None else []
    said += [f"实操 {_figure('实操成绩', practical)}"] if practical is not None else []
    return "，".join(said)


def later(session: Session, content: dict[str, Any], heads: Sequence[Head]) -> list[str]:
    """Say, without names, what the chains of a dossier got since: of whom, how many entries and of which kind."""
    numbers = {one["e"]: one["no"] for one in content["rows"]}
    ids: dict[str, list[str]] = {}
    for kind, id_, _, _ in heads:
        ids.setdefault(kind, []).append(id_)
    today = {
        (k, i): position
        for kind, own in ids.items()
        for k, i, position, _ in evidence.heads(session, kind, own)
    }
    moved = [one for one in heads if today.get(one[:2], one[2]) > one[2]]
    said = []
    for kind, id_, position, _ in moved[:MOST_CHAINS]:
        found = evidence.chain(session, kind, id_, after=position, limit=MOST_ENTRIES)
        counts = Counter(_title(one.kind) for one in found if not one.kind.startswith("paper."))
        if counts:
            told = "、".join(f"{title} {number} 条" for title, number in counts.items())
            said.append((numbers.get(id_, 0), f"{_whose(kind, numbers.get(id_))}以后新增：{told}"))
    rest = len(moved) - MOST_CHAINS
    return [words for _, words in sorted(said)] + ([f"还有 {rest} 条链也有新的记录"] if rest > 0 else [])


def _whose(kind: str, number: int | None) -> str:
    if number is not None:
        return f"{number} 号"
    return {"class": "班级", "claim": "补贴申报"}.get(kind, "学员在别的班")


def _title(kind: str) -> str:
    """Return what an entry is about in a few words."""
    known = words(f"evidence.{kind}").title
    return known if known != words("").title else _OTHERS.get(kind.partition(".")[0], "别的记录")


_OTHERS = {
    "class": "班级办理", "session": "课表变动", "late": "补报", "roster": "花名册", "certificate": "证书", "claim": "补贴申报",
}  # fmt: skip
TITLES = {CLASS: "培训班档案（一期一档）", PERSON: "学员培训档案（一人一档）"}
KINDS: dict[str, Provable] = {
    kind: Provable(title=title, rebuilt=rebuilt, differences=differences, costly=True, later=later)
    for kind, title in TITLES.items()
}
