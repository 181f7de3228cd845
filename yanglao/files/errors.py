"""What can be wrong with a file."""

from __future__ import annotations

from yanglao.kernel.errors import NotFound, Refused


class WrongKind(Refused):
    """Say that the content is not of the kind it was said to be."""

    code = "files.wrong_kind"


class FileUnknown(NotFound):
    """Say that there is no such file, that it has expired, or that it belongs to somebody else."""

    code = "files.unknown"


class LinkExpired(NotFound):
    """Say that a link was altered or is too old."""

    code = "files.link_expired"
