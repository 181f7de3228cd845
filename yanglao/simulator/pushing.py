"""Push to the product as WeChat does: sealed, five seconds' patience, three more tries; show what it answers."""

from __future__ import annotations

import http.client
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from yanglao.simulator import events, sending, wire
from yanglao.simulator.world import User, World

PATIENCE_S, DELIVERIES, PAUSE_S, HELD_S = 5.0, 4, 1.0, 3.0
SORRY = "该公众号提供的服务出现故障，请稍后再试"
# Nothing is shown for these: they tell the account something and wait for no words.
SILENT = frozenset({"TEMPLATESENDJOBFINISH", "unsubscribe", "VIEW", "LOCATION"})


@dataclass
class Push:
    """One push on its way. ``deliveries``: what became of each try."""

    name: str
    user: User
    xml: str = field(repr=False)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    reply: dict[str, str] | None = None


class Pusher:
    """Send pushes to ``callback`` (the product's address, as ``http://host:port``)."""

    def __init__(self, world: World, product: str, *, patience_s: float = PATIENCE_S) -> None:
        self._world = world
        self._product = product
        self._patience_s = patience_s
        self._held: Push | None = None
        self._lock = threading.Lock()

    def event(self, user: User, name: str, **fields: Any) -> Push:
        """Push an event and wait for its fate."""
        account = self._world.account
        sending.open_window(self._world, user, name)
        xml = events.event(name, fields, to=account.origin, sender=user.openid, created_s=self._world.now())
        return self._sent(Push(name, user, xml))

    def text(self, user: User, content: str) -> Push:
        """Push what somebody typed and wait for its fate."""
        world = self._world
        sending.open_window(world, user, "text")
        number = 24_000_000_000_000_000 + world.next_number()
        xml = events.text(
            content, number=number, to=world.account.origin, sender=user.openid, created_s=world.now()
        )
        return self._sent(Push("text", user, xml))

    def later(self, user: User, name: str, **fields: Any) -> None:
        """Push an event from a thread of its own."""
        threading.Thread(target=self.event, args=(user, name), kwargs=fields, daemon=True).start()

    def _sent(self, push: Push) -> Push:
        """Send a push, in the order of the day: a reversed one waits until another went first."""
        if self._world.faults.strikes("push_reversed"):
            with self._lock:
                waiting, self._held = self._held, push
            threading.Timer(HELD_S, self._let_go, (push,)).start()
            if waiting is not None:
                self._deliver(waiting)
            return push
        self._deliver(push)
        with self._lock:
            waiting, self._held = self._held, None
        if waiting is not None:
            self._deliver(waiting)
        return push

    def _let_go(self, push: Push) -> None:
        with self._lock:
            if self._held is not push:
                return
            self._held = None
        self._deliver(push)

    def _deliver(self, push: Push) -> None:
        """Try until the product answers, four times at most; note it, and show the reply in the chat."""
        letter = wire.letter(
            push.xml,
            self._world.account,
            openid=push.user.openid,
            timestamp=self._world.now(),
            nonce=str(secrets.randbelow(10**10)),
        )
        with self._world.lock:
            self._world.pushes.append(
                {"name": push.name, "user": push.user.id, "deliveries": push.deliveries}
            )
        answer: bytes | None = None
        for number in range(DELIVERIES):
            answer = self._try(push, letter)
            if self._world.faults.strikes("push_unanswered"):
                push.deliveries[-1]["lost"] = True
                answer = None
            if answer is not None:
                break
            if number + 1 < DELIVERIES and push.deliveries[-1]["seconds"] < PAUSE_S:
                time.sleep(PAUSE_S if not push.deliveries[-1].get("lost") else 0)
        if self._world.faults.strikes("push_twice"):
            self._try(push, letter)
        self._show(push, answer)

    def _try(self, push: Push, letter: wire.Letter) -> bytes | None:
        """Deliver once; return the body, None when the connection was cut or the status was no 200."""
        began = time.monotonic()
        status, body = ask(self._product, letter, patience_s=self._patience_s)
        push.deliveries.append({"status": status, "seconds": round(time.monotonic() - began, 3)})
        if status == 200 or 400 <= status < 500:
            return body if status == 200 else b"<status>"
        return None

    def _show(self, push: Push, body: bytes | None) -> None:
        try:
            if body is None:
                raise wire.BadReply(f"送了 {len(push.deliveries)} 次，5 秒内都没有回答")
            if body == b"<status>":
                raise wire.BadReply(f"回答的状态是 {push.deliveries[-1]['status']}")
            push.reply = wire.reply(body, self._world.account, openid=push.user.openid)
        except wire.BadReply as why:
            if push.name not in SILENT:
                self._world.say(push.user, "fault", text=SORRY, why=f"{push.name}：{why}")
            return
        if push.reply:
            self._world.say(
                push.user, "reply", text=push.reply.get("Content", ""), type=push.reply["MsgType"]
            )


def ask(product: str, letter: wire.Letter, *, patience_s: float) -> tuple[int, bytes]:
    """Return status and body of one delivery; status 0 when nobody answered in time."""
    parts, until = urlsplit(product), time.monotonic() + patience_s
    line = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=patience_s)
    try:
        line.request(
            "POST",
            f"/wx/callback?{urlencode(letter.query)}",
            body=letter.body,
            headers={"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"},
        )
        answer = line.getresponse()
        if line.sock is not None:
            line.sock.settimeout(max(until - time.monotonic(), 0.1))
        return answer.status, answer.read(65_536)
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        line.close()
