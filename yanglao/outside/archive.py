"""Read the files of a zip that somebody sent: names as they were meant, never more bytes than allowed, nothing written to disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

UTF8_NAME, ENCRYPTED = 0x800, 0x1
UNICODE_PATH = 0x7075
# What Python raises over a zip that is damaged, encrypted or packed in a way it does not know; none of it means anything else there.
BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
    zlib.error,
    struct.error,
)


class NoArchive(ValueError):
    """Say that the bytes are no zip that can be read; the argument is damaged, encrypted, too_many or too_large."""


@dataclass(frozen=True)
class Member:
    """One file: its name with folders, and its bytes; None when it is larger than one may be."""

    name: str
    content: bytes | None


def members(content: bytes, *, most_files: int, most_each: int, most_all: int) -> Iterator[Member]:
    """Yield the files of a zip in its own order; folders are left out.

    What an entry says of its size is not believed: unpacking stops at the limit. Raises NoArchive, also in the middle.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = [one for one in archive.infolist() if not one.is_dir()]
            if len(listed) > most_files:
                raise NoArchive("too_many")
            left = most_all
            for one in listed:
                if one.flag_bits & ENCRYPTED:
                    raise NoArchive("encrypted")
                with archive.open(one) as stream:
                    unpacked = stream.read(min(most_each, left) + 1)
                if len(unpacked) > left:
                    raise NoArchive("too_large")
                left -= len(unpacked)
                yield Member(_name(one), unpacked if len(unpacked) <= most_each else None)
    except NoArchive:
        raise
    except BROKEN:
        raise NoArchive("damaged") from None


def _name(one: zipfile.ZipInfo) -> str:
    """Return a name as it was meant: UTF-8 where it says so or can only be that, else GB18030 as Chinese Windows writes it."""
    if one.flag_bits & UTF8_NAME:
        return one.filename
    raw = one.orig_filename.encode("cp437", "replace")
    found = _unicode_path(one.extra, raw)
    for encoding in ("utf-8", "gb18030"):
        try:
            return found or raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return one.filename


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """Return the name in the Info-ZIP field for it, when it belongs to this very entry; else nothing."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and len(body) > 5 and struct.unpack("<I", body[1:5])[0] == zlib.crc32(raw):
            return body[5:].decode("utf-8", "replace")
    return ""
