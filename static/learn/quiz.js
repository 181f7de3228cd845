// The paper on the phone: one question per screen. Every tick is kept on the phone first and then sent; what could not be sent
// waits there and goes out when the network is back, also after the page was closed and opened again.
(function () {
  "use strict";
  var yl = window.yl;
  var paper = yl.facts();
  if (!paper) return;

  var KINDS = { single: "单选题：选一个", multiple: "多选题：可以选几个", true_false: "判断题：对还是错" };
  var SHORT_S = 120;
  var AGAIN_MS = 5000;
  var STORE = "quiz." + paper.id;
  var base = "/api/v1/attempts/" + encodeURIComponent(paper.id);
  var endsAt = Date.now() + (Date.parse(paper.expires_at) - Date.parse(paper.server_time));

  // kept: {answers: {question id: [option ids]}, unsent: {question id: true}, at: index of the screen, handIn: bool}
  var kept = yl.kept(STORE) || { answers: {}, unsent: {}, at: 0, handIn: false };
  var answers = Object.assign({}, paper.answers);
  // A page drawn while the last answer was still on its way does not know it: what the phone has is then sent once more.
  Object.keys(kept.answers).forEach(function (id) { if (!answers[id] && kept.answers[id].length) kept.unsent[id] = true; });
  Object.keys(kept.unsent).forEach(function (id) { answers[id] = kept.answers[id] || []; });
  var at = Math.min(kept.at || 0, paper.questions.length);
  var sending = false;
  var over = false;

  var sheet = document.getElementById("sheet");
  var count = document.getElementById("count");
  var dots = document.getElementById("dots");
  var saved = document.getElementById("saved");
  var previous = document.getElementById("previous");
  var next = document.getElementById("next");

  function remember() {
    kept.answers = answers;
    kept.at = at;
    yl.keep(STORE, kept);
  }

  function forget() { yl.keep(STORE, null); }
  function ticked(id) { return answers[id] || []; }
  function unsent() { return Object.keys(kept.unsent); }
  function lacking() { return paper.questions.filter(function (one) { return !ticked(one.id).length; }); }

  // ---- screens ------------------------------------------------------------------------------------------------

  function draw() {
    var last = paper.questions.length;
    yl.clear(sheet).appendChild(at < last ? questionScreen(paper.questions[at]) : overview());
    count.textContent = at < last ? "第 " + (at + 1) + " 题，共 " + last + " 题" : "交卷前看一遍";
    yl.clear(dots);
    paper.questions.forEach(function (one, n) {
      dots.appendChild(yl.el("span", { class: (ticked(one.id).length ? "answered" : "") + (n === at ? " here" : "") }));
    });
    previous.hidden = at === 0;
    yl.$("span", next).textContent = at < last - 1 ? "下一题" : at === last - 1 ? "看一遍" : handInText();
    tellSaved();
  }

  function handInText() { return lacking().length ? "就这样交卷" : "交卷"; }

  function questionScreen(one) {
    var options = yl.el("div", { class: "quiz-options", role: one.kind === "multiple" ? "group" : "radiogroup", "aria-labelledby": "question" });
    one.options.forEach(function (option) {
      options.appendChild(yl.el("button", {
        type: "button", class: "quiz-option" + (one.kind === "multiple" ? " several" : ""), "data-option": option.id,
        role: one.kind === "multiple" ? "checkbox" : "radio", "aria-checked": String(ticked(one.id).indexOf(option.id) >= 0),
        onclick: function () { tick(one, option.id); }
      }, yl.el("span", { class: "box" }, yl.icon("check")), yl.el("span", {}, option.text)));
    });
    return yl.el("div", {}, yl.el("p", { class: "quiz-kind" }, KINDS[one.kind]),
      yl.el("h1", { class: "quiz-text", id: "question" }, one.text), options);
  }

  function overview() {
    var missing = lacking().length;
    var grid = yl.el("div", { class: "quiz-grid" });
    paper.questions.forEach(function (one, n) {
      var has = ticked(one.id).length > 0;
      grid.appendChild(yl.el("button", { type: "button", class: has ? "" : "lacking", onclick: function () { go(n); } },
        String(n + 1), yl.el("small", {}, has ? "已答" : "没答")));
    });
    return yl.el("div", {}, yl.el("h1", { class: "quiz-text" }, missing ? "还有 " + missing + " 题没答" : "全部答完了"),
      yl.el("p", {}, missing ? "点题号回去答，也可以就这样交卷。" : "点题号可以回去看，没问题就交卷。"), grid);
  }

  function go(to) {
    at = Math.max(0, Math.min(paper.questions.length, to));
    remember();
    draw();
    window.scrollTo(0, 0);
    yl.announce(count.textContent);
  }

  function tick(one, optionId) {
    if (over) return;
    var now = ticked(one.id);
    var has = now.indexOf(optionId) >= 0;
    if (one.kind !== "multiple") answers[one.id] = [optionId];
    else answers[one.id] = has ? now.filter(function (id) { return id !== optionId; }) : now.concat([optionId]);
    kept.unsent[one.id] = true;
    remember();
    yl.all("[data-option]", sheet).forEach(function (button) {
      button.setAttribute("aria-checked", String(answers[one.id].indexOf(button.getAttribute("data-option")) >= 0));
    });
    yl.$("span:nth-child(" + (at + 1) + ")", dots).classList.toggle("answered", answers[one.id].length > 0);
    send();
  }

  // ---- sending ------------------------------------------------------------------------------------------------

  function tellSaved() {
    var waiting = unsent().length;
    var away = (waiting > 0 || kept.handIn) && !yl.online();
    next.disabled = previous.disabled = kept.handIn;
    if (kept.handIn) yl.$("span", next).textContent = away ? "有网就自动交" : "正在交卷…";
    saved.className = "quiz-saved" + (away ? " kept" : "");
    yl.clear(saved);
    if (away) saved.appendChild(yl.icon("no-network"));
    else if (!waiting && Object.keys(answers).length) saved.appendChild(yl.icon("check"));
    saved.appendChild(document.createTextNode(
      kept.handIn && away ? "没网，答案已存在手机里。有网后自动交卷。"
        : away ? "没网，已存在手机里（" + waiting + " 题），有网后自动上传。"
          : waiting ? "正在保存…" : Object.keys(answers).length ? "已保存" : "选了就会自动保存"
    ));
  }

  function send() {
    tellSaved();
    if (sending || over) return Promise.resolve();
    var id = unsent()[0];
    if (!id) return kept.handIn ? handIn() : Promise.resolve();
    sending = true;
    var sent = ticked(id).slice();
    return yl.api("PUT", base + "/answers/" + encodeURIComponent(id), { answer: sent }).then(function () {
      sending = false;
      if (JSON.stringify(sent) === JSON.stringify(ticked(id))) delete kept.unsent[id];
      remember();
      return send();
    }).catch(function (problem) {
      sending = false;
      failed(problem, id);
    });
  }

  function failed(problem, id) {
    tellSaved();
    if (problem.status === 409) return finished();
    if (problem.status === 404) return yl.showProblem(problem).then(function () { forget(); window.location.assign("/learn/"); });
    if (problem.status === 422) {
      delete kept.unsent[id];
      delete answers[id];
      remember();
      draw();
      return yl.showProblem(problem);
    }
    return undefined; // no network or a busy server: the timer below tries again
  }

  function handIn() {
    if (sending || over) return Promise.resolve();
    sending = true;
    next.disabled = true;
    return yl.api("POST", base + "/submit", null, { retries: 1 }).then(finished).catch(function (problem) {
      sending = false;
      if (problem.status === 409) return finished();
      if (problem.status === 404) { kept.handIn = false; remember(); draw(); return yl.showProblem(problem); }
      return tellSaved();
    });
  }

  function finished() {
    over = true;
    forget();
    window.location.reload();
  }

  function askToHandIn() {
    var missing = lacking().length;
    var waiting = unsent().length;
    if (!missing && !waiting) return Promise.resolve(startHandIn());
    var text = (missing ? "还有 " + missing + " 题没答。" : "") + (waiting ? "有 " + waiting + " 题还没传上去，会先传再交。" : "");
    return yl.dialog({
      title: "现在交卷吗？", text: text,
      acts: missing ? [{ text: "回去答题", value: null }, { text: "就这样交卷", value: "yes" }] : [{ text: "交卷", value: "yes" }, { text: "再看看", value: null }]
    }).then(function (value) {
      if (value) return startHandIn();
      return missing ? go(paper.questions.indexOf(lacking()[0])) : null;
    });
  }

  function startHandIn() {
    kept.handIn = true;
    remember();
    send().then(tellSaved);
  }

  // ---- time ---------------------------------------------------------------------------------------------------

  function tellTime() {
    if (over) return;
    var left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    document.getElementById("time-left").textContent = "还剩 " + yl.mmss(left);
    document.getElementById("time").classList.toggle("short", left <= SHORT_S);
    if (left === SHORT_S) yl.announce("还剩两分钟");
    if (left === 0 && !kept.handIn) {
      kept.handIn = true;
      kept.unsent = {};
      remember();
      handIn();
    }
  }

  previous.addEventListener("click", function () { go(at - 1); });
  next.addEventListener("click", function () {
    if (at < paper.questions.length) go(at + 1);
    else askToHandIn();
  });
  setInterval(tellTime, 1000);
  setInterval(function () { if (unsent().length || kept.handIn) send(); }, AGAIN_MS);
  yl.onNetwork(function () { send(); });

  draw();
  tellTime();
  send();
})();
