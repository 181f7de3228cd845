"""Take WeChat's pushes, sign pages for its JS-SDK, and show the proofs that a domain is ours."""

from __future__ import annotations

import logging

from apiflask import APIBlueprint
from flask import Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.messages import service
from yanglao.messages.chat import with_site
from yanglao.messages.rules import fresh
from yanglao.outside import wechat_events
from yanglao.outside.metrics import PUSHES
from yanglao.outside.wechat import Door, proof
from yanglao.outside.wechat_events import EVENTS, Push
from yanglao.outside.wechat_wire import MOST_BYTES, BadPush, Opened, Query, text_reply
from yanglao.web.auth import public, signed_by_sender

log = logging.getLogger(__name__)
bp = APIBlueprint("wechat_callback", __name__, enable_openapi=False)


@bp.get("/wx/callback", strict_slashes=False)
@public
def prove_address() -> Response:
    """Answer WeChat's question whether this address is ours."""
    frames = door().pushes()
    try:
        text = frames.echo(_query("signature"), request.args.get("echostr", ""))
    except BadPush as fault:
        return _turned_away(fault)
    return Response(text, mimetype="text/plain")


@bp.post("/wx/callback", strict_slashes=False)
@signed_by_sender
def take_push() -> Response:
    """Take one push: 403 without a word for what is not WeChat's, then always 200, and nothing asked of WeChat."""
    frames, moment = door().pushes(), now()
    try:
        query, body = _query("msg_signature"), _body()
        if request.args.get("encrypt_type") != "aes":
            raise BadPush("plain")
        opened = frames.open(query, body)
        if not fresh(int(query.timestamp), to_ms(moment) // 1000):
            raise BadPush("old")
        push = wechat_events.read(opened.text)
    except RequestEntityTooLarge:
        return Response(status=413)
    except BadPush as fault:
        return _turned_away(fault)
    if push is None or not service.takes(push):
        return _acknowledged(push)
    try:
        received = run(
            lambda: service.receive(db.session, push, appid=door().app_id, now=moment),
            lasting=service.lasts(push),
        )
    except Problem as refusal:
        log.warning("a push was refused: %s %s", push.name, refusal.code)
        return _acknowledged(push, "refused")
    _count(push, "first" if received.first else "again")
    if received.reply is None:
        return Response("success", mimetype="text/plain")
    return _answered(push, opened, received, query.nonce)


@bp.get("/MP_verify_<name>.txt")
@public
def show_proof(name: str) -> Response:
    """Show a domain proof that WeChat's console asked to put there."""
    settings = current_app.config["SETTINGS"]
    return Response(proof(settings.data_dir, f"MP_verify_{name}.txt"), mimetype="text/plain")


def door() -> Door:
    """Return the application's door to WeChat."""
    found: Door = current_app.extensions["wechat"]
    return found


def _body() -> bytes:
    """Return the body. Raises RequestEntityTooLarge, also for one that came in chunks and named no length."""
    request.max_content_length = MOST_BYTES + 1
    body = request.get_data(cache=False)
    if len(body) > MOST_BYTES:
        raise RequestEntityTooLarge
    return body


def _query(name: str) -> Query:
    given = request.args
    return Query(given.get("timestamp", ""), given.get("nonce", ""), given.get(name, ""))


def _turned_away(fault: BadPush) -> Response:
    """Answer 403 and nothing else; the log names the reason by a fixed word."""
    log.warning("a push was turned away: %s", fault.why)
    PUSHES.labels("none", "forged").inc()
    return Response(status=403)


def _acknowledged(push: Push | None, outcome: str = "acknowledged") -> Response:
    """Answer ``success`` to what has no effect here; an event nobody knows is logged by its name."""
    if push is not None and push.kind == "event" and push.event not in EVENTS:
        log.warning("an unknown event came: %s", push.event)
    _count(push, outcome)
    return Response("success", mimetype="text/plain")


def _answered(push: Push, opened: Opened, received: service.Received, nonce: str) -> Response:
    """Seal the answer under the key the push came with."""
    said_s = received.at_ms // 1000
    text = with_site(received.reply or "", current_app.config["SETTINGS"].public_base_url)
    plain = text_reply(text, to=push.openid, sender=push.account, created_s=said_s)
    sealed = door().pushes().seal(plain, opened.key, timestamp=said_s, nonce=nonce)
    return Response(sealed, mimetype="application/xml")


def _count(push: Push | None, outcome: str) -> None:
    name = "none" if push is None else push.name
    PUSHES.labels(name if name in EVENTS or name in ("none", "message") else "unknown", outcome).inc()
