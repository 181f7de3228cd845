"""Draw a symbol with modules of a whole number of pixels, dark on white."""

from io import BytesIO

from PIL import Image

from yanglao.outside.qr_image import Symbol


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
    image = Image.new("1", (symbol.side, symbol.side), 1)
    image.putdata([0 if dark else 1 for row in symbol.rows for dark in row])
    out = BytesIO()
    image.resize((symbol.side * module_px,) * 2, Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
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
