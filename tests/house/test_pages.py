"""Pages: nothing inline, nothing from elsewhere, nothing that an old phone or a 360 browser on Windows 7 cannot read."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import ROOT, at, modules, said, tree_of

TEMPLATES = tuple(sorted((ROOT / "templates").rglob("*.html")))
OWN_STATIC = tuple(
    path for path in sorted((ROOT / "static").rglob("*")) if path.is_file() and "vendor" not in path.parts
)
SCRIPTS = tuple(path for path in OWN_STATIC if path.suffix == ".js")
STYLES = tuple(path for path in OWN_STATIC if path.suffix == ".css")

# What Chromium 86 and phones of 2019 cannot read. Office pages and phone pages share parts, so all are held to both.
NEWER_CSS = {
    "a selector newer than Chromium 86": r":(has|is|where)\(",
    "a query or layer newer than Chromium 86": r"@(container|layer|property|scope|starting-style)\b",
    "inset": r"(?<![\w-])inset(-\w+)*\s*:",
    "aspect-ratio": r"(?<![\w-])aspect-ratio\s*:",
    "a unit newer than Chromium 86": r"\d(dvh|svh|lvh|dvw|cqw|cqi)\b",
    "a logical shorthand newer than Chromium 86": r"(?<![\w-])(margin|padding)-(inline|block)\s*:",
    "a colour newer than Chromium 86": r"\b(color-mix|oklch|lab|lch)\(",
    "accent-color": r"(?<![\w-])accent-color\s*:",
    "a property newer than Chromium 86": r"(?<![\w-])(translate|rotate|scale|text-wrap|scrollbar-gutter)\s*:",
    "nesting": r"(?m)^\s*&",
}
NEWER_JS = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish or logical assignment": r"\?\?|\|\|=|&&=",
    "a method newer than ES2019": r"\.(at|replaceAll|matchAll|findLast|findLastIndex|toSorted|toReversed|allSettled)\(",
    "a function newer than ES2019": r"\b(structuredClone|queueMicrotask\.any|Promise\.any|Object\.hasOwn|randomUUID|globalThis)\b",
    "import or export": r"(?m)^\s*(import|export)\b|\bimport\(",
    "a private field": r"[\s.]#[a-z]\w*\s*[=;(]",
    "BigInt or a number with _": r"\b\d[\d]*(n\b|_\d)",
    "top-level await": r"(?m)^await\b",
    "code from text": r"\beval\(|new Function\(",
}
HOST = re.compile(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE)
NAMESPACES = ("http://www.w3.org/",)


def bare_js(text: str) -> str:
    """Return a script without comments and without the inside of strings and regular expressions, lines kept."""
    pattern = r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=[(=,:!&|?;{}\n])\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/[gimsuy]*"""
    return re.sub(pattern, lambda found: "\n" * found.group().count("\n") + '""', text, flags=re.DOTALL)


def bare_css(text: str) -> str:
    """Return a style sheet without comments, lines kept."""
    return re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)


def bare_html(text: str) -> str:
    """Return a template without its comments, lines kept."""
    return re.sub(r"\{#.*?#\}", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)


def found_in(path: Path, text: str, patterns: dict[str, str]) -> list[str]:
    return [
        f"{at(path, text.count(chr(10), 0, hit.start()) + 1)} {what}: {text[hit.start() : hit.end() + 20].strip()!r}"
        for what, pattern in patterns.items()
        for hit in re.finditer(pattern, text)
    ]


@cache
def html_of(path: Path) -> str:
    return bare_html(path.read_text(encoding="utf-8"))


def test_nothing_stands_inline() -> None:
    patterns = {
        "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>",
        "an inline style sheet": r"<style\b",
        "an inline style": r"\sstyle\s*=",
        "an inline act": r"\son[a-z]+\s*=\s*[\"']",
        "a script address": r"javascript:",
    }
    faults = [line for path in TEMPLATES for line in found_in(path, html_of(path), patterns)]
    assert not faults, said(faults)


def test_nothing_is_fetched_from_another_host() -> None:
    faults = []
    for path in (*TEMPLATES, *SCRIPTS, *STYLES, *(path for path in OWN_STATIC if path.suffix == ".svg")):
        text = path.read_text(encoding="utf-8")
        faults += [
            f"{at(path, text.count(chr(10), 0, hit.start()) + 1)} {hit.group()}"
            for hit in HOST.finditer(text)
            if not hit.group().startswith(NAMESPACES[0].rstrip("/"))
            and text[hit.start() - 1 : hit.start()] != ":"
        ]
    assert not faults, said(faults)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a = b?.c", True),
        ("a = b ? .5 : 1", False),
        ("a ??= 1", True),
        ("x = rows.at(-1)", True),
        ("// rows.at(-1) is too new", False),
        ('say("a?.b")', False),
        ("crypto.randomUUID()", True),
        ("for (const row of rows) { go(row); }", False),
    ],
)
def test_the_check_of_scripts_finds_what_it_forbids(text: str, wrong: bool) -> None:
    assert bool(found_in(ROOT / "app.py", bare_js(text), NEWER_JS)) is wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (".a:has(b) { top: 0 }", True),
        (".a { inset: 0 }", True),
        (".a { box-shadow: inset 0 0 1px red }", False),
        (".a { width: 50dvh }", True),
        (".a { transform: scale(2) }", False),
        ("/* no :has( here */", False),
        (".a {\n  & b { top: 0 }\n}", True),
    ],
)
def test_the_check_of_styles_finds_what_it_forbids(text: str, wrong: bool) -> None:
    assert bool(found_in(ROOT / "app.py", bare_css(text), NEWER_CSS)) is wrong


