"""Make what phones play: films and sound with PyAV, pages of a PDF with PDFium. Runs in a process of its own.

Nothing is passed on as it came: films are packed anew, sound is coded anew, pages become pictures. So whatever a file
hides (places, names, another file behind its end) stays behind. PyAV's wheels bring libx264, FFmpeg's AAC and libmp3lame.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pypdfium2
from PIL import Image

from yanglao.outside.media_probe import SAFE, Fault, form_of

LIGHT_SIDE, LIGHT_FPS = 360, 15
X264 = {"profile": "baseline", "preset": "veryfast", "crf": "30", "maxrate": "260k", "bufsize": "520k"}
PAGE_PX, LIGHT_PAGE_PX = 1080, 720
MOST_PAGE_PIXELS = 4000 * 4000
Report = Callable[[float, float], None]


def film(path: Path, folder: Path, *, duration_s: int, report: Report) -> dict[str, Any]:
    """Write ``clear.mp4`` (the same picture, packed anew), ``light.mp4`` and ``poster.jpg`` into ``folder``.

    Returns ``{clear, light, poster}``: ``{name, media_type, width, height}``, ``light`` None where it would not be smaller.
    """
    clear, light, poster = folder / "clear.mp4", folder / "light.mp4", folder / "poster.jpg"
    _repack(path, clear)
    shape = _poster(clear, poster, at_s=min(3, duration_s // 3))
    _shrink(clear, light, duration_s=duration_s, report=report)
    smaller = light.stat().st_size < 0.9 * clear.stat().st_size
    return {
        "clear": _file(clear, "video/mp4", *shape),
        "light": _file(light, "video/mp4") if smaller else None,
        "poster": _file(poster, "image/jpeg"),
    }


def sound(path: Path, folder: Path, *, duration_s: int, report: Report) -> dict[str, Any]:
    """Write ``clear.m4a`` and, where it is smaller, ``light.m4a``: AAC-LC, one channel."""
    clear, light = folder / "clear.m4a", folder / "light.m4a"
    _recode(path, clear, rate=44_100, bit_rate=64_000)
    report(1, 2)
    _recode(path, light, rate=22_050, bit_rate=28_000)
    report(2, 2)
    smaller = light.stat().st_size < 0.9 * clear.stat().st_size
    return {"clear": _file(clear, "audio/mp4"), "light": _file(light, "audio/mp4") if smaller else None}


def pages(path: Path, folder: Path, *, most: int, report: Report) -> dict[str, Any]:
    """Draw every page of a PDF twice: ``{pages: [{text, clear, light}]}``.

    Raises Fault: no PDF, locked, damaged, without pages or with more than ``most``.
    """
    raw = path.read_bytes()
    if not raw.startswith(b"%PDF-"):
        raise Fault("material.no_pdf")
    if b"%%EOF" not in raw[-2048:]:
        raise Fault("material.truncated")
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as fault:
        raise Fault(
            "material.pdf_locked" if "password" in str(fault).lower() else "material.unreadable"
        ) from None
    if not 1 <= len(document) <= most:
        raise Fault("material.too_many_pages", pages=len(document), most=most)
    made = []
    for number in range(len(document)):
        made.append(_page(document[number], folder, number))
        report(number + 1, len(document))
    return {"pages": made}


def _page(page: Any, folder: Path, number: int) -> dict[str, Any]:
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise Fault("material.unreadable")
    scale = min(PAGE_PX / width, (MOST_PAGE_PIXELS / (width * height)) ** 0.5)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    words = page.get_textpage().get_text_bounded().replace("\x00", "").strip()
    clear, light = folder / f"clear{number}.jpg", folder / f"light{number}.jpg"
    picture.save(clear, "JPEG", quality=82, optimize=True)
    small = picture.copy()
    small.thumbnail((LIGHT_PAGE_PX, 4 * LIGHT_PAGE_PX), Image.Resampling.LANCZOS)
    small.save(light, "JPEG", quality=60, optimize=True)
    smaller = light.stat().st_size < clear.stat().st_size
    return {
        "text": words[:20_000],
        "clear": _file(clear, "image/jpeg", *picture.size),
        "light": _file(light, "image/jpeg", *small.size) if smaller else None,
    }


def _opened(path: Path) -> Any:
    return av.open(str(path), format=form_of(path), options=SAFE)


def _repack(path: Path, target: Path) -> None:
    """Copy the picture, and the sound where it is AAC (else code it), into a new MP4 whose index comes first."""
    with (
        _opened(path) as given,
        av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as made,
    ):
        picture = given.streams.video[0]
        ways = {picture.index: made.add_stream_from_template(picture)}
        heard = given.streams.audio[0] if given.streams.audio else None
        voice = None
        if heard is not None and heard.codec_context.codec.canonical_name == "aac":
            ways[heard.index] = made.add_stream_from_template(heard)
        elif heard is not None:
            voice = _voice(made, rate=44_100, bit_rate=96_000)
        for packet in given.demux([one for one in (picture, heard) if one is not None]):
            if heard is not None and voice is not None and packet.stream.index == heard.index:
                _speak(made, voice, packet.decode())
            elif packet.dts is not None:
                packet.stream = ways[packet.stream.index]
                made.mux(packet)
        if voice is not None:
            _speak(made, voice, [None])


def _voice(made: Any, *, rate: int, bit_rate: int) -> tuple[Any, Any]:
    stream = made.add_stream("aac", rate=rate, layout="mono")
    stream.bit_rate = bit_rate
    return stream, av.AudioResampler(format="fltp", layout="mono", rate=rate, frame_size=1024)


def _speak(made: Any, voice: tuple[Any, Any], frames: list[Any]) -> None:
    """Code frames of sound; ``[None]`` at the end lets out what is left."""
    stream, resampler = voice
    for frame in frames:
        for part in resampler.resample(frame):
            made.mux(stream.encode(part))
        if frame is None:
            made.mux(stream.encode(None))


def _recode(path: Path, target: Path, *, rate: int, bit_rate: int) -> None:
    with (
        _opened(path) as given,
        av.open(str(target), "w", format="ipod", options={"movflags": "+faststart"}) as made,
    ):
        voice = _voice(made, rate=rate, bit_rate=bit_rate)
        for frame in given.decode(given.streams.audio[0]):
            _speak(made, voice, [frame])
        _speak(made, voice, [None])


def _poster(film_path: Path, target: Path, *, at_s: int) -> tuple[int, int]:
    with _opened(film_path) as given:
        stream = given.streams.video[0]
        given.seek(int(at_s / stream.time_base), stream=stream)
        frame = next(given.decode(stream))
        picture = frame.to_image()
        if frame.rotation:
            picture = picture.rotate(frame.rotation, expand=True)
        shape = picture.size
        picture.thumbnail((960, 960))
        picture.save(target, "JPEG", quality=80, optimize=True)
    return shape


def _shrink(film_path: Path, target: Path, *, duration_s: int, report: Report) -> None:
    """Code a film small: 360 lines, 15 pictures a second, H.264 baseline, AAC of one channel."""
    with (
        _opened(film_path) as given,
        av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as made,
    ):
        picture = given.streams.video[0]
        heard = given.streams.audio[0] if given.streams.audio else None
        voice = _voice(made, rate=22_050, bit_rate=32_000) if heard is not None else None
        drawn: Any = None
        told = 0
        for packet in given.demux([one for one in (picture, heard) if one is not None]):
            if packet.stream.type == "audio":
                _speak(made, voice, packet.decode())  # type: ignore[arg-type]
                continue
            for frame in packet.decode():
                drawn = drawn or _small(made, frame, picture)
                _draw(made, drawn, frame)
                if frame.time is not None and int(frame.time) >= told + 2:
                    told = int(frame.time)
                    report(min(told, duration_s), duration_s)
        if drawn is not None:
            _draw(made, drawn, None)
        if voice is not None:
            _speak(made, voice, [None])


def _small(made: Any, frame: Any, picture: Any) -> tuple[Any, Any]:
    turn = {90: "transpose=cclock", 270: "transpose=clock", 180: "hflip,vflip"}.get(
        frame.rotation % 360, "null"
    )
    width, height = (frame.height, frame.width) if frame.rotation % 180 else (frame.width, frame.height)
    share = min(1.0, LIGHT_SIDE / min(width, height))
    small = (max(2, int(width * share) // 2 * 2), max(2, int(height * share) // 2 * 2))
    graph = av.filter.Graph()
    nodes = [graph.add_buffer(template=picture)]
    steps = [*turn.split(","), f"scale={small[0]}:{small[1]}", f"fps={LIGHT_FPS}", "format=yuv420p"]
    for step in steps:
        name, _, given = step.partition("=")
        nodes.append(graph.add(name, given) if given else graph.add(name))
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes).configure()
    stream = made.add_stream("libx264", rate=Fraction(LIGHT_FPS), options=X264)
    stream.width, stream.height, stream.pix_fmt = small[0], small[1], "yuv420p"
    stream.time_base = Fraction(1, LIGHT_FPS)
    return graph, stream


def _draw(made: Any, drawn: tuple[Any, Any], frame: Any) -> None:
    graph, stream = drawn
    graph.push(frame)
    while True:
        try:
            small = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            break
        small.pict_type = av.video.frame.PictureType.NONE
        made.mux(stream.encode(small))
    if frame is None:
        made.mux(stream.encode(None))


def _file(path: Path, media_type: str, width: int = 0, height: int = 0) -> dict[str, Any]:
    return {"name": path.name, "media_type": media_type, "width": width, "height": height}
