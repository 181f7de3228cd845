"""The browser inside a phone, over real ports: cookies apart, forms and ranges whole, pages free to be framed."""

from __future__ import annotations

import http.client
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.wrappers import Response

from tests.simulator.conftest import APP
from yanglao.simulator.wire import page_signature


class Inside:
    """A phone's browser as the desktop's browser asks it."""

    def __init__(self, simulated, name):
        self.user = simulated.world.add_user(name)
        self.port = simulated.phones.open(self.user)
        self.origin = f"http://127.0.0.1:{self.port}"

    def ask(self, path, *, method="GET", body=None, **headers):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body=body, headers=named)
        answer = line.getresponse()
        content = answer.read()
        line.close()
        return answer, content


@pytest.fixture
def phone(simulated):
    """Give a maker of opened phones."""
    return lambda name="王秀英": Inside(simulated, name)


def test_two_phones_keep_their_cookies_apart(phone, product):
    product.says = lambda request: Response(
        request.headers.get("Cookie", ""),
        headers={"Set-Cookie": f"yl_session={request.args['who']}; HttpOnly; Path=/"},
    )
    mine, hers = phone("王秀英"), phone("李桂兰")
    answer, _ = mine.ask("/?who=wang", Cookie="yl_session=the-desktops")
    hers.ask("/?who=li")
    assert "Set-Cookie" not in answer.headers
    assert mine.ask("/?who=wang")[1] == b"yl_session=wang" and hers.ask("/?who=li")[1] == b"yl_session=li"


def test_a_cookie_that_ends_is_gone_and_another_path_gets_none(simulated, phone, product):
    product.says = lambda request: Response(
        request.headers.get("Cookie", ""), headers={"Set-Cookie": request.args["set"]}
    )
    mine = phone()
    mine.ask("/?set=a=1; Max-Age=60".replace(" ", "%20"))
    mine.ask("/?set=b=2; Path=/wx".replace(" ", "%20"))
    assert mine.ask("/?set=c=3")[1] == b"a=1"
    simulated.after(60)
    mine.ask("/?set=c=;%20Max-Age=0")
    assert mine.ask("/wx/?set=d=4")[1] == b"b=2"


def test_the_product_is_asked_as_wechat_and_by_its_own_name(phone, product):
    mine = phone()
    mine.ask("/learn/?a=%E7%8E%8B&b=", Origin=mine.origin, Referer=mine.origin + "/learn/x")
    asked = product.asked[-1]
    assert "MicroMessenger/8.0.57" in asked.user_agent.string
    assert (
        asked.headers["Origin"] == product.address
        and asked.headers["Referer"] == product.address + "/learn/x"
    )
    assert asked.host == product.address.removeprefix("http://") and asked.query_string == b"a=%E7%8E%8B&b="


def test_a_form_is_posted_whole_and_its_redirect_stays_inside(phone, product):
    product.says = lambda request: Response(
        status=303, headers={"Location": product.address + "/learn/?done=1"}
    )
    answer, _ = phone().ask("/wx/bind", method="POST", body="csrf_token=x&name=王".encode(), X_CSRF_Token="x")
    assert (answer.status, answer.headers["Location"]) == (303, "/learn/?done=1")
    assert product.bodies[-1] == "csrf_token=x&name=王".encode()
    assert product.asked[-1].headers["X-CSRF-Token"] == "x"


def test_a_page_may_be_framed_and_keeps_its_other_rules(phone, product):
    html = (
        '<html><HEAD lang="zh"><script src="https://res.wx.qq.com/open/js/jweixin-1.6.0.js"></script></HEAD>'
    )
    html += f'<a href="{product.address}/learn/">学</a><a href="{product.address}">首页</a>'
    rules = {
        "X-Frame-Options": "SAMEORIGIN",
        "Content-Security-Policy": "script-src 'self'; frame-ancestors 'self'",
    }
    product.says = lambda request: Response(html, mimetype="text/html", headers=rules)
    answer, page = phone().ask("/")
    assert (
        "X-Frame-Options" not in answer.headers
        and answer.headers["Content-Security-Policy"] == "script-src 'self'"
    )
    assert b'src="/__sim/jweixin.js"' in page and b'<HEAD lang="zh"><script src="/__sim/bridge.js">' in page
    assert b'href="/learn/"' in page and b'<a href="/">' in page


