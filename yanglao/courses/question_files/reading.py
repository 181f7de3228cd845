"""Read a question file by its content, whatever its name says."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

from yanglao.courses.question_files import marks
from yanglao.courses.question_files.docx import read_docx
from yanglao.courses.question_files.entries import Entry, Reading
from yanglao.courses.question_files.fields import UNDERLINE
from yanglao.courses.question_files.folding import folded, lines_of
from yanglao.courses.question_files.gift import read_gift
from yanglao.courses.question_files.html_text import from_html
from yanglao.courses.question_files.moodle_xml import read_moodle_xml
from yanglao.courses.question_files.pasted import read_pasted
from yanglao.courses.question_files.sheet import columns_of, is_example, is_label, read_rows
from yanglao.kernel.errors import Refused, TooLarge
from yanglao.outside import workbook
from yanglao.outside.archive import BROKEN

MOST_TEXT = 4_000_000
MOST_LINES = 80_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GIFT = re.compile(
    r"(?ms)^\s*(?:::.*?::|\$CATEGORY:)|(?<!\\)\{\s*(?:[=~]|T(?:RUE)?\s*[}#]|F(?:ALSE)?\s*[}#]|#\s*[\d=.-])"
)

_UNDERLINED = re.compile(f"_*{UNDERLINE}([^{UNDERLINE}\n]*){UNDERLINE}_*")
_HTML = re.compile(r"</?(?:p|div|br|span|li|ol|ul|td|tr|table)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:nbsp|ensp|emsp|lt|gt|amp|quot|ldquo|rdquo|middot|times|#\d{2,5}|#x[0-9a-fA-F]{2,4});"
)


class FileTooBig(TooLarge):
    """Say that a file is larger than this house takes; whoever receives files raises it."""

    code = "question_file.too_big"


class TextTooLong(TooLarge):
    code = "question_file.text_too_long"


class FileUnknown(Refused):
    """Say that nobody knows this kind of file; ``kind`` names it where it is known."""

    code = "question_file.unknown"


class OldWord(Refused):
    """Say that the file is an old Word file (.doc, .wps) that can only be read when it is saved anew."""

    code = "question_file.old_word"


class TooManyLines(Refused):
    code = "question_file.too_many_lines"


class NothingRead(Refused):
    code = "question_file.nothing_read"


class NoHeader(Refused):
    """Say that a sheet has no row that names its columns."""

    code = "question_file.no_header"


def read_file(content: bytes) -> Reading:
    """Return what a file holds.

    Raises: TextTooLong, TooManyLines, FileUnknown, OldWord, NothingRead, NoHeader, what ``docx`` and ``safe_xml`` raise, and for sheets what
    ``outside.workbook`` raises.
    """
    if content.startswith(b"PK\x03\x04"):
        return _filled(_packed(content))
    if content.startswith(_OLE):
        if "WordDocument".encode("utf-16-le") in content:
            raise OldWord
        return _filled(_sheets(workbook.read(content), "xls"))
    for head, kind in (
        (b"%PDF", "PDF"),
        (b"{\\rtf", "RTF"),
        (b"\x89PNG", "图片"),
        (b"\xff\xd8\xff", "图片"),
        (b"Rar!", "压缩包"),
    ):
        if content.startswith(head):
            raise FileUnknown(kind=kind)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<quiz|<!DOCTYPE quiz|<!--)", content[:200]) or _utf16_xml(
        content
    ):
        return _filled(read_moodle_xml(content))
    return read_text(decoded(content))


def read_text(text: str) -> Reading:
    """Return what a text holds: GIFT, cells with a header, Moodle XML, or questions as a document has them."""
    if len(text) > MOST_TEXT:
        raise TextTooLong(most=MOST_TEXT, got=len(text))
    if not text.strip():
        raise NothingRead
    _check_lines(text)
    if text.lstrip("\ufeff \r\n\t").startswith(("<?xml", "<quiz")):
        return _filled(read_moodle_xml(re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff")).encode()))
    if _GIFT.search(text):
        return _filled(read_gift(text))
    text = _without_html(text)
    if (table := _as_table(text)) is not None:
        return _filled(table)
    return _filled(read_pasted(text))


def _without_html(text: str) -> str:
    """Return what a reader would see where a text was copied with its HTML; other texts as they are."""
    if len(_HTML.findall(text[:100_000])) >= 2:
        return from_html(text).text
    return unescape(text) if _ENTITY.search(text) else text


def _check_lines(text: str) -> None:
    if len(lines_of(text)) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)


def decoded(content: bytes) -> str:
    """Return text of UTF-8 (with or without mark), UTF-16 with mark, or GB18030. Raises FileUnknown."""
    names = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    if names[0] != "utf-16" and content[:2000].count(0) > len(content[:2000]) // 4:
        names = ["utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"]
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x06\x0e-\x1a]", text):
            return text
    raise FileUnknown(kind="")


def _utf16_xml(content: bytes) -> bool:
    return content[:2] in (b"\xff\xfe", b"\xfe\xff") and b"<\x00?\x00" in content[:40] + b"\x00"


def _packed(content: bytes) -> Reading:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except BROKEN:
        raise FileUnknown(kind="") from None
    if "word/document.xml" in names:
        return _docx(content)
    if any(name.startswith("xl/") for name in names):
        return _sheets(workbook.read(content), "xlsx")
    raise FileUnknown(kind="压缩包")


def _docx(content: bytes) -> Reading:
    document = read_docx(content)
    entries: list[Entry] = []
    text: list[str] = []
    tables = 0
    for block in document.blocks:
        if isinstance(block, str):
            text.append(block)
            continue
        block = [[cell.replace(UNDERLINE, "") for cell in row] for row in block]
        found = read_rows(block, place=f"表格 {tables + 1}")
        if found is None:
            # A table without a header is layout: its cells are read as lines.
            text.append("\n".join(_row_as_line(row) for row in block))
            continue
        tables += 1
        entries += found
    whole = _with_underlined("\n".join(text))
    _check_lines(whole)
    own = read_pasted(whole, format="docx") if whole.strip() else Reading("docx", ())
    entries += [
        Entry("comment", number, number, said.replace(UNDERLINE, ""), place=place)
        for number, (place, said) in enumerate(document.notes, start=1)
    ]
    return Reading("docx", (*own.entries, *entries), document.pictures)


def _row_as_line(row: Sequence[str]) -> str:
    """Return the cells of a row of layout as a line; 题目 | … is what a field says."""
    cells = [cell for cell in row if cell.strip()]
    if len(cells) == 2 and is_label(cells[0]):
        return f"{cells[0].strip()}：{cells[1]}"
    return "    ".join(cells)


def _with_underlined(text: str) -> str:
    """Return a document's text with _…_ around underlined words below a heading of gaps, elsewhere without their marks."""
    if UNDERLINE not in text:
        return text
    found, gaps = [], False
    for line in text.replace(UNDERLINE * 2, "").split("\n"):
        section = marks.section(folded(line.replace(UNDERLINE, "")))
        gaps = section[0] == "fill_in" if section else gaps
        found.append(_UNDERLINED.sub(r"_\1_", line) if gaps else line.replace(UNDERLINE, ""))
    return "\n".join(found).replace(UNDERLINE, "")


