"""A simulator in memory, its clock in the test's hand, before a product that a test makes up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from yanglao.simulator import account, views
from yanglao.simulator.phones import Phones
from yanglao.simulator.place import Place
from yanglao.simulator.pushing import Pusher
from yanglao.simulator.world import User, World

APP = account.Account("wx0123456789abcdef", "s" * 32, "spamtest", "Y" * 43, "gh_simulated")
NOON_S = 1_770_000_000


@dataclass
class Product:
    """A product made up by a test: it keeps what it was asked, and answers what ``says`` returns."""

    asked: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    says: Callable[[Request], Response] = lambda request: Response("success")
    address: str = ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        self.bodies.append(request.get_data())
        self.asked.append(request)
        return self.says(request)(environ, start_response)


@dataclass
class Simulated:
    """A simulator and how a test asks it."""

    world: World
    place: Place
    phones: Phones
    client: Any

    def after(self, seconds: int) -> None:
        """Let time pass."""
        then = self.world.now() + seconds
        self.world.now = lambda: then

    def token(self, **more: Any) -> dict[str, Any]:
        """Return what stable_token answers."""
        asked = {"grant_type": "client_credential", "appid": APP.app_id, "secret": APP.secret}
        return dict(self.client.post("/cgi-bin/stable_token", json={**asked, **more}).get_json())

    def post(self, call: str, body: Any, *, token: str | None = None) -> dict[str, Any]:
        """Ask a call of the API with a token that is valid, unless another is given; the body goes as UTF-8."""
        import json

        query = {"access_token": token or self.token()["access_token"]}
        text = body if isinstance(body, (bytes, str)) else json.dumps(body, ensure_ascii=False)
        return dict(self.client.post(f"/cgi-bin/{call}", query_string=query, data=text).get_json())

    def get(self, call: str, **query: str) -> dict[str, Any]:
        """Ask a call of the API by GET."""
        query = {"access_token": self.token()["access_token"], **query}
        return dict(self.client.get(f"/cgi-bin/{call}", query_string=query).get_json())

    def follower(self, name: str = "王秀英") -> User:
        """Make somebody who follows."""
        user = self.world.add_user(name)
        user.follows = True
        return user

    def card(self, user: User, **more: Any) -> dict[str, Any]:
        """Return a template message to ``user``."""
        data = {"thing1": {"value": "翻身与拍背"}, "time2": {"value": "2026年3月8日 14:05"}}
        return {"touser": user.openid, "template_id": "demo_session_reminder", "data": data, **more}


@pytest.fixture
def product() -> Iterator[Product]:
    """Give a product that listens."""
    made = Product()
    server = make_server("127.0.0.1", 0, made, threaded=True)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join(5)


@pytest.fixture
def simulated(product: Product) -> Iterator[Simulated]:
    """Give a simulator before ``product``, without phones yet."""
    world = World(APP, now=lambda: NOON_S)
    place = Place(
        "127.0.0.1", 20_000, product.address, (product.address, "http://yl.example.org"), Path("/nowhere")
    )
    phones = Phones(world, place)
    app = views.build(world, place, Pusher(world, product.address, patience_s=0.3), phones)
    yield Simulated(world, place, phones, app.test_client())
    phones.close()
