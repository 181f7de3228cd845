"""Turn text into a QR symbol. The only door to the ``qrcode`` library."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

BORDER = 4


@dataclass(frozen=True)
class Symbol:
    """One QR symbol: ``rows`` of dark (True) and light modules, the border of 4 light modules included."""

    version: int
    rows: tuple[tuple[bool, ...], ...]

    @property
    def side(self) -> int:
        """Return the number of modules along one side, border included."""
        return len(self.rows)


def encode(text: str) -> Symbol:
    """Return the smallest symbol of error correction M that holds ``text``; no logo, border 4.

    Upper-case base32 text becomes alphanumeric mode by itself, which keeps a personal code at version 2.
    """
    drawn = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=BORDER)
    drawn.add_data(text, optimize=0)
    drawn.make(fit=True)
    return Symbol(drawn.version, tuple(tuple(bool(dark) for dark in row) for row in drawn.get_matrix()))
