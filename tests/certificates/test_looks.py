"""What stands on paper and picture is what was signed; the code on them is read by a decoder of its own."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.certificates.makers import LATER
from tests.house.tree import ROOT
from yanglao.certificates import looks, queries, statement
from yanglao.evidence import pack
from yanglao.kernel.db import db
from yanglao.outside.ciphers import ciphers
from yanglao.outside.typesetting import GlyphMissing

BASE = "https://yanglao.example.cn"
NAMES = ["王秀英", "张䶮", "李㛃", "陈𫖯", "阿依古丽·买买提", "阿卜杜热合曼·阿卜杜外力·买买提明"]


def named(own: queries.CertificateView, name: str) -> queries.CertificateView:
    """Return a certificate as it would have been signed for another name."""
    printed = own.printed | {"name": name}
    signed = statement.sign(printed)
    return replace(own, printed=printed, statement=signed.statement, signature=signed.signature)


def words_of(content: bytes) -> str:
    page = pypdfium2.PdfDocument(content)[0]
    return re.sub(r"\s", "", page.get_textpage().get_text_range())


def codes_of(picture: Image.Image) -> list[str]:
    # Other kinds are not asked for: ornaments may look like one of their bars.
    return [
        one.text
        for one in zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    ]


def test_every_signed_field_stands_on_the_paper_also_with_rare_signs(there):
    issued = there.issued()
    for name in NAMES:
        own = named(issued, name)
        said = words_of(looks.pdf(own, base_url=BASE))
        assert [key for key, text in own.printed.items() if re.sub(r"\s", "", text) not in said] == [], name


def test_a_sign_without_a_glyph_is_named_and_nothing_is_printed(there):
    with pytest.raises(GlyphMissing) as fault:
        looks.pdf(named(there.issued(), "王\U0003fffd"), base_url=BASE)
    assert fault.value.facts["points"] == ["U+3FFFD"]


def test_a_certificate_that_was_not_issued_has_no_paper(there):
    with pytest.raises(looks.NotIssued):
        looks.pdf(there.review(there.enrolments[0])[0], base_url=BASE)


def test_the_code_of_paper_and_picture_is_read_and_carries_what_was_signed(there):
    own = there.issued()
    expected = statement.qr_text(BASE, own.code, statement.Signed(own.statement, own.signature))
    page = pypdfium2.PdfDocument(looks.pdf(own, base_url=BASE))[0].render(scale=2.5).to_pil()
    picture = Image.open(io.BytesIO(looks.picture(own, base_url=BASE)))
    squeezed = io.BytesIO()
    picture.convert("RGB").resize((720, 720 * picture.height // picture.width)).save(
        squeezed, "JPEG", quality=60
    )
    for seen in (page, picture, Image.open(squeezed)):
        assert codes_of(seen) == [expected]
    assert expected.startswith(f"{BASE}/verify/{own.code}#") and picture.width == 1080


def verifier(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(ROOT / "tools" / "verify_pack.py"), *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, encoding="utf-8")


def test_the_one_file_verifier_checks_a_code_without_us(there, tmp_path):
    own = there.issued()
    text = statement.qr_text(BASE, own.code, statement.Signed(own.statement, own.signature))
    (tmp_path / "keys.json").write_text(json.dumps(ciphers().public_keys()))
    (tmp_path / "pack.jsonl").write_text(
        "\n".join(json.dumps(one, ensure_ascii=False) for one in pack.lines(db.session, now=LATER)), "utf-8"
    )
    forged = statement.payload(
        statement.Signed(own.statement.replace(own.printed["name"], "李四"), own.signature)
    )
    keys = ("--keys", tmp_path / "keys.json")
    good, bad = verifier("--certificate", text, *keys), verifier("--certificate", forged, *keys)
    known = verifier(tmp_path / "pack.jsonl", "--certificate", text)
    assert (good.returncode, bad.returncode, known.returncode) == (0, 1, 0), good.stderr + known.stderr
    assert own.printed["name"] in good.stdout and "does not hold" in bad.stdout
    assert "state      issued" in known.stdout
