"""Read whose photo a file is from its name, 姓名+身份证号 in either order. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

IMAGES = frozenset({"jpg", "jpeg", "png", "webp"})
LITTER = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
NUMBER = re.compile(r"(?<![0-9])\d{17}[0-9Xx](?![0-9Xx])")
BETWEEN = " \t_+-—–.,，、()（）[]【】"


@dataclass(frozen=True)
class Named:
    """What a name says: ``name`` and ``number`` of a person; ``fault`` a code when it does not say both."""

    name: str
    number: str
    fault: str | None = None


def is_litter(path: str) -> bool:
    """Tell whether a system put this file beside the photos."""
    parts = path.replace("\\", "/").lower().split("/")
    return "__macosx" in parts or parts[-1] in LITTER or parts[-1].startswith("._")


def read(path: str) -> Named:
    """Return whose photo ``path`` says it is; folders play no part."""
    last = unicodedata.normalize("NFKC", path.replace("\\", "/").rpartition("/")[2])
    stem, _, kind = last.rpartition(".")
    if kind.lower() not in IMAGES:
        return Named("", "", "photo_zip.kind")
    found = NUMBER.findall(stem)
    name = same_name(NUMBER.sub(" ", stem).strip(BETWEEN))
    if len(found) != 1:
        return Named(name, "", "photo_zip.no_number")
    return Named(name, found[0].upper(), None if name else "photo_zip.no_name")


def same_name(name: str) -> str:
    """Return a name as it is compared: no spaces, one kind of dot between its parts."""
    return re.sub(r"[·•・‧.\u2022]", "·", re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)))


def shown(path: str) -> str:
    """Return a file's name for people, long runs of digits hidden but for the first and last of them."""
    last = path.replace("\\", "/").rpartition("/")[2]
    return re.sub(
        r"\d{7,}[Xx]?",
        lambda run: run[0][:4] + "*" * (len(run[0]) - 6) + run[0][-2:],
        unicodedata.normalize("NFKC", last),
    )[:80]
