from __future__ import annotations

import json
import socket
import threading
from dataclasses import replace

import pytest
from werkzeug.serving import make_server

from tests.outside.wechat_stub import Stub
from tests.web.wechat.conftest import OLD_KEY, WECHAT
from yanglao.cli import wechat_checks
from yanglao.kernel.notice_templates import Template
from yanglao.outside import wechat_menu

SECRETS = [WECHAT[name] for name in ("WECHAT_APP_SECRET", "WECHAT_TOKEN", "WECHAT_AES_KEY")] + [OLD_KEY]


@pytest.fixture
def stub():
    """Give a stand-in for WeChat's API."""
    running = Stub()
    yield running
    running.close()


@pytest.fixture
def served(make_app, stub):
    """Give a maker of a house that is served at its public address, and asks the stub; settings by keyword."""
    servers = []

    def make(**more):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        site = f"http://127.0.0.1:{port}"
        app = make_app(**WECHAT | {"WECHAT_API_BASE": stub.base, "PUBLIC_BASE_URL": site} | more)
        server = make_server("127.0.0.1", port, app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return app

    yield make
    for one in servers:
        one.shutdown()
        one.server_close()


def run(app, *args):
    return app.test_cli_runner().invoke(args=["wechat", *args])


def checked(app):
    answer = run(app, "check", "--json")
    assert not any(secret in answer.output for secret in SECRETS)
    return answer.exit_code, {row["step"]: row for row in json.loads(answer.stdout)}


def publish(app, stub):
    answer = run(app, "menu", "publish")
    _, raw = next(one for one in stub.bodies if one[0].startswith("/cgi-bin/menu/create"))
    stub.answers["/cgi-bin/menu/get"] = [{"menu": json.loads(raw)}]
    return answer


def test_the_menu_is_shown_and_published_as_wechat_takes_it(served, stub):
    app = served()
    shown = json.loads(run(app, "menu", "show", "--json").stdout)
    assert "一句话 help" in run(app, "menu", "show").output
    answer = publish(app, stub)
    assert answer.exit_code == 0 and "菜单已发布" in answer.output
    _, raw = next(one for one in stub.bodies if one[0].startswith("/cgi-bin/menu/create"))
    assert json.loads(raw) == shown and "学习".encode() in raw


def test_a_dry_run_asks_wechat_nothing(served, stub):
    answer = run(served(), "menu", "publish", "--dry-run")
    assert answer.exit_code == 0 and not stub.calls


def test_a_wrong_menu_or_a_refusal_of_wechat_is_one_line(served, stub):
    app = served()
    own = app.config["SETTINGS"].data_dir / wechat_menu.FILE
    own.write_text('[[button]]\nname = "问"\nkey = "nobody_answers"\n', encoding="utf-8")
    answer = run(app, "menu", "publish")
    assert answer.exit_code == 1 and "nobody_answers" in answer.output and not stub.calls
    own.unlink()
    stub.answers["/cgi-bin/menu/create"] = [
        {"errcode": 48001, "errmsg": "api unauthorized rid: 6566f0a1-0b2c"}
    ]
    answer = run(app, "menu", "publish")
    assert answer.exit_code == 1 and "48001" in answer.output and "认证" in answer.output
    assert "Traceback" not in answer.output


def test_a_house_without_an_account_is_told_what_to_fill_in(app):
    code, found = checked(app)
    assert code == 1 and "WECHAT_APP_ID" in found["设置"]["said"]


def test_a_good_account_passes_every_step(served, stub):
    app = served()
    publish(app, stub)
    code, found = checked(app)
    assert code == 0 and all(row["ok"] for row in found.values() if row["step"] != "服务器时间")
    assert {"回调 验证网址", "回调 加密推送", "回调 拒绝伪造", "网页签名票据", "菜单"} <= set(found)
    assert "✓ 菜单" in run(app, "check").output


def test_a_menu_that_was_not_published_is_said(served, stub):
    stub.answers["/cgi-bin/menu/get"] = [{"errcode": 46003, "errmsg": "menu no exist"}]
    code, found = checked(served())
    assert code == 1 and found["菜单"]["ok"] is False and "menu publish" in found["菜单"]["fix"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"errcode": 40164, "errmsg": "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist"}, "203.0.113.9"),
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, "AppSecret 不对"),
        ({"errcode": 40243, "errmsg": "AppSecret is frozen"}, "冻结"),
        ({"errcode": 40013, "errmsg": "invalid appid"}, "AppID 不对"),
        ("<html>hello</html>", "没有像样的回答"),
        ((502, ""), "没有像样的回答"),
    ],
)  # fmt: skip
def test_what_wechat_says_to_the_secret_is_told_with_what_to_do(served, stub, answer, words):
    stub.answers["/cgi-bin/stable_token"] = [answer]
    code, found = checked(served())
    row = found["AppSecret 和 IP 白名单"]
    assert code == 1 and row["ok"] is False and words in row["said"] + row["fix"]
    assert "菜单" not in found


def test_an_address_where_nobody_answers_is_named(make_app, stub):
    app = make_app(**WECHAT | {"WECHAT_API_BASE": stub.base, "PUBLIC_BASE_URL": "http://127.0.0.1:9"})
    code, found = checked(app)
    assert code == 1 and found["回调 验证网址"]["said"] == "端口没有开"


