"""The browser inside a phone: hands requests on to the product as WeChat on that phone, cookies apart."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from yanglao.simulator import authorize, jar, rewriting, wire
from yanglao.simulator.place import ROOT, Place
from yanglao.simulator.world import User, World

USER_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Simulator Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Version/4.0 Chrome/130.0.6723.103 Mobile Safari/537.36 XWEB/1300473 MMWEBSDK/20250201 MMWEBID/{number}"
    " MicroMessenger/8.0.57.2820(0x28003933) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)
TIMEOUT_S, CHUNK, LONGEST_PAGE, LONGEST_BODY = 60.0, 65_536, 4_000_000, 64_000_000
JS_CONFIG = "/api/v1/wx/js-config"
STATIC = rewriting.SDK.rsplit("/", 1)[0] + "/"
NOT_PASSED = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization te trailers transfer-encoding upgrade host cookie"
    " accept-encoding user-agent origin referer content-length".split()
)
NOT_RETURNED = frozenset("connection keep-alive transfer-encoding set-cookie location content-length".split())


class PhoneBrowser:
    """A WSGI application: the product as one WeChat user's phone sees it."""

    def __init__(self, world: World, place: Place, user: User) -> None:
        self._world = world
        self._place = place
        self._user = user
        self._agent = USER_AGENT.format(number=1000 + int(user.id[1:]))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request of the phone."""
        request = Request(environ)
        request.max_content_length = LONGEST_BODY
        try:
            response = self._answer(request)
        except RequestEntityTooLarge as fault:
            response = fault.get_response(environ)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith(STATIC):
            return self._own(request)
        if request.path == "/connect/oauth2/authorize":
            return self._authorize(request.query_string.decode("latin-1"))
        try:
            return self._passed(request)
        except (OSError, http.client.HTTPException):
            return Response(NOT_THERE, 502, mimetype="text/html")

    def _authorize(self, query: str) -> Response:
        """Go back at once as this phone's user: base authorisation asks nobody."""
        try:
            link = authorize.read(query, app_id=self._world.account.app_id, hosts=self._place.hosts)
        except authorize.BadLink as why:
            return Response(WRONG_LINK.format(why=why.sentence, number=why.number), 400, mimetype="text/html")
        return self._redirect(authorize.agree(self._world, link, self._user), 302)

    def _redirect(self, url: str, status: int) -> Response:
        """Lead on inside the phone when the address is the product's or WeChat's own."""
        own = self._place.authorize_base
        if url.startswith(own + "/connect/"):
            url = url.removeprefix(own).split("#", 1)[0]
        path = self._place.path_of(url)
        response = Response(status=status)
        response.autocorrect_location_header = False
        response.headers["Location"] = path if path is not None else url
        response.headers["Cache-Control"] = "no-store"
        return response

    def _passed(self, request: Request) -> Response:
        parts = urlsplit(self._place.product)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT_S)
        query = self._query(request)
        path = quote(request.path, safe="/%:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")
        line.request(request.method, path, body=request.get_data(), headers=self._headers(request))
        answer = line.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or ():
            jar.take(self._world, self._user, header)
        location = answer.headers.get("Location")
        if location is not None:
            line.close()
            return self._redirect(location, answer.status)
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in NOT_RETURNED]
        kept = rewriting.headers(kept)
        if answer.headers.get_content_type() == "text/html" and not answer.headers.get("Content-Encoding"):
            html = rewriting.page(answer.read(LONGEST_PAGE), self._place.bases)
            line.close()
            return Response(html, answer.status, kept)
        response = Response(_streamed(line, answer), answer.status, kept, direct_passthrough=True)
        length = answer.headers.get("Content-Length")
        if length is not None:
            response.headers["Content-Length"] = length
        return response

    def _query(self, request: Request) -> str:
        """Return the query as it came; only a page's own address, to be signed, is told as the product knows it."""
        query = request.query_string.decode("latin-1")
        if request.path != JS_CONFIG:
            return query
        return "&".join(
            f"{name}={quote(self._public(request, value), safe='')}" for name, value in parse_qsl(query)
        )

    def _public(self, request: Request, url: str) -> str:
        """Return the product's address of a page inside this phone."""
        here = f"http://{request.host}"
        return self._place.bases[0] + url[len(here) :] if url == here or url.startswith(here + "/") else url

    def _headers(self, request: Request) -> dict[str, str]:
        passed = {name: value for name, value in request.headers.items() if name.lower() not in NOT_PASSED}
        passed |= {"Host": self._place.named, "User-Agent": self._agent, "Accept-Encoding": "identity"}
        cookies = jar.header(self._world, self._user, request.path)
        if cookies:
            passed["Cookie"] = cookies
        for name in ("Origin", "Referer"):
            if name in request.headers:
                passed[name] = self._public(request, request.headers[name])
        return passed

    def _own(self, request: Request) -> Response:
        """Serve what WeChat itself brings along into a page."""
        name = request.path.removeprefix(STATIC)
        if name == "bridge.js":
            facts = {
                "cookies": jar.header(self._world, self._user, "/", for_scripts=True),
                "agent": self._agent,
                "phone": self._user.id,
            }
            return _script(
                "window.__sim = " + json.dumps(facts).replace("<", "\\u003c") + ";\n" + _file("bridge.js")
            )
        if name == "jweixin.js":
            return _script(_file("jweixin.js"))
        if name == "cookie" and request.method == "POST":
            jar.take(self._world, self._user, request.get_data(as_text=True)[:4096])
            return Response(status=204)
        if name == "js-check" and request.method == "POST":
            return self._checked(request)
        return Response(status=404)

    def _checked(self, request: Request) -> Response:
        """Say whether a page is signed rightly, in WeChat's own words."""
        given = request.get_json(silent=True) or {}
        ticket = self._world.ticket.get("value", "")
        page = self._public(request, str(given.get("url", "")).split("#", 1)[0])
        wanted = wire.page_signature(
            ticket, nonce=str(given.get("nonceStr")), timestamp=str(given.get("timestamp")), url=page
        )
        said = "config:ok"
        if given.get("appId") != self._world.account.app_id:
            said = "config:invalid appid"
        elif not ticket or given.get("signature") != wanted:
            said = "config:invalid signature"
        return Response(json.dumps({"errMsg": said}), mimetype="application/json")


def _streamed(line: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while chunk := answer.read1(CHUNK):
            yield chunk
    finally:
        line.close()


def _file(name: str) -> str:
    return (ROOT / "yanglao" / "simulator" / "static" / name).read_text(encoding="utf-8")


def _script(text: str) -> Response:
    return Response(text, mimetype="text/javascript", headers={"Cache-Control": "no-store"})


_PAGE = '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>'
NOT_THERE = _PAGE.format(title="网页打不开", text="培训系统没有回答。它可能正在重新启动，请过一会儿再打开。")
WRONG_LINK = _PAGE.format(title="打不开这个链接", text="{why}（{number}）")
