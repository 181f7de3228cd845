"""What a file really is, by its first bytes; a name or a declared type is never trusted."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from yanglao.outside.archive import BROKEN

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLS = "application/vnd.ms-excel"
DOC, PPT = "application/msword", "application/vnd.ms-powerpoint"
HEAD = 65_536
NOT_ASCII = bytes(range(0x80, 0x100))
UNKNOWN = "application/octet-stream"
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLS),
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
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    if content[:2] in (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    return "text/plain" if _is_text(content) else UNKNOWN


def agrees(content: bytes, declared: str) -> bool:
    """Tell whether content may be kept as ``declared``: the same kind, or text as CSV, JSON or captions, sound as MP4."""
    kind = kind_of(content)
    if kind == "text/plain":
        return declared in ("text/plain", "text/csv", "application/json", "application/x-ndjson", "text/vtt")
    if kind == XLS and declared in (DOC, PPT):
        return kind_of_document(content) == declared
    return kind == declared or (kind == "video/mp4" and declared == "audio/mp4")


def file_agrees(path: Path, declared: str) -> bool:
    """Tell as ``agrees`` of a file of any size; only its beginning is read, and of a package its directory."""
    head = _head(path)
    return _package(path) == declared if head.startswith(b"PK\x03\x04") else agrees(head, declared)


def kind_of_file(path: Path) -> str:
    """Return the media type of a file of any size as ``kind_of``."""
    head = _head(path)
    return _package(path) if head.startswith(b"PK\x03\x04") else kind_of(head)


def _head(path: Path) -> bytes:
    """Return the beginning of a file; a long one is not cut within a character of a text."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    return head.rstrip(NOT_ASCII) if len(head) == HEAD else head


def kind_of_document(content: bytes) -> str:
    """Return the media type as ``kind_of``; of the older Office and WPS files also which it is, by the streams in it."""
    kind = kind_of(content)
    if kind != XLS:
        return kind
    for kind, stream in (
        (PPT, "PowerPoint Document"),
        (DOC, "WordDocument"),
        (XLS, "Workbook"),
        (XLS, "Book"),
    ):
        if stream.encode("utf-16-le") in content:
            return kind
    return UNKNOWN


def has_macros(content: bytes) -> bool:
    """Tell whether an Office or WPS document carries a program."""
    if content.startswith(b"PK\x03\x04"):
        return any(name.lower().endswith("vbaproject.bin") for name in _names(content) or ())
    return kind_of(content) == XLS and "_VBA_PROJECT".encode("utf-16-le") in content


def _names(content: bytes | Path) -> list[str] | None:
    """Return the names of the parts of a package, None when its directory cannot be read: then it is of no known kind."""
    try:
        with zipfile.ZipFile(content if isinstance(content, Path) else io.BytesIO(content)) as package:
            return package.namelist()
    except BROKEN:
        return None


def _package(content: bytes | Path) -> str:
    names = _names(content)
    if names is None:
        return UNKNOWN
    for start, kind in (("xl/", XLSX), ("word/", DOCX), ("ppt/", PPTX)):
        if any(name.startswith(start) for name in names):
            return kind
    return "application/zip"


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
