"""Draw a symbol with modules of a whole number of pixels, dark on white."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from yanglao.outside.qr_image import BORDER, Symbol

FACE = Path(__file__).parent / "fonts" / "NotoSansCJKsc-Regular.otf"


def path(symbol: Symbol) -> str:
    """Return the ``d`` attribute of an SVG path: one rectangle per run of dark modules, in module units."""
    return "".join(
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(symbol.rows)
        for start, length in _dark_runs(row)
    )


def svg(symbol: Symbol, *, label: str) -> str:
    """Return an SVG document without inline style; ``label`` is what a screen reader says (not escaped text is refused)."""
    if any(mark in label for mark in '<>&"'):
        raise ValueError("the label holds markup")
    side = symbol.side
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{path(symbol)}"/></svg>'
    )


def png(symbol: Symbol, *, module_px: int) -> bytes:
    """Return a black and white PNG whose modules are ``module_px`` pixels wide (at least 1)."""
    if module_px < 1:
        raise ValueError("a module needs at least one pixel")
    return _packed(_modules(symbol, module_px))


def png_with_words(symbol: Symbol, words: str, *, module_px: int) -> tuple[bytes, int, int]:
    """Return a PNG of the symbol with ``words`` in one line under it, as wide as its dark part, and its size in pixels."""
    drawn = _modules(symbol, module_px)
    room = drawn.width - 2 * BORDER * module_px
    face = ImageFont.truetype(str(FACE), 100)
    face = ImageFont.truetype(str(FACE), int(100 * room / face.getlength(words)))
    line = (BORDER - 1) * module_px
    image = Image.new("1", (drawn.width, drawn.height + line), 1)
    image.paste(drawn, (0, 0))
    ImageDraw.Draw(image).text(
        (drawn.width / 2, drawn.height - module_px), words, font=face, fill=0, anchor="mm"
    )
    return _packed(image), image.width, image.height


def _modules(symbol: Symbol, module_px: int) -> Image.Image:
    image = Image.new("1", (symbol.side, symbol.side), 1)
    image.putdata([0 if dark else 1 for row in symbol.rows for dark in row])
    return image.resize((symbol.side * module_px,) * 2, Image.Resampling.NEAREST)


def _packed(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _dark_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for x, dark in enumerate((*row, False)):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            runs.append((start, x - start))
            start = None
    return runs
