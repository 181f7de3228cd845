"""The pictures of the lessons on washing hands and turning in bed, each 306 × 250 with two phases (0 and 1) that alternate slowly."""

from __future__ import annotations

from collections.abc import Callable

from lesson_canvas import (
    AMBER,
    AMBER_TINT,
    INDIGO_TINT,
    INK,
    LINE,
    MUTED,
    PINE,
    PINE_TINT,
    RED,
    RED_TINT,
    SKIN,
    SKIN_DARK,
    SKIN_EDGE,
    WATER,
    WHITE,
    WOOD,
    Canvas,
    hand,
    head,
    limb,
)  # fmt: skip

WIDTH, HEIGHT = 306, 250
SHIRT = "#D9A05B"
TROUSERS = "#6F7F93"
CARER = PINE
Picture = Callable[[Canvas, int], None]


# --- washing hands -----------------------------------------------------------------------------------------------------


def bubbles(c: Canvas, phase: int) -> None:
    for x, y, r in (
        (40, 60, 9),
        (62, 34, 6),
        (250, 48, 10),
        (270, 84, 6),
        (52, 200, 7),
        (262, 190, 9),
        (232, 218, 6),
    ):
        c.disc(x, y - 4 * phase, r, fill="#EAF3FA", edge=WATER, width=1.6)


def wash_title(c: Canvas, phase: int) -> None:
    bubbles(c, phase)
    c.lay(hand("flat"), 118, 132, angle=-14)
    c.lay(hand("flat", mirror=True, skin=SKIN_DARK), 192, 132, angle=14)
    for x in (140, 156, 172):
        c.stroke([(x, 18), (x, 34 + 6 * phase)], fill=WATER, width=5)


def when_to_wash(c: Canvas, phase: int) -> None:
    head(c, 84, 76, r=30)
    c.box(48, 112, 74, 78, fill=SHIRT, r=26)
    head(c, 222, 64, r=30, elder=False)
    c.box(186, 100, 74, 96, fill=CARER, r=26)
    limb(c, [(192, 122), (160, 150), (130, 146)], cloth=CARER)
    c.box(118, 152, 40, 22, fill=WHITE, r=10, edge=MUTED)
    c.disc(140, 150, 6, fill=AMBER_TINT, edge=AMBER, width=1.5)
    c.box(30, 190, 246, 12, fill=WOOD, r=5)
    c.words(153, 222, "照护前后都要洗手", size=20, bold=True, fill=PINE, anchor="mm")


def wet_hands(c: Canvas, phase: int) -> None:
    c.box(116, 20, 26, 44, fill=LINE, r=8)
    c.box(116, 20, 92, 20, fill=LINE, r=10)
    c.box(188, 28, 20, 28, fill=LINE, r=6)
    for i in range(4):
        c.stroke([(198, 62 + i * 16 + 6 * phase), (198, 70 + i * 16 + 6 * phase)], fill=WATER, width=7)
    c.lay(hand("flat", mirror=True), 186, 168, angle=-70)
    c.box(24, 128, 50, 78, fill=PINE_TINT, r=10, edge=PINE)
    c.box(40, 108, 18, 22, fill=PINE, r=4)
    c.box(34, 102, 44, 10, fill=PINE, r=5)
    c.words(49, 168, "洗手液", size=14, fill=PINE, bold=True, anchor="mm")


def palm_to_palm(c: Canvas, phase: int) -> None:
    bubbles(c, phase)
    slide = 8 if phase else -8
    c.lay(hand("flat", skin=SKIN_DARK), 138, 128 - slide, angle=16)
    c.lay(hand("flat", mirror=True), 168, 128 + slide, angle=-16)
    c.arrow((60, 150), (60, 96))
    c.arrow((246, 96), (246, 150))


def palm_to_back(c: Canvas, phase: int) -> None:
    bubbles(c, phase)
    slide = 8 if phase else -8
    c.lay(hand("flat", skin=SKIN_DARK), 153, 150, angle=-8)
    c.lay(hand("flat", mirror=True), 158 + slide, 118, angle=-58)
    c.arrow((196, 44), (240, 70))
    c.arrow((96, 214), (56, 190))


