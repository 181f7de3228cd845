"""Make dossiers in the background: 一期一档 of a class, 一人一档 of a trainee, and those of a whole class in one zip.

Life of a dossier: 1. Where every chain stands is read once; everything else is read as of there. 2. People are read a block at a time
and written to disk as parts, so that memory stays flat. 3. A process of its own sets the parts and binds them. 4. In the transaction that
stores the file, ``paper.printed`` is entered with the digests of what was printed. A worker lost before that has left nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import SHANGHAI
from yanglao.kernel.errors import Refused
from yanglao.outside import drawing, media_tools, qr_image
from yanglao.oversight import dossier_class, dossier_filled, dossier_person, dossier_proof
from yanglao.oversight.dossier_blocks import TEMPLATE, Block, Shelf
from yanglao.oversight.dossier_people import Frame, Member, blocks, frame, members
from yanglao.oversight.dossier_proof import CLASS, PERSON, TITLES
from yanglao.oversight.export_shapes import PDF, ZIP, Asked, Made, Report, workroom
from yanglao.oversight.printing import address_of
from yanglao.papers import rules
from yanglao.papers import service as papers
from yanglao.papers.service import Draft, Drawn, Finished

_UNFIT = re.compile(r'[\x00-\x1f\\/:*?"<>|]')
READ, ALL = 60, 100  # of a hundred: read, and then set and bound


class NobodyThere(Refused):
    """Say that a class has nobody on its roster."""

    code = "dossier.nobody"


@dataclass(frozen=True)
class Stamp:
    """What every page of a dossier carries: its code, and the head of the ledger it rests on."""

    code: str
    root: str

    def facts(self, title: str, frame: Frame) -> dict[str, Any]:
        """Return what the template prints on every page."""
        entries = sum(position for _, _, position, _ in frame.heads)
        ledger = f"账本 {len(frame.heads)} 链 {entries} 条 · 链头 {rules.short(self.root)} · {frame.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 做成"
        address = f"{address_of().rstrip('/')}{rules.ADDRESS}{self.code}"
        qr = drawing.svg(qr_image.encode(address), label="档案的码")
        return {"title": title, "code": rules.spaced(self.code), "ledger": ledger, "qr": qr}

    def cover(self, kind: str, frame: Frame, name: str, rows: Sequence[tuple[str, str]]) -> Block:
        """Return the cover."""
        return {
            "k": "cover", "base": frame.base.name, "heading": TITLES[kind], "name": name,
            "rows": [list(row) for row in rows if row[1]],
        }  # fmt: skip


@dataclass(frozen=True)
class Sealed:
    """What is entered in the ledger of a finished file, in the transaction that stores it."""

    made: Finished
    own: ClassView
    actor: Actor

    def __call__(self, session: Session, moment: datetime) -> None:
        """Enter it."""
        papers.enter_made(session, self.made, self.own, now=moment, actor=self.actor)


def of_class(session: Session, asked: Asked, *, now: datetime, report: Report) -> Made:
    """Make the dossier of a class. Raises ClassUnknown, GlyphMissing."""
    own = classes.class_(session, asked.wanted["class_id"], asked.scope)
    held = frame(session, own, classes.roster(session, own.id, withdrawn=True), now=now)
    stamp = Stamp(papers.new_code(), rules.root_of(held.heads))
    title = f"{TITLES[CLASS]} · {own.name}"
    with workroom(now) as folder:
        shelf = Shelf(folder)
        dossier_class.fixed(session, shelf, held, root=stamp.root)
        rows = _filled(session, shelf, held, report)
        cover = stamp.cover(CLASS, held, own.name, [*_class_cover(held), *_printed(held, asked, stamp)])
        front = shelf.put([cover, {"k": "contents"}], name="front.json", covered=True)
        job = {
            "front": front,
            "parts": shelf.in_order(),
            "facts": stamp.facts(title, held),
            "out": "dossier.pdf",
        }
        made = _set(folder, job, report)
        page = _page(dossier_proof.content(held, CLASS, rows) | _file(made), held, stamp)
        seal = Sealed(Finished(CLASS, own.id, title, [page], made["digest"]), own, asked.actor)
        return Made(b"", _name("一期一档", own.name, now, "pdf"), PDF, path=folder / "dossier.pdf", seal=seal)


def of_enrolment(session: Session, asked: Asked, *, now: datetime, report: Report) -> Made:
    """Make the dossier of one trainee in one class. Raises EnrolmentUnknown, GlyphMissing."""
    one = classes.enrolment(session, asked.wanted["enrolment_id"], asked.scope)
    own = classes.class_(session, one.class_id)
    held = frame(session, own, [one], now=now)
    with workroom(now) as folder:
        single = _person(session, Shelf(folder), held, members(session, held, [one])[0], asked=asked)
        report(READ, ALL)
        made = _set(folder, {"single": single.part, "facts": {}, "out": "dossier.pdf"}, report)
        page = _page(single.content | _file(made), single.frame, single.stamp)
        seal = Sealed(Finished(PERSON, one.id, single.title, [page], made["digest"]), own, asked.actor)
        name = _name("一人一档", single.name, now, "pdf")
        return Made(b"", name, PDF, path=folder / "dossier.pdf", seal=seal)


def of_everybody(session: Session, asked: Asked, *, now: datetime, report: Report) -> Made:
    """Make the dossiers of everybody of a class in one zip. Raises ClassUnknown, GlyphMissing."""
    own = classes.class_(session, asked.wanted["class_id"], asked.scope)
    held = frame(session, own, classes.roster(session, own.id, withdrawn=True), now=now)
    if not held.roster:
        raise NobodyThere
    with workroom(now) as folder:
        shelf = Shelf(folder)
        singles: list[Single] = []
        for block in blocks(held):
            singles += [
                _person(session, shelf, held, one, asked=asked) for one in members(session, held, block)
            ]
            report(len(singles) * READ // len(held.roster), ALL)
        named = [[one.part, f"{one.name}.pdf"] for one in singles]
        made = _set(folder, {"singles": named, "facts": {}, "out": "dossiers.zip"}, report)
        pages = [
            _page(one.content | {"pages": pages, "file": digest}, one.frame, one.stamp, number=at)
            for at, (one, pages, digest) in enumerate(zip(singles, made["pages"], made["digests"], strict=True), 1)
        ]  # fmt: skip
        title = f"{TITLES[PERSON]} · {own.name} · {len(singles)} 人"
        seal = Sealed(Finished(PERSON, own.id, title, pages, made["digest"]), own, asked.actor)
        return Made(
            b"", _name("一人一档", own.name, now, "zip"), ZIP, path=folder / "dossiers.zip", seal=seal
        )


@dataclass(frozen=True)
class Single:
    """One trainee's dossier before it is set: its part on disk and what will be kept of it."""

    part: str
    name: str
    title: str
    stamp: Stamp
    frame: Frame
    content: dict[str, Any]


