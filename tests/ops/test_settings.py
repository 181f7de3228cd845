from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from yanglao.settings import LONGEST_SOCKET_PATH, WrongSetting, embedded_redis_socket, load


@pytest.fixture
def read(tmp_path):
    """Give a reader of settings with DATA_DIR in a folder of the test's own."""
    return lambda **given: load({"DATA_DIR": str(tmp_path / "data"), **given})


def test_without_anything_given_it_is_the_demo_on_loopback(read):
    settings = read()
    assert (settings.env, settings.host, settings.port) == ("demo", "127.0.0.1", 8000)
    assert settings.sqlite and settings.redis_embedded


def test_an_empty_variable_counts_as_not_given(read):
    assert read(PORT="", HOST=" ").port == 8000


def test_the_secret_of_the_demo_is_random_and_stays(read, tmp_path):
    first = read().secret_key
    assert len(first) >= 32 and read().secret_key == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600


def test_secrets_never_show_in_print(read):
    settings = read(WECHAT_APP_ID="wx0123456789abcdef", WECHAT_APP_SECRET="very-secret-word")
    assert settings.secret_key not in repr(settings) and "very-secret-word" not in repr(settings)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_by_psycopg_3(read, scheme):
    assert (
        read(DATABASE_URL=f"{scheme}://u:p@db/yanglao").database_url == "postgresql+psycopg://u:p@db/yanglao"
    )


@pytest.mark.parametrize(("short", "warned"), [("https://ab.example.cn", 0), ("https://abc.example.cn", 1)])
def test_an_address_too_long_for_a_room_code_is_warned_of(read, short, warned):
    assert len(read(SHORT_BASE_URL=short).warnings) == warned


def test_the_demo_address_just_fits(read):
    assert read().warnings == ()
    assert len(read().short_base_url + "/c/" + "x" * 16) == 40


@pytest.mark.parametrize(
    ("given", "hops", "networks"),
    [("2", 2, ()), ("10.0.0.0/8, ::1", 1, ("10.0.0.0/8", "::1/128")), ("", 0, ())],
)
def test_proxies_are_counted_or_named(read, given, hops, networks):
    settings = read(TRUSTED_PROXIES=given)
    assert (settings.trusted_hops, settings.trusted_proxies) == (hops, networks)


def test_a_wechat_id_without_its_secret_is_refused(read):
    with pytest.raises(WrongSetting, match="WECHAT_APP_ID"):
        read(WECHAT_APP_ID="wx0123456789abcdef")


def test_an_unknown_name_in_a_file_is_refused(read, tmp_path):
    (tmp_path / "default.toml").write_text("colour = 'red'\n")
    with pytest.raises(WrongSetting, match="colour"):
        load({"DATA_DIR": str(tmp_path)}, config_dir=tmp_path)


def test_a_deep_folder_gets_a_short_socket(tmp_path):
    deep = tmp_path / ("很深的目录" * 20)
    assert len(str(embedded_redis_socket(deep)).encode()) <= LONGEST_SOCKET_PATH
    assert embedded_redis_socket(Path("/srv/yanglao")) == Path("/srv/yanglao/redis/redis.sock")


def test_a_folder_of_any_name_holds_the_database(tmp_path):
    folder = tmp_path / "100%41?# 数据"
    settings = load({"DATA_DIR": str(folder)})
    assert settings.sqlite_path == folder / "yanglao.sqlite3"
    engine = create_engine(settings.database_url)
    engine.connect().close()
    engine.dispose()
    assert settings.sqlite_path.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "0"),
        ("HOST", "1.2.3"),
        ("WECHAT_AES_KEY", "short"),
        ("WECHAT_AES_KEYS", "x"),
        ("YANGLAO_COLOUR", "red"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("PUBLIC_BASE_URL", "learn.example.org"),
        ("TRUSTED_PROXIES", "the lobby"),
        ("YANGLAO_ENV", "staging"),
        ("YANGLAO_CLOCK_FILE", "/tmp/clock"),
    ],
)
def test_what_is_unknown_or_malformed_is_refused_by_its_name(read, name, value):
    with pytest.raises(WrongSetting, match=f"setting {name}: "):
        read(**{name: value})


@pytest.mark.parametrize("secret", ["", "dev", "short", "a" * 40])
def test_production_refuses_secrets_that_are_none(read, secret):
    with pytest.raises(WrongSetting, match="SECRET_KEY") as refused:
        read(YANGLAO_ENV="production", SECRET_KEY=secret)
    assert not secret or secret not in str(refused.value).removeprefix("setting SECRET_KEY")
