"""Make tiny films, sound and PDFs for tests, as phones and offices would."""

from __future__ import annotations

import zipfile
from fractions import Fraction
from io import BytesIO
from typing import Any

import av
import pypdfium2
from PIL import Image, ImageDraw


def film(
    seconds: int = 6,
    *,
    codec: str = "libx264",
    sound: bool = True,
    form: str = "mp4",
    size: tuple[int, int] = (64, 48),
) -> bytes:
    """Return a film of a grey that grows lighter, two pictures a second, with silence."""
    out = BytesIO()
    with av.open(out, "w", format=form) as made:
        picture = made.add_stream(codec, rate=2)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        if sound:
            _silence(made, seconds, "aac")
        for number in range(seconds * 2):
            frame = av.VideoFrame.from_image(Image.new("RGB", size, (20 * number % 250,) * 3))
            frame.pts, frame.time_base = number, Fraction(1, 2)
            made.mux(picture.encode(frame))
        made.mux(picture.encode(None))
    return out.getvalue()


def voice(seconds: int = 2, *, codec: str = "libopus", form: str = "webm") -> bytes:
    """Return silence, by default as Chromium's MediaRecorder packs it."""
    out = BytesIO()
    with av.open(out, "w", format=form) as made:
        _silence(made, seconds, codec)
    return out.getvalue()


def _silence(made: Any, seconds: int, codec: str) -> None:
    stream = made.add_stream(codec, rate=48_000, layout="mono")
    layout = "flt" if codec == "libopus" else "fltp"
    size = 960 if codec == "libopus" else 1024 if codec == "aac" else 1152
    for number in range(seconds * 48_000 // size):
        frame = av.AudioFrame(format=layout, layout="mono", samples=size)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * size, Fraction(1, 48_000)
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))


def pdf(pages: int = 2) -> bytes:
    """Return a PDF of blank pages."""
    document, out = pypdfium2.PdfDocument.new(), BytesIO()
    for _ in range(pages):
        document.new_page(300, 400)
    document.save(out)
    return out.getvalue()


def picture() -> bytes:
    """Return a small PNG."""
    drawn, out = Image.new("RGB", (200, 120), "white"), BytesIO()
    ImageDraw.Draw(drawn).rectangle((20, 20, 100, 80), fill="green")
    drawn.save(out, "PNG")
    return out.getvalue()


def spoilt(content: bytes, name: str) -> bytes:
    """Return a zip whose part of that name cannot be unpacked: the directory holds, the stream does not."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        part = archive.getinfo(name)
    at = part.header_offset + 30 + len(part.filename)
    return content[:at] + b"\xff" * part.compress_size + content[at + part.compress_size :]
