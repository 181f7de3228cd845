"""Read a photo that somebody sent and write it anew: what it shows, and nothing that a phone hides in it."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 60_000_000
LONGEST_PX, SHORTEST_PX = 960, 160
QUALITY = 85


class NoPicture(ValueError):
    """Say that the bytes are no JPEG, PNG or WebP picture of a sensible size."""


def portrait(content: bytes) -> bytes:
    """Return the picture upright as a JPEG of at most 960 px, without place, time and the name of the phone.

    Raises NoPicture: another format, damaged, smaller than 160 px or larger than 60 million pixels.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as given:
            if given.width * given.height > MOST_PIXELS or min(given.size) < SHORTEST_PX:
                raise NoPicture("size")
            given.draft("RGB", (2 * LONGEST_PX, 2 * LONGEST_PX))
            upright = ImageOps.exif_transpose(given).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, EOFError, Image.DecompressionBombError) as fault:
        raise NoPicture(type(fault).__name__) from None
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError) as fault:
        if isinstance(fault, NoPicture):
            raise
        raise NoPicture(type(fault).__name__) from None
    upright.thumbnail((LONGEST_PX, LONGEST_PX))
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    out = BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def drawn(content: bytes, *, longest_px: int = 1080) -> bytes:
    """Return a picture of a text upright as a JPEG of at most ``longest_px``, without hidden facts. Raises NoPicture."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as given:
            if given.width * given.height > MOST_PIXELS or min(given.size) < 16:
                raise NoPicture("size")
            upright = ImageOps.exif_transpose(given).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise NoPicture(type(fault).__name__) from None
    upright.thumbnail((longest_px, 4 * longest_px))
    out = BytesIO()
    upright.save(out, "JPEG", quality=QUALITY, optimize=True, exif=b"")
    return out.getvalue()


def cleaned(content: bytes, *, longest_px: int) -> tuple[bytes, str]:
    """Return a picture of a question drawn anew, and its media type: PNG for drawings (PNG, GIF), JPEG for photos, no hidden facts.

    Raises NoPicture: no PNG, JPEG, GIF or WebP, damaged, or larger than 60 million pixels.
    """
    upright, kind = _opened(content, longest_px)
    upright.thumbnail((longest_px, longest_px))
    out = BytesIO()
    if kind in ("PNG", "GIF"):
        upright.save(out, "PNG")
        return out.getvalue(), "image/png"
    _on_white(upright).save(out, "JPEG", quality=QUALITY, exif=b"")
    return out.getvalue(), "image/jpeg"


def small(content: bytes, *, longest_px: int) -> bytes:
    """Return a small version on white paper as a JPEG. Raises NoPicture."""
    upright, _ = _opened(content, longest_px)
    upright.thumbnail((longest_px, longest_px))
    out = BytesIO()
    _on_white(upright).save(out, "JPEG", quality=QUALITY, exif=b"")
    return out.getvalue()


def _opened(content: bytes, longest_px: int) -> tuple[Image.Image, str]:
    try:
        with Image.open(BytesIO(content), formats=(*FORMATS, "GIF")) as given:
            if given.width * given.height > MOST_PIXELS:
                raise NoPicture("size")
            given.draft("RGB", (2 * longest_px, 2 * longest_px))
            upright = ImageOps.exif_transpose(given)
            flat = "RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB"
            plain = Image.new(flat, upright.size)
            plain.paste(upright.convert(flat))
            return plain, given.format or ""
    except NoPicture:
        raise
    except (
        OSError,
        SyntaxError,
        EOFError,
        ValueError,
        IndexError,
        KeyError,
        TypeError,
        OverflowError,
    ) as fault:
        raise NoPicture(type(fault).__name__) from None
    except (MemoryError, Image.DecompressionBombError) as fault:
        raise NoPicture(type(fault).__name__) from None


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper
