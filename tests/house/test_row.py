"""The row of packages: everyone may look back, nobody may look ahead; file names carry the permissions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, Function, at, functions, imports_of, modules, name_of, said, tree_of

ROW = (
    ("kernel",),
    ("settings",),
    ("outside",),
    ("work",),
    ("files",),
    ("places",),
    ("people",),
    ("messages",),
    ("courses",),
    ("classes",),
    ("evidence",),
    ("flags",),
    ("papers",),
    ("capture",),
    ("completion",),
    ("subsidy",),
    ("certificates",),
    ("oversight",),
    ("tables",),
    ("jobs",),
    ("demo",),
    ("web", "cli"),
    ("",),  # yanglao/__init__.py: create_app
    ("supervisor",),  # its own process: starts the others
)
RANK = {name: rank for rank, names in enumerate(ROW) for name in names}
ENTRANCES = frozenset(
    {"yanglao.jobs.worker", "yanglao.jobs.relay"}
)  # processes of their own: each makes its app
ASKS = frozenset({"execute", "scalar", "scalars", "get", "query", "add", "add_all", "delete", "flush"})
PURE = ("rules.py", "roles.py", "states.py", "codes.py")
NO_DOORS = frozenset(
    {"sqlalchemy", "flask", "apiflask", "time", "os", "secrets", "socket", "redis", "subprocess"}
)
NO_DOORS_INSIDE = ("yanglao.outside", "yanglao.kernel.db", "yanglao.settings")
IO_OF_CODES = (
    "yanglao.outside.ciphers",
)  # a code is judged by a keyed digest, which is a pure function of its key


def package_of(dotted: str) -> str:
    """Return the package below ``yanglao`` that a dotted name belongs to; create_app's own is the empty name."""
    return [*dotted.split("."), ""][1]


def neighbours(dotted: str, parent: str) -> str | None:
    """Return the sibling folder of ``parent`` a module lives in, None for modules directly in ``parent``."""
    parts = dotted.split(".")
    if parts[:2] != ["yanglao", parent] or len(parts) < 3:
        return None
    return parts[2] if (PACKAGE / parent / parts[2]).is_dir() else None


def test_every_package_has_its_place_in_the_row() -> None:
    found = {package_of(name_of(path)) for path in modules()}
    assert found - set(RANK) - {"simulator"} == set()


def test_nobody_looks_ahead() -> None:
    faults = []
    for path in modules():
        own = package_of(name_of(path))
        for wanted, line in imports_of(path):
            if not (wanted + ".").startswith("yanglao.") or own == "simulator":
                continue
            if wanted == "yanglao" and name_of(path) in ENTRANCES:
                continue
            other = package_of(wanted)
            if other != own and (other not in RANK or RANK[other] >= RANK[own]):
                faults.append(f"{at(path, line)} imports {wanted}")
    assert not faults, said(faults)


def test_an_entrance_is_a_process_of_its_own() -> None:
    faults = [
        name
        for name in ENTRANCES
        if '__name__ == "__main__"'
        not in (PACKAGE.parent / f"{name.replace('.', '/')}.py").read_text("utf-8")
    ]
    assert not faults, said(faults)


def test_the_simulator_knows_only_the_kernel() -> None:
    allowed = ("yanglao.kernel", "yanglao.simulator")
    faults = [
        f"{at(path, line)} imports {wanted}"
        for path in modules()
        if package_of(name_of(path)) == "simulator"
        for wanted, line in imports_of(path)
        if wanted.startswith("yanglao") and not wanted.startswith(allowed)
    ]
    assert not faults, said(faults)


def test_nobody_knows_the_simulator_but_who_starts_it() -> None:
    faults = [
        f"{at(path, node)} names yanglao.simulator"
        for path in modules()
        if package_of(name_of(path)) not in ("simulator", "supervisor")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and str(node.value).startswith("yanglao.simulator")
    ]
    faults += [
        f"{at(path, line)} imports {wanted}"
        for path in modules()
        if package_of(name_of(path)) != "simulator"
        for wanted, line in imports_of(path)
        if wanted.startswith("yanglao.simulator")
    ]
    assert not faults, said(faults)


@pytest.mark.parametrize("parent", ["capture", "web"])
def test_siblings_never_import_each_other(parent: str) -> None:
    faults = []
    for path in modules():
        own = neighbours(name_of(path), parent)
        for wanted, line in imports_of(path) if own else ():
            other = neighbours(wanted, parent)
            if other is not None and other != own:
                faults.append(f"{at(path, line)} imports {wanted}")
    assert not faults, said(faults)


