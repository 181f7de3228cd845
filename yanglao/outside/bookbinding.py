"""Set a long document part by part and bind the parts as one PDF with contents and running page numbers; or set many short ones.

Runs in a process of its own (``media_tools.make`` with what ``book``), so that what typesetting remembers goes with it. A part is a
JSON file: the facts of one template. Each part is set twice, first to learn how many pages it has, then with its numbers.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pypdfium2

from yanglao.kernel.canonical import ALGORITHM, digest
from yanglao.kernel.errors import Refused
from yanglao.outside import typesetting
from yanglao.outside.media_probe import Fault

Report = Callable[[float, float], None]


def bind(job: Path, folder: Path, *, report: Report) -> dict[str, Any]:
    """Do the ``job``, a JSON file in ``folder``: ``{"template", "facts", "out"}`` with ``front`` and ``parts``, with ``single`` or with ``singles``.

    ``parts`` are ``[name of a part, title in the contents or "", level]``; ``front`` is the part before them, which prints the contents.
    ``single`` names one part that is a whole document; ``singles`` are ``[name of a part, name within the zip]``, each a document of its
    own. ``facts`` stand in every part. Returns ``{"pages": n, "digest": sha256 of the file}``; of singles ``pages`` is a list, and
    ``digests`` are those within the zip. Raises Fault: ``paper.glyph_missing``.
    """
    wanted = json.loads(job.read_text(encoding="utf-8"))
    try:
        kind = next(one for one in _KINDS if one in wanted)
        return _KINDS[kind](wanted, folder, report)
    except Refused as refusal:
        raise Fault(refusal.code, **refusal.facts) from None


def _book(wanted: dict[str, Any], folder: Path, report: Report) -> dict[str, Any]:
    names = [wanted["front"], *(name for name, _, _ in wanted["parts"])]
    shared = wanted["facts"] | {
        "contents": [[title, level, 0] for _, title, level in wanted["parts"] if title]
    }
    counts = []
    for at, name in enumerate(names, 1):
        counts.append(_count(_set(wanted, folder, name, shared | {"first": 1, "total": 1})))
        report(at, 2 * len(names))
    firsts = [1 + sum(counts[:at]) for at in range(len(counts))]
    shared["contents"] = [
        [title, level, first]
        for (_, title, level), first in zip(wanted["parts"], firsts[1:], strict=True)
        if title
    ]
    with pypdfium2.PdfDocument.new() as book:
        for at, name in enumerate(names):
            numbers = {"first": firsts[at], "total": sum(counts)}
            with pypdfium2.PdfDocument(_set(wanted, folder, name, shared | numbers)) as part:
                assert len(part) == counts[at], "a part has other pages with its numbers than without"
                book.import_pages(part)
            report(len(names) + at + 1, 2 * len(names))
        book.save(folder / wanted["out"])
    return {"pages": sum(counts), "digest": _digest(folder / wanted["out"])}


def _bundle(wanted: dict[str, Any], folder: Path, report: Report) -> dict[str, Any]:
    pages, digests = [], []
    singles: Sequence[tuple[str, str]] = wanted["singles"]
    with zipfile.ZipFile(folder / wanted["out"], "w", zipfile.ZIP_STORED) as bundle:
        for at, (name, shown) in enumerate(singles, 1):
            content = _set(wanted, folder, name, wanted["facts"] | {"first": 1, "total": 0})
            pages.append(_count(content))
            digests.append(digest(content))
            bundle.writestr(shown, content)
            report(at, len(singles))
    return {"pages": pages, "digests": digests, "digest": _digest(folder / wanted["out"])}


def _alone(wanted: dict[str, Any], folder: Path, report: Report) -> dict[str, Any]:
    content = _set(wanted, folder, wanted["single"], wanted["facts"] | {"first": 1, "total": 0})
    (folder / wanted["out"]).write_bytes(content)
    report(1, 1)
    return {"pages": _count(content), "digest": digest(content)}


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return f"{ALGORITHM}:{file_digest(stream, ALGORITHM).hexdigest()}"


def _set(wanted: dict[str, Any], folder: Path, name: str, shared: dict[str, Any]) -> bytes:
    own = json.loads((folder / name).read_text(encoding="utf-8"))
    return typesetting.pdf(wanted["template"], shared | own, tagged=False)


def _count(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as document:
        return len(document)


_KINDS: dict[str, Callable[[dict[str, Any], Path, Report], dict[str, Any]]] = {
    "front": _book,
    "single": _alone,
    "singles": _bundle,
}
