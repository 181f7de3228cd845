from __future__ import annotations

import hashlib

import pytest

from tests.outside.wechat_stub import TICKET, Stub
from tests.web.wechat.conftest import WECHAT


@pytest.fixture
def stub():
    """Give a stand-in for WeChat's API."""
    running = Stub()
    yield running
    running.close()


@pytest.fixture
def client(make_app, stub):
    """Give a browser in front of a house with a service account."""
    return make_app(**WECHAT | {"WECHAT_API_BASE": stub.base}).test_client()


def ask(client, url):
    return client.get("/api/v1/wx/js-config", query_string={"url": url})


def test_a_page_of_ours_is_signed_without_its_fragment(client):
    page = "https://learn.example.org/learn/card?from=singlemessage&x=%E4%B8%AD"
    found = ask(client, f"{page}#top").get_json()
    text = f"jsapi_ticket={TICKET}&noncestr={found['nonceStr']}&timestamp={found['timestamp']}&url={page}"
    assert found["signature"] == hashlib.sha1(text.encode()).hexdigest()
    assert found["appId"] == WECHAT["WECHAT_APP_ID"]
    assert set(found) == {"appId", "timestamp", "nonceStr", "signature"}


def test_the_short_address_is_ours_too(client):
    assert ask(client, "https://yl.example.org/c/abcdefgh").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.org/",
        "https://learn.example.org.evil.org/",
        "https://evil.org/?learn.example.org",
        "https://learn.example.org@evil.org/",
        "https://evil.org@learn.example.org/",
        "https://evil.org\\@learn.example.org/",
        "http://learn.example.org/",
        "http://127.0.0.1:8000/",
        "javascript:alert(1)",
        "//learn.example.org/",
        "https://learn.example.org:port/",
        "https://[::1",
        "https://learn.example.org/\n&url=https://evil.org/",
        "https://learn.example.org/" + "a" * 3000,
        "",
        "#",
    ],
    ids=range(16),
)  # fmt: skip
def test_any_other_page_is_not_signed(client, stub, url):
    answer = ask(client, url)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "wechat.foreign_page")
    assert not stub.calls


def test_a_thousand_pages_cost_one_ticket(client, stub):
    for number in range(30):
        assert ask(client, f"https://learn.example.org/c/{number}").status_code == 200
    assert (stub.calls["/cgi-bin/ticket/getticket"], stub.calls["/cgi-bin/stable_token"]) == (1, 1)


def test_the_demo_on_this_machine_is_signed_without_https(make_app, stub):
    given = WECHAT | {"WECHAT_API_BASE": stub.base, "PUBLIC_BASE_URL": "http://127.0.0.1:8000"}
    here = make_app(**given).test_client()
    assert ask(here, "http://127.0.0.1:8000/learn/").status_code == 200
    assert ask(here, "http://yl.example.org/learn/").status_code == 400


def test_while_wechat_is_away_a_page_is_told_so(make_app):
    answer = ask(make_app(**WECHAT).test_client(), "https://learn.example.org/")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "wechat.away")


def test_a_domain_proof_is_shown_as_it_was_put_there(app, client):
    folder = client.application.config["SETTINGS"].data_dir / "mp_verify"
    folder.mkdir()
    (folder / "MP_verify_aB3.txt").write_bytes(b"aB3")
    (folder / "secret.txt").write_bytes(b"no")
    answer = client.get("/MP_verify_aB3.txt")
    assert (answer.status_code, answer.get_data(), answer.mimetype) == (200, b"aB3", "text/plain")
    for path in ("/MP_verify_zz.txt", "/MP_verify_..%2Fsecret.txt", "/MP_verify_.txt", "/secret.txt"):
        assert client.get(path).status_code == 404


def test_a_signature_that_phones_call_invalid_brings_another_ticket_once_in_ten_minutes(
    make_app, stub, tmp_path
):
    clock_file = tmp_path / "clock"
    clock_file.write_text("2026-03-08T01:00:00+00:00")
    given = WECHAT | {"WECHAT_API_BASE": stub.base, "YANGLAO_CLOCK_FILE": str(clock_file)}
    client = make_app(**given).test_client()
    counts = []
    for moment in ("01:00:00", "01:00:10", "01:09:59", "01:10:00"):
        clock_file.write_text(f"2026-03-08T{moment}+00:00")
        for _phone in range(20):
            asked = {"url": "https://learn.example.org/learn/card", "refused": "1"}
            assert client.get("/api/v1/wx/js-config", query_string=asked).status_code == 200
        counts.append(stub.calls["/cgi-bin/ticket/getticket"])
    assert counts == [2, 2, 2, 3]
