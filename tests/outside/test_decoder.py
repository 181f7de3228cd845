"""Every code of ours is read by Tencent's own decoder (opencv-contrib), as a hall spoils it: small, blurred, turned, glaring, half covered.

Without its neural models the decoder is the lower bound of what WeChat reads.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy
from PIL import Image

from yanglao.capture.attendance import codes
from yanglao.outside import drawing
from yanglao.outside.qr_image import encode

Picture = numpy.ndarray
SIDE = 480
PAPER = 235


def mac(purpose: str, message: bytes) -> bytes:
    return bytes((17 * at + len(purpose) + sum(message)) % 256 for at in range(32))


CODES = {
    "room": codes.room_url("https://ab.example.cn", codes.room_payload(41, 1_183_700, mac)),
    "personal": codes.card_payload(271_828, "wang", 59_185_000, mac),
    "printed": codes.printed_payload(314_159, "wang", mac),
    "screen": "https://learn.example.cn/teach/screens/dQ7b-X2_kLmP",
}


def drawn(text: str, size: float) -> Picture:
    """Return a code drawn ``size`` pixels wide, border included, in the middle of a grey wall."""
    own = Image.open(BytesIO(drawing.png(encode(text), module_px=12))).convert("L")
    small = own.resize((round(size), round(size)), Image.Resampling.BOX)
    wall = Image.new("L", (SIDE, SIDE), PAPER)
    wall.paste(small, ((SIDE - small.width) // 2, (SIDE - small.height) // 2))
    return numpy.asarray(wall)


def blurred(picture: Picture, sigma: float) -> Picture:
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def turned(picture: Picture, degrees: float) -> Picture:
    how = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), degrees, 1)
    return cv2.warpAffine(picture, how, (SIDE, SIDE), borderValue=PAPER)


def leaning(picture: Picture, share: float) -> Picture:
    far = share * SIDE
    corners = numpy.float32([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]])
    there = numpy.float32([[far, far / 2], [SIDE - far / 3, 0], [SIDE, SIDE], [0, SIDE - far / 2]])
    how = cv2.getPerspectiveTransform(corners, there)
    return cv2.warpPerspective(picture, how, (SIDE, SIDE), borderValue=PAPER)


def faint(picture: Picture, dice: numpy.random.Generator) -> Picture:
    grey = 115 + picture.astype(float) * 25 / 255 + dice.normal(0, 3, picture.shape)
    return numpy.clip(grey, 0, 255).astype(numpy.uint8)


def striped(picture: Picture) -> Picture:
    """Return a screen as a camera sees it: the stripes of two rasters, weaker where the screen is dark."""
    across, down = numpy.meshgrid(numpy.arange(SIDE), numpy.arange(SIDE))
    stripes = 1 + 0.12 * numpy.sin(across / 2.3 + down / 7.1) + 0.08 * numpy.sin(down / 1.9)
    return numpy.clip(picture * stripes + 8 * stripes, 0, 255).astype(numpy.uint8)


def packed(picture: Picture, quality: int = 50) -> Picture:
    return cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)


def glaring(picture: Picture, size: float) -> Picture:
    across, down = numpy.meshgrid(numpy.arange(SIDE), numpy.arange(SIDE))
    away = (across - SIDE / 2 - size / 5) ** 2 + (down - SIDE / 2 - size / 6) ** 2
    light = 190 * numpy.exp(-away / (2 * (size * 0.09) ** 2))
    return numpy.clip(picture.astype(float) + light, 0, 255).astype(numpy.uint8)


def thumbed(picture: Picture, size: float, share: float) -> Picture:
    """Return a code whose lower right corner a thumb covers."""
    edge, covered = round(SIDE / 2 + size / 2), picture.copy()
    cv2.circle(covered, (edge, edge), round(share * size), 120, -1)
    return covered


def combined(picture: Picture, dice: numpy.random.Generator) -> Picture:
    return packed(faint(striped(leaning(turned(picture, dice.uniform(0, 360)), 0.12)), dice))


WAYS: dict[str, tuple[int, Callable[[Picture, float, numpy.random.Generator], Picture]]] = {
    "110 px": (110, lambda seen, size, dice: seen),
    "150 px, blur 0.8": (150, lambda seen, size, dice: blurred(seen, 0.8)),
    "240 px, blur 1.8": (240, lambda seen, size, dice: blurred(seen, 1.8)),
    "240 px, blur 2.2": (240, lambda seen, size, dice: blurred(seen, 2.2)),
    "240 px, blur 2.8": (240, lambda seen, size, dice: blurred(seen, 2.8)),
    "turned, blur 1.4": (240, lambda seen, size, dice: blurred(turned(seen, dice.uniform(0, 360)), 1.4)),
    "leaning, blur 1.2": (240, lambda seen, size, dice: blurred(leaning(seen, 0.22), 1.2)),
    "faint and noisy": (240, lambda seen, size, dice: faint(seen, dice)),
    "filmed screen": (240, lambda seen, size, dice: packed(striped(seen))),
    "glare": (240, lambda seen, size, dice: glaring(seen, size)),
    "thumb 12 %": (240, lambda seen, size, dice: thumbed(seen, size, 0.12)),
    "thumb 20 %": (240, lambda seen, size, dice: thumbed(seen, size, 0.20)),
    "all at once": (240, lambda seen, size, dice: combined(seen, dice)),
}
# A screen's code is scanned by the instructor from as near as he likes: it may be longer, and so fail when very blurred.
FORGIVEN = {("screen", "240 px, blur 2.8")}


def test_tencents_decoder_reads_every_code_however_the_hall_spoils_it() -> None:
    reader, dice, missed = cv2.wechat_qrcode_WeChatQRCode(), numpy.random.default_rng(8), []
    cv2.setNumThreads(1)
    for kind, text in CODES.items():
        assert kind == "screen" or len(text) <= codes.LONGEST_ROOM_URL
        for way, (size, spoil) in WAYS.items():
            wide = size * dice.uniform(0.96, 1.04)
            read, _ = reader.detectAndDecode(spoil(drawn(text, wide), wide, dice))
            if tuple(read) != (text,) and (kind, way) not in FORGIVEN:
                missed.append((kind, way))
    assert not missed
