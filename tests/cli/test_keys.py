from __future__ import annotations

from datetime import datetime, timezone

import pytest

from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.db import db, run
from yanglao.outside import keyring
from yanglao.outside.ciphers import ciphers
from yanglao.people import queries
from yanglao.people import service as people

NOW = datetime(2026, 3, 8, tzinfo=timezone.utc)
NUMBER = "11010519491231002X"


@pytest.fixture
def house(app):
    """Give a house with 王秀英 in it."""
    run(
        lambda: people.admit(db.session, people.Draft(name="王秀英", id_number=NUMBER), now=NOW, actor=SYSTEM)
    )
    return app


def rotate(house, *options):
    done = house.test_cli_runner().invoke(args=["keys", "rotate", *options])
    assert done.exit_code == 0, done.output
    return done.output


def current(house):
    return keyring.read(house.config["SETTINGS"].keys_file, env="test").current


def test_rotation_makes_new_keys_and_keeps_the_hash_key(house):
    before = current(house)
    rotate(house)
    after = current(house)
    assert {use for use in after if after[use] != before[use]} == {"seal", "sign", "mac"}


@pytest.mark.parametrize("options", [(), ("--id-hash",)])
def test_a_person_is_found_and_readable_after_a_rotation(house, options):
    before = queries.find_by_id_number(db.session, NUMBER)
    said = rotate(house, *options)
    db.session.expire_all()
    assert queries.find_by_id_number(db.session, NUMBER).id == before.id
    assert NUMBER not in said


def test_replacing_the_hash_key_hashes_and_seals_every_number_anew(house):
    old_hash = ciphers().id_hash("x")
    assert "1" in rotate(house, "--id-hash")
    assert ciphers().id_hash("x") != old_hash
    again = run(
        lambda: people.admit(db.session, people.Draft(name="王秀英", id_number=NUMBER), now=NOW, actor=SYSTEM)
    )
    assert not again.created


def test_a_failed_replacement_leaves_the_keys_as_they_were(house, monkeypatch):
    from yanglao.people import rekeying

    def fail(_session):
        raise RuntimeError("the disk is full")

    before = current(house)
    monkeypatch.setattr(rekeying, "hash_anew", fail)
    assert house.test_cli_runner().invoke(args=["keys", "rotate", "--id-hash"]).exit_code == 1
    assert current(house) == before


def test_created_keys_are_for_production_and_never_overwrite(house, tmp_path):
    file = tmp_path / "keys.toml"
    runner = house.test_cli_runner()
    assert runner.invoke(args=["keys", "create", str(file)]).exit_code == 0
    content = file.read_bytes()
    assert keyring.read(file, env="production").made_for == "production"
    assert runner.invoke(args=["keys", "create", str(file)]).exit_code == 1
    assert file.read_bytes() == content
