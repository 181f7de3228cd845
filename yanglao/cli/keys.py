"""``keys create FILE`` and ``keys rotate``: the keys file named by YANGLAO_KEYS."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path

import click
from flask import current_app

from yanglao.cli.noun import Noun
from yanglao.outside import keyring

keys = Noun("keys", help="Keys for ID encryption, ID hash, signing and codes.")
ROTATED = ("seal", "sign", "mac")


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def create(file: Path) -> None:
    """Make a keys file for production; an existing file is never overwritten.

    Run it with YANGLAO_ENV=development on a machine that has none yet.
    """
    if file.exists():
        sys.exit(f"yanglao: {file} exists and is left alone")
    keyring.write(keyring.fresh("production", now=datetime.now(timezone.utc)), file, replacing=False)
    click.echo(
        f"已生成密钥文件 keys file made: {file} (0600)。请另外备份 back it up apart from the database."
    )


@keys.command()
@click.option(
    "--id-hash", is_flag=True, help="Also replace the key of the ID hash and hash all ID numbers anew."
)
def rotate(id_hash: bool) -> None:
    """Add new current keys; the keys before stay in the file, to read what was written with them.

    Running servers follow the file by themselves. The key of the ID hash stays unless ``--id-hash`` is given:
    equality of ID numbers needs one key, so replacing it hashes every stored number anew in one transaction.
    """
    path = current_app.config["SETTINGS"].keys_file
    ring = keyring.read(path, env=current_app.config["SETTINGS"].env)
    uses = (*ROTATED, "id_hash") if id_hash else ROTATED
    changed = keyring.with_new(ring, uses, now=datetime.now(timezone.utc))
    keyring.write(changed, path, replacing=True)
    rehashed = 0
    if id_hash:
        try:
            rehashed = _hash_anew()
        except BaseException:
            keyring.write(ring, path, replacing=True)
            raise
    for use in uses:
        click.echo(f"{use}: {ring.current[use]} -> {changed.current[use]}")
    if id_hash:
        click.echo(f"已重算证件号散列 ID hashes made anew: {rehashed}")


def _hash_anew() -> int:
    from yanglao.kernel.db import db, run
    from yanglao.people import rekeying
    from yanglao.subsidy import payees

    def anew() -> int:
        payees.mark_anew(db.session)
        return rekeying.hash_anew(db.session)

    return run(anew)
