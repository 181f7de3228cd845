"""Every module, public class and public function says in its first line what it does."""

from __future__ import annotations

import ast
import re

from tests.house.tree import ROOT, Function, at, modules, said, tree_of

# The first word of a sentence that begins with a verb is never one of these.
NO_VERBS = frozenset(
    {
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "class",
        "function",
        "method",
        "helper",
        "used",
        "todo",
        "it",
        "its",
    }
)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def first_line(node: Documented) -> str:
    return (ast.get_docstring(node) or "").strip().split("\n")[0].strip()


def test_every_module_says_what_it_is() -> None:
    faults = [at(path) for path in modules() if not first_line(tree_of(path))]
    assert not faults, said(faults)


def test_every_public_class_and_function_says_what_it_does() -> None:
    faults = []
    for path in modules():
        for node in tree_of(path).body:
            if not isinstance(node, (ast.ClassDef, *Function.__args__)) or node.name.startswith("_"):
                continue
            if not first_line(node) and not _is_only_a_code(node):
                faults.append(f"{at(path, node)} {node.name}")
    assert not faults, said(faults)


def _is_only_a_code(node: ast.AST) -> bool:
    """Tell whether a refusal has nothing but its code: its words stand in ``kernel/wording``, which is tested."""
    inside = node.body if isinstance(node, ast.ClassDef) else []
    return (
        len(inside) == 1 and isinstance(inside[0], ast.Assign) and ast.unparse(inside[0].targets[0]) == "code"
    )


def test_every_public_method_says_what_it_does() -> None:
    faults = []
    for path in modules():
        for owner in (node for node in tree_of(path).body if isinstance(node, ast.ClassDef)):
            if owner.name.startswith("_") or _is_a_shape(owner):
                continue
            faults += [
                f"{at(path, node)} {owner.name}.{node.name}"
                for node in owner.body
                if isinstance(node, Function) and not node.name.startswith("_") and not first_line(node)
            ]
    assert not faults, said(faults)


def _is_a_shape(owner: ast.ClassDef) -> bool:
    """Tell whether a class is a protocol: its properties are fields, named by their units."""
    return any(ast.unparse(base) == "Protocol" for base in owner.bases)


def test_a_function_says_it_in_a_sentence_that_begins_with_a_verb() -> None:
    faults = []
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, Function) or node.name.startswith("_") or not first_line(node):
                continue
            line = first_line(node)
            word = re.split(r"[\s,:]", line)[0].lower()
            if word in NO_VERBS or not (line[0].isupper() or line[0] in "`“"):
                faults.append(f"{at(path, node)} {node.name}: {line[:60]}")
    assert not faults, said(faults)


def test_a_first_line_ends_its_sentence() -> None:
    faults = []
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Documented) and first_line(node):
                whole = (ast.get_docstring(node) or "").strip().split("\n\n")[0].rstrip()
                if whole[-1].isalnum() or whole[-1] in ",;":
                    faults.append(
                        f"{at(path, node if not isinstance(node, ast.Module) else 1)}: …{whole[-40:]}"
                    )
    assert not faults, said(faults)


def test_every_test_is_named_by_a_sentence() -> None:
    faults = []
    for path in modules(ROOT / "tests"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function) and node.name.startswith("test_") and node.name.count("_") < 3:
                faults.append(f"{at(path, node)} {node.name}")
    assert not faults, said(faults)