def _sheets(book: workbook.Book, format_: str) -> Reading:
    """Read the sheets that have a header; one called 示例 only when there is no other."""
    found = {
        sheet.name: read_rows([[cell.text for cell in row] for row in sheet.rows], place=sheet.name)
        for sheet in book.sheets
    }
    meant = {name for name, entries in found.items() if entries is not None}
    meant = {name for name in meant if not is_example(name)} or meant
    if not meant:
        return _sheet_as_text(book, format_)
    entries: list[Entry] = []
    for sheet in book.sheets:
        own = found[sheet.name]
        if sheet.name in meant and own is not None:
            entries += own
        elif is_example(sheet.name):
            entries.append(Entry("heading", 1, len(sheet.rows), sheet.name, place=sheet.name))
        else:
            entries += [
                Entry("unread", at, at, "\t".join(cell.text for cell in row).strip(), place=sheet.name)
                for at, row in enumerate(sheet.rows, start=1)
                if any(cell.text.strip() for cell in row)
            ]
    return Reading(format_, tuple(entries))


def _sheet_as_text(book: workbook.Book, format_: str) -> Reading:
    """Read a sheet without a header as a document: people paste a Word file into the first column."""
    lines = [
        "    ".join(cell.text for cell in row if cell.text.strip())
        for sheet in book.sheets
        for row in sheet.rows
    ]
    found = read_pasted("\n".join(lines), format=format_)
    if not any(not one.faults for one in found.questions):
        raise NoHeader
    return found


def _as_table(text: str) -> Reading | None:
    """Read tab- or comma-separated text when one of its first lines names the columns."""
    head = text.lstrip("\ufeff").split("\n", 12)[:12]
    if not any(_names_columns(line) for line in head):
        return None
    found = _sheets(workbook.read_pasted(text), "csv")
    return replace(found, format="csv")


def _names_columns(line: str) -> bool:
    return any(columns_of(line.strip("\r").split(mark)) is not None for mark in ("\t", ",", ";", "，"))


def _filled(reading: Reading) -> Reading:
    if not reading.entries:
        raise NothingRead
    return reading


__all__: Sequence[str] = ("decoded", "read_file", "read_text")
