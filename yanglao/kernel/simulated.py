"""Where a running WeChat simulator leaves what others need to reach it: a file that it holds locked while it lives.

The supervisor hands the values to its children; a command in another terminal finds them through ``read``. A file
whose simulator has ended is not locked and counts as none.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping
from pathlib import Path

FOLDER = "simulator"
FILE = "environment"
NAMES = (
    "WECHAT_APP_ID",
    "WECHAT_APP_SECRET",
    "WECHAT_TOKEN",
    "WECHAT_AES_KEY",
    "WECHAT_API_BASE",
    "WECHAT_AUTHORIZE_BASE",
)
TRIES = 20
TRY_S = 0.05


def read(data_dir: Path) -> dict[str, str]:
    """Return the settings of the simulator that runs beside ``data_dir`` now; empty when none does."""
    try:
        descriptor = os.open(data_dir / FOLDER / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return {}
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _parsed(_content(descriptor))
    except OSError:
        return {}
    finally:
        os.close(descriptor)
    return {}


def left(data_dir: Path) -> dict[str, str]:
    """Return the settings of the simulator that ran beside ``data_dir`` last, whether or not it lives."""
    try:
        return _parsed((data_dir / FOLDER / FILE).read_bytes())
    except OSError:
        return {}


def publish(data_dir: Path, values: Mapping[str, str]) -> int | None:
    """Write the settings (0600) and return the open file, locked; None when another simulator holds it.

    The lock goes with the process that called, however it ends.
    """
    descriptor = os.open(data_dir / FOLDER / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for _ in range(TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            time.sleep(TRY_S)  # a reader looks for a moment whether it is locked
    else:
        os.close(descriptor)
        return None
    text = "".join(f"{name}={values[name]}\n" for name in NAMES).encode()
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text, 0)
    return descriptor


def _content(descriptor: int) -> bytes:
    return os.pread(descriptor, 8192, 0)


def _parsed(content: bytes) -> dict[str, str]:
    """Return the values, or nothing unless all are there: a file may be seen while it is being written."""
    lines = [line for line in content.decode("utf-8", "replace").splitlines(keepends=True) if "=" in line]
    found = dict(line.rstrip("\n").split("=", 1) for line in lines if line.endswith("\n"))
    return {name: found[name] for name in NAMES} if set(NAMES) <= set(found) else {}