def test_a_part_of_a_film_comes_as_a_part(phone, product):
    film = bytes(range(256)) * 1000
    product.says = lambda request: Response(
        film[100:200], 206, {"Content-Range": f"bytes 100-199/{len(film)}", "Content-Type": "video/mp4"}
    )
    answer, part = phone().ask("/files/film.mp4", Range="bytes=100-199")
    assert (answer.status, part) == (206, film[100:200])
    assert (
        answer.headers["Content-Range"].startswith("bytes 100-199/")
        and answer.headers["Content-Length"] == "100"
    )
    assert product.asked[-1].headers["Range"] == "bytes=100-199"


def test_signing_in_asks_nobody_which_user_the_phone_is(simulated, phone, product):
    mine = phone()
    back = product.address.replace(":", "%3A").replace("/", "%2F") + "%2Fwx%2Foauth%2Fcallback"
    query = f"appid={APP.app_id}&redirect_uri={back}&response_type=code&scope=snsapi_base&state=abc"
    there = f"{simulated.place.authorize_base}/connect/oauth2/authorize?{query}#wechat_redirect"
    product.says = lambda request: Response(status=302, headers={"Location": there})
    first = mine.ask("/wx/oauth/start")[0].headers["Location"]
    assert first.startswith("/connect/oauth2/authorize?")
    second = urlsplit(mine.ask(first.split("#")[0])[0].headers["Location"])
    assert second.path == "/wx/oauth/callback" and not second.netloc
    held = simulated.world.codes[parse_qs(second.query)["code"][0]]
    assert held["openid"] == mine.user.openid


def test_a_page_is_signed_under_the_products_address(simulated, phone, product):
    import json

    mine = phone()
    mine.ask(f"/api/v1/wx/js-config?url={mine.origin.replace(':', '%3A')}%2Flearn%2F%3Fa%3D1")
    assert product.asked[-1].args["url"] == product.address + "/learn/?a=1"
    ticket = simulated.get("ticket/getticket", type="jsapi")["ticket"]
    signed = page_signature(ticket, nonce="n", timestamp="1", url=product.address + "/learn/")
    given = {
        "appId": APP.app_id,
        "nonceStr": "n",
        "timestamp": 1,
        "signature": signed,
        "url": mine.origin + "/learn/#x",
    }
    for change, said in (({}, "config:ok"), ({"nonceStr": "m"}, "config:invalid signature")):
        _, answer = mine.ask(
            "/__sim/js-check",
            method="POST",
            body=json.dumps({**given, **change}),
            Content_Type="application/json",
        )
        assert json.loads(answer)["errMsg"] == said


def test_scripts_see_only_the_cookies_that_are_theirs(phone, product):
    product.says = lambda request: Response(
        headers=[("Set-Cookie", "yl_session=s; HttpOnly"), ("Set-Cookie", "yl_font=24")]
    )
    mine = phone()
    mine.ask("/")
    _, bridge = mine.ask("/__sim/bridge.js")
    assert b"yl_font=24" in bridge and b"yl_session" not in bridge
    mine.ask("/__sim/cookie", method="POST", body="yl_font=30; path=/")
    mine.ask("/")
    assert product.asked[-1].headers["Cookie"] == "yl_session=s; yl_font=30"


def test_a_product_that_is_away_is_said_plainly(simulated, phone):
    object.__setattr__(simulated.place, "product", "http://127.0.0.1:9")
    answer, page = phone().ask("/learn/")
    assert answer.status == 502 and "培训系统没有回答" in page.decode()


def test_a_forwarded_page_arrives_as_a_link_into_the_product(simulated, phone, product):
    mine, hers = phone("王秀英"), phone("李桂兰")
    sent = {"to": hers.user.id, "url": product.address + "/learn/card", "title": "个人码"}
    simulated.client.post(f"/sim/phones/{mine.user.id}/forward", json=sent)
    (entry,) = simulated.client.get(f"/sim/phones/{hers.user.id}").json["entries"]
    assert (entry["sender"], entry["path"], entry["title"]) == ("王秀英", "/learn/card", "个人码")


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("{base}/c/abc", {"do": "open", "path": "/c/abc"}),
        ("http://yl.example.org/c/abc", {"do": "open", "path": "/c/abc"}),
        ("http://yl.example.organic/c/abc", {"do": "leave", "url": "http://yl.example.organic/c/abc"}),
        ("YL1.ABC", {"do": "say", "text": "扫到的内容：YL1.ABC"}),
    ],
)
def test_a_scanned_code_opens_inside_only_when_it_is_the_products(simulated, phone, product, text, does):
    mine = phone()
    scanned = simulated.client.post(
        f"/sim/phones/{mine.user.id}/scan", json={"text": text.format(base=product.address)}
    )
    assert scanned.json == does