def _person(session: Session, shelf: Shelf, whole: Frame, one: Member, *, asked: Asked) -> Single:
    held = whole.only(one.own)
    stamp = Stamp(papers.new_code(), rules.root_of(held.heads))
    title = f"{TITLES[PERSON]} · {one.person.name} · {held.own.name}"
    about = [
        ("证件号", one.person.masked_id),
        ("班期", f"{held.own.name}（{held.own.number}）"),
        ("花名册", f"{one.own.roster_no} 号"),
        ("主办", held.division),
        ("日期", f"{held.own.starts_on} 至 {held.own.ends_on}"),
    ]
    cover = stamp.cover(PERSON, held, one.person.name, [*about, *_printed(held, asked, stamp)])
    ledger = dossier_class.ledger_blocks(session, held, stamp.root)
    inner = dossier_person.blocks_of(held, one, held.lines.get(one.own.id, ()), ledger)
    shared = stamp.facts(title, held)
    part = shelf.put(
        [cover, {"k": "contents"}, {"k": "page"}, *inner],
        name=f"person{one.own.id}.json",
        covered=True,
        **shared,
    )
    content = dossier_proof.content(held, PERSON, [dossier_proof.row(one, list(held.segments))])
    return Single(
        part,
        f"{one.own.roster_no:04}_{plain(one.person.name)}",
        title,
        stamp,
        held,
        content | {"enrolment": one.own.id},
    )


def _filled(session: Session, shelf: Shelf, held: Frame, report: Report) -> list[dict[str, Any]]:
    chapters = dossier_filled.Filled(shelf, held)
    segment_ids = list(held.segments)
    rows: list[dict[str, Any]] = []
    for block in blocks(held):
        found = members(session, held, block)
        chapters.add(found)
        rows += [dossier_proof.row(one, segment_ids) for one in found]
        report(len(rows) * READ // len(held.roster), ALL)
    chapters.close()
    return rows


def _class_cover(held: Frame) -> list[tuple[str, str]]:
    own = held.own
    return [
        ("班级编号", own.number),
        ("主办", held.division),
        ("日期", f"{own.starts_on} 至 {own.ends_on}"),
        ("人数", f"在册 {own.enrolled} 人，名单上 {len(held.roster)} 人"),
    ]


def _printed(held: Frame, asked: Asked, stamp: Stamp) -> list[tuple[str, str]]:
    return [
        ("做成", f"{held.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
        ("打印人", asked.actor.name),
        ("链头", rules.short(stamp.root)),
        ("证件号", "只印前四位和后两位"),
        ("说明", "示例数据" if held.own.is_demo else ""),
    ]


def _file(made: dict[str, Any]) -> dict[str, Any]:
    return {"pages": made["pages"], "file": made["digest"]}


def _page(content: dict[str, Any], held: Frame, stamp: Stamp, *, number: int = 1) -> Drawn:
    """Return the one page that stands for a dossier; ``number`` counts the dossiers of a zip."""
    return papers.drawn(Draft(content | {"page": 1}, held.heads), number, stamp.code)


def _set(folder: Path, job: dict[str, Any], report: Report) -> dict[str, Any]:
    def heard(done: int, total: int) -> None:
        report(READ + done * (ALL - READ) // max(total, 1), ALL)

    written = folder / "job.json"
    written.write_text(json.dumps(job | {"template": TEMPLATE}, ensure_ascii=False), encoding="utf-8")
    found: dict[str, Any] = media_tools.make("book", written, folder, {}, report=heard)
    return found


def _name(kind: str, whose: str, now: datetime, ending: str) -> str:
    return f"{kind}_{plain(whose)}_{now.astimezone(SHANGHAI):%Y%m%d_%H%M}.{ending}"


def plain(words: str) -> str:
    """Return a name as it may stand in the name of a file, on any system."""
    return _UNFIT.sub("_", words)[:60]
