"""Files for WPS and Excel: marked, CRLF, long numbers whole, nothing is reckoned."""

from __future__ import annotations

import pytest

from yanglao.outside import csv_writing


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("1234567890", "1234567890"), ("12345678901", "\t12345678901"), ("37130219700101001X", "\t37130219700101001X"),
        ("=1+1", "'=1+1"), ("@x", "'@x"), ("-5", "'-5"), ("＝1", "'＝1"), ("12.50", "12.50"), ("a\nb", "a b"), ('说"好"', '"说""好"""'),
    ],
)  # fmt: skip
def test_a_cell_is_harmless_and_whole(cell: str, written: str) -> None:
    assert csv_writing.write([[cell, "x"]]) == b"\xef\xbb\xbf" + f"{written},x\r\n".encode()
