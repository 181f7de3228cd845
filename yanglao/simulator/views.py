"""The simulator's own pages and the JSON they and tests ask for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, abort, current_app, jsonify, redirect, render_template, request, send_file
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from yanglao.simulator import acts, api, authorize, fields, qrcodes
from yanglao.simulator.events import EVENTS
from yanglao.simulator.faults import FAULTS
from yanglao.simulator.phones import Phones
from yanglao.simulator.place import ROOT, Place
from yanglao.simulator.pushing import Push, Pusher
from yanglao.simulator.world import User, World

bp = Blueprint("views", __name__)
SHARED = {
    "tokens.css": ROOT / "static" / "shared" / "tokens.css",
    "jsqr.js": ROOT / "static" / "vendor" / "jsqr-1.4.0" / "jsQR.min.js",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; frame-src http:; img-src 'self' data: blob:; media-src 'self' blob:; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LONGEST_NAME = 20


def build(world: World, place: Place, pusher: Pusher, phones: Phones) -> Flask:
    """Return the simulator: WeChat's API and the pages of phones."""
    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.config.update(WORLD=world, PLACE=place, PUSHER=pusher, PHONES=phones, MAX_CONTENT_LENGTH=1_000_000)
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(api.bp)
    app.register_blueprint(bp)
    app.before_request(_own_pages_only)
    app.after_request(_dressed)
    app.register_error_handler(HTTPException, _refused)
    return app


def _own_pages_only() -> None:
    """Refuse what another site's page sends here: the simulator asks nobody for a password."""
    sent_by = request.headers.get("Sec-Fetch-Site", "none")
    if request.method == "POST" and sent_by not in ("same-origin", "none"):
        abort(403, "只能从模拟器自己的网页上操作。")


