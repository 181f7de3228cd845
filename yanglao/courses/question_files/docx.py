"""Read a Word file (.docx, also of WPS) as text: numbers and letters of automatic lists written out, pictures by name. Pure.

The file is not trusted: its parts and their sizes are limited before they are opened, its XML may declare nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from yanglao.courses.question_files.fields import UNDERLINE, UNREADABLE
from yanglao.courses.question_files.folding import RAISED
from yanglao.courses.question_files.list_numbers import Lists, lists_of
from yanglao.courses.question_files.safe_xml import tree_of
from yanglao.kernel.errors import Refused
from yanglao.outside.archive import BROKEN

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WRAPPERS = (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml")
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MOST_PARTS, MOST_INFLATED, MOST_XML, MOST_PICTURE = 3000, 120 * 1024 * 1024, 40 * 1024 * 1024, 4 * 1024 * 1024
_TICKS = {
    "F0FC": "√",
    "F0FB": "×",
    "F052": "√",
    "F051": "×",
    "00FC": "√",
    "00FB": "×",
    "F0FE": "√",
    "F0FD": "×",
}
_SKIPPED = frozenset(
    (f"{W}del", f"{W}moveFrom", f"{MC}Fallback", f"{W}pPr", f"{W}instrText", f"{W}rt", f"{W}rPr")
)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


class DocxBroken(Refused):
    """Say that the file cannot be opened as a Word file."""

    code = "question_file.docx_broken"


class DocxSwollen(Refused):
    """Say that the file is too large once it is unpacked."""

    code = "question_file.docx_swollen"


@dataclass
class Document:
    """What a Word file says: ``blocks`` in order, a text or the rows of a table; its pictures by name; ``notes`` as (where, text)."""

    blocks: list[str | list[list[str]]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    left_aside: int = 0


def read_docx(content: bytes) -> Document:
    """Return what a .docx says. Raises DocxBroken, DocxSwollen, XmlRefused, XmlBroken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_INFLATED:
                raise DocxSwollen
            return _Reader(archive).read()
    except BROKEN:
        raise DocxBroken from None


class _Reader:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self._document = Document()
        self._targets = self._relations()
        self._lists = self._numbering()

    def read(self) -> Document:
        root = self._xml("word/document.xml")
        if root is None:
            raise DocxBroken
        body = root.find(f"{W}body")
        lines: list[str] = []
        self._take(body, lines)
        self._flush(lines)
        for part, place in (("footnotes", "脚注"), ("endnotes", "尾注"), ("comments", "批注")):
            self._notes(part, place)
        return self._document

    def _take(self, body: Element | None, lines: list[str]) -> None:
        for block in _blocks(body) if body is not None else ():
            if block.tag != f"{W}tbl":
                lines.append(self._paragraph(block))
                continue
            self._flush(lines)
            rows = [list(_within(row, f"{W}tc")) for row in _within(block, f"{W}tr")]
            if block.find(f".//{W}tc//{W}tbl") is not None:
                # A table around tables is a frame.
                for cell in (one for row in rows for one in row):
                    self._take(cell, lines)
                    self._flush(lines)
            else:
                self._document.blocks.append([[self._cell(cell) for cell in row] for row in rows])

    def _notes(self, part: str, place: str) -> None:
        """Keep what stands in notes below or beside the text; nobody knows what it belongs to."""
        root = self._xml(f"word/{part}.xml")
        for one in root if root is not None else ():
            said = "\n".join(self._paragraph(inner) for inner in one.iter(f"{W}p")).strip()
            if said:
                self._document.notes.append((place, said))

    def _flush(self, lines: list[str]) -> None:
        if lines:
            self._document.blocks.append("\n".join(lines))
            lines.clear()

    def _part(self, name: str, most: int) -> bytes:
        with self._archive.open(name) as stream:
            found = stream.read(most + 1)
        if len(found) > most:
            raise DocxSwollen
        return found

    def _xml(self, name: str) -> Element | None:
        return tree_of(self._part(name, MOST_XML))[0] if name in self._names else None

    def _relations(self) -> dict[str, str]:
        root = self._xml("word/_rels/document.xml.rels")
        found = {}
        for one in root if root is not None else ():
            if one.get("TargetMode") != "External":
                target = one.get("Target", "")
                found[one.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"word/{target}"
        return found

    def _numbering(self) -> Lists:
        return lists_of(self._xml("word/numbering.xml"), self._xml("word/styles.xml"))

    def _cell(self, cell: Element) -> str:
        return "\n".join(self._paragraph(one) for one in cell.iter(f"{W}p")).strip()

    def _paragraph(self, paragraph: Element) -> str:
        text = "".join(self._texts(paragraph))
        if not text.strip():
            return text
        return self._lists.mark_of(paragraph) + text

    def _texts(self, node: Element, underlined: bool = False) -> Iterator[str]:
        for one in node:
            if one.tag in _SKIPPED:
                continue
            if one.tag == f"{W}r":
                line, raised = one.find(f"{W}rPr/{W}u"), one.find(f"{W}rPr/{W}vertAlign")
                drawn = self._texts(one, line is not None and line.get(f"{W}val") != "none")
                place = raised.get(f"{W}val", "") if raised is not None else ""
                yield from (said.translate(RAISED.get(place, {})) for said in drawn)
            elif one.tag in (f"{W}t", f"{M}t"):
                said = one.text or ""
                if underlined and said.strip():
                    yield f"{UNDERLINE}{said}{UNDERLINE}"
                else:
                    yield "_" * max(4, len(said)) if underlined and said else said
            elif one.tag == f"{W}tab":
                yield "____" if underlined else "\t"
            elif one.tag in (f"{W}br", f"{W}cr"):
                yield "\n"
            elif one.tag == f"{W}noBreakHyphen":
                yield "-"
            elif one.tag == f"{W}sym":
                yield _TICKS.get((one.get(f"{W}char") or "").upper(), "")
            elif one.tag == f"{A}blip":
                yield self._picture(one.get(f"{R}embed", ""))
            elif one.tag == "{urn:schemas-microsoft-com:vml}imagedata":
                yield self._picture(one.get(f"{R}id", ""))
            elif one.tag == f"{W}txbxContent":
                yield "\n" + "\n".join("".join(self._texts(inner)) for inner in one.iter(f"{W}p")) + "\n"
            else:
                yield from self._texts(one, underlined)

    def _picture(self, relation: str) -> str:
        path = self._targets.get(relation, "")
        name = path.rpartition("/")[2]
        if path not in self._names or not name.lower().endswith(_PICTURES):
            self._document.left_aside += 1
            return UNREADABLE
        if name not in self._document.pictures:
            self._document.pictures[name] = self._part(path, MOST_PICTURE)
        return f"［图：{name}］"


def _blocks(body: Element) -> Iterator[Element]:
    """Return paragraphs and tables in order, also those inside content controls."""
    for one in body:
        if one.tag in (f"{W}p", f"{W}tbl"):
            yield one
        elif one.tag in WRAPPERS or re.search(r"smartTag$", one.tag):
            yield from _blocks(one)


def _within(outer: Element, tag: str) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row, also those that lie in a wrapper."""
    for one in outer:
        if one.tag == tag:
            yield one
        elif one.tag in WRAPPERS:
            yield from _within(one, tag)
