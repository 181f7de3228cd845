"""The pictures of the lessons, each 306 × 250 with two phases (0 and 1) that alternate slowly."""

from __future__ import annotations

from collections.abc import Callable

from lesson_canvas import (
    AMBER, AMBER_TINT, INDIGO, INDIGO_TINT, INK, LINE, MUTED, PINE, PINE_TINT, RED, RED_TINT, SKIN, SKIN_DARK,
    SKIN_EDGE, WATER, WHITE, WOOD, Canvas, hand, head, limb,
)  # fmt: skip

WIDTH, HEIGHT = 306, 250
SHIRT = "#D9A05B"
TROUSERS = "#6F7F93"
CARER = PINE
Picture = Callable[[Canvas, int], None]


# --- washing hands -----------------------------------------------------------------------------------------------------


def bubbles(c: Canvas, phase: int) -> None:
    for x, y, r in ((40, 60, 9), (62, 34, 6), (250, 48, 10), (270, 84, 6), (52, 200, 7), (262, 190, 9), (232, 218, 6)):
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


def pillow(c: Canvas, x: float, y: float, w: float = 64, h: float = 22) -> None:
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
    pillow(c, 26, 70, 66, 90)
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


# --- falls and moving to a wheelchair ----------------------------------------------------------------------------------


def wheelchair(c: Canvas, x: float, y: float) -> None:
    c.box(x - 6, y - 74, 10, 84, fill=MUTED, r=4)
    c.box(x - 18, y - 78, 18, 8, fill=INK, r=4)
    c.box(x, y - 6, 62, 12, fill=INDIGO, r=5)
    c.box(x + 4, y - 36, 50, 7, fill=MUTED, r=3)
    c.disc(x + 16, y + 28, 32, fill="#F4F4F0", edge=INK, width=5)
    c.disc(x + 16, y + 28, 5, fill=INK)
    c.disc(x + 62, y + 48, 11, fill="#F4F4F0", edge=INK, width=4)
    c.stroke([(x + 60, y + 4), (x + 66, y + 36)], fill=MUTED, width=5)


def fall_title(c: Canvas, phase: int) -> None:
    wheelchair(c, 176, 148)
    head(c, 96, 50, r=24, elder=False, look=1)
    c.stroke([(92, 88), (84, 150)], fill=CARER, width=42)
    c.stroke([(82, 158), (70, 218)], fill=TROUSERS, width=18)
    c.stroke([(92, 158), (112, 218)], fill=TROUSERS, width=18)
    limb(c, [(102, 92), (130, 112), (156, 96)], cloth=CARER)
    head(c, 206, 72, r=22, look=-0.6)
    c.stroke([(202, 106), (200, 138)], fill=SHIRT, width=36)
    c.stroke([(204, 146), (246, 148), (250, 196)], fill=TROUSERS, width=18)


def safe_room(c: Canvas, phase: int) -> None:
    c.box(20, 20, 266, 150, fill=PINE_TINT, r=8)
    c.box(20, 168, 266, 56, fill="#EFE6D6", r=8)
    c.box(36, 120, 94, 26, fill=WHITE, r=6, edge=LINE)
    c.box(30, 96, 10, 80, fill=WOOD, r=3)
    c.box(126, 116, 8, 60, fill=WOOD, r=3)
    c.box(160, 134, 40, 40, fill=WOOD, r=4)
    c.stroke([(180, 132), (180, 104)], fill=MUTED, width=5)
    c.shape([(160, 106), (200, 106), (190, 76), (170, 76)], fill="#F4C55E")
    if phase:
        c.disc(180, 96, 42, fill="#F9DE9C")
        c.shape([(160, 106), (200, 106), (190, 76), (170, 76)], fill="#F4C55E")
    c.box(226, 40, 8, 132, fill=MUTED, r=4)
    c.box(226, 92, 48, 9, fill=MUTED, r=4)
    c.words(260, 78, "扶手", size=18, bold=True, fill=PINE, anchor="mm")
    c.words(180, 60, "夜灯", size=18, bold=True, fill=AMBER, anchor="mm")
    c.words(90, 198, "地面干", size=20, bold=True, anchor="mm")
    c.words(216, 198, "不乱放", size=20, bold=True, anchor="mm")


