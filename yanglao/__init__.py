"""The training record of a city's elderly-care workers: ``create_app`` is the only place where every layer meets."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from apiflask import APIFlask

from yanglao.kernel import clock
from yanglao.kernel.db import db
from yanglao.settings import Settings, load

__version__ = "0.1.0"


class House(APIFlask):
    """Our views and hooks are plain functions; Flask would look for a coroutine in each of them at every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``func``."""
        return func

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer on the short way what may take it (``web.short``), everything else as Flask does."""
        found = self.extensions["short.answer"](self, environ)
        return (found or super().wsgi_app)(environ, start_response)


def create_app(settings: Settings | None = None) -> APIFlask:
    """Build the application from ``settings`` (default: files and environment)."""
    settings = settings or load()
    clock.use_file(settings.clock_file)
    app = _bare(settings)
    import_module("yanglao.tables")
    db.init_app(app)
    _doors(app, settings)
    _blueprints(app)
    import_module("yanglao.web.description").init_app(app)
    import_module("yanglao.jobs").init_app(app, import_module("yanglao.demo.topics").TOPICS)
    import_module("yanglao.cli").register(app)
    return app


def _bare(settings: Settings) -> APIFlask:
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
