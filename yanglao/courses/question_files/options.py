"""Find the options of a question: one a line, several on a line, or behind the stem. Pure."""

from __future__ import annotations

import re

from yanglao.courses.question_files.folding import folded

_FIRST = re.compile(
    r"^\s*(?P<open>[\[(])?\s*(?P<letter>[A-Za-z])\s*(?(open)[\])]\s*[.、:,]?|(?:[.、:)。,]|\)、|-{1,2}(?=[\u4e00-\u9fff])))\s*"
)
_FIRST_BARE = re.compile(r"^\s*(?P<letter>[A-Z])(?:\s+(?=\S)|(?=[\u4e00-\u9fff√×]))")
# Within a line: after white space any mark; without it only a mark that hardly stands in running text.
_WITHIN = r"(?:(?<=[\s;。；,])|^)[\[(]?\s*{0}\s*(?:[\])]\s*[.、:]?|[.、:])\s*|(?<![A-Za-z0-9、和与及或(]){0}\s*[.)]\s*|(?<=\s\s){0}\s+(?=\S)|(?<=[\s)\]]){0}(?=[\u4e00-\u9fff])|\({0}\)"

_WITHIN_LOWER = r"(?<=\s)(?:[\[(]\s*{0}\s*[\])]\s*[.、:]?|{0}\s*[.、:)])\s*"

_TIGHT = re.compile(r"(?<![A-Za-z0-9(])[A-H](?=\s*[\u4e00-\u9fff])")


def first_letter(line: str, *, bare: str = "") -> tuple[str, int] | None:
    """Return (letter, where its text begins) when a folded line begins with an option.

    ``bare``: a letter without any mark behind it counts when it is this one.
    """
    found = _FIRST.match(line)
    if found:
        return found["letter"].upper(), found.end()
    found = _FIRST_BARE.match(line)
    if found and bare and found["letter"] == bare:
        return found["letter"], found.end()
    return None


def split(lines: list[str]) -> tuple[str, list[tuple[str, str]]]:
    """Cut lines at their option marks; return the text before the first option and (letter, text) of each.

    A letter within a line counts only where it is the next one, and comes before the letter of the next line.
    """
    text: list[str] = []
    options: list[tuple[str, str]] = []
    expected = "A"
    starts = [_start(line, expected_any=True) for line in lines]
    for index, line in enumerate(lines):
        limit = next((one for one in starts[index + 1 :] if one), "")
        own = starts[index]
        again = bool(options) and own == options[-1][0] and first_letter(folded(line)) is not None
        if own and (again or not (options and own != expected and own <= options[-1][0] and own != "A")):
            begin = first_letter(folded(line), bare=own)
            assert begin is not None
            options.append((own, ""))
            rest, expected = line[begin[1] :], _next(own)
        else:
            rest = line
        before, found = _within(rest, expected, limit)
        if options:
            letter, held = options[-1]
            options[-1] = (letter, (held + "\n" + before).strip() if held else before.strip())
        else:
            text.append(before)
        for letter, said in found:
            options.append((letter, said))
            expected = _next(letter)
    options = [(letter, re.sub(r"[;；]$", "", said).rstrip()) for letter, said in options]
    if len(options) < 2:
        joined = "\n".join(lines)
        if len(close := tight(joined)[1]) > 1:
            return tight(joined)[0], close
    return "\n".join(text), options


def tight(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Cut a text at letters without any mark behind them: …（ ）A喝热水B安静C运动; each letter stands once, three at least."""
    low = folded(text)
    cuts = [hit for hit in _TIGHT.finditer(low)]
    names = [hit.group() for hit in cuts]
    if len(names) < 3 or names != [chr(65 + at) for at in range(len(names))]:
        return text, []
    ends = [hit.start() for hit in cuts[1:]] + [len(text)]
    found = [
        (hit.group(), text[hit.end() : end].strip(" \t\n;；")) for hit, end in zip(cuts, ends, strict=True)
    ]
    return (text[: cuts[0].start()].rstrip(), found) if all(said for _, said in found) else (text, [])


def _start(line: str, *, expected_any: bool) -> str:
    low = folded(line)
    found = first_letter(low)
    if found is None:
        bare = _FIRST_BARE.match(low)
        return bare["letter"] if bare and expected_any and bare["letter"] in "ABCDEFGH" else ""
    return found[0]


def _within(text: str, expected: str, limit: str) -> tuple[str, list[tuple[str, str]]]:
    """Cut one line at the letters from ``expected`` on, up to but without ``limit`` (empty: no limit)."""
    low, at = folded(text), 0
    cuts: list[tuple[str, int, int]] = []
    while expected <= "Z" and not (limit and expected >= limit and limit != "A"):
        hit = re.compile(_WITHIN.format(expected)).search(low, at)
        if hit is None and expected != "A":
            hit = re.compile(_WITHIN_LOWER.format(expected.lower())).search(low, at)
        if hit is None:
            break
        cuts.append((expected, hit.start(), hit.end()))
        at, expected = hit.end(), _next(expected)
    if not cuts or (cuts[0][0] == "A" and len(cuts) < 2 and limit != "B"):
        return text, []
    ends = [start for _, start, _ in cuts[1:]] + [len(text)]
    found = [
        (letter, text[end:stop].strip(" \t;；|｜")) for (letter, _, end), stop in zip(cuts, ends, strict=True)
    ]
    return text[: cuts[0][1]].rstrip("|｜"), found


def _next(letter: str) -> str:
    return chr(ord(letter) + 1)


def letter_after(options: list[str]) -> str:
    """Return the letter after the last one that was seen."""
    text = folded("\n".join(options))
    found = re.findall(r"(?:^|[\s;])[\[(]?\s*([A-Za-z])\s*[\])]?\s*(?:[.、:)]|\s|(?=[\u4e00-\u9fff]))", text)
    last = "@"
    for one in found:
        if one.upper() == chr(ord(last) + 1):
            last = one.upper()
    return chr(ord(last) + 1)
