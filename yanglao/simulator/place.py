"""Where everything stands: the simulator's own address, the product's, and the addresses that mean the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
AWAY, MOST_PORTS = 10, 40
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@dataclass(frozen=True)
class Place:
    """``product`` is where the product is reached from here; ``bases`` are how the world names it, the public one first."""

    host: str
    port: int
    product: str
    bases: tuple[str, ...]
    data_dir: Path

    @property
    def hosts(self) -> frozenset[str]:
        """Return the host names that are the product's."""
        return frozenset(urlsplit(base).hostname or "" for base in self.bases)

    @property
    def named(self) -> str:
        """Return the public host with its port, as a browser would name it."""
        return urlsplit(self.bases[0]).netloc

    @property
    def api_base(self) -> str:
        """Return where the product reaches WeChat's API."""
        return _address(EVERYWHERE.get(self.host, self.host), self.port)

    @property
    def authorize_base(self) -> str:
        """Return where a browser reaches WeChat: on the host it knows the product by, when we listen beyond loopback."""
        known = urlsplit(self.bases[0]).hostname or "127.0.0.1"
        return _address(known, self.port) if self.host in EVERYWHERE else self.api_base

    def path_of(self, url: str) -> str | None:
        """Return the path and query when ``url`` leads to the product, else None; one of ours without host stays."""
        if url.startswith("/") and not url.startswith("//"):
            return url
        for base in (*self.bases, self.product):
            rest = url.removeprefix(base)
            if url.startswith(base) and (not rest or rest[0] in "/?#"):
                return rest if rest.startswith("/") else f"/{rest}"
        return None


def read(environ: Mapping[str, str]) -> Place:
    """Return the place that the product's own settings name; the port is the one to begin looking at."""

    def given(name: str, otherwise: str) -> str:
        return environ.get(name, "").strip() or otherwise

    host, port = given("HOST", "127.0.0.1"), int(given("PORT", "8000"))
    product = _address(EVERYWHERE.get(host, host), port)
    public = given("PUBLIC_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    short = given("SHORT_BASE_URL", public).rstrip("/")
    data_dir = (ROOT / Path(given("DATA_DIR", "instance")).expanduser()).resolve()
    return Place(host, port + AWAY, product, tuple(dict.fromkeys((public, short))), data_dir)


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
