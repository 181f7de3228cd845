"""Make the three bundled lessons: draw the slides, speak the text, join both with ffmpeg, write captions, posters and the index.

Run by hand when a script changes, never by make::

    apt install ffmpeg espeak-ng fonts-noto-cjk
    .venv/bin/python tools/make_lessons.py            # all lessons
    .venv/bin/python tools/make_lessons.py --frames /tmp/frames   # one PNG per scene, to look at

Writes yanglao/courses/media/<key>.{mp4,vtt,jpg} and yanglao/courses/data/lessons.toml. The voice is espeak-ng's Mandarin in its pinyin
flavour: the plain one reads pinyin as English. A published lesson never changes; a new film needs a new version of its programmes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import tempfile
import wave
from array import array
from dataclasses import dataclass
from math import exp, pi, sin
from pathlib import Path

import lesson_pictures
import lesson_pictures_falls
from lesson_canvas import INK, LINE, PINE, PINE_TINT, SCALE, WHITE, Canvas
from lesson_scripts import LESSONS, SOUND, Lesson, Scene
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
MEDIA = ROOT / "yanglao/courses/media"
INDEX = ROOT / "yanglao/courses/data/lessons.toml"
FPS = 10
PHASE_FRAMES = 15
RATE = 22050
BEFORE_S, BETWEEN_S, AFTER_S = 0.6, 0.35, 0.7
WORDS_PER_MINUTE = 165


@dataclass(frozen=True)
class Spoken:
    """A scene as sound: samples, and when each sentence begins and ends within the scene (seconds)."""

    samples: array[int]
    sentences: tuple[tuple[float, float, str], ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def speak(sentence: str) -> array[int]:
    """Return 16-bit mono samples of one sentence."""
    text = sentence
    for word, sound in SOUND.items():
        text = text.replace(word, f" {sound} ")
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        call = [
            "espeak-ng",
            "-v",
            "cmn-latn-pinyin+f2",
            "-s",
            str(WORDS_PER_MINUTE),
            "-p",
            "42",
            "-g",
            "1",
            "-w",
            file.name,
            text,
        ]
        subprocess.run(call, check=True)
        with wave.open(file.name) as sound:
            assert sound.getframerate() == RATE
            samples = array("h", sound.readframes(sound.getnframes()))
    return _trimmed(samples)


def _trimmed(samples: array[int]) -> array[int]:
    loud = [n for n in range(0, len(samples), 64) if abs(samples[n]) > 250]
    return samples[loud[0] : loud[-1] + 1200] if loud else samples


def chime() -> array[int]:
    """Return two soft rising notes that announce a scene."""
    notes = array("h", bytes(2 * int(RATE * BEFORE_S)))
    for start, tone in ((0.0, 523.25), (0.16, 659.26)):
        for n in range(int(RATE * 0.5)):
            at = n + int(start * RATE)
            if at < len(notes):
                notes[at] += int(2600 * exp(-7 * n / RATE) * sin(2 * pi * tone * n / RATE))
    return notes


def speak_scene(scene: Scene) -> Spoken:
    """Speak a scene sentence by sentence; its length is a whole number of frames."""
    samples, sentences = chime(), []
    for sentence in [part + "。" for part in scene.say.split("。") if part]:
        start = len(samples) / RATE
        samples.extend(speak(sentence))
        sentences.append((start, len(samples) / RATE, sentence))
        samples.extend(array("h", bytes(2 * int(RATE * BETWEEN_S))))
    samples.extend(array("h", bytes(2 * int(RATE * AFTER_S))))
    frame = RATE // FPS
    samples.extend(array("h", bytes(2 * (-len(samples) % frame))))
    return Spoken(samples, tuple(sentences))


def slide(lesson: Lesson, number: int, *, shown: int, phase: int) -> Image.Image:
    """Draw scene ``number`` with its first ``shown`` lines."""
    scene = lesson.scenes[number]
    c = Canvas(640, 360)
    c.box(0, 0, 640, 50, fill=PINE)
    c.words(20, 25, lesson.title, size=24, bold=True, fill=WHITE, anchor="lm")
    steps = sum(1 for one in lesson.scenes if one.step)
    if scene.step:
        c.box(486, 9, 138, 32, fill=PINE_TINT, r=16)
        c.words(555, 25, f"第 {scene.step} 步，共 {steps} 步", size=17, bold=True, fill=PINE, anchor="mm")
    c.box(14, 64, 310, 254, fill=WHITE, r=12)
    drawing = Canvas(lesson_pictures.WIDTH, lesson_pictures.HEIGHT, (255, 255, 255, 0))
    _picture(scene.picture)(drawing, phase)
    c.image.alpha_composite(drawing.image, (16 * SCALE, 66 * SCALE))
    c.frame(14, 64, 310, 254, edge=LINE, r=12)
    c.words(344, 72, scene.headline, size=40, bold=True, fill=PINE)
    for n, line in enumerate(scene.lines[:shown]):
        y = 156 + n * 54
        c.disc(354, y, 7, fill=PINE)
        c.words(376, y, line, size=34, fill=INK, anchor="lm")
    _progress(c, number, len(lesson.scenes))
    return c.finished()


def _picture(name: str) -> lesson_pictures.Picture:
    here = lesson_pictures if hasattr(lesson_pictures, name) else lesson_pictures_falls
    found: lesson_pictures.Picture = getattr(here, name)
    return found


def _progress(c: Canvas, number: int, count: int) -> None:
    width = 612 / count
    for n in range(count):
        c.box(14 + n * width, 336, width - 6, 8, fill=PINE if n <= number else LINE, r=4)


def frames(lesson: Lesson, spoken: list[Spoken]) -> list[bytes]:
    """Return every frame as raw RGB; slides that repeat are drawn once."""
    drawn: dict[tuple[int, int, int], bytes] = {}
    film: list[bytes] = []
    for number, (scene, sound) in enumerate(zip(lesson.scenes, spoken, strict=True)):
        count = round(sound.seconds * FPS)
        step = max(1, int(count * 0.7 / len(scene.lines)))
        for n in range(count):
            look = (number, min(len(scene.lines), 1 + n // step), n // PHASE_FRAMES % 2)
            if look not in drawn:
                drawn[look] = slide(lesson, number, shown=look[1], phase=look[2]).tobytes()
            film.append(drawn[look])
    return film


def film(lesson: Lesson, spoken: list[Spoken], target: Path) -> None:
    """Join slides and voice: H.264 main, a key frame at least every five seconds, AAC mono, index in front."""
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "voice.wav"
        with wave.open(str(sound), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(b"".join(one.samples.tobytes() for one in spoken))
        call = (
            f"ffmpeg -v error -y -f rawvideo -pix_fmt rgb24 -s 640x360 -r {FPS} -i - -i {sound}"
            " -c:v libx264 -profile:v main -pix_fmt yuv420p -preset veryslow -tune animation -crf 43"
            f" -g {5 * FPS} -keyint_min {FPS} -sc_threshold 0 -bf 3"
            " -af loudnorm=I=-19:TP=-3.5 -c:a aac -ar 16000 -ac 1 -b:a 13k"
            f" -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -movflags +faststart {target}"
        )
        subprocess.run(call.split(), input=b"".join(frames(lesson, spoken)), check=True)


def captions(spoken: list[Spoken], target: Path) -> None:
    """Write one WebVTT cue per sentence."""
    cues, began = ["WEBVTT", ""], 0.0
    for one in spoken:
        for start, end, text in one.sentences:
            cues += [f"{_stamp(began + start)} --> {_stamp(began + end + 0.3)}", text, ""]
        began += one.seconds
    target.write_text("\n".join(cues), encoding="utf-8")


def _stamp(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"00:{int(minutes):02d}:{rest:06.3f}"


def poster(lesson: Lesson, target: Path) -> None:
    """Write the first slide as a small JPEG."""
    slide(lesson, 0, shown=3, phase=0).resize((480, 270), Image.Resampling.LANCZOS).save(
        target, quality=66, optimize=True, progressive=True
    )


def entry(lesson: Lesson) -> str:
    """Return the index entry of a finished film; its seconds are rounded down."""
    path = MEDIA / f"{lesson.key}.mp4"
    asked = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json", str(path)]
    seconds = float(
        json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)["format"]["duration"]
    )
    return (
        f'[lessons.{lesson.key}]\ntitle = "{lesson.title}"\nduration_s = {int(seconds)}\nmedia = "{path.name}"\n'
        f'digest = "sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"\nbytes = {path.stat().st_size}\n'
        f'poster = "{lesson.key}.jpg"\ncaptions = "{lesson.key}.vtt"\n'
    )


def make() -> None:
    """Make every lesson and the index."""
    MEDIA.mkdir(exist_ok=True)
    for lesson in LESSONS:
        spoken = [speak_scene(scene) for scene in lesson.scenes]
        film(lesson, spoken, MEDIA / f"{lesson.key}.mp4")
        captions(spoken, MEDIA / f"{lesson.key}.vtt")
        poster(lesson, MEDIA / f"{lesson.key}.jpg")
        print(
            lesson.key,
            round(sum(one.seconds for one in spoken), 1),
            "s",
            (MEDIA / f"{lesson.key}.mp4").stat().st_size,
        )
    head = "# Written by tools/make_lessons.py; do not edit.\n\n"
    INDEX.write_text(head + "\n".join(entry(lesson) for lesson in LESSONS), encoding="utf-8")


def save_frames(folder: Path) -> None:
    """Write one PNG per scene."""
    folder.mkdir(parents=True, exist_ok=True)
    for lesson in LESSONS:
        for number in range(len(lesson.scenes)):
            slide(lesson, number, shown=3, phase=0).save(folder / f"{lesson.key}_{number:02d}.png")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--frames", type=Path, help="only write one PNG per scene into this folder")
    chosen = options.parse_args()
    save_frames(chosen.frames) if chosen.frames else make()
