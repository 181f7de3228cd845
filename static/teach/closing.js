// The end of a session: planned against held, shown before and after; the signature on the glass; the hall's screens.
(function () {
  "use strict";

  var yl = window.yl;
  var path = "/api/v1/sessions/" + yl.meeting.id;

  // ---- planned against held ----------------------------------------------------------------------------------

  var NAMED = 12;

  function minutes(seconds) { return Math.round(seconds / 60) + " 分钟"; }

  function line(name, words, tone) {
    return yl.el("div", { class: tone || "" }, yl.el("dt", {}, name), yl.el("dd", {}, words));
  }

  function draw(told) {
    var place = yl.$("#report");
    while (place.children.length > 1) place.lastChild.remove();
    var list = yl.el("dl", { class: "figures" });
    var short = told.planned_s - told.held_s;
    list.appendChild(line("计划", minutes(told.planned_s)));
    list.appendChild(line("实际", minutes(told.held_s) + (short >= 60 ? "，少 " + minutes(short) : ""), short >= 60 ? "amber" : ""));
    list.appendChild(line("来了", told.headcount + " / " + told.expected + " 人"));
    list.appendChild(line("没有签退", told.without_sign_out.length ? told.without_sign_out.length + " 人：" + told.without_sign_out.slice(0, NAMED).join("、") + (told.without_sign_out.length > NAMED ? "等" : "") : "没有", told.without_sign_out.length ? "amber" : ""));
    list.appendChild(line("手工登记", told.by_hand + " 人"));
    list.appendChild(line("没有算上的", told.refused + " 条"));
    list.appendChild(line("等人核对", told.waiting + " 条", told.waiting ? "amber" : ""));
    place.appendChild(list);
    if (told.state === "open" && told.without_sign_out.length) place.appendChild(yl.el("p", {}, "没有签退的，只算到最后一次能证明在场的时候。"));
    if (told.state === "closed") {
      place.appendChild(told.signature ? yl.el("img", { class: "signed", src: told.signature, alt: "结束签到时的签名" }) : yl.el("p", { class: "muted" }, told.signature_expired ? "签名已按期删除，账本里留着它的哈希。" : "结束的时候没有签名。"));
    }
  }

  function show() {
    return yl.api("GET", path + "/report", null, { retries: 1, timeoutMs: 8000 }).then(draw).catch(function (problem) {
      var place = yl.$("#report");
      while (place.children.length > 1) place.lastChild.remove();
      place.appendChild(yl.el("p", { class: "note amber" }, yl.icon("warn"), yl.el("span", {}, problem.offline ? "现在没有网。要有网才能结束签到，扫到的都在手机里。" : problem.sentence)));
    });
  }

  // ---- the glass ---------------------------------------------------------------------------------------------

  var LEAST_PX = 60;
  var glass = yl.$("#glass");
  var pen = null, last = null, drawn = 0;

  // White ground, ink of two pixels and a half: as it is seen, so it is kept.
  function wipe() {
    var dots = Math.min(2, window.devicePixelRatio || 1);
    glass.width = Math.round(glass.clientWidth * dots);
    glass.height = Math.round(glass.clientHeight * dots);
    pen = glass.getContext("2d");
    pen.fillStyle = "#FFFFFF";
    pen.fillRect(0, 0, glass.width, glass.height);
    pen.scale(dots, dots);
    pen.lineWidth = 2.5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#1F2A24";
    drawn = 0;
    last = null;
  }

  function at(event) {
    var box = glass.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function stroke(event) {
    if (!last) return;
    event.preventDefault();
    var now = at(event);
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(now.x, now.y);
    pen.stroke();
    drawn += Math.abs(now.x - last.x) + Math.abs(now.y - last.y);
    last = now;
  }

  function bindGlass() {
    glass.addEventListener("pointerdown", function (event) {
      event.preventDefault();
      if (glass.setPointerCapture) glass.setPointerCapture(event.pointerId);
      last = at(event);
    });
    glass.addEventListener("pointermove", stroke);
    ["pointerup", "pointercancel"].forEach(function (name) { glass.addEventListener(name, function () { last = null; }); });
    yl.$("#glass-again").addEventListener("click", wipe);
  }

  // ---- closing -----------------------------------------------------------------------------------------------

  var panel = yl.$("#closing");

  function fault(words) {
    yl.$("#closing-fault").hidden = !words;
    yl.$("#closing-fault").textContent = words;
  }

  function open() {
    var waiting = yl.meeting.queued.length;
    fault(waiting ? "手机里还有 " + waiting + " 条没有上传，请先等它传完。现在结束，这些要等基地管理员核对。" : "");
    panel.hidden = false;
    wipe();
    yl.$("#closing-shut").focus();
    show();
  }

  function close() { panel.hidden = true; }

  function send(signature) {
    var form = new window.FormData();
    if (signature) form.append("signature", signature, "signature.png");
    yl.$("#closing-go").disabled = true;
    yl.api("POST", path + "/close", form, { retries: 2 }).then(function () {
      yl.hall.drop(yl.meeting.id);
      window.location.hash = "screen";
      window.location.reload();
    }).catch(function (problem) {
      yl.$("#closing-go").disabled = false;
      fault(problem.offline ? "现在没有网，还没有结束。名字还在框里，有网再点一次。" : problem.sentence + problem.todo);
    });
  }

  if (panel) {
    bindGlass();
    yl.all("[data-close]").forEach(function (button) { button.addEventListener("click", open); });
    yl.$("#closing-shut").addEventListener("click", close);
    document.addEventListener("keydown", function (event) { if (event.key === "Escape" && !panel.hidden) close(); });
    yl.$("#closing-go").addEventListener("click", function () {
      if (drawn < LEAST_PX) { fault("还没有签名。请在框里用手指写上名字。"); return; }
      glass.toBlob(function (picture) { send(picture); }, "image/png");
    });
    yl.$("#closing-without").addEventListener("click", function () {
      yl.dialog({ title: "不签名，直接结束？", text: "记录里会写“没有签名”。", acts: [{ text: "回去签名", value: false, tone: "indigo" }, { text: "直接结束", value: true, tone: "indigo" }] })
        .then(function (yes) { if (yes) send(null); });
    });
  } else if (yl.$("#report")) {
    document.addEventListener("DOMContentLoaded", show);
  }

  // ---- the hall's screens ------------------------------------------------------------------------------------

  var screens = yl.$("#screens");

  function showScreens(told) {
    yl.all("[name=names]", screens).forEach(function (one) { one.checked = one.value === told.names; });
    yl.$("#screens-words").textContent = told.screens ? "现在有 " + told.screens + " 块大屏。" : "现在没有大屏。";
    yl.$("#screens-release").hidden = !told.screens;
  }

  function askScreens() { return yl.api("GET", path + "/show").then(showScreens).catch(function () { return null; }); }

  if (screens) {
    screens.addEventListener("toggle", function () { if (screens.open) askScreens(); });
    screens.addEventListener("change", function (event) {
      yl.api("PUT", path + "/show", { names: event.target.value }, { retries: 2 }).then(showScreens).catch(function (problem) { yl.showProblem(problem); askScreens(); });
    });
    yl.$("#screens-release").addEventListener("click", function () {
      yl.api("POST", path + "/screens/release", {}, { retries: 2 }).then(askScreens).catch(yl.showProblem);
    });
  }
})();
