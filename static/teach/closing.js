// The end of a session: planned against held, shown before and after; the signature on the glass; the hall's screens.
// The close itself needs the network: what is signed and counted waits in the phone (closing_kept.js) behind all that is queued.
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
    // Of whole minutes as they are shown, so that the sum is right.
    var short = 60 * (Math.round(told.planned_s / 60) - Math.round(told.held_s / 60));
    list.appendChild(line("计划", minutes(told.planned_s)));
    list.appendChild(line("实际", minutes(told.held_s) + (short >= 60 ? "，少 " + minutes(short) : ""), short >= 60 ? "amber" : ""));
    list.appendChild(line("来了", told.headcount + " / " + told.expected + " 人"));
    list.appendChild(line("没有签退", told.without_sign_out.length ? told.without_sign_out.length + " 人：" + told.without_sign_out.slice(0, NAMED).join("、") + (told.without_sign_out.length > NAMED ? "等" : "") : "没有", told.without_sign_out.length ? "amber" : ""));
    if (told.counted !== null) list.appendChild(line("老师数的", told.counted + " 人" + (told.counted < told.headcount ? "，比签到的少 " + (told.headcount - told.counted) + " 人" : ""), told.counted < told.headcount ? "amber" : ""));
    if (told.asked_at) list.appendChild(line("点结束的时候", yl.clock(told.asked_at) + "，没有网，后来传到"));
    list.appendChild(line("手工登记", told.by_hand + " 人"));
    list.appendChild(line("没有算上的", told.refused + " 条"));
    list.appendChild(line("等人核对", told.waiting + " 条", told.waiting ? "amber" : ""));
    place.appendChild(list);
    if (told.state === "open" && told.without_sign_out.length) place.appendChild(yl.el("p", {}, "没有签退的，只算到最后一次能证明在场的时候。"));
    if (told.state === "closed") {
      place.appendChild(told.signature ? yl.el("img", { class: "signed", src: told.signature, alt: "结束签到时的签名" }) : yl.el("p", { class: "muted" }, told.signature_expired ? "签名已按期删除，账本里留着它的哈希。" : "结束的时候没有签名。"));
    }
    return told;
  }

  // Without a network: what the phone itself knows.
  function drawHeld() {
    var place = yl.$("#report"), room = yl.meeting.room, waits = yl.meeting.queued.length;
    while (place.children.length > 1) place.lastChild.remove();
    place.appendChild(yl.el("p", { class: "note amber" }, yl.icon("warn"), yl.el("span", {}, "现在没有网。要有网才能结束签到：记录要在服务器上定下来。您可以先签名、数人数，都存在这部手机里，有网自动结束。")));
    if (!room) return;
    var list = yl.el("dl", { class: "figures" });
    list.appendChild(line("来了", room.session.came + " / " + room.session.expected + " 人（最后一次有网的时候）"));
    list.appendChild(line("手机里待上传", waits + " 条", waits ? "amber" : ""));
    place.appendChild(list);
  }

  function show() {
    if (yl.meeting.shell) { drawHeld(); return Promise.resolve(null); }
    return yl.api("GET", path + "/report", null, { retries: 1, timeoutMs: 8000 }).then(draw).catch(function (problem) {
      if (problem.offline) { drawHeld(); return null; }
      var place = yl.$("#report");
      while (place.children.length > 1) place.lastChild.remove();
      place.appendChild(yl.el("p", { class: "note amber" }, yl.icon("warn"), yl.el("span", {}, problem.sentence)));
      return null;
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
  var strip = yl.$("#closing-kept");
  var counted = yl.$("#closing-counted");
  var id = yl.meeting.id;
  var by = yl.meeting.by;
  var AGAIN_MS = 4000;
  var sending = false;

  function kept() {
    var found = yl.closings.read(id);
    return found && found.by === by ? found : null;
  }

  function fault(words) {
    yl.$("#closing-fault").hidden = !words;
    yl.$("#closing-fault").textContent = words;
  }

  // What was written on the glass before a reload stands there again.
  function restore() {
    var held = kept();
    counted.value = held && held.counted ? held.counted : "";
    if (!held || !held.signed) return;
    yl.closings.picture(id).then(function (blob) {
      if (!blob || drawn) return;
      var picture = new Image(), address = URL.createObjectURL(blob);
      picture.onload = function () {
        pen.drawImage(picture, 0, 0, glass.clientWidth, glass.clientHeight);
        URL.revokeObjectURL(address);
        drawn = LEAST_PX;
      };
      picture.src = address;
    });
  }

  function open() {
    var waiting = yl.meeting.queued.length;
    fault(waiting ? "手机里还有 " + waiting + " 条没有上传。传完了才结束，请先不要关这个页面。" : "");
    panel.hidden = false;
    wipe();
    restore();
    yl.$("#closing-shut").focus();
    show();
  }

  function close() { panel.hidden = true; }

  function showKept(words) {
    var held = kept();
    strip.hidden = !(held && held.ready);
    if (strip.hidden) return;
    yl.$("#closing-kept-words").textContent = yl.clock(held.asked_ms + yl.serverNow() - Date.now()) + " 点了“结束签到”，还没有结束。" + (held.signed ? "签名" : "没有签名的记录") + (held.counted ? "和您数的 " + held.counted + " 人" : "") + "存在这部手机里。" + words;
  }

  function stopped(problem) {
    if (problem.offline || problem.status === 429 || problem.status === 503) { showKept("现在没有网，有网自动结束。"); return; }
    // Asked again only by a tap; what was signed stays.
    yl.closings.keep(id, { ready: false });
    showKept("");
    open();
    fault(problem.sentence + problem.todo);
  }

  // After all that waits: the record freezes with the close.
  function send() {
    if (sending || yl.meeting.shell || !kept() || !kept().ready) return;
    sending = true;
    yl.meeting.queue.flush().then(function () {
      if (yl.meeting.queue.items().length) { showKept((yl.online() ? "" : "现在没有网。有网") + "先传完手机里的 " + yl.meeting.queue.items().length + " 条，再自动结束。"); return null; }
      return yl.closings.send(id).then(function () {
        window.location.hash = "screen";
        window.location.reload();
      }, stopped);
    }).then(function () { sending = false; });
  }

  // Nothing is drawn or typed that is not kept at once.
  function keepGlass(then) {
    if (drawn < LEAST_PX) return;
    glass.toBlob(function (picture) { yl.closings.sign(id, by, picture).then(then || function () { return null; }); }, "image/png");
  }

  function ask() {
    yl.closings.keep(id, { by: by, ready: true, asked_ms: Date.now(), counted: counted.value.replace(/\D/g, "") });
    close();
    showKept(yl.meeting.shell || !yl.online() ? "现在没有网，有网自动结束。" : "正在传…");
    send();
  }

  function bindClosing() {
    bindGlass();
    yl.all("[data-close]").forEach(function (button) { button.addEventListener("click", open); });
    yl.$("#closing-shut").addEventListener("click", close);
    document.addEventListener("keydown", function (event) { if (event.key === "Escape" && !panel.hidden) close(); });
    glass.addEventListener("pointerup", function () { keepGlass(); });
    yl.$("#glass-again").addEventListener("click", function () { yl.closings.unsign(id); });
    counted.addEventListener("input", function () { yl.closings.keep(id, { by: by, counted: counted.value.replace(/\D/g, "") }); });
    yl.$("#closing-go").addEventListener("click", function () {
      if (drawn < LEAST_PX) { fault("还没有签名。请在框里用手指写上名字。"); return; }
      keepGlass(ask);
    });
    yl.$("#closing-without").addEventListener("click", function () {
      yl.dialog({ title: "不签名，直接结束？", text: "记录里会写“没有签名”。", acts: [{ text: "回去签名", value: false, tone: "indigo" }, { text: "直接结束", value: true, tone: "indigo" }] })
        .then(function (yes) { if (yes) { yl.closings.unsign(id); ask(); } });
    });
    if (yl.$("#closing-kept-now")) yl.$("#closing-kept-now").addEventListener("click", function () { showKept("正在传…"); send(); });
    yl.$("#closing-kept-not").addEventListener("click", function () { yl.closings.keep(id, { ready: false }); showKept(""); });
    showKept("现在没有网，有网自动结束。");
    setInterval(send, AGAIN_MS);
    yl.onNetwork(function (there) { if (there) setTimeout(send, 0); });
  }

  // Somebody else has closed it, or the answer to our own close was lost.
  function tooLate(told) {
    var held = kept();
    if (!held || !told || told.state !== "closed") return;
    if (held.ready && held.signed && !told.signature) yl.$("#report").appendChild(yl.el("p", { class: "note amber" }, yl.icon("warn"), yl.el("span", {}, "签到已经由别人结束了，您在手机上签的名没有用上。")));
    yl.closings.drop(id);
  }

  if (panel) bindClosing();
  else if (yl.$("#report")) document.addEventListener("DOMContentLoaded", function () { show().then(tooLate); });

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