def interlaced(c: Canvas, phase: int) -> None:
    bubbles(c, phase)
    slide = 7 if phase else -7
    c.lay(hand("flat", skin=SKIN_DARK), 104 + slide, 132, angle=82)
    c.lay(hand("flat", mirror=True), 202 - slide, 140, angle=-98)
    c.arrow((96, 46), (140, 46))
    c.arrow((210, 46), (166, 46))


def knuckles(c: Canvas, phase: int) -> None:
    bubbles(c, phase)
    c.lay(hand("flat", skin=SKIN_DARK), 140, 178, angle=78)
    c.lay(hand("fist", mirror=True), 168, 92, angle=188 if phase else 176)
    c.turn(168, 128, 58, start=300, end=420)


def thumb_turn(c: Canvas, phase: int) -> None:
    bubbles(c, phase)
    c.lay(hand("thumb", skin=SKIN_DARK), 128, 150)
    c.lay(hand("fist", mirror=True), 162, 92, angle=-84 if phase else -96)
    c.turn(100, 70, 46, start=160, end=300)


def finger_tips(c: Canvas, phase: int) -> None:
    bubbles(c, phase)
    c.lay(hand("flat", skin=SKIN_DARK), 134, 186, angle=80)
    c.lay(hand("tips", mirror=True), 160, 96, angle=190 if phase else 176)
    c.turn(160, 150, 60, start=290, end=410)


def wrist_turn(c: Canvas, phase: int) -> None:
    bubbles(c, phase)
    c.lay(hand("flat", skin=SKIN_DARK), 150, 100)
    c.lay(hand("fist", mirror=True), 188, 146, angle=-92 if phase else -80)
    c.turn(140, 160, 62, start=120, end=240)


def rinse(c: Canvas, phase: int) -> None:
    c.box(20, 22, 110, 20, fill=LINE, r=10)
    c.box(106, 22, 22, 40, fill=LINE, r=8)
    c.lay(hand("flat", sleeve=""), 116, 158, angle=172)
    for i in range(8):
        c.stroke([(117, 68 + i * 21 + 8 * phase), (117, 76 + i * 21 + 8 * phase)], fill=WATER, width=7)
    c.box(196, 96, 78, 96, fill=WHITE, r=8, edge=LINE, width=3)
    c.box(212, 80, 46, 30, fill=WHITE, r=4, edge=LINE, width=2)
    c.words(235, 146, "擦手纸", size=18, fill=MUTED, anchor="mm")


def seven_words(c: Canvas, phase: int) -> None:
    places = ((42, 64), (116, 64), (190, 64), (264, 64), (79, 158), (153, 158), (227, 158))
    for n, (word, (x, y)) in enumerate(zip("内外夹弓大立腕", places, strict=True), start=1):
        c.disc(x, y, 34, fill=PINE_TINT, edge=PINE, width=2.5)
        c.words(x, y, word, size=34, bold=True, fill=PINE, anchor="mm")
        c.words(x, y + 46, str(n), size=16, fill=MUTED, anchor="mm")


# --- turning in bed, patting the back ----------------------------------------------------------------------------------


def bed(c: Canvas, *, y: float = 176, rail: bool = True) -> None:
    if rail:
        c.box(96, y - 54, 150, 6, fill=LINE, r=3)
        for x in (100, 140, 180, 220):
            c.box(x, y - 52, 5, 50, fill=LINE, r=2)
    c.box(22, y, 262, 24, fill=WHITE, r=8, edge=LINE)
    c.box(14, y - 44, 10, 92, fill=WOOD, r=4)
    c.box(282, y - 26, 10, 74, fill=WOOD, r=4)
    c.box(22, y + 22, 262, 8, fill=WOOD, r=3)


