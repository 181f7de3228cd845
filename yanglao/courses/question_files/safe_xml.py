"""Parse XML of strangers into a tree: no entities, no document type, nothing fetched. Pure."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.parsers import expat

from yanglao.kernel.errors import Refused

MOST_DEPTH = 200


class XmlRefused(Refused):
    """Say that the XML declares a document type or entities, or is nested too deep."""

    code = "question_file.xml_refused"


class XmlBroken(Refused):
    """Say that the XML cannot be read; ``line`` says where."""

    code = "question_file.xml_broken"


def tree_of(content: bytes) -> tuple[ElementTree.Element, dict[int, int]]:
    """Return the root (names as {namespace}name), and the line of each element by its ``id()``.

    Raises: XmlRefused, XmlBroken.
    """
    content = _in_utf8(content)
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    lines: dict[int, int] = {}
    depth = 0

    def refuse(*_: object) -> None:
        raise XmlRefused

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise XmlRefused
        made = builder.start(_named(name), {_named(key): value for key, value in attributes.items()})
        lines[id(made)] = parser.CurrentLineNumber

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_named(name))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(content, True)
        return builder.close(), lines
    except expat.ExpatError as fault:
        raise XmlBroken(line=fault.lineno) from None
    except (LookupError, ValueError, AssertionError):
        raise XmlBroken(line=1) from None


def _in_utf8(content: bytes) -> bytes:
    """Return XML that says it is in GBK, GB2312 or GB18030 in UTF-8; other encodings are the parser's."""
    head = re.match(rb"\s*<\?xml[^>]*encoding=[\"'](gb[\w-]+)[\"'][^>]*\?>", content[:200], re.IGNORECASE)
    if head is None:
        return content
    try:
        return content[head.end() :].decode("gb18030").encode()
    except UnicodeDecodeError:
        raise XmlBroken(line=1) from None


def _named(name: str) -> str:
    return "{" + name if "}" in name else name
