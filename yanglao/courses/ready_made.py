"""Bring in material and voices that ship ready-made: files as ``outside.media_making`` writes them, told by an index.

What is shipped is ours, so nothing is opened or measured again; the seconds of pages come from the policy as ever. The index
holds, by name: ``{kind, title, files: [{role, position, name, media_type, width, height}]}`` and, by kind, ``duration_s`` (sound),
``text`` (a text, see ``material_rules.read_text``) with ``voices: [{page, name, duration_s}]``, or ``pages: [words]`` (a PDF).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from yanglao.courses import material_making
from yanglao.courses.material_models import Material, MaterialPage, Recording
from yanglao.courses.material_rules import Page, read_text, seconds_of
from yanglao.files import service as files
from yanglao.kernel import policy
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, to_ms

SPEECH = "合成普通话"


def bring(session: Session, one: dict[str, Any], folder: Path, *, now: datetime, actor: Actor) -> str:
    """Keep one entry of an index whose files lie in ``folder`` as ready material of the city; return its id.

    ``actor`` speaks the voices that read its pages.
    """
    dated = policy.on(day_of(now))
    kind, pages = one["kind"], _pages(one)
    seconds = [seconds_of(page, dated.material, drawn=kind == "pdf") for page in pages]
    row = Material(
        kind=kind,
        title=one["title"],
        state="processing",
        made_ms=to_ms(now),
        policy=dated.file_digest,
        is_demo=True,
    )
    session.add(row)
    session.flush()
    made = {
        "duration_s": sum(seconds) if pages else one["duration_s"],
        "pages": material_making.placed(pages, seconds),
        "files": one["files"],
    }

    def store(part: dict[str, Any]) -> files.FileView:
        return _store(session, folder / part["name"], part["media_type"], purpose="material", now=now)

    material_making.keep(session, row.id, made, store=store, now=now)
    for voice in one.get("voices", ()):
        _speak(session, row.id, voice, folder, now=now, actor=actor)
    session.flush()
    return row.id


def _pages(one: dict[str, Any]) -> list[Page]:
    if "text" in one:
        return read_text(one["text"], pictures=len(one["files"]))
    return [Page(words) for words in one.get("pages", ())]


def _store(session: Session, path: Path, media_type: str, *, purpose: str, now: datetime) -> files.FileView:
    own: dict[str, Any] = {
        "name": path.name,
        "media_type": media_type,
        "owner_id": None,
        "purpose": purpose,
        "now": now,
    }
    return files.open_(session, files.store(session, path.read_bytes(), **own), now=now)


def _speak(
    session: Session, material_id: str, voice: dict[str, Any], folder: Path, *, now: datetime, actor: Actor
) -> None:
    page = session.query(MaterialPage).filter_by(material_id=material_id, position=voice["page"]).one()
    kept = _store(session, folder / voice["name"], "audio/mp4", purpose="recording", now=now)
    session.add(
        Recording(
            target_kind="page",
            target_id=page.id,
            state="ready",
            file_id=kept.id,
            bytes=kept.size_bytes,
            duration_s=voice["duration_s"],
            speech=SPEECH,
            made_by=actor.person_id,
            made_ms=to_ms(now),
        )
    )
