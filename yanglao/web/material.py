"""Give lessons' material to people: links of their own that end by themselves, and how it is spelled as JSON."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from flask import Response, send_file
from pydantic import Field

from yanglao.courses import materials, media, recordings
from yanglao.courses.materials import MaterialView
from yanglao.courses.shapes import LessonView
from yanglao.files import links
from yanglao.files import service as files
from yanglao.files.errors import FileUnknown
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, rfc3339
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence, todo, words
from yanglao.web.forms import Query

STORED, BUNDLED = "file:", "bundled:"
TYPES = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".vtt": "text/vtt"}
PURPOSES = frozenset(
    {"material", "recording", "resource", "practical_evidence", "attendance_photo", "walk_in_photo"}
)
SAVED = frozenset(
    {"resource", "practical_evidence"}
)  # offered for saving: a browser opens none of it inside this site


class Filters(Query):
    """Which materials."""

    kind: Literal["", "video", "audio", "text", "pdf"] = ""
    state: Literal["", "processing", "ready", "refused"] = ""
    text: str = Field(default="", max_length=60)


class Linking:
    """Make one person's links; ``until_ms`` is when they end."""

    def __init__(self, person_id: str, now: datetime) -> None:
        self._person_id, self._now = person_id, now
        self._seconds = policy.on(day_of(now)).material.link_s
        self.until_ms = links.make_for("", person_id, now=now, seconds=self._seconds)[1]

    def file(self, file_id: str | None) -> str | None:
        """Return the address of a stored file, None where there is none."""
        return self._to(STORED + file_id) if file_id else None

    def bundled(self, name: str | None) -> str | None:
        """Return the address of a file that came with the system, None where there is none."""
        return self._to(BUNDLED + name) if name else None

    def _to(self, subject: str) -> str:
        return "/media/" + links.make_for(subject, self._person_id, now=self._now, seconds=self._seconds)[0]


def sent(word: str, person_id: str, *, now: datetime) -> Response:
    """Send what a person's link opens, whole or in ranges.

    Raises:
        LinkExpired: altered, too old, or another person's. FileUnknown: it is gone.
    """
    subject = links.read_for(word, person_id, now=now)
    if subject.startswith(STORED):
        found = files.open_(db.session, subject.removeprefix(STORED), now=now)
        if found.purpose not in PURPOSES:
            raise FileUnknown()
        path, kind, tag = found.path, found.media_type, found.sha256
        if found.purpose in SAVED:
            return send_file(path, mimetype=kind, as_attachment=True, download_name=found.name, max_age=0)
    else:
        path = media.path_of(subject.removeprefix(BUNDLED))
        kind, tag = TYPES.get(Path(path).suffix, "application/octet-stream"), media.digest_of(path)[-64:]
    response = send_file(path, mimetype=kind, conditional=True, etag=tag[:32])
    response.headers["Cache-Control"] = "private, max-age=7200"
    response.headers["Content-Disposition"] = "inline"
    return response


def lesson_dict(lesson: LessonView, linking: Linking) -> dict[str, Any]:
    """Return how a lesson is shown: ``{kind, duration_s, versions, poster, captions, pages, expires_at}``.

    ``versions``: ``{quality: clear|light, url, bytes}``, a film or sound; ``pages``: half-open seconds and what stands there.
    """
    if lesson.material_id is not None:
        return material_dict(materials.ready(db.session, lesson.material_id), linking)
    sizes = {"clear": (lesson.media_name, lesson.bytes)}
    light = media.light_of(lesson.media_name)
    if light is not None:
        sizes["light"] = (light.name, light.stat().st_size)
    return {
        "kind": lesson.kind,
        "duration_s": lesson.duration_s,
        "bytes": lesson.bytes,
        "light_bytes": min(size for _, size in sizes.values()),
        "versions": [
            {"quality": quality, "url": linking.bundled(name), "bytes": size}
            for quality, (name, size) in sizes.items()
        ],
        "poster": linking.bundled(lesson.poster),
        "captions": linking.bundled(lesson.captions),
        "pages": [],
        "expires_at": rfc3339(linking.until_ms),
    }


def material_dict(one: MaterialView, linking: Linking) -> dict[str, Any]:
    """Return how a ready material is shown, as ``lesson_dict``."""
    whole = [one.file(quality) for quality in ("clear", "light")]
    poster, captions = one.file("poster"), one.file("captions")
    return {
        "kind": one.kind,
        "duration_s": one.duration_s,
        "bytes": one.bytes,
        "light_bytes": one.light_bytes or one.bytes,
        "versions": [
            {"quality": held.role, "url": linking.file(held.file_id), "bytes": held.bytes}
            for held in whole
            if held
        ],
        "poster": linking.file(poster.file_id) if poster else None,
        "captions": linking.file(captions.file_id) if captions else None,
        "pages": _pages(one, linking),
        "expires_at": rfc3339(linking.until_ms),
    }


def _pages(one: MaterialView, linking: Linking) -> list[dict[str, Any]]:
    heard = recordings.of(db.session, "page", [page.id for page in one.pages])
    found = []
    for page in one.pages:
        clear, light, voice = (
            one.file("clear", page.position),
            one.file("light", page.position),
            heard.get(page.id),
        )
        found.append(
            {
                "id": page.id,
                "from_s": page.from_s,
                "to_s": page.to_s,
                "text": page.text,
                "blocks": [_block(one, block, linking) for block in page.blocks],
                "picture": linking.file(clear.file_id) if clear else None,
                "light_picture": linking.file(light.file_id) if light else None,
                "width": clear.width if clear else 0,
                "height": clear.height if clear else 0,
                "recording": voice_dict(voice, linking) if voice else None,
            }
        )
    return found


def _block(one: MaterialView, block: dict[str, Any], linking: Linking) -> dict[str, Any]:
    held = one.file("picture", block["picture"]) if block["kind"] == "picture" else None
    return {"kind": block["kind"], "text": block["text"], "url": linking.file(held.file_id) if held else None}


def voice_dict(one: recordings.RecordingView, linking: Linking) -> dict[str, Any]:
    """Return a recording that is ready: ``{id, url, duration_s, bytes, speech}``."""
    return {
        "id": one.id,
        "url": linking.file(one.file_id),
        "duration_s": one.duration_s,
        "bytes": one.bytes,
        "speech": one.speech,
    }


def authors_dict(one: MaterialView) -> dict[str, Any]:
    """Return a material as its authors see it in lists."""
    done, total = one.progress
    fault, code = None, "material.given_up" if one.given_up else one.fault
    if code:
        told = {"code": code, "title": words(code).title, "sentence": sentence(code, one.fault_facts)}
        fault = {**told, "todo": todo(code, one.fault_facts)}
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title,
        "base_id": one.base_id,
        "state": "given_up" if one.given_up else one.state,
        "progress": 100 * done // total if total else 0,
        "fault": fault,
        "duration_s": one.duration_s,
        "bytes": one.bytes,
        "light_bytes": one.light_bytes,
        "pages": len(one.pages),
        "captions": one.file("captions") is not None,
        "made_at": rfc3339(one.made_ms),
    }
