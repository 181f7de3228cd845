"""Prepare material in the background: measured, judged, made playable, kept. Makes its own short transactions."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from yanglao.courses.material_models import Material, MaterialFile, MaterialPage
from yanglao.courses.material_rules import (
    MaterialRefused,
    Page,
    check_film,
    check_length,
    intervals,
    read_text,
    seconds_of,
)
from yanglao.files import service as files
from yanglao.files import uploads
from yanglao.kernel import policy
from yanglao.kernel.canonical import canonical_text, digest
from yanglao.kernel.clock import day_of, from_ms, to_ms
from yanglao.kernel.clock import now as moment
from yanglao.kernel.db import reading, run
from yanglao.kernel.errors import Problem
from yanglao.outside import media_tools, pictures

Report = Callable[[int, int], None]
Made = dict[str, Any]
Store = Callable[[Made], files.FileView]


def prepare(session: Session, payload: dict[str, Any], *, now: datetime, report: Report) -> None:
    """Prepare one material: ``{material_id}``. What is wrong with a file is written on the material, not raised."""
    material_id = payload["material_id"]
    with reading():
        row = session.get(Material, material_id)
        if row is None or row.state != "processing":
            return
        kind, source, made_ms = row.kind, json.loads(row.source), row.made_ms
    figures = policy.on(day_of(from_ms(made_ms))).material
    paths = [uploads.path_of(upload_id) for upload_id in source["uploads"]]
    folder = Path(tempfile.mkdtemp(prefix="making-", dir=uploads.folder()))
    try:
        made = _make(kind, paths, source["text"], folder, figures=figures, report=report)
        run(lambda: keep(session, material_id, made, store=_from(session, folder), now=moment()))
    except Problem as problem:
        fault = problem
        run(lambda: _refuse(session, material_id, fault))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for path in paths:
        path.unlink(missing_ok=True)


def _make(
    kind: str, paths: list[Path], text: str, folder: Path, *, figures: policy.Material, report: Report
) -> Made:
    """Return ``{duration_s, pages: [(Page, from_s, to_s)], files: [{role, position, name, media_type, width, height}]}``."""
    for path in paths:
        if not path.is_file():
            raise MaterialRefused("material.file_gone")
    if kind == "text":
        return _text(paths, text, folder, figures)
    if kind == "pdf":
        drawn = media_tools.make("pdf", paths[0], folder, {"most": figures.pages_max}, report=report)["pages"]
        pages = [Page(one["text"]) for one in drawn]
        seconds = [seconds_of(page, figures, drawn=True) for page in pages]
        kept = [
            {**one[role], "role": role, "position": number}
            for number, one in enumerate(drawn, start=1)
            for role in ("clear", "light")
            if one[role]
        ]
        return {"duration_s": sum(seconds), "pages": placed(pages, seconds), "files": kept}
    probe = media_tools.probe(paths[0], kind)
    if kind == "video":
        check_film(probe, figures)
    else:
        check_length(probe["duration_s"], figures, most_s=figures.film_max_s)
    duration_s = probe["duration_s"]
    made = media_tools.make(kind, paths[0], folder, {"duration_s": duration_s}, report=report)
    if kind == "video":
        # What is credited is what is played: the film as packed anew, if that came out shorter.
        duration_s = min(duration_s, media_tools.probe(folder / made["clear"]["name"], "video")["duration_s"])
    kept = [{**one, "role": role, "position": 0} for role, one in made.items() if one]
    return {"duration_s": duration_s, "pages": [], "files": kept}


def _text(paths: list[Path], text: str, folder: Path, figures: policy.Material) -> Made:
    pages = read_text(text, pictures=len(paths))
    kept = []
    for number, path in enumerate(paths, start=1):
        try:
            name = f"picture{number}.jpg"
            (folder / name).write_bytes(pictures.drawn(path.read_bytes()))
        except pictures.NoPicture:
            raise MaterialRefused("material.no_image", number=number) from None
        kept.append(
            {
                "role": "picture",
                "position": number,
                "name": name,
                "media_type": "image/jpeg",
                "width": 0,
                "height": 0,
            }
        )
    seconds = [seconds_of(page, figures) for page in pages]
    return {"duration_s": sum(seconds), "pages": placed(pages, seconds), "files": kept}


def placed(pages: list[Page], seconds: list[int]) -> list[tuple[Page, int, int]]:
    """Return each page with its half-open seconds ``(page, from_s, to_s)``."""
    return [(page, *place) for page, place in zip(pages, intervals(seconds), strict=True)]


def keep(session: Session, material_id: str, made: Made, *, store: Store, now: datetime) -> None:
    """Let a material that is being prepared be ready, with what was ``made`` (see ``_make``); ``store`` keeps one of its files.

    One that is not being prepared any more stays as it is.
    """
    row = session.get_one(Material, material_id, with_for_update=True)
    if row.state != "processing":
        return
    session.execute(delete(MaterialFile).where(MaterialFile.material_id == material_id))
    facts: list[Any] = []
    size = 0
    for one in made["files"]:
        stored = store(one)
        facts.append([one["role"], one["position"], stored.sha256])
        size += stored.size_bytes if one["role"] in ("clear", "picture") else 0
        session.add(
            MaterialFile(
                material_id=material_id,
                role=one["role"],
                position=one["position"],
                file_id=stored.id,
                bytes=stored.size_bytes,
                width=one["width"],
                height=one["height"],
            )
        )
    for position, (page, from_s, to_s) in enumerate(made["pages"], start=1):
        blocks = canonical_text([{"kind": b.kind, "text": b.text, "picture": b.picture} for b in page.blocks])
        facts.append([position, from_s, to_s, page.text, blocks])
        size += len(page.text.encode()) if page.blocks else 0
        session.add(
            MaterialPage(
                material_id=material_id,
                position=position,
                from_s=from_s,
                to_s=to_s,
                text=page.text,
                blocks=blocks,
            )
        )
    row.duration_s, row.bytes, row.digest = made["duration_s"], size, digest(facts)
    row.state, row.ready_ms = "ready", to_ms(now)
    session.flush()


def _from(session: Session, folder: Path) -> Store:
    def store(one: Made) -> files.FileView:
        # A copy is moved away: the whole may be tried once more after a lost race.
        path = folder / one["name"]
        draft = path.with_name(f"{path.name}.draft")
        shutil.copyfile(path, draft)
        own = {"media_type": one["media_type"], "owner_id": None, "purpose": "material", "now": moment()}
        return files.store_path(session, draft, name=path.name, **own)

    return store


def _refuse(session: Session, material_id: str, problem: Problem) -> None:
    row = session.get_one(Material, material_id, with_for_update=True)
    if row.state == "processing":
        row.state, row.fault = "refused", problem.code[:60]
        row.fault_facts = canonical_text(problem.facts)
        session.flush()