def test_a_redirect_in_front_of_the_callback_is_named(make_app, stub):
    stub.answers["/wx/callback"] = [(302, "")]
    app = make_app(**WECHAT | {"WECHAT_API_BASE": stub.base, "PUBLIC_BASE_URL": stub.base})
    _, found = checked(app)
    assert "被转到" in found["回调 验证网址"]["said"] and "elsewhere" in found["回调 验证网址"]["said"]


def test_a_server_that_runs_with_another_key_is_noticed(served, make_app, stub):
    site = served(WECHAT_AES_KEY="Z" * 43, WECHAT_AES_KEY_PREVIOUS="").config["SETTINGS"].public_base_url
    changed = make_app(**WECHAT | {"WECHAT_API_BASE": stub.base, "PUBLIC_BASE_URL": site})
    _, found = checked(changed)
    assert found["回调 验证网址"]["ok"] and found["回调 加密推送"]["ok"] is False


@pytest.mark.parametrize(
    ("site", "wrong"),
    [
        ("https://learn.example.org", ""),
        ("http://learn.example.org", "不是 https"),
        ("https://learn.example.org:8443", "端口不是 443"),
        ("https://203.0.113.9", "是 IP 地址"),
        ("https://localhost", "本机地址"),
    ],
)
def test_a_real_account_needs_a_real_address(make_app, site, wrong):
    app = make_app(**WECHAT | {"WECHAT_API_BASE": "https://api.example.org", "PUBLIC_BASE_URL": site})
    given = wechat_checks.Given(app.config["SETTINGS"], app.extensions["wechat"], rehearsal=False)
    (found,) = wechat_checks._address(given)
    assert found.ok is (not wrong) and wrong in found.said


@pytest.mark.parametrize(
    ("content", "ok", "words"),
    [
        ("班级{{thing1.DATA}}\n时间{{time2.DATA}}", True, "上课提醒"),
        ("班级{{thing1.DATA}}\n时间{{time3.DATA}}", False, "time2、time3"),
        (None, False, "没有这个编号"),
    ],
)
def test_a_template_is_compared_with_the_one_of_the_account(served, stub, content, ok, words):
    listed = [{"template_id": "TM1", "title": "上课提醒", "content": content}] if content else []
    stub.answers["/cgi-bin/template/get_all_private_template"] = [{"template_list": listed}]
    app = served()
    template = Template(template_id="TM1", fields={"thing1": "{class_name}", "time2": "{starts_ms:stamp}"})
    settings = replace(app.config["SETTINGS"], wechat_templates={"session_reminder": template})
    given = wechat_checks.Given(settings, app.extensions["wechat"], rehearsal=False)
    (found,) = wechat_checks._templates(given)
    assert found.ok is ok and words in found.said


def real(app):
    """Return what is checked of a real account, of which the stub takes the part."""
    return wechat_checks.Given(app.config["SETTINGS"], app.extensions["wechat"], rehearsal=False)


def test_a_proof_of_the_domain_is_asked_for_and_then_seen(served):
    given = real(served())
    (none,) = wechat_checks._proofs(given)
    assert none.ok is False and "mp_verify" in none.fix
    folder = given.settings.data_dir / "mp_verify"
    folder.mkdir()
    (folder / "MP_verify_abcDEF123.txt").write_text("abcDEF123\n", encoding="utf-8")
    (found,) = wechat_checks._proofs(given)
    assert found.ok and "MP_verify_abcDEF123.txt" in found.said


@pytest.mark.parametrize(("left", "ok"), [(100_000, True), (5_000, True), (4_999, False)])
def test_a_quota_that_is_nearly_used_up_is_said(served, stub, left, ok):
    stub.answers["/cgi-bin/openapi/quota/get"] = [{"quota": {"daily_limit": 100_000, "remain": left}}]
    found = list(wechat_checks._quota(real(served())))
    assert [one.ok for one in found] == [ok, ok]


@pytest.mark.parametrize(
    ("answer", "ok"),
    [
        ({"ping": [{"ip": "203.0.113.9", "package_loss": "0%"}]}, True),
        ({"ping": [{"ip": "203.0.113.9", "package_loss": "100%"}]}, None),
        ({"dns": []}, None),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, None),
    ],
)
def test_the_network_is_told_as_wechat_sees_it_and_fails_nothing(served, stub, answer, ok):
    stub.answers["/cgi-bin/callback/check"] = [answer]
    (found,) = wechat_checks._network(real(served()))
    assert found.ok is ok


def test_what_only_a_phone_can_tell_is_named(served):
    found = list(wechat_checks._by_hand(real(served())))
    assert {one.step for one in found} == {"网页授权域名", "JS 接口安全域名", "安全模式"}
    assert all(one.ok is None and one.fix for one in found)


def test_a_clock_that_is_off_is_said(make_app, stub, tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("+700")
    app = make_app(**WECHAT | {"WECHAT_API_BASE": stub.base, "YANGLAO_CLOCK_FILE": str(clock)})
    (found,) = wechat_checks._clock(real(app))
    assert found.ok is False and "校时" in found.fix
