// 实操考核: the list of people and the score sheet. Needs no network once it is open; what is half done stays on the phone.
(function () {
  "use strict";

  var yl = window.yl;
  var facts = yl.facts();
  var items = facts.rubric.items;
  var draft = null;
  var current = null;
  var handedAt = 0;
  var STATES = {
    to_score: ["去评分", "pine", "review"], mine: ["您已交", "", "wait"], third: ["等第三位", "amber", "people"],
    not_now: ["还不能再考", "", "wait"], passed: ["已合格", "pine", "done"], none_left: ["次数用完", "red", "refused"]
  };
  var PICKS = [["差", 40], ["一般", 60], ["好", 80], ["满分", 100]];

  function draftName(id) { return "practical.draft." + facts.me + "." + facts.segment_id + "." + id; }
  function keepDraft() { yl.keep(draftName(current.enrolment_id), draft); }

  // ---- the list -----------------------------------------------------------------------------------------------

  function row(one) {
    var waits = yl.sheets.waits(one.enrolment_id, facts.segment_id);
    var half = !waits && yl.kept(draftName(one.enrolment_id));
    var open = !waits && (one.state === "to_score" || one.state === "third");
    var look = waits ? ["待上传", "amber", "upload"] : half && open ? ["评了一半", "amber", "review"] : STATES[one.state];
    var more = one.why || (one.sheets_in ? "已有 1 份评分表" : one.number > 1 ? "第 " + one.number + " 次考核" : "");
    return yl.el("li", {}, yl.el("button", { type: "button", class: "item person", disabled: !open, onclick: function () { begin(one); } },
      yl.el("span", { class: "text" }, yl.el("span", { class: "title" }, one.roster_no + "  " + one.name), more ? yl.el("span", { class: "more" }, more) : null),
      yl.el("span", { class: "chip " + look[1] }, yl.icon(look[2]), look[0])));
  }

  function drawList() {
    var list = yl.clear(document.getElementById("names"));
    facts.people.forEach(function (one) { list.appendChild(row(one)); });
    if (!facts.people.length) list.appendChild(yl.el("li", { class: "muted" }, "名单是空的。"));
  }

  function refresh(loud) {
    return yl.api("GET", "/api/v1/practical/lists/" + facts.class_id + "/" + facts.segment_id).then(function (found) {
      facts.people = found.people;
      drawList();
      if (loud) yl.toast("名单是最新的了。", "pine");
    }).catch(function (problem) { if (loud) yl.toast(problem.sentence || problem.title, "amber"); });
  }

  function show(sheet) {
    document.getElementById("people").hidden = sheet;
    document.getElementById("sheet").hidden = !sheet;
    document.getElementById("total").hidden = !sheet;
    window.scrollTo(0, 0);
  }

  // ---- the sheet ----------------------------------------------------------------------------------------------

  function begin(one) {
    // The second tap of a double tap on 交评分表 falls on whose name came to stand there.
    if (Date.now() - handedAt < 400) return;
    current = one;
    draft = yl.kept(draftName(one.enrolment_id)) || {};
    if (draft.number !== one.number) draft = { number: one.number, marks: {}, remark: "", proofs: [], began: Date.now() };
    document.getElementById("who").textContent = one.name;
    document.getElementById("which").textContent = facts.title + " · 第 " + one.number + " 次" + (one.state === "third" ? " · 您是第三位" : "");
    document.getElementById("remark").value = draft.remark;
    document.getElementById("signed").checked = false;
    yl.clear(document.getElementById("lacks"));
    drawItems();
    drawProofs();
    show(true);
    document.getElementById("who").focus();
  }

  function mark(item, value) {
    draft.marks[item.key] = Math.max(0, Math.min(item.points, value));
    keepDraft();
    drawItem(item);
    drawTotal();
    yl.buzz(20);
  }

  function pick(item, text, value, tone) {
    return yl.el("button", { type: "button", class: tone || null, "aria-pressed": draft.marks[item.key] === value ? "true" : "false",
      onclick: function () { mark(item, value); } }, text);
  }

  function steps(item) {
    var value = draft.marks[item.key];
    var known = value !== undefined;
    return [
      yl.el("div", { class: "stepper" },
        yl.el("button", { type: "button", "aria-label": item.title + "减 1 分", onclick: function () { mark(item, known ? value - 1 : item.points - 1); } }, yl.icon("minus")),
        yl.el("output", {}, known ? value + " 分" : "—"),
        yl.el("button", { type: "button", "aria-label": item.title + "加 1 分", onclick: function () { mark(item, known ? value + 1 : 1); } }, yl.icon("plus"))),
      yl.el("div", { class: "picks", role: "group", "aria-label": item.title + "快速打分" })
    ];
  }

  function drawItem(item) {
    var old = document.getElementById("item-" + item.key);
    var card = yl.el("article", { class: "item-card" + (item.must_pass ? " must" : ""), id: "item-" + item.key },
      yl.el("h2", {}, item.title, yl.el("span", { class: "full" }, (item.must_pass ? "关键项 · " : "") + item.points + " 分")),
      item.look_for ? yl.el("p", { class: "muted" }, item.look_for) : null);
    if (item.must_pass) {
      card.appendChild(yl.el("div", { class: "picks two", role: "group", "aria-label": item.title }, pick(item, "合格", item.points), pick(item, "不合格", 0, "no")));
    } else {
      var parts = steps(item);
      PICKS.forEach(function (one) { parts[1].appendChild(pick(item, one[0], Math.round(item.points * one[1] / 100))); });
      parts.forEach(function (part) { card.appendChild(part); });
    }
    if (!old) return card;
    var held = old.contains(document.activeElement) ? yl.all("button", old).indexOf(document.activeElement) : -1;
    old.parentNode.replaceChild(card, old);
    if (held >= 0) yl.all("button", card)[held].focus();
    return card;
  }

  function drawItems() {
    var list = yl.clear(document.getElementById("items"));
    items.forEach(function (item) { list.appendChild(drawItem(item)); });
    drawTotal();
  }

  function drawTotal() {
    var open = items.filter(function (item) { return draft.marks[item.key] === undefined; }).length;
    var sum = items.reduce(function (all, item) { return all + (draft.marks[item.key] || 0); }, 0);
    var failed = items.some(function (item) { return item.must_pass && draft.marks[item.key] === 0; });
    document.getElementById("sum").textContent = sum;
    document.getElementById("left").textContent = open ? "还有 " + open + " 项没评" : failed ? "关键项不合格" : "";
  }

  // ---- photos and films ---------------------------------------------------------------------------------------

  function drawProofs() {
    var list = yl.clear(document.getElementById("proofs"));
    document.getElementById("proof-most").textContent = "最多 " + facts.evidence_most + " 份，没有也可以交。";
    draft.proofs.forEach(function (one) {
      var shown = yl.el("img", { alt: one.film ? "视频" : "照片", hidden: one.film });
      if (!one.film) yl.sheets.proof(one.id).then(function (held) { if (held) shown.src = URL.createObjectURL(held.blob); });
      list.appendChild(yl.el("li", {}, shown, one.film ? yl.el("span", {}, "视频 " + one.mb + " MB") : null,
        yl.el("button", { type: "button", class: "button", onclick: function () {
          draft.proofs = draft.proofs.filter(function (each) { return each !== one; });
          yl.sheets.dropProof(one.id);
          keepDraft();
          drawProofs();
        } }, "删掉")));
    });
  }

  function take(field, film) {
    var file = field.files[0];
    field.value = "";
    if (!file) return;
    if (draft.proofs.length >= facts.evidence_most) { yl.toast("最多 " + facts.evidence_most + " 份，先删掉一份。", "amber"); return; }
    if (film && file.size > facts.video_max_bytes) { yl.toast("视频太大，请拍短一点（最长 " + facts.video_max_s + " 秒）。", "amber"); return; }
    var id = yl.uuid();
    (film ? Promise.resolve(file) : yl.smaller(file, facts.photo_side_px)).then(function (blob) {
      return yl.sheets.keepProof({ id: id, blob: blob }).then(function (kept) {
        draft.proofs.push({ id: id, film: film, mb: (blob.size / 1048576).toFixed(1) });
        keepDraft();
        drawProofs();
        if (!kept) yl.toast("手机存不下，交上去以前请不要关掉这个页面。", "amber");
      });
    }).catch(function () { yl.toast("这张照片打不开，请再拍一张。", "amber"); });
  }

  // ---- handing in ---------------------------------------------------------------------------------------------

  function lacking() {
    return items.filter(function (item) {
      var open = draft.marks[item.key] === undefined;
      document.getElementById("item-" + item.key).classList.toggle("lacks", open);
      return open;
    });
  }

  function tell(text) {
    yl.clear(document.getElementById("lacks")).appendChild(yl.el("p", { class: "note amber" }, yl.icon("warn"), yl.el("span", {}, text)));
  }

  function handIn() {
    var open = lacking();
    if (open.length) {
      tell("还有 " + open.length + " 项没评：" + open.map(function (item) { return item.title; }).join("、") + "。");
      document.getElementById("item-" + open[0].key).scrollIntoView({ block: "center" });
      return;
    }
    if (!document.getElementById("signed").checked) {
      tell("请先勾选“我本人在现场看着评分”。");
      document.getElementById("signed").focus();
      return;
    }
    var one = current;
    yl.sheets.add(one.name, {
      sheet_uuid: yl.uuid(), enrolment_id: one.enrolment_id, segment_id: facts.segment_id, number: one.number,
      marks: draft.marks, remark: draft.remark, evidence: draft.proofs.map(function (each) { return each.id; }), signed: true,
      took_s: Math.max(0, Math.min(86400, Math.round((Date.now() - draft.began) / 1000))), handed_at: new Date().toISOString()
    });
    yl.keep(draftName(one.enrolment_id), null);
    one.state = "mine";
    handedAt = Date.now();
    show(false);
    drawList();
    yl.announce(one.name + "的评分表存好了。");
  }

  document.getElementById("remark").addEventListener("input", function (event) { draft.remark = event.target.value; keepDraft(); });
  document.getElementById("photo").addEventListener("change", function (event) { take(event.target, false); });
  document.getElementById("film").addEventListener("change", function (event) { take(event.target, true); });
  document.getElementById("hand").addEventListener("click", handIn);
  document.getElementById("leave").addEventListener("click", function () { show(false); drawList(); });
  document.getElementById("again").addEventListener("click", function () { refresh(true); });
  yl.sheets.onChange(function () { drawList(); if (yl.online()) refresh(false); });
  drawList();
})();
