"""Put a picture into a .docx form: where its word stands, or at the upper right of every page, in the headers.

A picture of a part needs its file in ``word/media``, a relationship of that part, and the kind of file among the content types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from xml.dom import minidom

from yanglao.outside.form_parts import Picture

EMU_PER_MM = 36000
FROM_TOP_MM, HEADER_MM = 4, 19  # so that it ends above the text of a page with the usual margin of 25.4 mm
FILE, ID = "media/page_code.png", "rIdPageCode"
DOCUMENT, TYPES, SETTINGS = "word/document.xml", "[Content_Types].xml", "word/settings.xml"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADER = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
EMPTY_HEADER = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:hdr xmlns:w="{W}"><w:p/></w:hdr>'
NO_RELATIONS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="{PACKAGE}/relationships"/>'
)
_GRAPHIC = """<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">\
<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">\
<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">\
<pic:nvPicPr><pic:cNvPr id="0" name="page_code.png"/><pic:cNvPicPr/></pic:nvPicPr>\
<pic:blipFill><a:blip r:embed="{id}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>\
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>"""
_INLINE = """<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>\
<wp:docPr id="{number}" name="{name}" descr="{words}"/>{graphic}</wp:inline>"""
_FLOATING = """<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="251658240" behindDoc="0" \
locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>\
<wp:positionH relativeFrom="margin"><wp:align>right</wp:align></wp:positionH>\
<wp:positionV relativeFrom="page"><wp:posOffset>{top}</wp:posOffset></wp:positionV>\
<wp:extent cx="{wide}" cy="{high}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>\
<wp:docPr id="{number}" name="{name}" descr="{words}"/><wp:cNvGraphicFramePr/>{graphic}</wp:anchor>"""
_RUN = """<w:r xmlns:w="{w}" xmlns:r="{r}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">\
<w:drawing>{drawing}</w:drawing></w:r>"""
NUMBER = 990_001  # of the drawing: far above those that forms have


def run(document: Any, picture: Picture, *, floating: bool = False, number: int = NUMBER) -> Any:
    """Return a run that shows the picture: in the line, or at the upper right of the page over what is there."""
    facts = {
        "id": ID, "wide": round(picture.wide_mm * EMU_PER_MM), "high": round(picture.high_mm * EMU_PER_MM),
        "top": FROM_TOP_MM * EMU_PER_MM, "words": picture.words, "name": f"页码二维码 {number}", "number": number,
    }  # fmt: skip
    facts["graphic"] = _GRAPHIC.format(**facts)
    drawing = (_FLOATING if floating else _INLINE).format(**facts)
    made = _parsed(_RUN.format(w=W, r=OFFICE, drawing=drawing))
    return document.importNode(made.documentElement, True)


def in_headers(parts: dict[str, bytes], picture: Picture) -> None:
    """Put the picture at the upper right of every page: into each header there is, and into new ones where a page has none."""
    picture = replace(picture, wide_mm=HEADER_MM, high_mm=picture.high_mm / picture.wide_mm * HEADER_MM)
    document = _parsed(parts[DOCUMENT])
    sections = list(document.getElementsByTagName("w:sectPr")) or [_new_section(document)]
    wanted = ["default"]
    wanted += ["first"] if any(one.getElementsByTagName("w:titlePg") for one in sections) else []
    wanted += ["even"] if b"w:evenAndOddHeaders" in parts.get(SETTINGS, b"") else []
    own = {one.getAttribute("w:type") for one in sections[0].getElementsByTagName("w:headerReference")}
    for kind in wanted:
        if kind not in own:
            _new_header(parts, document, sections[0], kind)
    parts[DOCUMENT] = document.toxml(encoding="UTF-8", standalone=True)
    document.unlink()
    for at, name in enumerate(_headers(parts)):
        header = _parsed(parts[name])
        paragraphs = [one for one in header.documentElement.childNodes if one.nodeName == "w:p"] or [
            header.documentElement.appendChild(header.createElement("w:p"))
        ]
        paragraphs[-1].appendChild(run(header, picture, floating=True, number=NUMBER + at))
        parts[name] = header.toxml(encoding="UTF-8", standalone=True)
        header.unlink()
        add_file(parts, [name], picture)


def add_file(parts: dict[str, bytes], names: Iterable[str], picture: Picture) -> None:
    """Keep the picture's file in the document and relate the parts ``names`` to it."""
    for name in names:
        _relate(parts, name, ID, kind="image", target=FILE)
        parts[f"word/{FILE}"] = picture.png
    _typed(parts, "Default", ("Extension", "png"), "image/png")


def _parsed(part: bytes | str) -> Any:
    return minidom.parseString(part)


def _new_section(document: Any) -> Any:
    body = document.getElementsByTagName("w:body")[0]
    return body.appendChild(document.createElement("w:sectPr"))


def _new_header(parts: dict[str, bytes], document: Any, section: Any, kind: str) -> None:
    name = f"header_page_code_{kind}.xml"
    parts[f"word/{name}"] = EMPTY_HEADER.encode()
    _relate(parts, DOCUMENT, f"{ID}_{kind}", kind="header", target=name)
    _typed(parts, "Override", ("PartName", f"/word/{name}"), HEADER)
    reference = document.createElement("w:headerReference")
    for key, value in (("xmlns:r", OFFICE), ("w:type", kind), ("r:id", f"{ID}_{kind}")):
        reference.setAttribute(key, value)
    section.insertBefore(reference, section.firstChild)


def _headers(parts: dict[str, bytes]) -> list[str]:
    return sorted(one for one in parts if one.startswith("word/header") and one.endswith(".xml"))


def _relate(parts: dict[str, bytes], part: str, id_: str, *, kind: str, target: str) -> None:
    folder, _, name = part.rpartition("/")
    place = f"{folder}/_rels/{name}.rels"
    tree = _parsed(parts.get(place, NO_RELATIONS.encode()))
    _append(tree, "Relationship", {"Id": id_, "Type": f"{OFFICE}/{kind}", "Target": target})
    parts[place] = tree.toxml(encoding="UTF-8", standalone=True)


def _typed(parts: dict[str, bytes], tag: str, named: tuple[str, str], kind: str) -> None:
    """Say in the content types what a file is, once; ``named`` is the attribute that names it, and the name."""
    key, value = named
    tree = _parsed(parts.get(TYPES, f'<Types xmlns="{PACKAGE}/content-types"/>'.encode()))
    known = {one.getAttribute(key).lower() for one in tree.documentElement.childNodes if one.nodeType == 1}
    if value.lower() not in known:
        _append(tree, tag, {key: value, "ContentType": kind}, first=tag == "Default")
    parts[TYPES] = tree.toxml(encoding="UTF-8", standalone=True)


def _append(tree: Any, tag: str, attributes: dict[str, str], *, first: bool = False) -> None:
    prefix = tree.documentElement.tagName.rpartition(":")[0]
    made = tree.createElement(f"{prefix}:{tag}" if prefix else tag)
    for key, value in attributes.items():
        made.setAttribute(key, value)
    tree.documentElement.insertBefore(made, tree.documentElement.firstChild if first else None)
