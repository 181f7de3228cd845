"""Keep the material of lessons: made from uploads, prepared in the background, shown to authors and, by lesson, to trainees."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from yanglao.courses import captions
from yanglao.courses.material_models import Material, MaterialFile, MaterialPage
from yanglao.courses.material_rules import LONGEST_TEXT, MaterialRefused, read_text
from yanglao.files import service as files
from yanglao.files import uploads
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.canonical import canonical_text
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, TooLarge
from yanglao.people.roles import scope_of
from yanglao.work import queries as tasks
from yanglao.work import service as work

TOPIC = "material.prepare"
AUTHORS = "course.author"
MOST_PICTURES = 40


class MaterialUnknown(NotFound):
    """Say that there is no such material within the caller's scope."""

    code = "material.unknown"


@dataclass(frozen=True)
class FileView:
    """One file of a material. ``role`` clear, light, poster, captions or picture; ``position`` of its page, else 0."""

    role: str
    position: int
    file_id: str
    bytes: int
    width: int
    height: int


@dataclass(frozen=True)
class PageView:
    """One page: half-open seconds ``[from_s, to_s)``; ``blocks`` ``{kind, text, picture}`` of a text, empty for a PDF."""

    id: str
    position: int
    from_s: int
    to_s: int
    text: str
    blocks: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class MaterialView:
    """A material with its files and pages in order. ``duration_s`` 0 until it is ready; ``base_id`` None for the city's.

    ``given_up``: it waits to be prepared, but nobody will any more; ``prepare_again`` asks anew.
    """

    id: str
    kind: str
    title: str
    base_id: str | None
    state: str
    fault: str
    fault_facts: dict[str, Any]
    duration_s: int
    bytes: int
    digest: str
    made_by: str | None
    made_ms: int
    progress: tuple[int, int]
    files: tuple[FileView, ...]
    pages: tuple[PageView, ...]
    given_up: bool = False

    def file(self, role: str, position: int = 0) -> FileView | None:
        """Return the file of a role, None where there is none."""
        return next((one for one in self.files if (one.role, one.position) == (role, position)), None)

    @property
    def light_bytes(self) -> int:
        """Return the size of the low-traffic version; of a page that has none, the clear one counts."""
        clear = {one.position: one.bytes for one in self.files if one.role == "clear"}
        return sum(
            {**clear, **{one.position: one.bytes for one in self.files if one.role == "light"}}.values()
        )