def slow_up(c: Canvas, phase: int) -> None:
    for n, (x, word) in enumerate(((54, "躺"), (153, "坐"), (252, "垂腿")), start=1):
        c.box(x - 44, 30, 88, 190, fill=INDIGO_TINT if n != 2 else PINE_TINT, r=12)
        c.words(x, 52, word, size=24, bold=True, fill=INDIGO if n != 2 else PINE, anchor="mm")
        c.words(x, 200, "半分钟", size=20, bold=True, anchor="mm")
    c.box(16, 150, 76, 14, fill=WOOD, r=4)
    head(c, 30, 136, r=12)
    c.stroke([(48, 142), (82, 142)], fill=SHIRT, width=16)
    c.box(115, 150, 76, 14, fill=WOOD, r=4)
    head(c, 132, 98, r=12, look=0.5)
    c.stroke([(132, 116), (134, 138)], fill=SHIRT, width=18)
    c.stroke([(138, 142), (182, 143)], fill=TROUSERS, width=12)
    c.box(214, 140, 60, 14, fill=WOOD, r=4)
    head(c, 246, 96, r=12, look=0.5)
    c.stroke([(246, 110), (246, 130)], fill=SHIRT, width=18)
    c.stroke([(248, 134), (270, 136), (272, 166)], fill=TROUSERS, width=12)


def chair_place(c: Canvas, phase: int) -> None:
    c.box(24, 40, 104, 180, fill=WHITE, r=10, edge=LINE, width=3)
    c.box(36, 50, 80, 38, fill=INDIGO_TINT, r=12, edge="#A9B7DA")
    c.words(76, 150, "床", size=34, bold=True, fill=MUTED, anchor="mm")
    seat = Canvas(90, 90, (0, 0, 0, 0))
    seat.box(16, 14, 58, 58, fill=INDIGO, r=8)
    seat.box(12, 8, 66, 12, fill=INK, r=5)
    seat.box(6, 22, 10, 52, fill=MUTED, r=4)
    seat.box(74, 22, 10, 52, fill=MUTED, r=4)
    seat.words(45, 46, "轮椅", size=20, bold=True, fill=WHITE, anchor="mm")
    c.lay(seat.image, 196, 122, angle=38)
    c.bow(132, 204, 74, start=270, end=308, fill=AMBER, width=5)
    c.stroke([(132, 204), (132, 122)], fill=AMBER, width=3)
    c.stroke([(132, 204), (182, 140)], fill=AMBER, width=3)
    c.words(212, 206, "30–45 度", size=20, bold=True, fill=AMBER, anchor="mm")
    c.box(226, 30, 66, 34, fill=RED, r=10)
    c.words(259, 47, "刹车", size=20, bold=True, fill=WHITE, anchor="mm")


def stance(c: Canvas, phase: int) -> None:
    c.box(176, 150, 116, 16, fill=WHITE, r=5, edge=LINE)
    c.box(176, 164, 116, 10, fill=WOOD, r=3)
    c.box(280, 164, 9, 54, fill=WOOD, r=3)
    head(c, 214, 64, r=22, look=-1)
    c.stroke([(218, 98), (222, 136)], fill=SHIRT, width=36)
    c.stroke([(218, 146), (176, 148), (172, 208)], fill=TROUSERS, width=18)
    c.disc(166, 214, 10, fill=INK)
    head(c, 112, 52, r=22, elder=False, look=1)
    c.stroke([(108, 86), (92, 138)], fill=CARER, width=38)
    c.stroke([(94, 148), (130, 172), (126, 210)], fill="#44546A", width=18)
    c.stroke([(88, 148), (68, 180), (44, 210)], fill="#44546A", width=18)
    limb(c, [(116, 92), (160, 112), (204, 122)], cloth=CARER, width=14)
    limb(c, [(206, 94), (170, 92), (132, 84)], cloth="#C48D4B", width=13)
    c.words(92, 236, "前后分开 · 屈膝", size=18, bold=True, fill=AMBER, anchor="mm")


