"""Draw the icons of the installed app: an open book on pine, as in ``static/shared/favicon.svg``.

Run by hand when the drawing changes, never by make::

    .venv/bin/python tools/make_icons.py

Writes static/shared/icons/*.png. A maskable icon fills its square, since a phone cuts its own shape out of it; all that is
drawn stands within the inner 80 % that no phone cuts.
"""

from __future__ import annotations

from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[1] / "static" / "shared" / "icons"
PINE, WHITE = "#1E6B52", "#FFFFFF"
UNITS, FINE = (
    32,
    4,
)  # the drawing is 32 units wide; four times too large, then made small, so that edges are smooth
STROKE, CORNER = 2.2, 8
Point = tuple[float, float]


def arc(centre: Point, radius: float, start: float, end: float) -> list[Point]:
    """Return points of an arc, angles in quarter turns, clockwise from three o'clock."""
    turns = [start + (end - start) * step / 24 for step in range(25)]
    return [
        (centre[0] + radius * cos(turn * pi / 2), centre[1] + radius * sin(turn * pi / 2)) for turn in turns
    ]


def left_page() -> list[Point]:
    """Return the outline of the left page, from its upper left corner."""
    return [(6, 9), (14, 9), *arc((14, 11), 2, -1, 0), (16, 23), *arc((13, 24), 3, 0, -1), (6, 21), (6, 9)]


def draw(side: int, *, full: bool) -> Image.Image:
    """Return the icon ``side`` pixels wide; ``full`` fills the square, else its corners are round and clear."""
    scale = side * FINE / UNITS
    picture = Image.new("RGBA", (side * FINE, side * FINE), PINE if full else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    if not full:
        pen.rounded_rectangle((0, 0, side * FINE - 1, side * FINE - 1), CORNER * scale, fill=PINE)
    for outline in (left_page(), [(UNITS - x, y) for x, y in left_page()]):
        points = [(x * scale, y * scale) for x, y in outline]
        half = STROKE * scale / 2
        pen.line(points, fill=WHITE, width=round(STROKE * scale))
        for x, y in points:  # round joints
            pen.ellipse((x - half, y - half, x + half, y + half), fill=WHITE)
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    """Write every icon."""
    FOLDER.mkdir(exist_ok=True)
    for name, side, full in (
        ("icon-192", 192, False),
        ("icon-512", 512, False),
        ("maskable-192", 192, True),
        ("maskable-512", 512, True),
        ("touch-180", 180, True),
    ):
        made = draw(side, full=full)
        (made.convert("RGB") if full else made).quantize(64).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
