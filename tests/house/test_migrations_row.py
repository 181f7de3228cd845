"""Migrations: one row from the empty database to today, numbered by hand, each with its way back."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.tree import ROOT, at, said, tree_of

VERSIONS = tuple(sorted((ROOT / "migrations" / "versions").glob("*.py")))
LEDGER = ("evidence_entry", "evidence_checkpoint", "evidence_leaf")


def value_of(path: Path, name: str) -> object:
    for node in tree_of(path).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == name:
            return ast.literal_eval(node.value)  # type: ignore[attr-defined]
    return None


def test_migrations_are_numbered_in_order_from_one() -> None:
    numbers = [int(path.name[:4]) for path in VERSIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    faults = [at(path) for path in VERSIONS if not re.fullmatch(r"\d{4}_[a-z_]+\.py", path.name)]
    assert not faults, said(faults)


def test_each_migration_follows_the_one_before_and_there_is_one_head() -> None:
    faults, before = [], None
    for path in VERSIONS:
        if (value_of(path, "revision"), value_of(path, "down_revision")) != (path.name[:4], before):
            faults.append(f"{at(path)} follows {value_of(path, 'down_revision')}, {before} is wanted")
        before = path.name[:4]
    assert not faults, said(faults)


def test_each_migration_goes_both_ways() -> None:
    faults = []
    for path in VERSIONS:
        for name in ("upgrade", "downgrade"):
            found = [
                node for node in tree_of(path).body if isinstance(node, ast.FunctionDef) and node.name == name
            ]
            if not found or all(
                isinstance(line, (ast.Expr, ast.Pass)) and _says_nothing(line) for line in found[0].body
            ):
                faults.append(f"{at(path)} has no {name}")
    assert not faults, said(faults)


def _says_nothing(line: ast.stmt) -> bool:
    return isinstance(line, ast.Pass) or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))


def test_the_ledger_is_never_recreated_in_a_batch() -> None:
    """SQLite's batch mode makes a table anew and drops its triggers; the ledger would no longer be append-only."""
    faults = []
    for path in VERSIONS:
        for node in ast.walk(tree_of(path)):
            batch = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("batch_alter_table")
            if batch and any(table in ast.unparse(node) for table in LEDGER):
                faults.append(at(path, node))
    assert not faults, said(faults)


def test_migrations_import_no_model() -> None:
    """A model moves on; a migration is what was true on its day."""
    faults = []
    for path in VERSIONS:
        for node in ast.walk(tree_of(path)):
            if (
                isinstance(node, ast.ImportFrom)
                and (node.module or "").startswith("yanglao")
                and "models" in node.module
            ):  # type: ignore[operator]
                faults.append(at(path, node))
    assert not faults, said(faults)