def rising(c: Canvas, phase: int) -> None:
    up = 6 if phase else 0
    head(c, 196, 58 - up, r=22, look=-1)
    c.stroke([(196, 92 - up), (200, 140 - up)], fill=SHIRT, width=36)
    c.stroke([(200, 150 - up), (190, 180), (196, 214)], fill=TROUSERS, width=18)
    head(c, 122, 54 - up, r=22, elder=False, look=1)
    c.stroke([(118, 88 - up), (108, 142 - up)], fill=CARER, width=38)
    c.stroke([(112, 152 - up), (134, 182), (130, 214)], fill="#44546A", width=18)
    c.stroke([(104, 152 - up), (88, 182), (70, 214)], fill="#44546A", width=18)
    limb(c, [(124, 96 - up), (160, 120 - up), (196, 126 - up)], cloth=CARER, width=14)
    c.arrow((258, 150), (258, 92), fill=PINE, width=8)
    c.words(52, 60, "一", size=30, bold=True, fill=AMBER, anchor="mm")
    c.words(40, 102, "二", size=30, bold=True, fill=AMBER, anchor="mm")
    c.words(52, 144, "三！", size=32, bold=True, fill=AMBER, anchor="mm")


def sitting_down(c: Canvas, phase: int) -> None:
    wheelchair(c, 128, 150)
    head(c, 160, 68, r=24, look=0.8)
    c.stroke([(154, 104), (152, 138)], fill=SHIRT, width=38)
    c.stroke([(156, 148), (204, 150), (208, 198)], fill=TROUSERS, width=18)
    c.disc(216, 204, 10, fill=INK)
    c.box(194, 214, 44, 8, fill=MUTED, r=3)
    c.stroke([(134, 128), (174, 140)], fill=RED, width=7)
    c.words(252, 124, "安全带", size=18, bold=True, fill=RED, anchor="mm")
    c.arrow((226, 126), (182, 138), fill=RED, width=4)
    c.words(262, 194, "踏板", size=18, bold=True, fill=AMBER, anchor="mm")
    c.arrow((70, 76), (70, 130), fill=PINE, width=8)
    c.words(70, 152, "慢坐", size=20, bold=True, fill=PINE, anchor="mm")


def after_fall(c: Canvas, phase: int) -> None:
    c.box(16, 196, 274, 26, fill="#EFE6D6", r=8)
    head(c, 54, 172, r=22, eyes="worried")
    c.stroke([(86, 182), (156, 184)], fill=SHIRT, width=30)
    c.stroke([(164, 186), (206, 164), (246, 188)], fill=TROUSERS, width=18)
    head(c, 132, 62, r=22, elder=False, look=-0.8)
    c.stroke([(134, 98), (150, 138)], fill=CARER, width=38)
    c.stroke([(154, 148), (196, 150), (200, 192)], fill="#44546A", width=18)
    limb(c, [(126, 100), (100, 132), (92, 160)], cloth=CARER, width=14)
    c.box(190, 24, 104, 62, fill=RED_TINT, r=14, edge=RED, width=3)
    c.words(242, 44, "先不拉", size=22, bold=True, fill=RED, anchor="mm")
    c.words(242, 70, "先看先问", size=20, bold=True, fill=RED, anchor="mm")


def five_words(c: Canvas, phase: int) -> None:
    rows = (("地面干", PINE, PINE_TINT), ("起身慢", INDIGO, INDIGO_TINT), ("刹车紧", AMBER, AMBER_TINT), ("扶得稳", PINE, PINE_TINT), ("报得快", RED, RED_TINT))
    for n, (word, ink, tint) in enumerate(rows):
        y = 18 + n * 44
        c.box(40, y, 226, 38, fill=tint, r=12)
        c.disc(66, y + 19, 13, fill=ink)
        c.words(66, y + 19, str(n + 1), size=18, bold=True, fill=WHITE, anchor="mm")
        c.words(166, y + 19, word, size=26, bold=True, fill=ink, anchor="mm")


