"""Believe ``X-Forwarded-…`` only from the reverse proxies that TRUSTED_PROXIES names."""

from __future__ import annotations

import ipaddress
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from yanglao.settings import Settings

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PREFIX",
)


class Believed:
    """Pass a request on as its proxy saw it; from anybody else the forwarded headers are taken away."""

    def __init__(self, inner: Any, *, hops: int, networks: tuple[str, ...]) -> None:
        self._inner = inner
        self._fixed = ProxyFix(inner, x_for=hops, x_proto=1, x_host=1)
        self._networks = [ipaddress.ip_network(network) for network in networks]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one WSGI request."""
        if self._known(environ.get("REMOTE_ADDR", "")):
            return self._fixed(environ, start_response)
        for name in FORWARDED:
            environ.pop(name, None)
        return self._inner(environ, start_response)

    def _known(self, address: str) -> bool:
        if not self._networks:
            return True
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self._networks)


def init_app(app: Flask, settings: Settings) -> None:
    """Stand before ``app`` when TRUSTED_PROXIES is given."""
    if settings.trusted_hops:
        app.wsgi_app = Believed(  # type: ignore[method-assign]
            app.wsgi_app, hops=settings.trusted_hops, networks=settings.trusted_proxies
        )
