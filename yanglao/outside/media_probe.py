"""Look into films and sound with FFmpeg's libraries (PyAV). Runs in a process of its own: see media_child.

A file is opened as what its first bytes say and as nothing else, so that no play list or script is ever followed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av

MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftyp", "mov"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (0, b"#!AMR", "amr"),
    (0, b"fLaC", "flac"),
)
BOXES = frozenset(
    b"ftyp moov mdat free skip wide uuid moof mfra sidx styp meta pnot udta prft emsg ssix".split()
)
SAFE = {"protocol_whitelist": "file"}


class Fault(Exception):
    """Say by a code what is wrong with a file; ``facts`` are JSON values."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def form_of(path: Path) -> str:
    """Return FFmpeg's name of the container that the first bytes show, or an empty string."""
    with path.open("rb") as stream:
        head = stream.read(64)
    for offset, magic, form in MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return form
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0xF6 == 0xF0 else "mp3"
    return ""


def check_boxes(path: Path) -> None:
    """Walk an MP4's outermost boxes to the last byte.

    Raises Fault: a box reaches over the end or the index is missing (truncated); something else hides in the file.
    """
    size, at, seen = path.stat().st_size, 0, set()
    with path.open("rb") as stream:
        while at < size:
            stream.seek(at)
            head = stream.read(16)
            length, name = int.from_bytes(head[:4], "big"), head[4:8]
            if len(head) < 8 or name not in BOXES:
                raise Fault("material.disguised")
            length = int.from_bytes(head[8:16], "big") if length == 1 else length or size - at
            if length < 8:
                raise Fault("material.disguised")
            if at + length > size:
                raise Fault("material.truncated")
            seen.add(name)
            at += length
    if b"moov" not in seen:
        raise Fault("material.truncated")


def probe(path: Path, kind: str) -> dict[str, Any]:
    """Measure a film (``kind`` video) or sound (audio) by reading all of it.

    Returns ``{form, duration_s, width, height, codec, pixels, sound, bytes}``: whole seconds rounded down, as the packets say and
    not as the header claims. Raises Fault.
    """
    form = form_of(path)
    if not form:
        raise Fault("material.no_film" if kind == "video" else "material.no_sound_file")
    if form == "mov":
        check_boxes(path)
    try:
        with av.open(str(path), format=form, options=SAFE) as container:
            return _measured(container, kind, form) | {"bytes": path.stat().st_size}
    except av.error.FFmpegError:
        raise Fault("material.unreadable") from None


def _measured(container: Any, kind: str, form: str) -> dict[str, Any]:
    films = [
        one for one in container.streams.video if not one.disposition & av.stream.Disposition.attached_pic
    ]
    sounds = list(container.streams.audio)
    if kind == "video" and not films:
        raise Fault("material.no_picture")
    if kind == "audio" and not sounds:
        raise Fault("material.no_sound")
    stream = films[0] if kind == "video" else sounds[0]
    claimed = container.duration / av.time_base if container.duration else None
    if not _decodes(container, stream):
        raise Fault("material.unreadable")
    container.seek(0)
    last, packets = _last_second(container, stream)
    if packets and claimed and last < 0.9 * claimed - 1:
        raise Fault("material.truncated")
    codec = stream.codec_context
    return {
        "form": form,
        "duration_s": int(last),
        "width": codec.width if kind == "video" else 0,
        "height": codec.height if kind == "video" else 0,
        "codec": codec.codec.canonical_name,
        "pixels": (codec.pix_fmt or "") if kind == "video" else "",
        "sound": sounds[0].codec_context.codec.canonical_name if sounds else "",
    }


def _decodes(container: Any, stream: Any) -> bool:
    try:
        return next(iter(container.decode(stream)), None) is not None
    except (av.error.FFmpegError, StopIteration):
        return False


def _last_second(container: Any, stream: Any) -> tuple[float, int]:
    first, last, packets = None, 0.0, 0
    for packet in container.demux(stream):
        if packet.pts is None or packet.size == 0:
            continue
        at = float(packet.pts * packet.time_base)
        first = at if first is None else min(first, at)
        last = max(last, at + float((packet.duration or 0) * packet.time_base))
        packets += 1
    return max(0.0, last - max(first or 0.0, 0.0)), packets
