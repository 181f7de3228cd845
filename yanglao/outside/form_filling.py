"""Read which placeholders a form has and fill it in, whether it is an .xlsx or a .docx."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from yanglao.kernel.errors import Refused
from yanglao.outside import form_docx
from yanglao.outside.form_parts import Damaged, Place, Values, kind_of, parts_of

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _form_xlsx() -> ModuleType:
    """Return what fills .xlsx: openpyxl is heavy, and most processes never fill a form."""
    return import_module("yanglao.outside.form_xlsx")


def read(content: bytes) -> tuple[str, list[Place], list[str]]:
    """Return (xlsx or docx, its placeholders, what its repeated rows do wrong). Raises as ``parts_of``."""
    parts = parts_of(content)
    if kind_of(parts) == "xlsx":
        form_xlsx = _form_xlsx()
        return "xlsx", form_xlsx.places(content), form_xlsx.faults(content)
    return "docx", form_docx.places(parts), form_docx.faults(parts)


def check(content: bytes, values: Values, rows: Sequence[Values]) -> None:
    """Fill it once and throw the result away. Raises Damaged when a strange part stops the library, and as ``parts_of``."""
    try:
        fill(content, values, rows)
    except Refused:
        raise
    except Exception:  # whatever a part of another program leads the library to
        raise Damaged from None


def fill(content: bytes, values: Values, rows: Sequence[Values]) -> bytes:
    """Return the form filled. Raises as ``parts_of``."""
    parts = parts_of(content)
    if kind_of(parts) == "xlsx":
        return _form_xlsx().fill(content, values, rows)
    return form_docx.fill(parts, values, rows)
