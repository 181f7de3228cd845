"""What a file really is, by its first bytes; a name or a declared type is never trusted."""

from __future__ import annotations

import io
import zipfile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNKNOWN = "application/octet-stream"
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-excel"),
    (b"\x1f\x8b", "application/gzip"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
)


def kind_of(content: bytes) -> str:
    """Return the media type that the bytes themselves show; text is ``text/plain``, the rest ``octet-stream``."""
    for start, kind in MAGIC:
        if content.startswith(start):
            return kind
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    return "text/plain" if _is_text(content) else UNKNOWN


def agrees(content: bytes, declared: str) -> bool:
    """Tell whether content may be kept as ``declared``: the same kind, or text as CSV, JSON or captions, sound as MP4."""
    kind = kind_of(content)
    if kind == "text/plain":
        return declared in ("text/plain", "text/csv", "application/json", "text/vtt")
    return kind == declared or (kind == "video/mp4" and declared == "audio/mp4")


def _package(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return UNKNOWN
    if any(name.startswith("xl/") for name in names):
        return XLSX
    return DOCX if any(name.startswith("word/") for name in names) else "application/zip"


def _is_text(content: bytes) -> bool:
    if b"\x00" in content[:4096]:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
