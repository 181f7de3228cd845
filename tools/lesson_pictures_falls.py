"""The pictures of the lesson on falls and moving to a wheelchair, each 306 × 250 with two phases."""

from __future__ import annotations

from lesson_canvas import (
    AMBER,
    AMBER_TINT,
    INDIGO,
    INDIGO_TINT,
    INK,
    LINE,
    MUTED,
    PINE,
    PINE_TINT,
    RED,
    RED_TINT,
    WHITE,
    WOOD,
    Canvas,
    head,
    limb,
)
from lesson_pictures import CARER, SHIRT, TROUSERS


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
    rows = (
        ("地面干", PINE, PINE_TINT),
        ("起身慢", INDIGO, INDIGO_TINT),
        ("刹车紧", AMBER, AMBER_TINT),
        ("扶得稳", PINE, PINE_TINT),
        ("报得快", RED, RED_TINT),
    )
    for n, (word, ink, tint) in enumerate(rows):
        y = 18 + n * 44
        c.box(40, y, 226, 38, fill=tint, r=12)
        c.disc(66, y + 19, 13, fill=ink)
        c.words(66, y + 19, str(n + 1), size=18, bold=True, fill=WHITE, anchor="mm")
        c.words(166, y + 19, word, size=26, bold=True, fill=ink, anchor="mm")
