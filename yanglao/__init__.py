"""The training record of a city's elderly-care workers: ``create_app`` is the only place where every layer meets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from yanglao.kernel import clock
from yanglao.kernel.starting import uncollected
from yanglao.settings import Settings, load

if TYPE_CHECKING:  # whoever serves no pages (supervisor, cron, simulator) starts without Flask
    from apiflask import APIFlask

__version__ = "0.3.0"


def create_app(settings: Settings | None = None) -> APIFlask:
    """Build the application from ``settings`` (default: files and environment)."""
    settings = settings or load()
    clock.use_file(settings.clock_file)
    with uncollected():
        app = _bare(settings)
        import_module("yanglao.tables")
        import_module("yanglao.kernel.db").db.init_app(app)
        _doors(app, settings)
        _blueprints(app)
        import_module("yanglao.web.description").init_app(app)
        import_module("yanglao.jobs").init_app(app, import_module("yanglao.demo.topics").TOPICS)
        import_module("yanglao.cli").register(app)
    return app


def _bare(settings: Settings) -> APIFlask:
    from yanglao.web.house import House

    app = House(
        "yanglao",
        title="yanglao 养老服务人员职业技能培训",
        version=__version__,
        spec_path="/openapi.json",
        docs_path=None,
        static_folder="../static",
        template_folder="../templates",
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        SERVER_NAME=None,
        OPENAPI_VERSION="3.1.0",
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        SYNC_LOCAL_SPEC=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    return app


def _engine_options(url: str) -> dict[str, object]:
    options: dict[str, object] = {
        "hide_parameters": True
    }  # a fault's text must not quote what a person entered
    if url.startswith("sqlite"):
        return {
            **options,
            "pool_size": 20,
            "max_overflow": 20,
            "pool_use_lifo": True,  # whoever writes next finds in its cache what the last one wrote
            "connect_args": {"check_same_thread": False, "timeout": 15},
        }
    return {**options, "pool_size": 10, "max_overflow": 10, "pool_pre_ping": True}


def _doors(app: APIFlask, settings: Settings) -> None:
    from yanglao.messages import templates
    from yanglao.outside import ciphers, logs, metrics, proxies, redis_store, wechat
    from yanglao.web import auth, errors, page, short

    logs.configure(settings)
    logs.init_app(app, settings)
    ciphers.init_app(app, settings)
    redis_store.init_app(app, settings)
    wechat.init_app(app, settings)
    templates.init_app(app, settings)
    errors.init_app(app)
    auth.init_app(app)
    app.extensions["short.answer"] = short.answer
    page.init_app(app)
    metrics.init_app(app)
    proxies.init_app(app, settings)


def _blueprints(app: APIFlask) -> None:
    from yanglao.web.blueprints import BLUEPRINTS

    for line in BLUEPRINTS:
        module, name = line.split(":")
        app.register_blueprint(getattr(import_module(module), name))
