from io import BytesIO

import pytest
from PIL import Image

from yanglao.outside import drawing
from yanglao.outside.qr_image import BORDER, encode


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("https://yl.example.gov.cn/c/AAAAAAECAwQF", 3),
        ("http://127.0.0.1:8000/c/AbCd_-01AbCd_-01", 3),
        ("YL1." + "A2" * 13, 2),
    ],
)
def test_a_room_code_is_version_3_and_a_personal_code_version_2(text, version):
    assert encode(text).version == version


def test_the_border_is_four_light_modules_on_every_side():
    rows = encode("YL1." + "A2" * 13).rows
    assert not any(any(row) for row in rows[:BORDER] + rows[-BORDER:])
    assert not any(any(row[:BORDER]) or any(row[-BORDER:]) for row in rows)


def test_a_png_has_modules_of_whole_pixels():
    symbol = encode("YL1." + "A2" * 13)
    image = Image.open(BytesIO(drawing.png(symbol, module_px=6)))
    assert image.size == (symbol.side * 6,) * 2
    assert image.getpixel((BORDER * 6, BORDER * 6)) == 0


def test_the_svg_covers_exactly_the_dark_modules():
    symbol = encode("王秀英")
    runs = [part for part in drawing.path(symbol).split("M") if part]
    assert sum(int(run.split("h")[1].split("v")[0]) for run in runs) == sum(map(sum, symbol.rows))


def test_a_label_with_markup_is_not_drawn():
    with pytest.raises(ValueError):
        drawing.svg(encode("a"), label='"><script>')
