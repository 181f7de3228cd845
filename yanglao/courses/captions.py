"""Read captions as people have them (.vtt or .srt, UTF-8 or GB18030) and write them as WebVTT. Pure."""

from __future__ import annotations

import re

from yanglao.kernel.errors import Refused

MOST_BYTES = 1024 * 1024
MOST_CUES = 5000
TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})")
ARROW = re.compile(rf"^\s*({TIME.pattern})\s*-->\s*({TIME.pattern})")
MARK = re.compile(r"<[^>]*>|\{\\[^}]*\}")


class BadCaptions(Refused):
    """Say that captions cannot be read, and at which line."""

    code = "captions.unreadable"


def to_vtt(raw: bytes, *, duration_s: int) -> bytes:
    """Return captions as plain WebVTT in UTF-8, in order of time, without marks; what lies after the end is left out.

    Raises BadCaptions: no text, no cues, a cue that ends before it begins, too many.
    """
    cues = _cues(_text(raw))
    kept = [cue for cue in sorted(cues) if cue[0] < duration_s * 1000]
    if not kept:
        raise BadCaptions("captions.empty")
    lines = ["WEBVTT", ""]
    for start, end, words in kept:
        lines += [f"{_said(start)} --> {_said(min(end, duration_s * 1000))}", words, ""]
    return "\n".join(lines).encode()


def _text(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise BadCaptions("captions.too_large")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise BadCaptions(line=1)


def _cues(text: str) -> list[tuple[int, int, str]]:
    cues, lines = [], text.split("\n")
    for number, line in enumerate(lines, start=1):
        found = ARROW.match(line)
        if found is None:
            if "-->" in line:
                raise BadCaptions(line=number)
            continue
        start, end = _ms(found.groups()[1:5]), _ms(found.groups()[6:10])
        words = []
        for follows in lines[number:]:
            if not follows.strip():
                break
            words.append(
                MARK.sub("", follows).replace("-->", "→").replace("<", "").replace("&", "&amp;").strip()
            )
        if end <= start:
            raise BadCaptions(line=number)
        if any(words):
            cues.append((start, end, "\n".join(word for word in words if word)))
        if len(cues) > MOST_CUES:
            raise BadCaptions("captions.too_large")
    return cues


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in (*parts[:3], (parts[3] or "0").ljust(3, "0")))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _said(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
