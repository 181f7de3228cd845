"""Every code that can be answered has Chinese words, and no words are left over."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from functools import cache
from pathlib import Path

from tests.house.tree import PACKAGE, ROOT, at, modules, said, tree_of
from yanglao.people.roles import PERMISSIONS

FOLDER = PACKAGE / "kernel" / "wording"
CODE = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+")
# Words that people in China read and say as they are.
ALLOWED = re.compile(
    r"PC|APP|App|PDF|Excel|WPS|CSV|Word|JSON|UTF-8|GB18030|xlsx?|csv|ID|IE|Wi-?Fi|360|GPS|MB|KB|km|X|MP[34]|H\.26[45]|JPG|PNG|\d+P|Moodle|GIFT|XML|zip|rar|\.(?:docx?|wps|txt)\b"
)
PROBLEMS = frozenset(
    {
        "Problem",
        "Refused",
        "Conflict",
        "NotFound",
        "Forbidden",
        "Unauthenticated",
        "TooMany",
        "TooLarge",
        "Unavailable",
    }
)


@cache
def words() -> dict[str, tuple[Path, dict[str, str]]]:
    return {
        code: (file, fields)
        for file in sorted(FOLDER.glob("*.toml"))
        for code, fields in tomllib.loads(file.read_text(encoding="utf-8")).items()
    }


@cache
def problem_classes() -> dict[str, str]:
    """Return class name -> where, of every class that stands below ``Problem``."""
    bases: dict[str, tuple[set[str], str]] = {}
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                names = {ast.unparse(base).split(".")[-1] for base in node.bases}
                bases[node.name] = (names, at(path, node))
    found = {name: "" for name in PROBLEMS}
    while more := {
        name: where for name, (above, where) in bases.items() if name not in found and above & set(found)
    }:
        found |= more
    return found


@cache
def answered_codes() -> dict[str, str]:
    """Return code -> where it can be answered: class attributes and first arguments of a refusal's constructor."""
    codes: dict[str, str] = {}
    known = problem_classes()
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and node.name in known:
                for line in node.body:
                    if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
                        codes[ast.literal_eval(line.value)] = at(path, line)
            elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func).split(".")[-1] in known:
                first = node.args[0]
                if isinstance(first, ast.Constant) and CODE.fullmatch(str(first.value)):
                    codes[first.value] = at(path, node)
    return codes


@cache
def written() -> str:
    """Return everything that may name a code: modules, templates and scripts."""
    files = [path for path in modules()]
    files += sorted((ROOT / "templates").rglob("*.html"))
    files += [path for path in sorted((ROOT / "static").rglob("*.js")) if "vendor" not in path.parts]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_refusal_has_words() -> None:
    faults = [f"{where} {code}" for code, where in sorted(answered_codes().items()) if code not in words()]
    assert not faults, said(faults)


def test_every_code_that_a_rule_returns_has_words() -> None:
    """Rules refuse by value: whatever looks like a code in a rule must have words."""
    faults = []
    for path in modules():
        if not path.stem.endswith(("rules", "explain", "reversals", "readings")):
            continue
        kinds = _kinds_of_evidence()
        for node in ast.walk(tree_of(path)):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if CODE.fullmatch(text) and text not in words() and text not in kinds | PERMISSIONS:
                faults.append(f"{at(path, node)} {text}")
    assert not faults, said(faults)


@cache
def _kinds_of_evidence() -> frozenset[str]:
    return frozenset(code.removeprefix("evidence.") for code in words() if code.startswith("evidence."))


def test_no_words_are_left_over() -> None:
    made = _made_codes()
    faults = [
        f"{at(file)} {code}"
        for code, (file, _) in words().items()
        if f'"{code}"' not in written()
        and f"'{code}'" not in written()
        and not any(code.startswith(head) for head in made)
    ]
    assert not faults, said(faults)


def _made_codes() -> tuple[str, ...]:
    """Return the beginnings of codes that are put together, as in ``f"evidence.{kind}"``."""
    return tuple(
        {
            node.value
            for path in modules()
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if re.fullmatch(r"[a-z]+\.([a-z_]+[._])*", node.value)
        }
    )


def test_words_are_chinese() -> None:
    faults = []
    for code, (file, fields) in words().items():
        for field, text in fields.items():
            bare = ALLOWED.sub("", re.sub(r"\{[^}]*\}", "", text))
            if re.search(r"[A-Za-z]", bare) or not re.search(r"[\u4e00-\u9fff{]", text):
                faults.append(f"{at(file)} {code} {field}: {text}")
    assert not faults, said(faults)


def test_every_title_and_sentence_is_there_and_short() -> None:
    faults = []
    for code, (file, fields) in words().items():
        if not set(fields) <= {"title", "sentence", "todo"} or not {"title", "sentence"} <= set(fields):
            faults.append(f"{at(file)} {code} has {sorted(fields)}")
        elif len(fields["title"]) > 16:
            faults.append(f"{at(file)} {code}: a title of {len(fields['title'])} characters")
    assert not faults, said(faults)


def test_every_brace_names_a_fact_in_a_known_shape() -> None:
    from yanglao.kernel import wording

    faults = []
    for code, (file, fields) in words().items():
        for text in fields.values():
            for _, name, shape, _ in string.Formatter().parse(text):
                if name is not None and (not name.isidentifier() or (shape and shape not in wording.SHAPES)):
                    faults.append(f"{at(file)} {code}: {{{name}:{shape}}}")
    assert not faults, said(faults)
