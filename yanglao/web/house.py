"""The application class: APIFlask with plain functions and a short way for what is asked most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import APIFlask


class House(APIFlask):
    """Our views and hooks are plain functions; Flask would look for a coroutine in each of them at every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``func``."""
        return func

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer on the short way what may take it (``web.short``), everything else as Flask does."""
        found = self.extensions["short.answer"](self, environ)
        return (found or super().wsgi_app)(environ, start_response)
