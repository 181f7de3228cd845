"""``backup [FILE]`` and ``restore FILE``: one bundle with the database, the stored files and a manifest.

The manifest names every part with its SHA-256 and what the ledger looked like, so that a restore can be checked.
Keys are left out unless asked for: whoever finds a bundle must not be able to read the ID numbers in it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from yanglao.cli import database, snapshots
from yanglao.cli.snapshots import CannotCopy
from yanglao.kernel.clock import SHANGHAI, now, rfc3339
from yanglao.kernel.db import db, reading
from yanglao.outside import schema
from yanglao.outside.processes import LOCK_NAME, hold
from yanglao.settings import Settings

FORMAT = 1


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--with-keys", is_flag=True, help="Put the keys file into the bundle; then keep the bundle secret."
)
@with_appcontext
def backup(file: Path | None, with_keys: bool) -> None:
    """Copy database and files into one bundle while everything runs; default DATA_DIR/backups/<time>.tar."""
    settings: Settings = current_app.config["SETTINGS"]
    moment = now()
    target = (
        file or settings.data_dir / "backups" / f"yanglao-{moment.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.tar"
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with _plain_faults(), tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        staged = Path(folder)
        name = snapshots.dump(settings, staged)
        parts = {name: staged / name, **_stored(settings.data_dir / "files")}
        if with_keys:
            parts["keys.toml"] = settings.keys_file
        manifest = staged / "manifest.json"
        manifest.write_text(
            json.dumps(_manifest(settings, parts, rfc3339(moment)), indent=1), encoding="utf-8"
        )
        bundle = staged / "bundle.tar"
        with tarfile.open(bundle, "w") as tar:
            for part, path in {"manifest.json": manifest, **parts}.items():
                tar.add(path, arcname=part)
        bundle.chmod(0o600)
        bundle.replace(target)
    click.echo(f"已备份 backup: {target} ({target.stat().st_size} bytes, {len(parts)} parts)")
    if not with_keys:
        click.echo(f"密钥不在备份里，请另外保存 keys are not inside, keep them apart: {settings.keys_file}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace what this database holds.")
@with_appcontext
def restore(file: Path, force: bool) -> None:
    """Put a bundle in the place of this database, migrate it and verify its ledger. The server must be stopped."""
    settings: Settings = current_app.config["SETTINGS"]
    with _plain_faults(), _stopped(settings), tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        manifest = _unpack(file, Path(folder))
        if not force and snapshots.holds_something(settings):
            raise CannotCopy("this database is not empty; `restore --force` replaces it")
        db.session.remove()
        db.engine.dispose()
        snapshots.load(settings, Path(folder))
        _put_files(Path(folder), settings, manifest)
        database.upgrade()
        _verify(manifest)


@contextmanager
def _stopped(settings: Settings) -> Iterator[None]:
    """Hold DATA_DIR, so that no server starts on it meanwhile."""
    lock = hold(settings.data_dir / LOCK_NAME)
    if lock is None:
        raise CannotCopy("yanglao is running on this DATA_DIR; stop it first")
    try:
        yield
    finally:
        os.close(lock)


def _stored(folder: Path) -> dict[str, Path]:
    return {
        f"files/{path.parent.name}/{path.name}": path
        for path in sorted(folder.glob("??/*"))
        if len(path.name) == 64
    }


def _manifest(settings: Settings, parts: dict[str, Path], made_at: str) -> dict[str, Any]:
    with reading():
        revision = schema.current(db.session.connection())
    listed = [
        {"path": part, "size": path.stat().st_size, "sha256": _digest(path)} for part, path in parts.items()
    ]
    kind = "sqlite" if settings.sqlite else "postgresql"
    heads = snapshots.heads(next(iter(parts.values()))) if settings.sqlite else None
    return {
        "format": FORMAT,
        "made_at": made_at,
        "database": kind,
        "migration": revision,
        "ledger": heads,
        "parts": listed,
    }


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack a bundle, which is not trusted: only plain files inside ``folder``, each as the manifest says."""
    try:
        with tarfile.open(file) as tar:
            tar.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        parts = [(folder / part["path"], part["sha256"]) for part in manifest["parts"]]
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as fault:
        raise CannotCopy(f"{file} is not a bundle of yanglao ({type(fault).__name__})") from None
    if manifest.get("format") != FORMAT:
        raise CannotCopy(f"{file} has format {manifest.get('format')}; this version reads {FORMAT}")
    for path, digest in parts:
        if not path.is_file() or _digest(path) != digest:
            raise CannotCopy(f"{file} is damaged: {path.relative_to(folder)} is not as the manifest says")
    return manifest


def _put_files(folder: Path, settings: Settings, manifest: dict[str, Any]) -> None:
    for part in manifest["parts"]:
        if part["path"].startswith("files/"):
            target = settings.data_dir / part["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / part["path"], target)
    if (folder / "keys.toml").exists():
        settings.keys_file.unlink(missing_ok=True)
        shutil.move(folder / "keys.toml", settings.keys_file)
        settings.keys_file.chmod(0o600)


def _verify(manifest: dict[str, Any]) -> None:
    """Verify the restored ledger and that it stands where the bundle says; exit 1 when it does not."""
    from yanglao.evidence.verify import verify

    with reading():
        report = verify(db.session)
    if not report.ok:
        click.echo(f"已恢复，但账本有误 restored, but LEDGER BROKEN: {report.first_broken}", err=True)
        click.echo(
            "签名打不开时请放回原来的密钥文件 if signatures fail, put the keys file back (YANGLAO_KEYS)",
            err=True,
        )
        sys.exit(1)
    expected = manifest.get("ledger")
    if expected and expected["entries"] != report.checked:
        click.echo(
            f"已恢复，但条数不符 restored, but entries differ: {report.checked} of {expected['entries']}",
            err=True,
        )
        sys.exit(1)
    click.echo(
        f"已恢复，账本完好 restored, ledger intact: {report.checked} 条 entries, {report.chains} 链 chains"
    )


def _digest(path: Path) -> str:
    hashed = sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


@contextmanager
def _plain_faults() -> Iterator[None]:
    try:
        yield
    except CannotCopy as fault:
        sys.exit(f"yanglao: {fault}")
