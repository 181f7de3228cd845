"""Fill a .docx form: placeholders also where Word split them over runs, one table row repeated; everything else stays byte for byte in its part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from yanglao.outside import form_docx_marks as marks
from yanglao.outside.form_parts import MARK, PLACEHOLDER, ROW, Damaged, Picture, Place, Values, said

PARTS = ("word/document.xml", "word/header", "word/footer")


def places(parts: Mapping[str, bytes]) -> list[Place]:
    """Return every placeholder with its part and paragraph, or table and row."""
    found = []
    for name, part in _texts(parts):
        tree = _parsed(part)
        tables = [one for one in _all(tree, "tbl") if not _within(one, "tbl")]
        for at, paragraph in enumerate(_all(tree, "p"), 1):
            text = _text(paragraph)
            where = _where(name, paragraph, at, tables)
            found += [Place(one, where) for one in PLACEHOLDER.findall(text)]
        tree.unlink()
    return found


def faults(parts: Mapping[str, bytes]) -> list[str]:
    """Return what the repeated rows do wrong: a placeholder of a row that stands in no table, or the page's code in one."""
    found = []
    for name, part in _texts(parts):
        tree = _parsed(part)
        for at, paragraph in enumerate(_all(tree, "p"), 1):
            rows = [one for one in PLACEHOLDER.findall(_text(paragraph)) if one.startswith(ROW)]
            if rows and not _within(paragraph, "tr"):
                found.append(
                    f"{_where(name, paragraph, at, [])}的“{rows[0]}”不在表格里，“行.”只能写在表格的一行里"
                )
        for row in _all(tree, "tr"):
            if ROW in _text(row) and not _holds_rows(row) and MARK in PLACEHOLDER.findall(_text(row)):
                found.append(f"“{MARK}”写在了重复的那一行里，一张表只要一个")
        tree.unlink()
    return found


def fill(parts: Mapping[str, bytes], values: Values, rows: Sequence[Values]) -> bytes:
    """Return the document filled; a table row that names ``行.…`` once for each of ``rows``.

    A picture among ``values`` stands where its word is, else at the upper right of every page.
    """
    target = io.BytesIO()
    made = {**parts, **{name: _filled(part, values, rows) for name, part in _texts(parts)}}
    picture, marked = values.get(MARK), _marked(parts)
    if isinstance(picture, Picture) and marked:
        marks.add_file(made, marked, picture)
    elif isinstance(picture, Picture):
        marks.in_headers(made, picture)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in made.items():
            archive.writestr(name, part)
    return target.getvalue()


def _filled(part: bytes, values: Values, rows: Sequence[Values]) -> bytes:
    tree = _parsed(part)
    for row in [one for one in _all(tree, "tr") if ROW in _text(one) and not _holds_rows(one)]:
        for given in rows:
            made = row.cloneNode(True)
            for paragraph in _all(made, "p"):
                _fill(paragraph, {**values, **given})
            row.parentNode.insertBefore(made, row)
        row.parentNode.removeChild(row)
    for paragraph in _all(tree, "p"):
        _fill(paragraph, values)
    content: bytes = tree.toxml(encoding="UTF-8", standalone=True)
    tree.unlink()
    return content


def _fill(paragraph: Any, values: Values) -> None:
    """Put values in: each placeholder into the run in which it begins, with that run's look."""
    nodes = _runs(paragraph)
    text = "".join(_data(one) for one in nodes)
    if "{{" not in text:
        return
    texts, start = [], 0
    for one in nodes:
        own = _data(one)
        texts.append((start, own))
        start += len(own)
    new = [""] * len(nodes)
    at = 0
    for hit in PLACEHOLDER.finditer(text):
        _copy(texts, new, text, slice(at, hit.start()))
        number, value = _node_at(texts, hit.start()), values.get(hit[1])
        new[number] += said(value)
        if isinstance(value, Picture):
            _show(nodes[number], value)
        at = hit.end()
    _copy(texts, new, text, slice(at, len(text)))
    for one, told in zip(nodes, new, strict=True):
        _set(one, told)


def _show(node: Any, picture: Picture) -> None:
    """Show the picture right after the run in which its word began."""
    own = node.parentNode
    own.parentNode.insertBefore(marks.run(node.ownerDocument, picture), own.nextSibling)


def _copy(texts: Sequence[tuple[int, str]], new: list[str], text: str, stretch: slice) -> None:
    """Copy a stretch of the paragraph into the runs that held it."""
    for number, (first, own) in enumerate(texts):
        start = max(stretch.start, first)
        new[number] += text[start : max(min(stretch.stop, first + len(own)), start)]


def _node_at(texts: Sequence[tuple[int, str]], place: int) -> int:
    return next(number for number, (first, own) in enumerate(texts) if first <= place < first + len(own))


def _marked(parts: Mapping[str, bytes]) -> list[str]:
    """Return the parts in which the word of the picture stands."""
    return [one for one, part in _texts(parts) if any(place.name == MARK for place in places({one: part}))]


def _texts(parts: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name, part in parts.items():
        if name.startswith(PARTS) and name.endswith(".xml"):
            yield name, part


def _parsed(part: bytes) -> Any:
    try:
        return minidom.parseString(part)
    except ExpatError:
        raise Damaged from None


def _all(node: Any, local: str) -> list[Any]:
    """Return the elements of WordprocessingML of a local name, in order."""
    return list(node.getElementsByTagName(f"w:{local}"))


def _within(node: Any, local: str) -> bool:
    above = node.parentNode
    while above is not None:
        if above.nodeName == f"w:{local}":
            return True
        above = above.parentNode
    return False


def _holds_rows(row: Any) -> bool:
    """Tell whether a row holds a table whose own row is the one that is repeated."""
    return any(ROW in _text(inner) for inner in _all(row, "tr"))


def _runs(paragraph: Any) -> list[Any]:
    """Return the text nodes of a paragraph itself, not of one within a text box inside it."""
    return [one for one in _all(paragraph, "t") if _own(one) is paragraph]


def _own(node: Any) -> Any:
    above = node.parentNode
    while above is not None and above.nodeName != "w:p":
        above = above.parentNode
    return above


def _text(node: Any) -> str:
    if node.nodeName == "w:p":
        return "".join(_data(one) for one in _runs(node))
    return "".join(_data(one) for one in _all(node, "t"))


def _data(node: Any) -> str:
    return "".join(child.data for child in node.childNodes if child.nodeType == child.TEXT_NODE)


def _set(node: Any, text: str) -> None:
    while node.firstChild:
        node.removeChild(node.firstChild)
    node.appendChild(node.ownerDocument.createTextNode(text))
    node.setAttribute("xml:space", "preserve")


def _where(name: str, paragraph: Any, at: int, tables: Sequence[Any]) -> str:
    part = "页眉" if "header" in name else "页脚" if "footer" in name else ""
    for number, table in enumerate(tables, 1):
        for line, row in enumerate(_all(table, "tr"), 1):
            if paragraph in _all(row, "p"):
                return f"{part}第 {number} 个表格第 {line} 行"
    return f"{part}第 {at} 段"
