"""Read the project's own files, once: what the house tests look at."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "yanglao"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules(folder: Path = PACKAGE) -> tuple[Path, ...]:
    """Return every Python file under ``folder``, sorted."""
    return tuple(sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts))


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """Return ``yanglao.people.rules`` of a file; a package's ``__init__`` is the package itself."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def at(path: Path, node: ast.AST | int = 0) -> str:
    """Return ``yanglao/people/rules.py:12`` for a message."""
    line = node if isinstance(node, int) else getattr(node, "lineno", 0)
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))


@cache
def known_modules() -> frozenset[str]:
    """Return the dotted names of all modules of the project."""
    return frozenset(name_of(path) for path in modules())


@cache
def imports_of(path: Path) -> tuple[tuple[str, int], ...]:
    """Return (dotted name, line) of everything a file imports, within functions too and by ``import_module``."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((name, node.lineno) for name in _named(path, node))
        elif isinstance(node, ast.Call) and _is_import_call(node):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, node.lineno


def _named(path: Path, node: ast.ImportFrom) -> Iterator[str]:
    """Yield the modules a ``from … import …`` reaches: the submodule when the name is one, else its module."""
    if node.level:
        package = name_of(path).split(".")
        if path.name != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        module = ".".join([*package, *([node.module] if node.module else [])])
    else:
        module = node.module or ""
    for alias in node.names:
        inner = f"{module}.{alias.name}"
        yield inner if inner in known_modules() else module


def _is_import_call(node: ast.Call) -> bool:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in ("import_module", "find_spec") and bool(node.args)


def functions(path: Path) -> Iterator[Function]:
    """Yield every function and method of a file."""
    yield from (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


@cache
def kept_files() -> tuple[Path, ...]:
    """Return the files that belong to the project: tracked ones, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:  # an unpacked archive has no git
        return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and not _is_made(path))
    names = sorted(set(listed.stdout.decode().split("\0")) - {""})
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


def _is_made(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] in (".git", ".venv", "instance", "node_modules") or any(
        (part.startswith(".") and part.endswith("_cache")) or part in ("__pycache__", ".hypothesis")
        for part in parts
    )


def said(lines: list[str]) -> str:
    """Return faults as a message, one line each, at most forty."""
    more = [f"… and {len(lines) - 40} more"] if len(lines) > 40 else []
    return "\n" + "\n".join([*lines[:40], *more])