def pillow(c: Canvas, x: float, y: float, *, w: float = 64, h: float = 22) -> None:
    c.box(x, y, w, h, fill=INDIGO_TINT, r=10, edge="#A9B7DA")


def turn_title(c: Canvas, phase: int) -> None:
    bed(c)
    pillow(c, 30, 154)
    head(c, 66, 142, r=22, look=-0.2)
    c.box(84, 142, 190, 36, fill=INDIGO_TINT, r=16, edge="#A9B7DA")
    c.box(82, 140, 60, 32, fill=SHIRT, r=14)
    c.turn(172, 96, 36, start=190, end=360)


def why_turn(c: Canvas, phase: int) -> None:
    c.disc(153, 118, 78, fill=PINE_TINT, edge=PINE, width=4)
    for x, y in ((153, 50), (153, 186), (85, 118), (221, 118)):
        c.disc(x, y, 5, fill=PINE)
    c.stroke([(153, 118), (153, 72)], fill=INK, width=6)
    c.stroke([(153, 118), (190, 140)], fill=INK, width=6)
    c.disc(153, 118, 7, fill=INK)
    c.turn(153, 118, 100, start=290, end=345)
    c.words(153, 224, "每 2 小时翻一次", size=22, bold=True, fill=PINE, anchor="mm")


def prepare(c: Canvas, phase: int) -> None:
    bed(c)
    pillow(c, 30, 154)
    head(c, 66, 142, r=22)
    c.box(84, 142, 190, 36, fill=INDIGO_TINT, r=16, edge="#A9B7DA")
    for x in (44, 262):
        c.disc(x, 216, 11, fill=INK)
        c.disc(x, 216, 4, fill=WHITE)
    c.box(252, 226, 34, 8, fill=RED, r=3)
    head(c, 238, 42, r=22, elder=False, look=-1)
    c.box(212, 66, 56, 56, fill=CARER, r=22)
    c.box(92, 22, 96, 40, fill=AMBER_TINT, r=14)
    c.shape([(176, 50), (206, 56), (176, 60)], fill=AMBER_TINT)
    c.words(140, 42, "要翻身啦", size=18, bold=True, fill=AMBER, anchor="mm")


def ready_pose(c: Canvas, phase: int) -> None:
    bed(c, rail=False)
    pillow(c, 30, 152)
    head(c, 68, 142, r=22)
    c.stroke([(96, 158), (168, 160)], fill=SHIRT, width=34)
    c.stroke([(172, 162), (216, 112), (246, 166)], fill=TROUSERS, width=20)
    c.disc(252, 170, 10, fill=SKIN)
    limb(c, [(104, 148), (126, 138), (150, 146)], cloth="#C48D4B", width=13)
    c.arrow((216, 84), (216, 98 if phase else 94))
    c.words(216, 66, "屈膝", size=20, bold=True, fill=AMBER, anchor="mm")
    c.words(124, 104, "手放腹部", size=20, bold=True, fill=AMBER, anchor="mm")


def turning(c: Canvas, phase: int) -> None:
    bed(c)
    pillow(c, 30, 152)
    c.disc(70, 140, 24, fill="#B9BDB8")
    c.stroke([(98, 152), (170, 154)], fill=SHIRT, width=40)
    c.stroke([(178, 156), (222, 128), (256, 160)], fill=TROUSERS, width=22)
    head(c, 150, 36, r=22, elder=False, eyes="open")
    c.box(122, 58, 58, 50, fill=CARER, r=22)
    limb(c, [(128, 76), (108, 108), (104, 138)], cloth=CARER)
    limb(c, [(174, 76), (204, 100), (214, 124)], cloth=CARER)
    c.words(78, 100, "托肩", size=20, bold=True, fill=AMBER, anchor="mm")
    c.words(246, 96, "托膝", size=20, bold=True, fill=AMBER, anchor="mm")


