"""Make the demo city's lessons to hear and read: a talk with captions, a text with a picture and voices, a PDF of two pages.

Run by hand when the script changes, never by make::

    apt install espeak-ng fonts-noto-cjk
    .venv/bin/python tools/make_demo_lessons.py

Writes yanglao/demo/material/: what the background makes of an upload (sound as AAC, pages as pictures), so that loading the demo city
opens no media, and index.json that says what belongs to what. The seconds of pages are not in it: they come from the policy.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import wave
from array import array
from pathlib import Path
from typing import Any

import typst
from demo_lesson_scripts import LAW, LAW_TITLE, PAGES_TITLE, PAGES_TYP, TALK, TALK_TITLE
from lesson_canvas import INK, PINE, PINE_TINT, SCALE, WOOD, Canvas, head, limb
from lesson_pictures import CARER, SHIRT
from make_lessons import BETWEEN_S, RATE, Spoken, captions, chime, speak

from yanglao.courses.material_rules import read_text
from yanglao.outside import media_making

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "yanglao/demo/material"
FONTS = ROOT / "yanglao/outside/fonts"
CLEAR, LIGHT, VOICE = (22_050, 26_000), (16_000, 14_000), (16_000, 14_000)
Made = dict[str, Any]


def talk() -> Made:
    """Speak the talk sentence by sentence; keep it clear and light, with a caption for each sentence."""
    samples, sentences = spoken(TALK)
    sound("talk.m4a", samples, CLEAR)
    sound("talk_light.m4a", samples, LIGHT)
    captions([Spoken(samples, sentences)], TARGET / "talk.vtt")
    files = [
        file("clear", "talk.m4a", "audio/mp4"),
        file("light", "talk_light.m4a", "audio/mp4"),
        file("captions", "talk.vtt", "text/vtt"),
    ]
    return {"kind": "audio", "title": TALK_TITLE, "duration_s": len(samples) // RATE, "files": files}


def spoken(sentences: tuple[str, ...]) -> tuple[array[int], tuple[tuple[float, float, str], ...]]:
    """Return 16-bit samples and when each sentence begins and ends (seconds)."""
    samples, told = chime(), []
    for sentence in sentences:
        start = len(samples) / RATE
        samples.extend(speak(sentence))
        told.append((start, len(samples) / RATE, sentence))
        samples.extend(array("h", bytes(2 * int(RATE * BETWEEN_S * 2))))
    return samples, tuple(told)


def sound(name: str, samples: array[int], form: tuple[int, int]) -> None:
    """Write samples as AAC of one channel at (rate, bits a second)."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as raw:
        with wave.open(raw.name, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(samples.tobytes())
        media_making._recode(Path(raw.name), TARGET / name, rate=form[0], bit_rate=form[1])


def text() -> Made:
    """Draw the picture of the text and let a voice read each page."""
    asking().save(TARGET / "law.jpg", quality=78, optimize=True)
    voices = []
    for number, page in enumerate(read_text(LAW, pictures=1), start=1):
        said = [block.text for block in page.blocks if block.kind != "picture"]
        samples, _ = spoken(tuple(part + "。" for one in said for part in one.split("。") if part.strip()))
        sound(f"law_{number}.m4a", samples, VOICE)
        voices.append({"page": number, "name": f"law_{number}.m4a", "duration_s": len(samples) // RATE})
    picture = file("picture", "law.jpg", "image/jpeg", position=1)
    return {"kind": "text", "title": LAW_TITLE, "text": LAW, "files": [picture], "voices": voices}


def asking() -> Any:
    """Draw a carer who sits with an old person and asks first."""
    c = Canvas(320, 220, PINE_TINT)
    for x, elder, look, cloth in ((78, True, 1.0, SHIRT), (244, False, -1.0, CARER)):
        c.box(x - 46, 176, 92, 12, fill=WOOD, r=5)
        c.box(x - 36, 122, 72, 62, fill=cloth, r=24)
        head(c, x, 92, r=30, elder=elder, look=look)
    limb(c, [(220, 146), (176, 160), (134, 158)], cloth=CARER, width=15)
    c.box(92, 8, 212, 40, fill="#FFFFFF", r=16, edge=PINE)
    c.shape([(226, 46), (246, 46), (240, 60)], fill=PINE)
    c.words(198, 28, "我帮您翻个身，好吗？", size=19, fill=INK, anchor="mm")
    return c.image.convert("RGB").resize((320 * SCALE, 220 * SCALE))


def pages() -> Made:
    """Set the two pages as PDF and draw them the way an upload is drawn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "pages.typ"
        source.write_text(PAGES_TYP, encoding="utf-8")
        typst.compile(
            str(source), output=str(folder / "pages.pdf"), font_paths=[str(FONTS)], ignore_system_fonts=True
        )
        made = media_making.pages(folder / "pages.pdf", folder, most=9, report=lambda done, total: None)[
            "pages"
        ]
        files = []
        for number, one in enumerate(made, start=1):
            for role in ("clear", "light"):
                kept = f"record_{number}_{role}.jpg"
                shutil.copyfile(folder / one[role]["name"], TARGET / kept)
                size = (one[role]["width"], one[role]["height"])
                files.append(file(role, kept, "image/jpeg", position=number, size=size))
    return {"kind": "pdf", "title": PAGES_TITLE, "pages": [one["text"] for one in made], "files": files}


def file(role: str, name: str, media_type: str, *, position: int = 0, size: tuple[int, int] = (0, 0)) -> Made:
    """Return what the index says about one file."""
    return {
        "role": role,
        "position": position,
        "name": name,
        "media_type": media_type,
        "width": size[0],
        "height": size[1],
    }


def make() -> None:
    """Make all three and the index."""
    TARGET.mkdir(exist_ok=True)
    index = {"talk": talk(), "law": text(), "record": pages()}
    told = json.dumps(index, ensure_ascii=False, indent=1) + "\n"
    (TARGET / "index.json").write_text(told, encoding="utf-8")
    print(sum(path.stat().st_size for path in TARGET.iterdir()), "bytes")


if __name__ == "__main__":
    make()
