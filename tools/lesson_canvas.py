"""Draw simple warm pictures: round shapes, people made of thick strokes, hands that can be turned.

Coordinates are those of the finished 640×360 picture; everything is drawn larger and scaled down once, so edges are soft.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

SCALE = 2
FONTS = "/usr/share/fonts/opentype/noto/NotoSansCJK-{weight}.ttc"
FACE_SC = 2  # the Simplified Chinese face inside the collection

INK, PAPER, MUTED, LINE = "#1F2A24", "#FBFAF6", "#56615B", "#C9CDC4"
PINE, INDIGO, AMBER, RED = "#1E6B52", "#2F4B8F", "#8A4B00", "#B3261E"
PINE_TINT, INDIGO_TINT, AMBER_TINT, RED_TINT = "#E3F1EA", "#E6EBF7", "#FBEFDC", "#FBE6E4"
SKIN, SKIN_DARK, SKIN_EDGE = "#F2CDAA", "#E3B48C", "#A9744F"
WOOD, WHITE, GREY_HAIR, DARK_HAIR, WATER = "#C79A6B", "#FFFFFF", "#B9BDB8", "#3B3733", "#8DB6D9"

Point = tuple[float, float]


class Canvas:
    """A picture of ``width`` × ``height`` finished pixels."""

    def __init__(self, width: int, height: int, ground: str | tuple[int, int, int, int] = PAPER) -> None:
        self.image = Image.new("RGBA", (width * SCALE, height * SCALE), ground)
        self.pen = ImageDraw.Draw(self.image)

    def finished(self) -> Image.Image:
        """Return the picture at its finished size, without transparency."""
        size = (self.image.width // SCALE, self.image.height // SCALE)
        return self.image.convert("RGB").resize(size, Image.Resampling.LANCZOS)

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        *,
        fill: str,
        r: float = 0,
        edge: str = "",
        width: float = 2,
    ) -> None:
        """Draw a rectangle with corners of radius ``r``."""
        area = _big((x, y)) + _big((x + w, y + h))
        self.pen.rounded_rectangle(area, r * SCALE, fill, edge or None, round(width * SCALE) if edge else 0)

    def frame(
        self, x: float, y: float, w: float, h: float, *, edge: str, r: float = 0, width: float = 2
    ) -> None:
        """Draw the edge of a rectangle over what is there."""
        area = _big((x, y)) + _big((x + w, y + h))
        self.pen.rounded_rectangle(area, r * SCALE, None, edge, round(width * SCALE))

    def disc(self, x: float, y: float, r: float, *, fill: str, edge: str = "", width: float = 2) -> None:
        """Draw a filled circle."""
        area = _big((x - r, y - r)) + _big((x + r, y + r))
        self.pen.ellipse(area, fill, edge or None, round(width * SCALE) if edge else 0)

    def stroke(self, points: Sequence[Point], *, fill: str, width: float) -> None:
        """Draw a line through ``points`` with round joints and ends."""
        big = [_big(point) for point in points]
        self.pen.line(big, fill, round(width * SCALE))
        for x, y in big:
            half = width * SCALE / 2
            self.pen.ellipse((x - half, y - half, x + half, y + half), fill)

    def shape(self, points: Sequence[Point], *, fill: str) -> None:
        """Draw a filled polygon."""
        self.pen.polygon([_big(point) for point in points], fill)

    def bow(
        self, x: float, y: float, r: float, *, start: float, end: float, fill: str, width: float = 4
    ) -> None:
        """Draw an arc of a circle from ``start`` to ``end`` degrees, clockwise from three o'clock."""
        area = _big((x - r, y - r)) + _big((x + r, y + r))
        self.pen.arc(area, start, end, fill, round(width * SCALE))

    def arrow(self, tail: Point, head: Point, *, fill: str = AMBER, width: float = 6) -> None:
        """Draw a straight arrow."""
        angle = math.atan2(head[1] - tail[1], head[0] - tail[0])
        neck = (head[0] - 12 * math.cos(angle), head[1] - 12 * math.sin(angle))
        self.stroke([tail, neck], fill=fill, width=width)
        self._tip(head, angle, fill)

    def turn(
        self, x: float, y: float, r: float, *, start: float = 200, end: float = 480, fill: str = AMBER
    ) -> None:
        """Draw a round arrow, clockwise from ``start`` to ``end`` degrees."""
        self.bow(x, y, r, start=start, end=end, fill=fill, width=6)
        last = math.radians(end)
        at = (x + (r - 3) * math.cos(last), y + (r - 3) * math.sin(last))
        ahead = last + math.pi / 2
        self._tip((at[0] + 9 * math.cos(ahead), at[1] + 9 * math.sin(ahead)), ahead, fill)

    def _tip(self, head: Point, angle: float, fill: str) -> None:
        left = (head[0] - 18 * math.cos(angle - 0.5), head[1] - 18 * math.sin(angle - 0.5))
        right = (head[0] - 18 * math.cos(angle + 0.5), head[1] - 18 * math.sin(angle + 0.5))
        self.shape([head, left, right], fill=fill)

    def words(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int,
        fill: str = INK,
        bold: bool = False,
        anchor: str = "lt",
    ) -> None:
        """Write Chinese text; ``anchor`` as in Pillow."""
        self.pen.text(_big((x, y)), text, fill, font(size, bold=bold), anchor=anchor)

    def lay(self, other: Image.Image, x: float, y: float, *, angle: float = 0) -> None:
        """Lay a transparent picture with its middle at (x, y), turned by ``angle`` degrees clockwise."""
        turned = other.rotate(-angle, Image.Resampling.BICUBIC, expand=True)
        big = _big((x, y))
        self.image.alpha_composite(turned, (int(big[0] - turned.width / 2), int(big[1] - turned.height / 2)))