def make(
    session: Session,
    kind: str,
    title: str,
    *,
    upload_ids: list[str],
    text: str = "",
    base_id: str | None = None,
    now: datetime,
    actor: Actor,
) -> str:
    """Make a material of complete uploads (a text: ``text`` and its pictures in order) and ask for its preparation; return its id.

    Raises:
        Forbidden: the base is not the caller's. UploadUnknown, Conflict: an upload is not complete, or used up.
        MaterialRefused: the text is wrong, or not exactly one file for a film, sound or PDF. TooLarge: for its kind.
    """
    own = scope_of(actor.grants, AUTHORS)
    if base_id is None and not own.all:
        base_id = min(own.bases, default=None)
    if not own.all and (base_id is None or base_id not in own.bases):
        raise Forbidden()
    if kind == "text":
        if len(upload_ids) > MOST_PICTURES:
            raise MaterialRefused("material.too_many_pictures", most=MOST_PICTURES)
        read_text(text, pictures=len(upload_ids))
    elif len(upload_ids) != 1:
        raise MaterialRefused("material.one_file")
    most = _most_bytes(policy.on(day_of(now)).material)[kind]
    for upload_id in upload_ids:
        if uploads.take(session, upload_id, actor.person_id, now=now).size > most:
            raise TooLarge("upload.too_large", most_mb=most // 1_048_576)
    row = Material(
        kind=kind,
        title=title.strip()[:80],
        base_id=base_id,
        state="processing",
        source=canonical_text({"uploads": upload_ids, "text": text[:LONGEST_TEXT]}),
        made_by=None if actor == SYSTEM else actor.person_id,
        made_ms=to_ms(now),
        policy=policy.on(day_of(now)).file_digest,
    )
    session.add(row)
    session.flush()
    work.enqueue(session, TOPIC, row.id, {"material_id": row.id}, now=now)
    return row.id


def _most_bytes(figures: policy.Material) -> dict[str, int]:
    """Return the most bytes of one file by the kind of the material; a text's files are its pictures."""
    return {
        "video": figures.video_max_bytes,
        "audio": figures.audio_max_bytes,
        "pdf": figures.pdf_max_bytes,
        "text": figures.picture_max_bytes,
    }


def prepare_again(session: Session, material_id: str, *, now: datetime, actor: Actor) -> None:
    """Ask once more for a preparation that was given up. Raises MaterialUnknown; Conflict: it was not given up."""
    row = _own(session, material_id, actor)
    if row.state != "processing" or not tasks.given_up(session, TOPIC, row.id):
        raise Conflict("material.not_given_up")
    work.enqueue(session, TOPIC, row.id, {"material_id": row.id}, now=now)


def retitle(session: Session, material_id: str, title: str, *, actor: Actor) -> None:
    """Give a material another title. Raises MaterialUnknown."""
    _own(session, material_id, actor).title = title.strip()[:80]
    session.flush()


def caption(session: Session, material_id: str, raw: bytes, *, now: datetime, actor: Actor) -> None:
    """Give a ready film or sound captions (.vtt or .srt), instead of those it had.

    Raises:
        MaterialUnknown. Conflict: it is not ready, or has nothing to hear. BadCaptions.
    """
    row = _own(session, material_id, actor)
    if row.state != "ready" or row.kind not in ("video", "audio"):
        raise Conflict("material.not_captioned")
    content = captions.to_vtt(raw, duration_s=row.duration_s or 0)
    put_file(session, row.id, "captions", content, media_type="text/vtt", now=now)


def put_file(
    session: Session, material_id: str, role: str, content: bytes, *, media_type: str, now: datetime
) -> None:
    """Keep ``content`` as a file of a material, instead of the one in that role."""
    file_id = files.store(
        session, content, name=role, media_type=media_type, owner_id=None, purpose="material", now=now
    )
    old = session.get(MaterialFile, (material_id, role, 0))
    if old is not None:
        files.drop(session, old.file_id, now=now)
        session.delete(old)
        session.flush()
    session.add(
        MaterialFile(
            material_id=material_id,
            role=role,
            position=0,
            file_id=file_id,
            bytes=len(content),
            width=0,
            height=0,
        )
    )
    session.flush()


def listed(
    session: Session, actor: Actor, *, kind: str = "", state: str = "", text: str = ""
) -> list[MaterialView]:
    """List what the caller may use: their bases' own material and the city's, the newest first."""
    wanted = select(Material).where(_within(actor)).order_by(Material.made_ms.desc(), Material.id.desc())
    if kind:
        wanted = wanted.where(Material.kind == kind)
    if state:
        wanted = wanted.where(Material.state == state)
    if text:
        wanted = wanted.where(Material.title.contains(text, autoescape=True))
    return [view(session, row) for row in session.scalars(wanted.limit(500))]


def seen(session: Session, material_id: str, actor: Actor) -> MaterialView:
    """Return a material within the caller's scope. Raises MaterialUnknown."""
    row = session.scalar(select(Material).where(Material.id == material_id, _within(actor)))
    if row is None:
        raise MaterialUnknown(material=material_id)
    return view(session, row)


def ready(session: Session, material_id: str) -> MaterialView:
    """Return a material that is ready, whoever asks: the caller has seen to the right. Raises MaterialUnknown."""
    row = session.get(Material, material_id)
    if row is None or row.state != "ready":
        raise MaterialUnknown(material=material_id)
    return view(session, row)


def lesson_columns(session: Session, material_id: str) -> dict[str, Any]:
    """Return the columns of a ``Lesson`` that shows this material: kind, seconds, digest and size. Raises MaterialUnknown."""
    one = ready(session, material_id)
    return {
        "kind": one.kind,
        "duration_s": one.duration_s,
        "media_name": "",
        "media_digest": one.digest,
        "bytes": one.bytes,
        "poster": None,
        "captions": None,
        "material_id": one.id,
    }


def view(session: Session, row: Material) -> MaterialView:
    """Return a material as a frozen value."""
    held = session.scalars(select(MaterialFile).where(MaterialFile.material_id == row.id))
    rows = session.scalars(
        select(MaterialPage).where(MaterialPage.material_id == row.id).order_by(MaterialPage.position)
    )
    files_held = sorted(held, key=lambda one: (one.role, one.position))
    return MaterialView(
        id=row.id,
        kind=row.kind,
        title=row.title,
        base_id=row.base_id,
        state=row.state,
        fault=row.fault,
        fault_facts=json.loads(row.fault_facts),
        duration_s=row.duration_s or 0,
        bytes=row.bytes,
        digest=row.digest,
        made_by=row.made_by,
        made_ms=row.made_ms,
        progress=tasks.progress_of(session, TOPIC, row.id) if row.state == "processing" else (0, 0),
        files=tuple(
            FileView(one.role, one.position, one.file_id, one.bytes, one.width, one.height)
            for one in files_held
        ),
        pages=tuple(
            PageView(one.id, one.position, one.from_s, one.to_s, one.text, tuple(json.loads(one.blocks)))
            for one in rows
        ),
        given_up=row.state == "processing" and tasks.given_up(session, TOPIC, row.id),
    )


def _own(session: Session, material_id: str, actor: Actor) -> Material:
    row = session.get(Material, material_id, with_for_update=True)
    own = scope_of(actor.grants, AUTHORS)
    if row is None or not (own.all or row.base_id in own.bases):
        raise MaterialUnknown(material=material_id)
    return row


def _within(actor: Actor) -> Any:
    own = scope_of(actor.grants, AUTHORS)
    if own.all:
        return Material.id.is_not(None)
    return or_(Material.base_id.in_(own.bases), Material.base_id.is_(None) & Material.id.is_not(None))
