"""Bring what people type into one spelling, so that a right answer is not wrong for its width, spaces or numerals. Pure."""

import re
import unicodedata

_DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_DIGITS |= {"七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_RUN = re.compile("[" + "".join((*_DIGITS, *_UNITS, "万")) + "]+")
_PERCENT = re.compile("百分之(" + _RUN.pattern + "|[0-9.]+)")
_EDGES = " .,;:!?。，、；：！？·\"'“”‘’"
_KEPT = frozenset("%+-<>=/")


def plain(text: str, *, numerals: bool = False) -> str:
    """Return an answer without what does not matter: width, case, spaces, marks at its ends.

    With ``numerals`` Chinese numerals become Arabic ones: 三十 and 30, 百分之五 and 5% are then the same.
    """
    found = re.sub(r"\s+", "", _folded(text)).strip(_EDGES)
    if not numerals:
        return found
    return _RUN.sub(_arabic, _PERCENT.sub(r"\1%", found))


def bare(text: str) -> str:
    """Return a text without spaces and punctuation, to find the same question typed twice.

    Marks that change a meaning stay: a decimal point between digits, signs, per cent. A blank counts as one mark.
    """
    found = _folded(text)
    found = re.sub(r"_+|\(\s*\)", "\x00", found)
    found = re.sub(r"(?<=\d)\.(?=\d)", "\x01", found)
    kept = [
        one for one in found if one in "\x00\x01" or one in _KEPT or unicodedata.category(one)[0] in "LNSM"
    ]
    return "".join(kept).replace("\x00", "_").replace("\x01", ".")


def _folded(text: str) -> str:
    """Bring width and case into one form, and drop what cannot be seen: zero-width marks come along with pasted text."""
    seen = "".join(one for one in text if unicodedata.category(one) not in ("Cf", "Cc") or one.isspace())
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())


def _arabic(match: re.Match[str]) -> str:
    return str(_number(match.group()))


def _number(run: str) -> int | str:
    if not set(run) & (set(_UNITS) | {"万"}):
        return "".join(str(_DIGITS[one]) for one in run)
    total = section = digit = 0
    for one in run:
        if one in _DIGITS:
            digit = _DIGITS[one]
        elif one == "万":
            total, section, digit = (total + section + digit) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _UNITS[one], 0
    return total + section + digit
