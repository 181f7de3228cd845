"""The measure of everything else: a Flask application that does nothing."""

from __future__ import annotations

from flask import Flask


def make_app() -> Flask:
    """Build an application with one empty view."""
    app = Flask("empty")

    @app.post("/")
    def nothing() -> str:
        return ""

    return app
