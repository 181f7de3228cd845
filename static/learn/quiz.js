// The paper on the phone: one question per screen. quiz_saving.js keeps and sends the answers.
(function () {
  "use strict";
  var yl = window.yl;
  var paper = yl.facts();
  if (!paper) return;

  var KINDS = { single: "单选题：选一个", multiple: "多选题：可以选几个", true_false: "判断题：对还是错", fill_in: "填空题：把答案写进框里" };
  var TOLD_S = { 300: "还剩五分钟", 120: "还剩两分钟", 30: "还剩半分钟，答案都会自动交" };
  var SHORT_S = 120;
  var TYPING_MS = 800;
  var endsAt = Date.now() + (Date.parse(paper.expires_at) - Date.parse(paper.server_time));
  var last = paper.questions.length;
  var seen = {};
  var voices = []; // what plays on this screen
  var typing = null; // a text that is being written: {id, timer}

  var sheet = document.getElementById("sheet");
  var count = document.getElementById("count");
  var dots = document.getElementById("dots");
  var saved = document.getElementById("saved");
  var previous = document.getElementById("previous");
  var next = document.getElementById("next");
  var all = document.getElementById("all");

  var saving = window.quizSaving(paper, {
    state: tellSaved,
    changed: function (id) { if (at < last && paper.questions[at].id === id) draw(); else drawDots(); },
    over: function () { window.location.reload(); },
    lost: function () { window.location.assign("/learn/"); }
  });
  var at = saving.place();

  function has(one) { return saving.answer(one.id).some(function (each) { return each; }); }
  function lacking() { return paper.questions.filter(function (one) { return !has(one); }); }

  // ---- screens ------------------------------------------------------------------------------------------------

  function draw() {
    voices.splice(0).forEach(function (sound) { sound.pause(); });
    yl.clear(sheet).appendChild(at < last ? questionScreen(paper.questions[at]) : overview());
    count.textContent = at < last ? "第 " + (at + 1) + " 题，共 " + last + " 题" : "交卷前看一遍";
    all.hidden = at >= last;
    drawDots();
    previous.hidden = at === 0;
    yl.$("span", next).textContent = at < last - 1 ? "下一题" : at === last - 1 ? "看一遍" : lacking().length ? "就这样交卷" : "交卷";
    tellSaved();
    if (at < last && !seen[paper.questions[at].id]) {
      seen[paper.questions[at].id] = true;
      saving.shown(paper.questions[at].id);
    }
  }

  function drawDots() {
    yl.clear(dots);
    paper.questions.forEach(function (one, n) {
      dots.appendChild(yl.el("span", { class: (has(one) ? "answered" : "") + (n === at ? " here" : "") }));
    });
  }

  function questionScreen(one) {
    return yl.el("div", {}, one.case ? caseCard(one.case) : null, yl.el("p", { class: "quiz-kind" }, KINDS[one.kind]),
      yl.el("h1", { class: "quiz-text", id: "question", tabindex: "-1" }, one.text), picture(one.picture), voice(one.recording),
      one.kind === "fill_in" ? blanks(one) : options(one));
  }

  function caseCard(found) {
    return yl.el("details", { class: "card quiz-case", open: found.part === 1 },
      yl.el("summary", {}, "案例（第 " + found.part + " 小题，共 " + found.parts + " 小题）"),
      yl.el("p", {}, found.text), picture(found.picture), voice(found.recording));
  }

  function picture(address) {
    return address ? yl.el("img", { class: "quiz-picture", src: address, alt: "题目的图片" }) : null;
  }

  // What an instructor read aloud: one button that plays and stops.
  function voice(found) {
    if (!found || !found.url) return null;
    var sound = new Audio();
    var words = yl.el("span", {}, "听一听");
    function tell() { words.textContent = sound.paused ? "听一听" : "停一停"; }
    sound.preload = "none";
    sound.src = found.url;
    ["play", "pause", "ended"].forEach(function (name) { sound.addEventListener(name, tell); });
    voices.push(sound);
    return yl.el("button", { type: "button", class: "big plain quiz-voice", onclick: function () {
      if (!sound.paused) { sound.pause(); return; }
      sound.play().catch(function () { yl.announce("现在放不出来，请看文字。"); });
    } }, yl.icon("sound"), words);
  }

  function options(one) {
    var several = one.kind === "multiple";
    var held = saving.answer(one.id);
    var group = yl.el("div", { class: "quiz-options", role: several ? "group" : "radiogroup", "aria-labelledby": "question", onkeydown: arrows });
    one.options.forEach(function (option) {
      group.appendChild(yl.el("button", {
        type: "button", class: "quiz-option" + (several ? " several" : ""), "data-option": option.id,
        role: several ? "checkbox" : "radio", "aria-checked": String(held.indexOf(option.id) >= 0),
        onclick: function () { tick(one, option.id); }
      }, yl.el("span", { class: "box" }, yl.icon("check")), yl.el("span", {}, option.text)));
    });
    return group;
  }

  function arrows(event) {
    var step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    var rows = yl.all(".quiz-option", sheet);
    rows[(rows.indexOf(document.activeElement) + step + rows.length) % rows.length].focus();
    event.preventDefault();
  }

  function blanks(one) {
    var held = saving.answer(one.id);
    var form = yl.el("div", { class: "quiz-blanks" });
    for (var n = 0; n < one.blanks; n += 1) {
      form.appendChild(yl.el("label", { class: "quiz-blank" }, yl.el("span", {}, one.blanks > 1 ? "第 " + (n + 1) + " 个空" : "答案"),
        yl.el("input", {
          type: "text", value: held[n] || "", maxlength: "100", autocomplete: "off", autocapitalize: "off", enterkeyhint: "done",
          oninput: function () { type(one, form); }, onchange: function () { typed(); }, onblur: function () { typed(); }
        })));
    }
    return form;
  }

  function type(one, form) {
    if (typing) clearTimeout(typing.timer);
    typing = { timer: setTimeout(typed, TYPING_MS), save: function () {
      saving.put(one.id, yl.all("input", form).map(function (field) { return field.value; }));
      drawDots();
    } };
    tellSaved();
  }

  function typed() {
    if (!typing) return;
    var held = typing;
    clearTimeout(held.timer);
    typing = null;
    held.save();
  }

  function overview() {
    var missing = lacking().length;
    var grid = yl.el("div", { class: "quiz-grid" });
    paper.questions.forEach(function (one, n) {
      grid.appendChild(yl.el("button", {
        type: "button", class: has(one) ? "" : "lacking", "aria-label": "第 " + (n + 1) + " 题，" + (has(one) ? "已答" : "没答"),
        onclick: function () { go(n); }
      }, String(n + 1), yl.el("small", {}, has(one) ? "已答" : "没答")));
    });
    return yl.el("div", {},
      yl.el("h1", { class: "quiz-text", id: "question", tabindex: "-1" }, missing ? "还有 " + missing + " 题没答" : "全部答完了"),
      yl.el("p", {}, missing ? "点题号回去答，也可以就这样交卷。" : "点题号可以回去看，没问题就交卷。"), grid);
  }

  // Every screen is a step in the browser's history: the back button leads to the question before, not out of the paper.
  function go(to, back) {
    typed();
    var before = at;
    at = Math.max(0, Math.min(last, to));
    saving.stayAt(at);
    if (!back && at !== before) window.history.pushState({ at: at }, "");
    draw();
    window.scrollTo(0, 0);
    document.getElementById("question").focus({ preventScroll: true });
    yl.announce(count.textContent);
  }

  function tick(one, optionId) {
    if (saving.isOver() || saving.handsIn()) return;
    var now = saving.answer(one.id);
    var ticked = now.indexOf(optionId) >= 0;
    if (one.kind !== "multiple") now = [optionId];
    else now = ticked ? now.filter(function (id) { return id !== optionId; }) : now.concat([optionId]);
    saving.put(one.id, now);
    yl.all("[data-option]", sheet).forEach(function (button) {
      button.setAttribute("aria-checked", String(now.indexOf(button.getAttribute("data-option")) >= 0));
    });
    drawDots();
  }

  // ---- saving and handing in ----------------------------------------------------------------------------------

  function tellSaved() {
    if (!saving) return;
    var waiting = saving.unsent().length + (typing ? 1 : 0);
    var handsIn = saving.handsIn();
    var away = (waiting > 0 || handsIn) && !yl.online();
    var some = paper.questions.some(has);
    next.disabled = previous.disabled = all.disabled = handsIn;
    if (handsIn) yl.$("span", next).textContent = away ? "有网就自动交" : "正在交卷…";
    var text = handsIn && away ? "没网，答案已存在手机里。有网后自动交卷。"
      : away ? "没网，已存在手机里（" + waiting + " 题），有网后自动上传。"
        : waiting ? "待保存…" : some ? "已保存" : "选了就会自动保存";
    if (saved.getAttribute("data-text") === text) return; // a status that is written again is read out again
    saved.setAttribute("data-text", text);
    saved.className = "quiz-saved" + (away ? " kept" : "");
    yl.clear(saved);
    if (away) saved.appendChild(yl.icon("no-network"));
    else if (!waiting && some) saved.appendChild(yl.icon("check"));
    saved.appendChild(document.createTextNode(text));
  }

  function askToHandIn() {
    var missing = lacking().length;
    var waiting = saving.unsent().length;
    if (!missing && !waiting) return Promise.resolve(handIn());
    var text = (missing ? "还有 " + missing + " 题没答。" : "") + (waiting ? "有 " + waiting + " 题还没传上去，会先传再交。" : "");
    return yl.dialog({
      title: "现在交卷吗？", text: text,
      acts: missing ? [{ text: "回去答题", value: null }, { text: "就这样交卷", value: "yes" }] : [{ text: "交卷", value: "yes" }, { text: "再看看", value: null }]
    }).then(function (value) {
      if (value) return handIn();
      return missing ? go(paper.questions.indexOf(lacking()[0])) : null;
    });
  }

  function handIn(late) {
    saving.handIn(late).then(tellSaved);
    tellSaved();
  }

  // ---- time ---------------------------------------------------------------------------------------------------

  var told = Infinity;

  function tellTime() {
    if (saving.isOver()) return;
    var left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    document.getElementById("time-left").textContent = "还剩 " + yl.mmss(left);
    document.getElementById("time").classList.toggle("short", left <= SHORT_S);
    Object.keys(TOLD_S).map(Number).forEach(function (mark) {
      if (left <= mark && left > mark - 5 && told > mark) { told = mark; yl.announce(TOLD_S[mark]); }
    });
    if (left === 1) typed();
    if (left === 0 && !saving.handsIn()) handIn(true);
  }

  previous.addEventListener("click", function () { go(at - 1); });
  all.addEventListener("click", function () { go(last); });
  next.addEventListener("click", function () {
    typed();
    if (at < last) go(at + 1);
    else askToHandIn();
  });
  window.addEventListener("popstate", function (event) { go(event.state && event.state.at !== undefined ? event.state.at : 0, true); });
  window.addEventListener("pagehide", typed);
  document.addEventListener("visibilitychange", function () { if (document.hidden) typed(); });
  setInterval(tellTime, 1000);

  window.history.replaceState({ at: at }, "");
  draw();
  tellTime();
  saving.send();
})();