def test_the_modules_of_web_stand_below_its_folders() -> None:
    faults = [
        f"{at(path, line)} imports {wanted}"
        for path in modules(PACKAGE / "web")
        if neighbours(name_of(path), "web") is None
        for wanted, line in imports_of(path)
        if neighbours(wanted, "web") is not None
    ]
    assert not faults, said(faults)


def test_the_modules_of_capture_stand_above_its_kinds() -> None:
    faults = [
        f"{at(path, line)} imports {wanted}"
        for path in modules(PACKAGE / "capture")
        if neighbours(name_of(path), "capture") is not None
        for wanted, line in imports_of(path)
        if wanted.startswith("yanglao.capture") and neighbours(wanted, "capture") is None
    ]
    assert not faults, said(faults)


def test_models_are_touched_only_by_their_own_package() -> None:
    faults = [
        f"{at(path, line)} imports {wanted}"
        for path in modules()
        for wanted, line in imports_of(path)
        if wanted.startswith("yanglao.") and wanted.endswith(".models")
        if name_of(path) != "yanglao.tables"
        and not name_of(path).startswith(wanted.removesuffix(".models") + ".")
    ]
    assert not faults, said(faults)


def test_rules_open_no_door() -> None:
    faults = []
    for path in modules():
        if path.name not in PURE:
            continue
        for wanted, line in imports_of(path):
            closed = wanted.split(".")[0] in NO_DOORS or wanted.startswith(NO_DOORS_INSIDE)
            if path.name == "codes.py" and wanted in IO_OF_CODES:
                closed = False
            if closed or wanted.endswith((".service", ".queries", ".models")):
                faults.append(f"{at(path, line)} imports {wanted}")
    assert not faults, said(faults)


def test_rules_draw_lots_only_from_a_given_seed() -> None:
    faults = []
    for path in modules():
        if path.name not in PURE:
            continue
        seeded = {
            id(node.func.value)
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "Random"
            and node.args
        }
        types = {id(note.value) for one in functions(path) for note in _notes(one)}
        faults += [
            at(path, node)
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Name) and node.id == "random" and id(node) not in seeded | types
        ]
    assert not faults, said(faults)


def _notes(function: Function) -> list[ast.Attribute]:
    """Return the annotations of a function's parameters that are ``module.Name``."""
    arguments = [*function.args.args, *function.args.kwonlyargs]
    return [one.annotation for one in arguments if isinstance(one.annotation, ast.Attribute)]


def test_rules_never_ask_the_clock() -> None:
    faults = []
    for path in modules():
        for node in ast.walk(tree_of(path)) if path.name in PURE else ():
            if isinstance(node, ast.ImportFrom) and node.module == "yanglao.kernel.clock":
                faults += [at(path, node) for alias in node.names if alias.name == "now"]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
                faults.append(at(path, node))
    assert not faults, said(faults)


def test_services_and_queries_never_commit() -> None:
    """Only ``kernel.db.run`` commits; a view that commits by itself loses the second try after a lost race."""
    faults = [
        at(path, node)
        for path in modules()
        if package_of(name_of(path)) not in ("kernel", "cli", "demo")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit" and _is_session(node.value)
    ]
    assert not faults, said(faults)


def _is_session(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in ("session", "connection", "db")


def test_views_hold_no_query() -> None:
    """A view may name the type ``Session`` and a database's fault, and asks nothing by itself."""
    faults = []
    for path in modules(PACKAGE / "web"):
        for wanted, line in imports_of(path):
            if wanted.startswith("sqlalchemy") and wanted not in ("sqlalchemy.exc", "sqlalchemy.orm"):
                faults.append(f"{at(path, line)} imports {wanted}")
        faults += [
            at(path, node)
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Attribute) and node.attr in ASKS and _is_session(node.value)
        ]
    assert not faults, said(faults)


def test_relations_stay_within_a_package() -> None:
    """A foreign key names a table; ``relationship`` and ``backref`` would tie packages by class."""
    faults = []
    for path in (path for path in modules() if path.name == "models.py"):
        text = Path(path).read_text(encoding="utf-8")
        faults += [at(path)] * ("backref" in text)
    assert not faults, said(faults)