def test_style_sheets_run_on_chromium_86() -> None:
    faults = [
        line for path in STYLES for line in found_in(path, bare_css(path.read_text("utf-8")), NEWER_CSS)
    ]
    assert not faults, said(faults)


def test_scripts_are_es2019() -> None:
    faults = [line for path in SCRIPTS for line in found_in(path, bare_js(path.read_text("utf-8")), NEWER_JS)]
    assert not faults, said(faults)


def test_no_script_writes_html_from_text() -> None:
    patterns = {"innerHTML": r"\.(innerHTML|outerHTML)\s*=(?!=)|insertAdjacentHTML|document\.write"}
    faults = [line for path in SCRIPTS for line in found_in(path, bare_js(path.read_text("utf-8")), patterns)]
    assert not faults, said(faults)


def test_every_static_file_a_template_asks_for_is_there() -> None:
    faults = []
    for path in TEMPLATES:
        for hit in re.finditer(r"""asset\(\s*["']([^"'~]+)["']\s*\)""", html_of(path)):
            if not (ROOT / "static" / hit.group(1)).is_file():
                faults.append(f"{at(path)} {hit.group(1)}")
        for hit in re.finditer(r"""(?:src|href)\s*=\s*["'](/static/[^"'{]*)""", html_of(path)):
            faults.append(f"{at(path)} {hit.group(1)} without asset(), so that a browser keeps an old one")
    assert not faults, said(faults)


def test_every_style_sheet_and_script_is_asked_for() -> None:
    said_anywhere = "\n".join(html_of(path) for path in TEMPLATES)
    said_anywhere += "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    faults = [
        at(path)
        for path in (*SCRIPTS, *STYLES)
        if path.relative_to(ROOT / "static").as_posix() not in said_anywhere
    ]
    assert not faults, said(faults)


def test_every_template_is_used_and_every_template_asked_for_is_there() -> None:
    asked = set()
    for path in TEMPLATES:
        asked |= set(
            re.findall(r"""(?:extends|include|import|from)\s*["']([\w/.]+\.html)["']""", html_of(path))
        )
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.endswith(".html")
            ):
                asked.add(node.value)
    there = {path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES}
    made = [
        name for name in there if re.fullmatch(r"public/privacy_v\d+\.html", name)
    ]  # one for each version agreed to
    faults = [f"templates/{name} is not used" for name in sorted(there - asked - set(made))]
    faults += [
        f"templates/{name} is asked for"
        for name in sorted(asked - there - {"public/error.html"})
        if "/" in name
    ]
    assert not faults, said(faults)


def test_every_page_stands_in_a_frame_of_the_house() -> None:
    """``shell.html`` sets the language, the engine of a 360 browser, and the way out of IE mode."""
    shell = html_of(ROOT / "templates" / "shared" / "shell.html")
    assert (
        '<html lang="zh-CN"' in shell
        and '<meta name="renderer" content="webkit">' in shell
        and "csrf-token" in shell
    )
    faults = [
        at(path)
        for path in TEMPLATES
        if "<html" in html_of(path) and path.name not in ("shell.html", "ie.html")
    ]
    assert not faults, said(faults)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a picture without words", r"<img(?![^>]*\balt=)[^>]*>"),
        ("a form that sends without its token", r"<form(?=[^>]*method=[\"']post)(?:(?!</form>).)*?</form>"),
        ("a link that says nothing of where", r"<a(?=[^>]*target=[\"']_blank)(?![^>]*rel=)[^>]*>"),
    ],
)
def test_templates_have_no_fault_of_the_kind(what: str, pattern: str) -> None:
    faults = []
    for path in TEMPLATES:
        for hit in re.finditer(pattern, html_of(path), re.DOTALL):
            if "form" in what and ("csrf" in hit.group() or "data-api" in hit.group()):
                continue
            faults.append(
                f"{at(path, html_of(path).count(chr(10), 0, hit.start()) + 1)} {what}: {hit.group()[:80]!r}"
            )
    assert not faults, said(faults)
