// Who is there: roll calls, live questions, and people who do not stand on the roster.
(function () {
  "use strict";

  var yl = window.yl;
  var root = yl.$("#present");
  var path = "/api/v1/sessions/" + root.getAttribute("data-id");
  var open = root.getAttribute("data-state") === "open";
  var STATES = { pending: ["等基地核对", "amber", "wait"], asked: ["等民政同意补报", "amber", "wait"], counted: ["已计入", "indigo", "check"], refused: ["没有同意", "red", "refused"] };

  yl.setServerTime(new Date(parseInt(root.getAttribute("data-now"), 10)).toISOString(), Date.now());
  function chip(look) { return yl.el("span", { class: "chip " + look[1] }, yl.icon(look[2]), look[0]); }

  // ---- roll calls ---------------------------------------------------------------------------------------------

  var rolls = yl.$("#rolls");
  var rollForm = yl.$("#roll");
  var METHODS = { card: "扫个人码", room: "扫大屏", spoken: "口令", manual: "手工", printed: "纸卡" };
  var SEATS = { waiting: ["等应答", "amber", "wait"], here: ["在", "indigo", "check"], left: ["已签退", "", "done"], missed: ["没有应答", "red", "refused"], excused: ["已更正", "", "check"] };
  var running = false;

  // Who has no code to scan is marked by hand; the mark is a scan of the queue, so that it survives without a network.
  function answerFor(one) {
    queue.add({ scan_uuid: yl.uuid(), kind: "manual", payload: one.enrolment_id, session_id: root.getAttribute("data-id"), direction: "in", device: yl.device(), reason: "点名时在", words: one.name, who: one.enrolment_id });
  }

  function seat(one, asked) {
    var waits = one.state === "waiting" && queue.items().some(function (item) { return item.who === one.enrolment_id; });
    var acts = yl.el("div", { class: "acts" });
    if (open && asked && one.state === "waiting" && !waits) acts.appendChild(yl.el("button", { type: "button", class: "button indigo", "aria-label": one.name + "：在", onclick: function () { answerFor(one); } }, "在"));
    return yl.el("li", {}, yl.el("div", { class: "who" }, yl.el("strong", {}, one.roster_no + ". " + one.name), chip(waits ? ["应答待上传", "amber", "upload"] : SEATS[one.state]),
      yl.el("span", { class: "muted" }, one.answered_at ? " " + yl.clock(one.answered_at) + " · " + METHODS[one.method] : "")), acts);
  }

  function roll(one) {
    var left = Math.ceil((Date.parse(one.until_at) - yl.serverNow()) / 1000);
    var words = one.settled_at ? "" : left > 0 ? "还有 " + left + " 秒" : "时间到了，再等等没有网的手机";
    var here = one.people.filter(function (each) { return each.state === "here"; }).length;
    var list = yl.el("ul", { class: "present-list" });
    one.people.forEach(function (each) { list.appendChild(seat(each, left > 0)); });
    return yl.el("div", {}, yl.el("p", { class: "roll-head" }, yl.clock(one.started_at) + " 点名：应答 " + here + " / " + one.people.length + " 人", yl.el("span", { class: "muted" }, words)), list);
  }

  var rollsTold = null;

  function drawRolls() {
    yl.clear(rolls);
    rollsTold.items.forEach(function (one) { rolls.appendChild(roll(one)); });
    if (!rollsTold.items.length) rolls.appendChild(yl.el("p", { class: "muted" }, "这次课还没有点过名。"));
  }

  function showRolls() {
    return yl.api("GET", path + "/roll-calls", null, { retries: 1 }).then(function (told) {
      rollsTold = told;
      running = told.items.some(function (one) { return !one.settled_at; });
      if (rollForm) rollForm.hidden = told.items.some(function (one) { return !one.settled_at && Date.parse(one.until_at) > yl.serverNow(); });
      drawRolls();
    }).catch(function (problem) {
      // What was drawn stays, and can be marked, while there is no network.
      if (problem.offline && rollsTold) { drawRolls(); return; }
      yl.clear(rolls).appendChild(yl.el("p", {}, problem.sentence, yl.el("button", { type: "button", class: "button", onclick: showRolls }, "再取一次")));
    });
  }

  if (rollForm) rollForm.addEventListener("submit", function (event) {
    event.preventDefault();
    var people = parseInt(rollForm.elements.people.value, 10);
    var within = rollForm.querySelector("input[name=within_s]:checked");
    yl.api("POST", path + "/roll-calls", { people: people > 0 ? people : null, within_s: parseInt(within.value, 10) }).then(function (told) {
      yl.say("现在点名，请抽到的人扫一下大屏上的码。");
      yl.toast("抽到 " + told.people.length + " 人。请他们扫大屏，或者去“扫学员”扫他们的码。");
      showRolls();
    }).catch(function (problem) { if (problem.offline) withoutNetwork(); else yl.showProblem(problem); });
  });

  function withoutNetwork() {
    yl.dialog({ title: "现在没有网", text: "没有网也能点名：回到这次课的“名单”，由手机来抽人，应答存在手机里，有网自动上传。",
      acts: [{ text: "去名单点名", value: true, tone: "indigo" }, { text: "先不点", value: false, tone: "indigo" }] }).then(function (yes) {
      if (yes) window.location.assign("/teach/sessions/" + root.getAttribute("data-id") + "#roster");
    });
  }
  setInterval(function () { if (running && document.visibilityState === "visible") showRolls(); }, 3000);

  // ---- live questions -----------------------------------------------------------------------------------------

  var asks = yl.$("#asks");
  var askForm = yl.$("#ask");
  var VERDICTS = { right: ["答对", "indigo", "check"], wrong: ["答错", "red", "refused"], none: ["没答", "amber", "minus"] };

  function question(check, one) {
    var options = yl.el("ul", { class: "options" });
    one.options.forEach(function (option) { options.appendChild(yl.el("li", { class: option.correct ? "good" : "" }, option.text + (option.correct ? "（对）" : ""))); });
    var foot = one.verdict ? yl.el("p", {}, chip(VERDICTS[one.verdict]), one.way === "phone" ? " 自己手机上答的" : "") : check.settled_at ? yl.el("p", {}, chip(VERDICTS.none)) : marks(check, one);
    return yl.el("div", { class: "asked" }, yl.el("p", {}, yl.el("strong", {}, one.number + ". " + one.text), yl.el("br"), yl.el("span", { class: "muted" }, "《" + one.lesson_title + "》")), options, foot);
  }

  function marks(check, one) {
    var row = yl.el("div", { class: "marks", role: "group", "aria-label": "第 " + one.number + " 题" });
    ["right", "wrong", "none"].forEach(function (verdict) {
      row.appendChild(yl.el("button", { type: "button", class: "button indigo", onclick: function () {
        yl.all("button", row).forEach(function (each) { each.disabled = true; });
        yl.api("POST", "/api/v1/live-checks/" + check.id + "/marks", { number: one.number, verdict: verdict }, { retries: 2 }).then(showAsks).catch(function (problem) { yl.showProblem(problem); showAsks(); });
      } }, { right: "对", wrong: "错", none: "没答" }[verdict]));
    });
    return row;
  }

  function check(one) {
    var right = one.questions.filter(function (each) { return each.verdict === "right"; }).length;
    var card = yl.el("details", { class: "card" }, yl.el("summary", {}, one.roster_no + ". " + one.name + (one.settled_at ? "：答对 " + right + " / " + one.questions.length + " 题" : "：到 " + yl.clock(one.until_at))));
    if (!one.settled_at) card.open = true;
    one.questions.forEach(function (each) { card.appendChild(question(one, each)); });
    return card;
  }

  function showAsks() {
    return yl.api("GET", path + "/live-checks", null, { retries: 1 }).then(function (told) {
      yl.clear(asks);
      told.items.forEach(function (one) { asks.appendChild(check(one)); });
      if (!told.items.length) asks.appendChild(yl.el("p", { class: "muted" }, "这次课还没有抽问过。"));
    }).catch(function (problem) {
      yl.clear(asks).appendChild(yl.el("p", {}, problem.sentence, yl.el("button", { type: "button", class: "button", onclick: showAsks }, "再取一次")));
    });
  }

  if (askForm) askForm.addEventListener("submit", function (event) {
    event.preventDefault();
    var people = parseInt(askForm.elements.people.value, 10);
    yl.api("POST", path + "/live-checks", { people: people > 0 ? people : null }).then(showAsks).catch(yl.showProblem);
  });

  // ---- leave --------------------------------------------------------------------------------------------------

  var leaves = yl.$("#leaves");
  var LEAVES = { pending: ["等您定", "amber", "wait"], granted: ["准了", "indigo", "check"], refused: ["没有准", "red", "refused"], withdrawn: ["本人收回", "", "back"] };

  function leaveLine(one) {
    var acts = yl.el("div", { class: "acts" });
    if (one.state === "pending") {
      acts.appendChild(yl.el("button", { type: "button", class: "button indigo", onclick: function () { decideLeave(one, true, ""); } }, "准假"));
      acts.appendChild(yl.el("button", { type: "button", class: "button", onclick: function () { whyNot(one); } }, "不准"));
    }
    return yl.el("li", {}, yl.el("div", { class: "who" }, yl.el("strong", {}, one.name), chip(LEAVES[one.state]),
      yl.el("span", { class: "muted" }, " " + one.reason + (one.decision_reason ? "（" + one.decision_reason + "）" : ""))), acts);
  }

  function whyNot(one, written, fault) {
    var reason = yl.el("input", { class: "input", maxlength: "200" });
    reason.value = written || "";
    yl.dialog({ title: one.name + "：不准假？", body: yl.el("label", { class: "field" }, yl.el("span", { class: "label" }, "为什么"), reason,
      fault ? yl.el("span", { class: "fault", role: "alert" }, fault) : null),
      acts: [{ text: "不准", value: true, tone: "red" }, { text: "先放着", value: false, tone: "indigo" }] }).then(function (yes) {
      if (!yes) return;
      if (!reason.value.trim()) { whyNot(one, "", "请写一句原因。"); return; }
      decideLeave(one, false, reason.value.trim());
    });
  }

  function decideLeave(one, accept, reason) {
    yl.api("POST", "/api/v1/leaves/" + one.id + "/decision", { accept: accept, reason: reason }, { retries: 2 }).then(showLeaves).catch(yl.showProblem);
  }

  function showLeaves() {
    return yl.api("GET", "/api/v1/leaves?session_id=" + root.getAttribute("data-id"), null, { retries: 1 }).then(function (told) {
      yl.clear(leaves);
      told.items.forEach(function (one) { leaves.appendChild(leaveLine(one)); });
      if (!told.items.length) leaves.appendChild(yl.el("li", { class: "muted" }, "没有人请假。"));
    }).catch(function (problem) {
      yl.clear(leaves).appendChild(yl.el("li", {}, problem.sentence, yl.el("button", { type: "button", class: "button", onclick: showLeaves }, "再取一次")));
    });
  }

  // ---- people who do not stand on the roster ------------------------------------------------------------------

  var walkIns = yl.$("#walk-ins");
  var known = [];

  function walkIn(one) {
    var acts = yl.el("div", { class: "acts" });
    var going = queue.items().some(function (item) { return item.kind === "walk_in_out" && item.walk_in === one.id; });
    if (going) acts.appendChild(chip(["签退待上传", "amber", "upload"]));
    else if (open && !one.left_at && (one.state === "pending" || one.state === "asked")) {
      acts.appendChild(yl.el("button", { type: "button", class: "button indigo", onclick: function () { leave(one); } }, "签退"));
    }
    var times = yl.clock(one.came_at) + (one.left_at ? " – " + yl.clock(one.left_at) : " 起");
    return yl.el("li", {}, yl.el("div", { class: "who" }, yl.el("strong", {}, one.name), chip(STATES[one.state]),
      one.photo ? chip(["有照片", "", "check"]) : one.photo_expired ? chip(["照片已按期删除", "", "done"]) : null,
      yl.el("span", { class: "muted" }, " " + times + (one.decision_reason && one.state === "refused" ? "。" + one.decision_reason : ""))), acts);
  }

  function leave(one) { yl.walkInOut(queue, root.getAttribute("data-id"), one.id, one.name); }

  function showWalkIns() {
    return yl.api("GET", path + "/walk-ins", null, { retries: 1 }).then(function (told) {
      yl.clear(walkIns);
      known = told.items;
      known.forEach(function (one) { walkIns.appendChild(walkIn(one)); });
      if (!told.items.length) walkIns.appendChild(yl.el("li", { class: "muted" }, "还没有登记。"));
    }).catch(function (problem) {
      yl.clear(walkIns).appendChild(yl.el("li", {}, problem.sentence, yl.el("button", { type: "button", class: "button", onclick: showWalkIns }, "再取一次")));
    });
  }

  // What waits on this phone, scans included: the page sends them all, and lists those that are not on the roster.
  function drawWaiting(items) {
    if (known.length) { yl.clear(walkIns); known.forEach(function (one) { walkIns.appendChild(walkIn(one)); }); }
    if (rollsTold) drawRolls();
    var waits = items.filter(function (one) { return one.kind === "walk_in"; });
    var list = yl.clear(yl.$("#walk-ins-waiting"));
    list.hidden = !waits.length;
    waits.forEach(function (one) {
      list.appendChild(yl.el("li", {}, yl.el("div", { class: "who" }, yl.el("strong", {}, one.name), chip(["待上传", "amber", "upload"]), yl.el("span", { class: "muted" }, " " + yl.clock(one.captured_at)))));
    });
  }

  var queue = yl.scanQueue(root.getAttribute("data-id"), {
    by: root.getAttribute("data-by"), onChange: drawWaiting,
    onAnswer: function (item, answer) {
      if (item.kind === "walk_in") yl.walkInAnswered(item, answer, queue);
      else if (answer.outcome === "refused") yl.toast((item.words || "") + "：" + answer.sentence + answer.todo, "amber");
      if (item.kind === "walk_in" || item.kind === "walk_in_out") showWalkIns();
      else showRolls();
    }
  });
  queue.refusals.onChange(function (items) {
    var list = yl.clear(yl.$("#walk-ins-refused"));
    list.hidden = !items.length;
    yl.drawRefusals(list, queue.refusals);
  });
  yl.walkInForm(queue, root.getAttribute("data-id"));

  // ---- photos of marks by hand --------------------------------------------------------------------------------

  var marked = yl.$("#marks");
  var chooser = yl.$("#photo");
  var meant = null;

  function photoButton(one) {
    return yl.el("button", { type: "button", class: "button indigo", onclick: function () { meant = one; chooser.value = ""; chooser.click(); } }, "拍照片");
  }

  function mark(one) {
    var words = " " + yl.clock(one.at) + (one.direction === "in" ? " 签到" : " 签退") + (one.reason ? " · " + one.reason : "");
    return yl.el("li", {}, yl.el("div", { class: "who" }, yl.el("strong", {}, one.name),
      chip(one.photo ? ["有照片", "indigo", "check"] : one.expired ? ["照片已按期删除", "", "done"] : ["没有照片", "", "minus"]), yl.el("span", { class: "muted" }, words)),
      yl.el("div", { class: "acts" }, one.open ? photoButton(one) : null));
  }

  function showMarks() {
    return yl.api("GET", path + "/marks", null, { retries: 1 }).then(function (told) {
      yl.clear(marked);
      told.items.forEach(function (one) { marked.appendChild(mark(one)); });
      if (!told.items.length) marked.appendChild(yl.el("li", { class: "muted" }, "没有手工登记。"));
    }).catch(function (problem) {
      yl.clear(marked).appendChild(yl.el("li", {}, problem.sentence, yl.el("button", { type: "button", class: "button", onclick: showMarks }, "再取一次")));
    });
  }

  chooser.addEventListener("change", function () {
    if (!chooser.files.length || !meant) return;
    var body = new FormData();
    body.append("photo", chooser.files[0]);
    yl.toast("正在传照片…");
    yl.api("POST", "/api/v1/scans/" + meant.scan_uuid + "/photo", body, { timeoutMs: 60000 }).then(function () {
      yl.toast(meant.name + "：照片存好了。");
      showMarks();
    }).catch(yl.showProblem);
  });

  document.addEventListener("DOMContentLoaded", function () { showRolls(); showAsks(); showLeaves(); showWalkIns(); showMarks(); });
})();
