"""What the demo city's lessons to hear and read say. Written for this project; no official teaching material."""

from __future__ import annotations

TALK_TITLE = "和老人说话（演示·音频）"
TALK = (
    "这一课听一听，怎样和老人说话。",
    "先走到老人面前，让他看见您的脸。",
    "蹲下来，或者坐下来，和他一样高。",
    "先叫一声称呼，再说自己是谁，不要叫床号。",
    "一次只说一件事，句子要短，说慢一点。",
    "声音低一点，不要喊，老人听得更清楚。",
    "说完等一等，老人想事情慢，心里数十下再问。",
    "动手以前先说一声，要做什么，会不会疼，老人点头再动手。",
    "老人说错了，不要争，先听他急什么，再慢慢换话题。",
    "老人说疼，说难受，都要当真，马上告诉护士，写进记录。",
    "老人的病情和家里的事，不在走廊里说，也不发到网上。",
    "最后记住四个字，看，慢，等，问。",
)

LAW_TITLE = "老人的权利，我们的规矩（演示·图文）"
WORDS_OF_PICTURE = "护理员坐在老人旁边，先问一声好不好"
LAW = f"""# 老人自己做主

老人住进机构，还是自己生活的主人。吃什么，穿什么，几点睡，能由老人定的，就由老人定。

老人的钱、存折和证件是老人自己的，不能替他收走，更不能拿来用。

![{WORDS_OF_PICTURE}](1)

动手以前先说一声。老人摇头，就先停下来。
---
# 这些事不能做

不打，不骂，不吓唬，不故意不理。这些都是虐待，要负法律责任。

不能自己决定把老人绑在床上或者椅子上。确实需要保护，要先评估，按规定办，还要老人或者监护人同意。

不拍老人的隐私，不把老人的样子和病情发到网上。
---
# 看见了怎么办

看见老人身上有说不清的伤，看见有人打骂老人，先护住老人，再马上报告。

可以报告单位负责人，也可以打 12345。情况紧急打 110。

不用先弄清是谁的错。早说一句，老人少受一次罪。
"""

PAGES_TITLE = "护理记录怎么写（演示·PDF）"
PAGES_TYP = r"""
#set page(width: 12cm, height: 14.5cm, margin: (x: 0.9cm, top: 1cm, bottom: 1.2cm), fill: rgb("#FBFAF6"),
  footer: align(center, text(10pt, fill: rgb("#56615B"))[演示课件，不是正式教材 · 第 #context counter(page).display() 页]))
#set text(font: "Noto Sans CJK SC", size: 17pt, lang: "zh", fill: rgb("#1F2A24"))
#set par(leading: 0.75em, spacing: 0.95em)
#let head(words) = block(width: 100%, fill: rgb("#1E6B52"), inset: 9pt, radius: 5pt, text(21pt, fill: white, words))
#let line(mark, words) = grid(columns: (1.5em, 1fr), text(fill: rgb("#1E6B52"), mark), words)
#head[护理记录怎么写]
做了什么，写什么。看到什么，写什么。没有做的不写，没有看到的不猜。
#line[一][当时就写，不留到下班补。]
#line[二][写清时间、做的事、老人的反应。]
#line[三][数字照实写：体温、饭量、尿量。]
#line[四][写错了画一道线，旁边重写、签名，不涂、不撕。]
#line[五][皮肤发红、不肯吃饭、说疼，写下来，还要马上告诉护士。]
#pagebreak()
#head[一张写好的记录]
#set text(14pt)
#table(columns: (auto, 1fr), inset: 7pt, stroke: rgb("#C9CDC4"), fill: (x, y) => if y == 0 { rgb("#E3F1EA") },
  [时间], [做了什么，老人怎么样],
  [6:30], [协助洗脸、刷牙。老人说睡得好。],
  [8:00], [早饭吃了一半，说没胃口。已告诉护士。],
  [10:00], [翻身到左侧，背后垫枕。骶尾部有一块红，一元硬币大。已告诉护士。],
  [12:00], [翻身到右侧，红色变淡。],
)
#text(17pt)[看一看，少写了哪一样？\
  每一行后面都要签名。]
"""
