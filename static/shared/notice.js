// The notice of a class: drawn here with the phone's own Chinese face, as pictures of at most 30 people each.
(function () {
  "use strict";

  var facts = yl.facts();
  if (!facts) return;

  var MOST = 30, WIDTH = 750, SCALE = 1.5, EDGE = 44, INNER = WIDTH - 2 * EDGE;
  var FACE = '-apple-system, "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
  var INK = "#1F2A24", MUTED = "#56615B", PAPER = "#FBFAF6", CARD = "#FFFFFF", LINE = "#C9CDC4", PINE = "#1E6B52";
  var TONES = { online: ["#1E6B52", "#E3F1EA", "线上"], offline: ["#2F4B8F", "#E6EBF7", "线下"], quiz: ["#8A4B00", "#FBEFDC", "考核"] };
  var inWeChat = yl.client === "wechat";

  // ---- which people stand on which picture ---------------------------------------------------------------------

  function split(groups) {
    var pictures = [[]], room = MOST;
    groups.forEach(function (group) {
      var from = 0;
      while (from < group.people.length) {
        if (!room) { pictures.push([]); room = MOST; }
        var part = group.people.slice(from, from + room);
        pictures[pictures.length - 1].push({ group: group, people: part, more: from > 0 });
        room -= part.length;
        from += part.length;
      }
    });
    return pictures;
  }

  // ---- drawing: the same steps once to measure and once to draw ------------------------------------------------

  function Pen(context, dry) { this.c = context; this.dry = dry; this.y = 0; }

  Pen.prototype.font = function (px, strong) { this.c.font = (strong ? "600 " : "400 ") + px + "px " + FACE; };

  Pen.prototype.lines = function (text, width) {
    var found = [], line = "", letters = Array.from(text);
    for (var at = 0; at < letters.length; at += 1) {
      if (line && this.c.measureText(line + letters[at]).width > width) {
        // A mark never begins a line.
        if ("，。；、）：！？".indexOf(letters[at]) >= 0) { line += letters[at]; continue; }
        found.push(line);
        line = "";
      }
      line += letters[at];
    }
    return line ? found.concat([line]) : found;
  };

  Pen.prototype.write = function (text, x, width, px, colour, strong) {
    var pen = this, step = Math.round(px * 1.5);
    this.font(px, strong);
    this.lines(text, width).forEach(function (line) {
      if (!pen.dry) {
        pen.c.fillStyle = colour;
        pen.c.fillText(line, x, pen.y + Math.round(step / 2));
      }
      pen.y += step;
    });
  };

  Pen.prototype.box = function (x, y, width, height, corner, colour) {
    if (this.dry) return;
    var c = this.c;
    c.fillStyle = colour;
    c.beginPath();
    c.moveTo(x + corner, y);
    c.arcTo(x + width, y, x + width, y + height, corner);
    c.arcTo(x + width, y + height, x, y + height, corner);
    c.arcTo(x, y + height, x, y, corner);
    c.arcTo(x, y, x + width, y, corner);
    c.closePath();
    c.fill();
  };

  // Draw what `act` writes on a box of its own height.
  Pen.prototype.boxed = function (x, width, corner, colour, act) {
    var top = this.y, dry = new Pen(this.c, true);
    dry.y = top;
    act(dry);
    this.box(x, top, width, dry.y - top, corner, colour);
    act(this);
  };

  function head(pen, number, count) {
    var drawn = facts.drawn;
    pen.boxed(0, WIDTH, 0, PINE, function (p) {
      p.y += 40;
      p.write("学习提醒" + (count > 1 ? "（" + number + " / " + count + "）" : ""), EDGE, INNER, 30, "#CFE6DB", true);
      p.y += 4;
      p.write(drawn.class_name, EDGE, INNER, 44, "#FFFFFF", true);
      p.y += 6;
      p.write(drawn.when, EDGE, INNER, 28, "#CFE6DB");
      p.y += 32;
    });
    if (number > 1) { pen.y += 8; return; }
    pen.y += 28;
    pen.write(drawn.summary, EDGE, INNER, 30, INK);
  }

  // Names alone flow; a name with its own words has a line of its own.
  function people(pen, part, colour, masked) {
    var x = EDGE + 28, width = INNER - 56;
    if (part.people.some(function (one) { return one.detail; })) {
      part.people.forEach(function (one) {
        var name = masked ? one.masked : one.name, from = pen.y;
        pen.write(name, x, 180, 32, INK, true);
        var below = pen.y;
        pen.y = from;
        pen.write(one.detail, x + 190, width - 190, 30, colour);
        pen.y = Math.max(pen.y, below) + 4;
      });
      return;
    }
    var column = 0, columns = 4, wide = Math.floor(width / columns);
    part.people.forEach(function (one) {
      var name = masked ? one.masked : one.name, from = pen.y;
      pen.font(32, true);
      var needs = Math.ceil(pen.c.measureText(name).width) > wide - 16 ? 2 : 1;
      if (column + needs > columns) { column = 0; from += 54; pen.y = from; }
      pen.write(name, x + column * wide, wide * needs - 8, 32, INK, true);
      pen.y = from;
      column += needs;
    });
    pen.y += 54;
  }

  function block(pen, part, masked) {
    var tone = TONES[part.group.tone], count = part.group.people.length;
    pen.y += 28;
    pen.boxed(EDGE, INNER, 18, CARD, function (p) {
      p.boxed(EDGE, INNER, 18, tone[1], function (q) {
        q.y += 16;
        q.write(part.group.title + (part.more ? "（接上一张）" : "（" + count + " 人）"), EDGE + 28, INNER - 56, 32, tone[0], true);
        q.y += 14;
      });
      p.y += 18;
      people(p, part, tone[0], masked);
      p.y += 4;
      p.write("→ " + part.group.todo, EDGE + 28, INNER - 56, 28, MUTED);
      p.y += 18;
    });
  }

  function foot(pen, last) {
    if (last && facts.drawn.coming.length) {
      pen.y += 30;
      pen.write("接下来的课", EDGE, INNER, 30, INK, true);
      facts.drawn.coming.forEach(function (line) { pen.write(line, EDGE, INNER, 28, INK); });
    }
    pen.y += 26;
    if (!pen.dry) { pen.c.fillStyle = LINE; pen.c.fillRect(EDGE, pen.y, INNER, 2); }
    pen.y += 18;
    pen.write("自己还差什么，在“我的学时”里随时看得到。", EDGE, INNER, 26, MUTED);
    pen.y += 28;
  }

  function compose(pen, parts, number, count, masked) {
    head(pen, number, count);
    parts.forEach(function (part) { block(pen, part, masked); });
    foot(pen, number === count);
  }

  function picture(parts, number, count, masked) {
    var canvas = document.createElement("canvas"), context = canvas.getContext("2d");
    var trial = new Pen(context, true);
    compose(trial, parts, number, count, masked);
    canvas.width = WIDTH * SCALE;
    canvas.height = Math.ceil(trial.y * SCALE);
    context.scale(SCALE, SCALE);
    context.textBaseline = "middle";
    context.fillStyle = PAPER;
    context.fillRect(0, 0, WIDTH, trial.y);
    compose(new Pen(context, false), parts, number, count, masked);
    return canvas.toDataURL("image/png");
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  function show() {
    var masked = document.getElementById("mask").checked, place = yl.clear(document.getElementById("pictures"));
    document.getElementById("text").textContent = masked ? facts.texts.masked : facts.texts.full;
    var pictures = split(facts.drawn.groups);
    pictures.forEach(function (parts, at) {
      var name = facts.drawn.class_name + (pictures.length > 1 ? " " + (at + 1) : "");
      var address = picture(parts, at + 1, pictures.length, masked);
      place.appendChild(yl.el("div", { class: "picture" },
        yl.el("img", { src: address, alt: "群通知图片：" + name + "。内容和下面的文字一样。" }),
        inWeChat ? null : yl.el("a", { class: "button", href: address, download: name + ".png" }, yl.icon("export"), "下载图片")));
    });
  }

  function selected(node) {
    var range = document.createRange(), selection = window.getSelection();
    range.selectNodeContents(node);
    selection.removeAllRanges();
    selection.addRange(range);
  }

  function copiedByHand(node) {
    selected(node);
    try { return document.execCommand("copy"); } catch (fault) { return false; }
  }

  function copy() {
    var node = document.getElementById("text");
    function good() { yl.toast("已复制。到微信群里，长按输入框粘贴。"); }
    function other() {
      if (copiedByHand(node)) good();
      else yl.toast("这里不能自动复制。文字已经选好，请长按它，再点复制。", "amber");
    }
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(node.textContent).then(good, other);
    else other();
  }

  document.addEventListener("DOMContentLoaded", function () {
    if (!inWeChat) document.getElementById("how").textContent = "手机上长按图片可以保存；电脑上点“下载图片”，再发到微信群。";
    document.getElementById("mask").addEventListener("change", show);
    document.getElementById("copy").addEventListener("click", copy);
    show();
  });
})();