def cushions(c: Canvas, phase: int) -> None:
    c.box(16, 30, 274, 190, fill=WHITE, r=12, edge=LINE)
    pillow(c, 26, 70, w=66, h=90)
    c.disc(82, 112, 24, fill="#B9BDB8")
    c.disc(88, 114, 20, fill=SKIN)
    c.stroke([(116, 118), (184, 118)], fill=SHIRT, width=46)
    c.stroke([(192, 112), (232, 150), (266, 128)], fill=TROUSERS, width=22)
    c.stroke([(192, 100), (238, 92), (276, 92)], fill="#5D6C80", width=22)
    c.box(104, 60, 92, 30, fill=PINE_TINT, r=14, edge=PINE)
    c.words(150, 75, "背后软枕", size=16, bold=True, fill=PINE, anchor="mm")
    c.box(214, 106, 52, 26, fill=PINE_TINT, r=12, edge=PINE)
    c.words(240, 119, "膝间", size=16, bold=True, fill=PINE, anchor="mm")
    c.words(153, 200, "从上往下看", size=16, fill=MUTED, anchor="mm")


def cupped(c: Canvas, phase: int) -> None:
    y = 96 + (10 if phase else 0)
    c.box(30, 186, 246, 30, fill=SHIRT, r=14)
    c.words(153, 201, "老人的背", size=16, fill=WHITE, bold=True, anchor="mm")
    c.bow(158, y + 76, 74, start=188, end=352, fill=SKIN_EDGE, width=34)
    c.bow(158, y + 74, 72, start=188, end=352, fill=SKIN, width=29)
    c.stroke([(228, y + 64), (276, y + 40)], fill=SKIN, width=30)
    c.stroke([(256, y + 50), (290, y + 32)], fill=CARER, width=38)
    c.words(150, y + 62, "空心", size=24, bold=True, fill=AMBER, anchor="mm")
    c.words(150, 36, "五指并拢，像捧水", size=22, bold=True, anchor="mm")


def pat_way(c: Canvas, phase: int) -> None:
    c.disc(153, 30, 26, fill="#B9BDB8")
    c.box(140, 48, 26, 22, fill=SKIN, r=6)
    c.box(72, 62, 162, 160, fill=SHIRT, r=42)
    c.stroke([(153, 72), (153, 212)], fill="#B37B35", width=8)
    c.words(153, 140, "脊\n柱", size=14, fill=WHITE, bold=True, anchor="mm")
    lift = 5 if phase else 0
    for x, into in ((98, 1), (208, -1)):
        for y in (168, 132, 96):
            c.arrow((x, y - lift), (x + 24 * into, y - 24 - lift), fill=PINE, width=7)
    c.box(82, 184, 142, 30, fill=RED_TINT, r=12, edge=RED)
    c.words(153, 199, "腰部不拍", size=18, bold=True, fill=RED, anchor="mm")


def watch_face(c: Canvas, phase: int) -> None:
    head(c, 92, 108, r=52, eyes="worried")
    c.box(40, 164, 106, 60, fill=SHIRT, r=30)
    c.box(170, 52, 116, 120, fill=RED_TINT, r=14, edge=RED, width=3)
    for n, word in enumerate(("脸色发白", "嘴唇发紫", "喘不上气")):
        c.words(228, 78 + n * 34, word, size=22, bold=True, fill=RED, anchor="mm")
    c.words(228, 200, "马上停", size=30, bold=True, fill=RED, anchor="mm")


def note_down(c: Canvas, phase: int) -> None:
    c.box(70, 24, 166, 204, fill=WHITE, r=10, edge=LINE, width=3)
    c.box(122, 14, 62, 20, fill=WOOD, r=6)
    c.words(153, 58, "翻身记录", size=22, bold=True, fill=PINE, anchor="mm")
    for n, word in enumerate(("几点翻的", "什么卧位", "皮肤怎样", "痰多不多")):
        y = 94 + n * 34
        c.box(88, y - 10, 20, 20, fill=PINE_TINT, r=4, edge=PINE)
        c.stroke([(92, y), (97, y + 5), (105, y - 6)], fill=PINE, width=3)
        c.words(120, y, word, size=20, anchor="lm")
