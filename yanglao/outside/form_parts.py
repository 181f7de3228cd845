"""Look into an .xlsx or .docx that shall be filled in: what it is by its content, and nothing in it that runs, loads or swells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yanglao.kernel.errors import Refused
from yanglao.outside import archive

Values = Mapping[str, Any]
MOST_BYTES = 5 * 1024 * 1024
MOST_PARTS, MOST_EACH, MOST_ALL = 1000, 24 * 1024 * 1024, 48 * 1024 * 1024
MOST_FOUND = 500
MOST_READ = {"xl/": 8 * 1024 * 1024, "word/": 3 * 1024 * 1024}  # of one part that is laid out in memory
# {{班期名称}} or {{行.姓名}}, with spaces inside as people leave them.
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]{1,40}?)\s*\}\}")
ROW = "行."
MARK = "页码二维码"  # the one word for which a picture stands
_RUNS = ("vbaproject", "macrosheets/", "activex/", "embeddings/", "oleobject", "customui", "dialogsheets/")
_LOADS = ("externallinks/", "connections.xml", "querytables/", "afchunk", "externallink")
_EXTERNAL = re.compile(rb"""TargetMode\s*=\s*["']External["']""", re.IGNORECASE)
_FIELDS = re.compile(rb"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|WEBSERVICE|RTD)\b")
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY")


class WrongKind(Refused):
    """Say that it is neither .xlsx nor .docx by its content."""

    code = "form.wrong_kind"


class Swollen(Refused):
    """Say that it is too large, packed or unpacked."""

    code = "form.swollen"


class Damaged(Refused):
    """Say that it cannot be read."""

    code = "form.damaged"


class Runs(Refused):
    """Say that a program or an object of another program is inside."""

    code = "form.runs"


class Loads(Refused):
    """Say that it refers to something outside itself."""

    code = "form.loads"


@dataclass(frozen=True)
class Place:
    """Where a placeholder stands, in words: 工作表“表一” B5, 第 3 段."""

    name: str
    where: str


@dataclass(frozen=True)
class Picture:
    """A picture that stands for a word: PNG, with its size on paper. ``words`` says it where only text can stand."""

    png: bytes
    wide_mm: float
    high_mm: float
    words: str


def said(value: Any) -> str:
    """Return a value within other text."""
    return "" if value is None or isinstance(value, Picture) else str(value)


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a form by name. Raises Swollen, Damaged, WrongKind, Runs, Loads."""
    if len(content) > MOST_BYTES:
        raise Swollen(most_mb=MOST_BYTES // 1024 // 1024)
    if not content.startswith(b"PK\x03\x04"):
        raise WrongKind
    try:
        found = list(archive.members(content, most_files=MOST_PARTS, most_each=MOST_EACH, most_all=MOST_ALL))
    except archive.NoArchive as fault:
        swollen = str(fault) in ("too_many", "too_large")
        raise (Swollen(most_mb=MOST_BYTES // 1024 // 1024) if swollen else Damaged()) from None
    parts = {one.name: one.content for one in found if one.content is not None}
    if len(parts) != len(found):
        raise Swollen(most_mb=MOST_BYTES // 1024 // 1024)
    kind_of(parts)
    for name, part in parts.items():
        _check(name.lower(), part)
    return parts


def kind_of(parts: Mapping[str, bytes]) -> str:
    """Return xlsx or docx. Raises WrongKind."""
    if "xl/workbook.xml" in parts:
        return "xlsx"
    if "word/document.xml" in parts:
        return "docx"
    raise WrongKind


def _check(name: str, part: bytes) -> None:
    if any(sign in name for sign in _RUNS) or (name == "[content_types].xml" and b"macroEnabled" in part):
        raise Runs
    if any(sign in name for sign in _LOADS):
        raise Loads
    if not name.endswith((".xml", ".rels")):
        return
    if any(name.startswith(folder) and len(part) > most for folder, most in MOST_READ.items()):
        raise Swollen(most_mb=MOST_BYTES // 1024 // 1024)
    if any(sign in part for sign in _DECLARES) or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Damaged
    if (name.endswith(".rels") and _EXTERNAL.search(part)) or _FIELDS.search(part):
        raise Loads