def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the Chinese face at ``size`` finished pixels."""
    return ImageFont.truetype(FONTS.format(weight="Bold" if bold else "Regular"), size * SCALE, index=FACE_SC)


def _big(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE


def hand(pose: str, *, mirror: bool = False, skin: str = SKIN, sleeve: str = PINE) -> Image.Image:
    """Return a hand of 120 × 190 pointing up, without ``sleeve`` when it is empty: ``flat``, ``fist``, ``thumb`` (fist, thumb up) or ``tips`` (finger tips together)."""
    c = Canvas(120, 190, (0, 0, 0, 0))
    c.box(40, 128, 40, 60, fill=skin, r=8, edge=SKIN_EDGE)
    if sleeve:
        c.box(34, 158, 52, 34, fill=sleeve, r=6)
    _POSES[pose](c, skin)
    return c.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirror else c.image


def _flat(c: Canvas, skin: str) -> None:
    c.lay(_thumb(skin), 22, 96, angle=-38)
    for x, top in ((30, 26), (45, 14), (60, 18), (75, 34)):
        c.box(x, top, 16, 80, fill=skin, r=8, edge=SKIN_EDGE)
    c.box(28, 78, 65, 66, fill=skin, r=20, edge=SKIN_EDGE)
    c.box(31, 72, 59, 30, fill=skin, r=8)


def _fist(c: Canvas, skin: str) -> None:
    c.box(28, 82, 65, 62, fill=skin, r=20, edge=SKIN_EDGE)
    for x in (29, 45, 61, 77):
        c.box(x, 72, 16, 40, fill=skin, r=8, edge=SKIN_EDGE)
    c.box(26, 106, 46, 18, fill=skin, r=9, edge=SKIN_EDGE)


def _thumb_up(c: Canvas, skin: str) -> None:
    c.box(30, 34, 18, 70, fill=skin, r=9, edge=SKIN_EDGE)
    c.box(28, 82, 65, 62, fill=skin, r=20, edge=SKIN_EDGE)
    for y in (82, 97, 112, 127):
        c.box(52, y, 44, 16, fill=skin, r=8, edge=SKIN_EDGE)


def _tips(c: Canvas, skin: str) -> None:
    c.lay(_thumb(skin), 36, 70, angle=14)
    for x, angle in ((44, 10), (54, 4), (66, -4), (76, -10)):
        finger = Canvas(20, 84, (0, 0, 0, 0))
        finger.box(2, 2, 16, 80, fill=skin, r=8, edge=SKIN_EDGE)
        c.lay(finger.image, x, 60, angle=angle)
    c.box(28, 84, 65, 60, fill=skin, r=20, edge=SKIN_EDGE)


def _thumb(skin: str) -> Image.Image:
    thumb = Canvas(22, 62, (0, 0, 0, 0))
    thumb.box(2, 2, 18, 58, fill=skin, r=9, edge=SKIN_EDGE)
    return thumb.image


_POSES = {"flat": _flat, "fist": _fist, "thumb": _thumb_up, "tips": _tips}


def head(
    c: Canvas, x: float, y: float, *, r: float = 20, elder: bool = True, look: float = 0, eyes: str = "open"
) -> None:
    """Draw a head; ``look`` shifts the face (−1 left … 1 right); ``eyes`` is open, shut or worried."""
    c.disc(x, y - r * 0.12, r * 1.1, fill=GREY_HAIR if elder else DARK_HAIR)
    c.disc(x + look * r * 0.18, y + r * 0.12, r * 0.92, fill=SKIN)
    for side in (-1, 1):
        ex, ey = x + look * r * 0.4 + side * r * 0.34, y + r * 0.05
        if eyes == "shut":
            c.bow(ex, ey - 2, 4, start=20, end=160, fill=INK, width=1.8)
        else:
            c.disc(ex, ey, max(1.4, r * 0.1), fill=INK)
    mouth = (200, 340) if eyes == "worried" else (20, 160)
    c.bow(
        x + look * r * 0.4,
        y + (r * 0.62 if eyes == "worried" else r * 0.35),
        r * 0.28,
        start=mouth[0],
        end=mouth[1],
        fill=SKIN_EDGE,
        width=max(1.4, r * 0.09),
    )


def limb(c: Canvas, points: Sequence[Point], *, cloth: str, width: float = 16, tip: str = SKIN) -> None:
    """Draw an arm or a leg through ``points`` that ends in a hand or a foot."""
    c.stroke(points, fill=cloth, width=width)
    c.disc(points[-1][0], points[-1][1], width * 0.55, fill=tip)
