"""Read QR symbols from photos and scans, also turned, small or blurred. The only door to ``zxing-cpp``.

What strangers send is opened in a process of its own (``media_tools.make`` with what ``codes``), never in the web server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from yanglao.outside.media_probe import Fault

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
MOST_PIXELS = 60_000_000
PAGE_PX, SHOWN_PX = 2200, 1600
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def codes(
    path: Path, folder: Path, *, most: int, report: Callable[[float, float], None], cover: bool = False
) -> list[dict[str, Any]]:
    """Return what stands in each page of a PDF or picture: ``{"codes": [texts], "picture": name, "written": bool}``; of the ``cover`` alone if so asked.

    ``picture`` is a JPEG in ``folder``, upright and without what a phone hides in its files. ``written``: the page holds its words as
    text, as what we make does and a scan of paper does not.

    Raises Fault: ``paper.unreadable`` (damaged, of another kind), ``paper.too_many_pages``.
    """
    found = []
    for number, total, page, written in _pages(path, most, cover):
        texts, turned = read(page)
        shown = page.convert("RGB").rotate(turned, expand=True)
        shown.thumbnail((SHOWN_PX, 2 * SHOWN_PX), Image.Resampling.LANCZOS)
        name = f"page{number}.jpg"
        shown.save(folder / name, "JPEG", quality=78, optimize=True)
        found.append({"codes": texts, "picture": name, "written": written})
        report(number, total)
    return found


def read(page: Image.Image) -> tuple[list[str], int]:
    """Return the texts of the QR symbols on ``page``, each once, and by how many quarters (in degrees) it is to be turned upright.

    Harder ways are tried only while nothing is found.
    """
    for tried in _ways(page.convert("L")):
        found = zxingcpp.read_barcodes(tried, formats=QR)
        if found:
            return list(dict.fromkeys(one.text for one in found)), round(found[0].orientation / 90) * 90
    return [], 0


def _ways(page: Image.Image) -> Iterator[Image.Image]:
    yield page
    # A blurred symbol is sharp again when it is small enough; a faint one when black and white are pulled apart.
    for divisor in (2, 3, 4):
        small = page.resize(
            (max(1, page.width // divisor), max(1, page.height // divisor)), Image.Resampling.BOX
        )
        yield small
        yield ImageOps.autocontrast(small.filter(ImageFilter.UnsharpMask(3, 250, 0)), cutoff=2)
    yield ImageOps.autocontrast(page, cutoff=5)
    yield page.resize((page.width * 2, page.height * 2)) if page.width < PAGE_PX else page


def _pages(path: Path, most: int, cover: bool) -> Iterator[tuple[int, int, Image.Image, bool]]:
    with path.open("rb") as stream:
        is_pdf = stream.read(5) == b"%PDF-"
    if not is_pdf:
        yield 1, 1, _picture(path), False
        return
    try:
        document = pypdfium2.PdfDocument(path.read_bytes())
    except pypdfium2.PdfiumError as fault:
        raise Fault("paper.unreadable") from fault
    pages = min(len(document), 1) if cover else len(document)
    if pages > most:
        raise Fault("paper.too_many_pages", pages=len(document), most=most)
    for at in range(pages):
        page = document[at]
        width, height = page.get_size()
        scale = PAGE_PX / max(1.0, min(width, height), max(width, height) / 2)
        picture = page.render(scale=scale, grayscale=True).to_pil()
        yield at + 1, pages, picture, page.get_textpage().count_chars() > 0
        page.close()


def _picture(path: Path) -> Image.Image:
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as given:
            return ImageOps.exif_transpose(given).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise Fault("paper.unreadable") from fault
