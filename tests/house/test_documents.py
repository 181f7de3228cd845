"""The documents are true: the recipe recomputes, the map is the tree, links lead somewhere, buttons exist."""

from __future__ import annotations

import contextlib
import io
import re
from functools import cache

import pytest

from tests.house.tree import PACKAGE, ROOT, said
from yanglao import __version__
from yanglao.capture.viewing.steps import WINDOW_BEATS
from yanglao.evidence.rules import Head, Sealed, entry_hash, first_prev, merkle_root
from yanglao.kernel import policy
from yanglao.people.roles import ROLE_NAMES
from yanglao.settings import NAMES, PARSERS

DOCUMENTS = (
    ROOT / "README.md",
    PACKAGE / "evidence" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)
MANUALS = tuple(sorted((ROOT / "docs" / "manual").glob("*.md")))


@cache
def architecture() -> str:
    return (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def recipe() -> tuple[dict[str, object], list[str]]:
    """Run the published example; return what it made and what it printed."""
    code = re.search(r"```python\n(.*?)```", architecture(), re.DOTALL)
    assert code is not None
    made: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code.group(1), "docs/architecture.md", "exec"), made)
    return made, printed.getvalue().split()


def test_the_published_example_prints_what_is_written_below_it() -> None:
    _, printed = recipe()
    written = re.search(r"prints\n\n```\n(.*?)```", architecture(), re.DOTALL)
    assert written is not None and printed == written.group(1).split()


def test_the_published_example_hashes_as_the_ledger_does() -> None:
    made, printed = recipe()
    said_there: dict = made["entry"]  # type: ignore[assignment, type-arg]
    kind, chain_id = said_there["chain"]
    columns = {
        "chain_kind": kind,
        "chain_id": chain_id,
        "person_id": said_there["person"],
        "enrolment_id": said_there["enrolment"],
        "segment_id": said_there["segment"],
        "actor_id": said_there["actor"],
        "device_digest": said_there["device"],
        "prev_hash": first_prev(kind, chain_id),
    }
    same = {
        name: said_there[name]
        for name in ("position", "kind", "occurred_ms", "recorded_ms", "client", "grade")
    }
    sealed = entry_hash(Sealed(**columns, **same, policy=said_there["policy"], body=said_there["body"]))
    heads = [Head(*head) for head in made["heads"]]  # type: ignore[attr-defined]
    assert [sealed, merkle_root(heads)] == printed


def test_the_figures_in_the_architecture_are_those_of_the_policy() -> None:
    figures = policy.latest().viewing
    for written in (
        f"`beat_cap_s` = {figures.beat_cap_s} s",
        f"`backlog_limit_s` = {figures.backlog_limit_s // 60} min",
        f"`daily_cap_s` = {figures.daily_cap_s // 1000} {figures.daily_cap_s % 1000} s",
        f"{figures.idle_s} s pass without a beat",
        f"holds {figures.window_s} s of credit or {WINDOW_BEATS} beats",
    ):
        assert written in " ".join(architecture().split()), written


def test_the_map_names_every_package_and_nothing_else() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `yanglao/(\w+)/` \|", readme, re.MULTILINE))
    there = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert named == there


def test_every_folder_the_readme_names_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:[a-z_.]+/)+)`", readme) + re.findall(
        r"`([a-z_/.]+\.(?:py|md|txt|toml))`", readme
    )
    faults = [
        name
        for name in named
        if not (ROOT / name).exists()
        and not list(PACKAGE.glob(f"*/{name}"))
        and not list(PACKAGE.glob(f"*/*/{name}"))
    ]
    assert not faults, said(faults)


def test_every_link_leads_somewhere() -> None:
    faults = []
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            file, _, place = target.partition("#")
            aim = (path.parent / file) if file else path
            if file.startswith("http") or not aim.exists():
                faults.append(f"{path.relative_to(ROOT)}: {target}")
            elif place and place not in anchors(aim.read_text(encoding="utf-8")):
                faults.append(f"{path.relative_to(ROOT)}: no heading {target}")
    assert not faults, said(faults)


def anchors(text: str) -> set[str]:
    """Return the anchors of headings as a code host makes them."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


def test_the_settings_table_names_every_setting() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = [name for name in NAMES if f"`{name}`" not in text]
    in_files = set(PARSERS) - set(NAMES.values())
    missing += [name for name in sorted(in_files) if f"`{name}`" not in text]
    unknown = set(re.findall(r"`((?:YANGLAO|WECHAT)_[A-Z_]+)`", text)) - set(NAMES)
    assert not missing and not unknown, said([*missing, *sorted(unknown)])


def test_every_command_in_a_document_exists(app) -> None:  # type: ignore[no-untyped-def]
    faults = []
    for path in DOCUMENTS:
        for line in re.findall(r"flask --app app ((?:[a-z]+ ?){1,2})", path.read_text(encoding="utf-8")):
            group, *verb = line.split()
            command = app.cli.commands.get(group)
            inner = getattr(command, "commands", None)
            if command is None or (inner is not None and verb and verb[0] not in inner):
                faults.append(f"{path.relative_to(ROOT)}: {line}")
    assert not faults, said(faults)


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.stem)
def test_what_a_manual_prints_in_bold_stands_on_the_screen(manual) -> None:  # type: ignore[no-untyped-def]
    faults = [
        words
        for bold in re.findall(r"\*\*([^*]+)\*\*", manual.read_text(encoding="utf-8"))
        for words in re.split(r" → ", bold)
        if words not in shown()
    ]
    assert not faults, said(faults)


@cache
def shown() -> str:
    """Return everything a person may read on a page."""
    files = [
        *(ROOT / "templates").rglob("*.html"),
        *(PACKAGE / "web").rglob("*.py"),
        *PACKAGE.rglob("*.toml"),
    ]
    files += [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_there_is_a_manual_for_everybody_who_works_here() -> None:
    assert {path.stem for path in MANUALS} == {"trainee", "instructor", "base_admin", "officer"}
    assert {path.stem for path in MANUALS} <= set(ROLE_NAMES)


def test_pictures_are_small() -> None:
    faults = [
        f"{path.relative_to(ROOT)} has {path.stat().st_size // 1000} kB"
        for path in (ROOT / "docs").rglob("*.png")
        if path.stat().st_size > 200_000
    ]
    assert not faults, said(faults)


def test_the_program_is_the_version_the_changes_begin_with():
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None and first.group(1) == __version__