def _dressed(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _refused(fault: HTTPException) -> tuple[Response, int]:
    return jsonify({"error": fault.description}), fault.code or 500


@bp.get("/")
def home() -> str:
    """Show the phones, the faults and the calls."""
    here = api.world()
    here.seed()
    return render_template("home.html", users=list(here.users.values()), place=_place(), events=list(EVENTS))


@bp.get("/phone/<key>")
def phone(key: str) -> str:
    """Show one phone and let it listen."""
    user = _user(key)
    port = _phones().open(user)
    others = [one for one in api.world().users.values() if one is not user]
    return render_template(
        "phone.html", user=user, port=port, others=others, place=_place(), templates=_templates(user)
    )


@bp.get("/shared/<name>")
def shared(name: str) -> Response:
    """Serve a file that the product has as well."""
    if name not in SHARED:
        abort(404)
    return send_file(SHARED[name])


@bp.get("/sim/phones/<key>")
def chat(key: str) -> Response:
    """Return a phone's state and the entries of its chat after the number ``after``."""
    user, here = _user(key), api.world()
    after = request.args.get("after", 0, type=int)
    with here.lock:
        last = user.chat[-1]["n"] if user.chat else 0
        if user.seen != last:
            user.seen, here.changed = last, True
        return jsonify(
            follows=user.follows,
            menu=here.menu,
            notices=user.notices,
            entries=[_pathed(one) for one in user.chat if one["n"] > after],
        )


def _pathed(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry whose link is a path when it leads to the product."""
    path = _place().path_of(entry["url"]) if entry.get("url") else None
    return {**entry, "path": path} if path else entry


@bp.post("/sim/phones")
def new_phone() -> Response:
    """Add a WeChat user."""
    name = str(_sent().get("name") or "").strip()[:LONGEST_NAME] or "新微信用户"
    try:
        user = api.world().add_user(name)
    except OverflowError:
        abort(409, "模拟手机太多了。")
    return jsonify(id=user.id, openid=user.openid, name=user.name)


@bp.post("/sim/phones/<key>/<act>")
def do(key: str, act: str) -> Response:
    """Do what somebody does with their phone; the answer says what became of the push."""
    user, sent, here = _user(key), _sent(), api.world()
    if act not in ACTS:
        abort(404)
    found = ACTS[act](here, user, sent)
    return jsonify(_told(found) if isinstance(found, Push) else found)


def _follow(here: World, user: User, sent: dict[str, Any]) -> Push:
    return acts.follow(here, api.pusher(), user, qr=qrcodes.find(here, str(sent.get("qr") or "")))


def _say(here: World, user: User, sent: dict[str, Any]) -> Push:
    text = sent.get("text")
    if not isinstance(text, str) or not text.strip() or not user.follows:
        abort(422, "关注公众号以后才能发消息。")
    return acts.say(here, api.pusher(), user, text)


def _tap(here: World, user: User, sent: dict[str, Any]) -> Push:
    button = acts.button_at(here, str(sent.get("place", "")))
    if button is None or button.get("sub_button"):
        abort(404, "菜单里没有这个按钮。")
    return acts.tap(here, api.pusher(), user, button, scanned=str(sent.get("scanned", ""))[:2000])


def _scan(here: World, user: User, sent: dict[str, Any]) -> dict[str, Any]:
    text = str(sent.get("text") or "").strip()[:2000]
    return acts.scan(here, api.pusher(), user, text, path=_place().path_of(text))


def _allow(here: World, user: User, sent: dict[str, Any]) -> Push:
    answers = sent.get("answers")
    if not isinstance(answers, dict) or not answers:
        abort(422, "没有说允许哪一种通知。")
    return acts.allow(here, api.pusher(), user, {str(name)[:64]: bool(yes) for name, yes in answers.items()})


def _forward(here: World, user: User, sent: dict[str, Any]) -> dict[str, Any]:
    acts.forward(
        here,
        user,
        _user(str(sent.get("to"))),
        url=str(sent.get("url"))[:2000],
        title=str(sent.get("title", "")),
    )
    return {"done": True}


ACTS: dict[str, Any] = {
    "follow": _follow,
    "unfollow": lambda here, user, sent: acts.unfollow(here, api.pusher(), user),
    "say": _say,
    "tap": _tap,
    "scan": _scan,
    "allow": _allow,
    "forward": _forward,
}


@bp.get("/sim/state")
def state() -> Response:
    """Return users, calls, faults, menu and the last pushes."""
    here = api.world()
    here.seed()
    with here.lock:
        users = [
            {
                name: getattr(user, name)
                for name in ("id", "openid", "name", "role", "follows", "port", "notices")
            }
            for user in here.users.values()
        ]
        return jsonify(
            app_id=here.account.app_id,
            users=users,
            calls=dict(here.calls),
            faults=here.faults.shown(),
            menu=here.menu,
            pushes=list(here.pushes),
        )


@bp.post("/sim/faults")
def set_faults() -> Response:
    """Switch faults: ``{name: times}`` (-1 always, 0 off) or ``{name: {times, path}}``; ``{"clear": true}`` ends all."""
    here, sent = api.world(), _sent()
    if sent.pop("clear", False):
        here.faults.clear()
    for name, given in sent.items():
        times, path = (given.get("times"), given.get("path", "")) if isinstance(given, dict) else (given, "")
        if name not in FAULTS or type(times) is not int or times < -1 or not isinstance(path, str):
            abort(422, f"没有这个故障，或者次数不对：{name[:40]}")
        here.faults.set(name, times, path)
    return jsonify(here.faults.shown())


@bp.post("/sim/push")
def push() -> Response:
    """Push ``{user, event, fields}`` or ``{user, text}`` and return its deliveries and the decrypted reply."""
    sent, here = _sent(), api.world()
    user, name, more = _user(str(sent.get("user"))), sent.get("event"), sent.get("fields") or {}
    if isinstance(sent.get("text"), str):
        return jsonify(_told(api.pusher().text(user, sent["text"])))
    if not isinstance(name, str) or not name.isidentifier() or not isinstance(more, dict):
        abort(422, "event 是事件的名字，fields 是它的内容。")
    if name in ("subscribe", "unsubscribe"):
        with here.change():
            user.follows, user.since_s = name == "subscribe", here.now()
    return jsonify(_told(api.pusher().event(user, name, **{str(key): value for key, value in more.items()})))


@bp.get("/connect/oauth2/authorize")
def pick() -> str | tuple[str, int]:
    """Let somebody outside of a phone say which WeChat user they are."""
    try:
        _link()
    except authorize.BadLink as why:
        return render_template("bad_link.html", why=why), 400
    here = api.world()
    here.seed()
    return render_template(
        "authorize.html", users=list(here.users.values()), query=request.query_string.decode("latin-1")
    )


@bp.get("/connect/oauth2/as/<key>")
def picked(key: str) -> Response | tuple[str, int]:
    """Go back to the product as the user that was picked."""
    try:
        return redirect(authorize.agree(api.world(), _link(), _user(key)))
    except authorize.BadLink as why:
        return render_template("bad_link.html", why=why), 400


def _link() -> authorize.Link:
    query = request.query_string.decode("latin-1")
    return authorize.read(query, app_id=api.world().account.app_id, hosts=_place().hosts)


def _told(push: Push) -> dict[str, Any]:
    return {"name": push.name, "deliveries": push.deliveries, "reply": push.reply}


def _user(key: str) -> User:
    here = api.world()
    here.seed()
    user = here.user(key)
    if user is None:
        abort(404, "没有这部模拟手机。")
    return user


def _sent() -> dict[str, Any]:
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        abort(400, "请发 JSON。")
    return found


def _templates(user: User) -> list[tuple[str, str]]:
    """Return (template id, title) of the notices somebody may allow: the demo's, and those they were asked for."""
    ids = dict.fromkeys([*(f"demo_{kind}" for kind in fields.DEMO), *user.notices])
    return [(one, fields.title(one)) for one in ids]


def _place() -> Place:
    found: Place = current_app.config["PLACE"]
    return found


def _phones() -> Phones:
    found: Phones = current_app.config["PHONES"]
    return found
