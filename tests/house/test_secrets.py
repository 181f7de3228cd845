"""What must never stand in a file of the project, nor in a log line."""

from __future__ import annotations

import ast
import re

from tests.house.tree import ROOT, at, kept_files, modules, said, tree_of

TEXTS = frozenset(
    {
        ".py",
        ".md",
        ".toml",
        ".txt",
        ".html",
        ".css",
        ".js",
        ".csv",
        ".yml",
        ".yaml",
        ".sh",
        ".conf",
        ".service",
        ".svg",
        "",
    }
)
# How the work was done and on which machine is nobody's business but the makers'; written apart, so that this file may stand.
FORBIDDEN = {
    "who or what wrote it": r"\b(chat"
    r"gpt|open"
    r"ai|anthr"
    r"opic|clau"
    r"de|copi"
    r"lot|language mo"
    r"del|as an a"
    r"i)\b",
    "a folder of one machine": r"(?<![\w.])/(work/(main|shared)|tmp/yl|root/|home/[a-z]+/)",
    "a package registry of one network": r"\b(pypi|npm|apt|proxy|mirror)[\w.-]*\.(internal|local|lan|corp)\b|artifact"
    r"ory|--index"
    r"-url",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
}
NEVER_LOGGED = frozenset(
    {
        "id_number",
        "number",
        "token",
        "password",
        "phone",
        "openid",
        "secret",
        "key",
        "photo",
        "location",
        "session_key",
    }
)
LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


def test_no_file_tells_how_or_where_it_was_made() -> None:
    faults = []
    for path in kept_files():
        if path.suffix not in TEXTS or "vendor" in path.parts or path.stat().st_size > 2_000_000:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for what, pattern in FORBIDDEN.items():
            for hit in re.finditer(pattern, text, re.IGNORECASE):
                faults.append(f"{at(path, text.count(chr(10), 0, hit.start()) + 1)} {what}: {hit.group()!r}")
    assert not faults, said(faults)


def test_no_log_line_holds_what_a_person_can_be_known_by() -> None:
    faults = []
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call) or not _is_log(node.func):
                continue
            named = {word.arg for word in node.keywords if word.arg}
            values = [*node.args[1:], *(word.value for word in node.keywords), *_inside_texts(node)]
            named |= {part.split("(")[0].split(".")[-1] for value in values for part in [ast.unparse(value)]}
            if named & NEVER_LOGGED:
                faults.append(f"{at(path, node)} {sorted(named & NEVER_LOGGED)}")
    assert not faults, said(faults)


def _is_log(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in LOGS
        and ast.unparse(called.value) in ("log", "logger", "logging")
    )


def _inside_texts(node: ast.Call) -> list[ast.expr]:
    return [
        part.value
        for argument in node.args
        for text in ast.walk(argument)
        if isinstance(text, ast.JoinedStr)
        for part in text.values
        if isinstance(part, ast.FormattedValue)
    ]


def test_a_log_event_is_a_fixed_name() -> None:
    """Facts go into fields, where they can be left out; a sentence put together cannot be searched."""
    faults = [
        at(path, node)
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and _is_log(node.func)
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    ]
    assert not faults, said(faults)


def test_the_licence_and_the_changelog_are_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "## " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
