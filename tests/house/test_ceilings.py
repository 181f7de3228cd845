"""The ceilings of style: the tails are what separates code that can be read from code that cannot."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import PACKAGE, ROOT, Function, at, functions, modules, said

FILE, FUNCTION, TEST_FUNCTION, PARAMETERS, POSITIONAL, FOLDERS = 400, 60, 40, 8, 4, 2
NO_NAMES = frozenset(
    {"manager", "handler", "helper", "helpers", "util", "utils", "process", "data", "misc", "common"}
)


def python_files() -> Iterator[Path]:
    for folder in ("yanglao", "tests", "migrations", "tools"):
        yield from modules(ROOT / folder) if (ROOT / folder).is_dir() else ()
    yield ROOT / "app.py"


def lines_of(function: Function) -> int:
    """Return the lines from ``def`` to the end, without the docstring: saying what is meant costs nothing."""
    first = function.body[0]
    documented = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    doc = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - doc


def positional(function: Function) -> list[str]:
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    faults = [
        f"{at(path)} has {count} lines, {FILE} are allowed"
        for path in python_files()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > FILE
    ]
    faults += [
        f"{at(path)} has {count} lines, {FILE} are allowed"
        for folder in ("templates", "static", "yanglao/simulator")
        for ending in ("*.html", "*.css", "*.js")
        for path in (ROOT / folder).rglob(ending)
        if "vendor" not in path.parts and (count := len(path.read_text(encoding="utf-8").splitlines())) > FILE
    ]
    assert not faults, said(faults)


def test_no_function_is_longer_than_a_screen() -> None:
    faults = []
    for path in python_files():
        in_tests = path.is_relative_to(ROOT / "tests")
        for function in functions(path):
            most = TEST_FUNCTION if in_tests and function.name.startswith("test_") else FUNCTION
            if path.is_relative_to(ROOT / "migrations"):
                continue  # columns one after the other; cutting a table up would say nothing
            if lines_of(function) > most:
                faults.append(
                    f"{at(path, function)} {function.name} has {lines_of(function)} lines, {most} are allowed"
                )
    assert not faults, said(faults)


def test_no_function_takes_more_than_a_reader_can_order() -> None:
    faults = []
    for path in python_files():
        if path.is_relative_to(ROOT / "migrations"):
            continue
        for function in functions(path):
            count = len(positional(function)) + len(function.args.kwonlyargs)
            if count > PARAMETERS:
                faults.append(
                    f"{at(path, function)} {function.name} has {count} parameters, {PARAMETERS} are allowed"
                )
            # A fixture or a test asks for what it needs by name; nobody calls it by position.
            if len(positional(function)) > POSITIONAL and not path.is_relative_to(ROOT / "tests"):
                faults.append(
                    f"{at(path, function)} {function.name} has {len(positional(function))} by position"
                )
    assert not faults, said(faults)


def test_no_file_hides_deeper_than_two_folders() -> None:
    faults = [at(path) for path in modules() if len(path.relative_to(PACKAGE).parts) - 1 > FOLDERS]
    assert not faults, said(faults)


def test_no_file_bears_a_name_that_says_nothing() -> None:
    faults = [at(path) for path in modules() if NO_NAMES & set(path.stem.split("_"))]
    assert not faults, said(faults)


def test_no_class_or_function_bears_a_name_that_says_nothing() -> None:
    words = ("Manager", "Handler", "Helper", "Util")
    faults = []
    for path in modules():
        from_parts = path.read_text(encoding="utf-8")
        if not any(word in from_parts or word.lower() in from_parts for word in words):
            continue
        for node in ast.walk(ast.parse(from_parts)):
            if isinstance(node, ast.ClassDef) and node.name.endswith(words):
                faults.append(f"{at(path, node)} {node.name}")
            if isinstance(node, Function) and NO_NAMES & (set(node.name.split("_")) - {"data", "process"}):
                faults.append(f"{at(path, node)} {node.name}")
    assert not faults, said(faults)
