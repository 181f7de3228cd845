from __future__ import annotations

import os
import stat
from datetime import datetime, timezone

import pytest

from yanglao.outside import keyring
from yanglao.outside.ciphers import Ciphers, Unreadable
from yanglao.outside.keyring import BadKeys

NOW = datetime(2026, 3, 8, tzinfo=timezone.utc)
NUMBER = "370202198001010017"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.toml"


@pytest.fixture
def ciphers(path):
    return Ciphers.from_keys_file(path, "demo")


def rotate(path, *uses):
    ring = keyring.with_new(keyring.read(path, env="demo"), uses, now=NOW)
    keyring.write(ring, path, replacing=True)


def test_a_missing_file_is_made_for_the_owner_only(path, ciphers):
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_what_is_sealed_opens_and_never_looks_the_same_twice(ciphers):
    one, other = ciphers.seal(NUMBER), ciphers.seal(NUMBER)
    assert one != other and NUMBER not in one
    assert ciphers.open(one) == ciphers.open(other) == NUMBER


def test_a_damaged_sealed_text_is_refused(ciphers):
    head, key, content = ciphers.seal(NUMBER).split(":")
    with pytest.raises(Unreadable):
        ciphers.open(f"{head}:{key}:{content[:-6]}AAAA==")


@pytest.mark.parametrize("text", ["", "x", "aesgcm:nobody:AAAA", "aesgcm:::"])
def test_a_text_that_was_never_sealed_is_refused(ciphers, text):
    with pytest.raises(Unreadable):
        ciphers.open(text)


def test_equal_numbers_have_equal_hashes(ciphers):
    assert ciphers.id_hash(NUMBER) == ciphers.id_hash(NUMBER) != ciphers.id_hash(NUMBER[:-1] + "X")


def test_codes_for_two_purposes_differ(ciphers):
    assert ciphers.mac("room", b"1") != ciphers.mac("card", b"1")
    assert len(ciphers.mac("room", b"1")) == 32


def test_a_signature_holds_for_its_message_only(ciphers):
    signature = ciphers.sign(b"head")
    assert ciphers.verify(b"head", signature)
    assert not ciphers.verify(b"tail", signature)
    assert not ciphers.verify(b"head", "ed25519:nobody:AAAA")


def test_a_rotation_is_followed_by_a_running_server_and_old_content_still_reads(path, ciphers):
    sealed, signature, code = ciphers.seal(NUMBER), ciphers.sign(b"head"), ciphers.mac("room", b"1")
    rotate(path, "seal", "sign", "mac")
    assert ciphers.open(sealed) == NUMBER and ciphers.verify(b"head", signature)
    assert ciphers.seal(NUMBER).split(":")[1] != sealed.split(":")[1]
    assert code in ciphers.macs("room", b"1") and ciphers.mac("room", b"1") != code
    assert len(ciphers.public_keys()) == 2


def test_production_refuses_a_keys_file_made_for_the_demo(path, ciphers):
    with pytest.raises(BadKeys, match="made for 'demo'"):
        Ciphers.from_keys_file(path, "production")


@pytest.mark.parametrize("content", ["", "made_for = 'demo'\n[current]\n[keys]\n", "not toml"])
def test_a_malformed_keys_file_is_named_without_its_secrets(path, content):
    path.write_text(content)
    with pytest.raises(BadKeys, match=r"keys\.toml"):
        Ciphers.from_keys_file(path, "demo")
