"""WeChat's API: one row per call; every call is counted, and faults that are switched on strike here."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request

from yanglao.simulator import authorize, menu, qrcodes, sending, tokens
from yanglao.simulator.answers import ApiFault, fault, fine, said
from yanglao.simulator.faults import CODES
from yanglao.simulator.pushing import Pusher
from yanglao.simulator.world import World

SLOW_S = 6.0
bp = Blueprint("api", __name__)
Asked = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One call: how it is asked for, what does it, and whether it needs an access token."""

    method: str
    act: Callable[[World, Asked], Response]
    token: bool = True


def _template(world: World, asked: Asked) -> Response:
    user, number, fresh = sending.template(world, asked)
    if fresh:
        pusher().later(user, "TEMPLATESENDJOBFINISH", MsgID=number, Status="success")
    return fine(msgid=number)


def _notice(world: World, asked: Asked) -> Response:
    user, number = sending.notice(world, asked)
    told = {
        "TemplateId": asked["template_id"],
        "MsgID": str(number),
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    pusher().later(user, "subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": told})
    return fine(msgid=number)


def _text(world: World, asked: Asked) -> Response:
    sending.service_text(world, asked)
    return fine()


def _user(world: World, asked: Asked) -> Response:
    user = world.user(str(asked.get("openid", "")))
    if user is None or len(str(asked["openid"])) != 28:
        raise ApiFault(40003, "invalid openid")
    if not user.follows:
        return said({"subscribe": 0, "openid": user.openid, "tagid_list": []})
    scene = user.scene
    return said(
        {
            "subscribe": 1,
            "openid": user.openid,
            "language": "zh_CN",
            "subscribe_time": user.since_s,
            "remark": "",
            "groupid": 0,
            "tagid_list": [],
            "subscribe_scene": "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH",
            "qr_scene": 0,
            "qr_scene_str": scene,
        }
    )


def _create_menu(world: World, asked: Asked) -> Response:
    checked = menu.check(asked)
    with world.change():
        world.menu = checked
    return fine()


def _get_menu(world: World, asked: Asked) -> Response:
    if world.menu is None:
        raise ApiFault(46003, "menu no exist")
    return said({"menu": world.menu})


def _delete_menu(world: World, asked: Asked) -> Response:
    with world.change():
        world.menu = None
    return fine()


CALLS: dict[str, Call] = {
    "/cgi-bin/stable_token": Call(
        "POST", lambda world, asked: said(tokens.stable(world, asked)), token=False
    ),
    "/cgi-bin/ticket/getticket": Call(
        "GET", lambda world, asked: fine(**tokens.ticket(world, str(asked.get("type"))))
    ),
    "/cgi-bin/qrcode/create": Call("POST", lambda world, asked: said(qrcodes.create(world, asked))),
    "/cgi-bin/message/template/send": Call("POST", _template),
    "/cgi-bin/message/subscribe/bizsend": Call("POST", _notice),
    "/cgi-bin/message/custom/send": Call("POST", _text),
    "/cgi-bin/user/info": Call("GET", _user),
    "/cgi-bin/menu/create": Call("POST", _create_menu),
    "/cgi-bin/menu/get": Call("GET", _get_menu),
    "/cgi-bin/menu/delete": Call("GET", _delete_menu),
    "/sns/oauth2/access_token": Call(
        "GET", lambda world, asked: said(authorize.exchange(world, asked)), token=False
    ),
}


def world() -> World:
    """Return the world of this simulator."""
    found: World = current_app.config["WORLD"]
    return found


def pusher() -> Pusher:
    """Return what pushes to the product."""
    found: Pusher = current_app.config["PUSHER"]
    return found


@bp.route("/cgi-bin/<path:rest>", methods=["GET", "POST"])
@bp.route("/sns/<path:rest>", methods=["GET", "POST"])
def answer(rest: str) -> Response:
    """Answer one call of the API."""
    path, here = request.path, world()
    call = CALLS.get(path)
    with here.lock:
        here.calls[path] += 1
    struck = _struck(here, path, call)
    if struck is not None:
        return struck
    try:
        if call is None:
            raise ApiFault(40066, "invalid url")
        if request.method != call.method:
            raise ApiFault(
                *((43001, "require GET method") if call.method == "GET" else (43002, "require POST method"))
            )
        if call.token:
            tokens.check(here, request.args.get("access_token"))
        return call.act(here, _asked(call))
    except ApiFault as why:
        return fault(why.code, why.message)


def _struck(here: World, path: str, call: Call | None) -> Response | None:
    """Return the answer of a fault that strikes this call; a refused token strikes only where one is needed."""
    faults = here.faults
    if faults.strikes("slow", path):
        time.sleep(SLOW_S)
    if faults.strikes("bad_gateway", path):
        return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, mimetype="text/html")
    if faults.strikes("html", path):
        return Response("<!DOCTYPE html><html><body>系统维护中</body></html>", mimetype="text/html")
    for name in ("busy", "quota", "minute_quota", "address_refused"):
        if faults.strikes(name, path):
            return fault(*CODES[name])
    for name in ("token_refused", "token_expired"):
        if call is not None and call.token and faults.strikes(name, path):
            return fault(*CODES[name])
    return None


def _asked(call: Call) -> Asked:
    """Return the query, and of a POST the body. Raises ApiFault."""
    if call.method == "GET":
        return request.args.to_dict()
    raw = request.get_data()
    try:
        found = json.loads(raw)
    except ValueError:
        raise ApiFault(47001, "data format error") from None
    if b"\\u" in raw and request.path.startswith("/cgi-bin/message/"):
        raise ApiFault(
            40033, "invalid charset. please check your request, if include \\uxxxx will create fail!"
        )
    if not isinstance(found, dict):
        raise ApiFault(47001, "data format error")
    return found
