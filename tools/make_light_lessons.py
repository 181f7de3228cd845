"""Make the low-traffic versions of the three bundled lessons: smaller and fewer pictures, the sound as it is.

Run by hand after ``make_lessons.py``::

    .venv/bin/python tools/make_light_lessons.py

Writes yanglao/courses/media/<key>_light.mp4. What the maker of uploaded films would write is larger than these films are already.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av

MEDIA = Path(__file__).parents[1] / "yanglao" / "courses" / "media"
SHAPE, FPS = (480, 270), 2
X264 = {"profile": "main", "preset": "veryslow", "tune": "animation", "crf": "43", "x264-params": "keyint=60"}


def shrink(film: Path, target: Path) -> None:
    """Write ``film`` small; its sound is copied as it is."""
    faststart = {"movflags": "+faststart"}
    with av.open(str(film)) as given, av.open(str(target), "w", options=faststart) as made:
        picture, sound = given.streams.video[0], given.streams.audio[0]
        drawn: Any = made.add_stream("libx264", rate=Fraction(FPS), options=X264)
        (drawn.width, drawn.height), drawn.pix_fmt = SHAPE, "yuv420p"
        drawn.time_base = Fraction(1, FPS)
        heard = made.add_stream_from_template(sound)
        shown = -1
        for packet in given.demux([picture, sound]):
            if packet.dts is None:
                continue
            if packet.stream is sound:
                packet.stream = heard
                made.mux(packet)
                continue
            for frame in packet.decode():
                moment = int((frame.time or 0) * FPS)
                if moment > shown:
                    small = frame.reformat(*SHAPE)
                    small.pts, small.time_base, shown = moment, Fraction(1, FPS), moment
                    small.pict_type = av.video.frame.PictureType.NONE
                    made.mux(drawn.encode(small))
        made.mux(drawn.encode(None))


def main() -> None:
    """Make all of them."""
    for film in sorted(MEDIA.glob("*.mp4")):
        if not film.stem.endswith("_light"):
            shrink(film, film.with_name(f"{film.stem}_light.mp4"))


if __name__ == "__main__":
    main()
