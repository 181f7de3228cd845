// One session: the tabs, the rotating code, who is in the room, opening and closing. Shares `yl.meeting` with the
// scripts of the other two tabs.
(function () {
  "use strict";

  var yl = window.yl;
  var root = yl.$("#session");
  var id = root.getAttribute("data-id");
  var state = root.getAttribute("data-state");
  var listeners = { room: [], tab: [] };

  // Until the first code is fetched the time in the page tells how far the phone's clock is off.
  yl.setServerTime(new Date(parseInt(root.getAttribute("data-now"), 10)).toISOString(), Date.now());

  yl.meeting = {
    id: id,
    open: state === "open",
    starts: parseInt(root.getAttribute("data-starts"), 10),
    ends: parseInt(root.getAttribute("data-ends"), 10),
    room: null,
    onRoom: function (tell) { listeners.room.push(tell); },
    onTab: function (tell) { listeners.tab.push(tell); },
    refresh: refresh
  };

  // ---- tabs --------------------------------------------------------------------------------------------------

  function show(name) {
    yl.all(".panel").forEach(function (panel) { panel.hidden = panel.id !== "panel-" + name; });
    yl.all("[data-tab]").forEach(function (tab) { tab.setAttribute("aria-selected", String(tab.getAttribute("data-tab") === name)); });
    window.history.replaceState(null, "", "#" + name);
    listeners.tab.forEach(function (tell) { tell(name); });
    if (name === "screen" && code) drawCode();
    window.scrollTo(0, 0);
  }
  yl.all("[data-tab]").forEach(function (tab) {
    tab.addEventListener("click", function () { show(tab.getAttribute("data-tab")); });
  });

  // ---- who is in the room ------------------------------------------------------------------------------------

  var known = {};

  function refresh() {
    return yl.api("GET", "/api/v1/sessions/" + id + "/people", null, { retries: 0 }).then(function (room) {
      yl.meeting.room = room;
      if (room.session.state !== state) { window.location.reload(); return; }
      count(room);
      arrived(room.people);
      listeners.room.forEach(function (tell) { tell(room); });
    }).catch(function (problem) { if (!problem.offline && problem.status !== 401) yl.toast(problem.sentence, "amber"); });
  }

  function count(room) {
    ["present", "roster-present"].forEach(function (name) { if (yl.$("#" + name)) yl.$("#" + name).textContent = room.session.present; });
    yl.$("#roster-came").textContent = room.session.came;
  }

  function arrived(people) {
    var place = yl.$("#arrived");
    var first = Object.keys(known).length === 0;
    people.filter(function (one) { return one.state === "present" && known[one.enrolment_id] !== one.in_at; }).forEach(function (one) {
      known[one.enrolment_id] = one.in_at;
      if (first || !place) return;
      place.insertBefore(yl.el("span", { class: "chip indigo" }, yl.icon("check"), one.name), place.firstChild);
      while (place.children.length > 8) place.lastChild.remove();
    });
    known.started = true;
  }

  // ---- the rotating code -------------------------------------------------------------------------------------

  var place = yl.$("#code");
  var ring = yl.$("#ring") ? yl.ring(yl.$("#ring")) : null;
  var code = null;
  var asking = false;

  var nextTry = 0;

  // Drawn to the width of its place, so again when its tab is shown: behind another tab the width is none.
  function drawCode() {
    yl.symbol(place, code, "签到二维码");
    yl.$("#spoken").textContent = code.spoken.slice(0, 3) + " " + code.spoken.slice(3);
  }

  function ask() {
    if (asking || Date.now() < nextTry) return;
    asking = true;
    var since = Date.now();
    yl.api("GET", "/api/v1/sessions/" + id + "/code", null, { retries: 0, timeoutMs: 6000 }).then(function (told) {
      yl.setServerTime(told.server_time, since);
      var fresh = !code || code.step !== told.step || place.classList.contains("stale");
      code = told;
      if (fresh) drawCode();
      place.classList.remove("stale");
      asking = false;
    }).catch(function (problem) {
      asking = false;
      nextTry = Date.now() + 2000;
      if (problem.status === 409) window.location.reload();
    });
  }

  function stale() {
    if (place.classList.contains("stale")) return;
    place.classList.add("stale");
    place.appendChild(yl.el("p", { class: "stopped" }, "没有网络，码停住了。有网会自动接着换。"));
    yl.$("#spoken").textContent = "……";
  }

  function tick() {
    var left = code ? Date.parse(code.expires_at) - yl.serverNow() : 0;
    if (left <= 0) ask();
    if (code && left < -code.step_s * 1000) stale();
    if (code) {
      ring(left / (code.step_s * 1000), String(Math.max(0, Math.ceil(left / 1000))));
      var spoken = Math.max(0, Math.ceil((Date.parse(code.spoken_expires_at) - yl.serverNow()) / 1000));
      yl.$("#spoken-left").textContent = place.classList.contains("stale") ? "没有网络，口令也停住了。" : spoken + " 秒后换新的";
    }
  }

  // ---- opening and closing -----------------------------------------------------------------------------------

  if (yl.$("#open")) {
    yl.$("#open").addEventListener("click", function () {
      this.disabled = true;
      var button = this;
      yl.api("POST", "/api/v1/sessions/" + id + "/open", {}, { retries: 2 }).then(function () { window.location.reload(); }).catch(function (problem) {
        button.disabled = false;
        yl.showProblem(problem);
      });
    });
  }

  function closing() {
    var still = yl.meeting.room ? yl.meeting.room.session.present : 0;
    var waiting = (yl.kept("scans." + id) || []).length;
    var words = still ? "还有 " + still + " 人没有签退。没有签退的，这次课的学时先不计入。" : "所有到场的人都已签退。";
    if (waiting) words += "手机里还有 " + waiting + " 条没有上传，请先等它传完。";
    yl.dialog({
      title: "结束签到？", text: words,
      acts: [{ text: "先不结束", value: false, tone: "indigo" }, { text: "结束签到", value: true, tone: "indigo" }]
    }).then(function (yes) {
      if (!yes) return;
      yl.api("POST", "/api/v1/sessions/" + id + "/close", {}, { retries: 2 }).then(function () { window.location.reload(); }).catch(yl.showProblem);
    });
  }
  yl.all("[data-close]").forEach(function (button) { button.addEventListener("click", closing); });

  // ---- begin -------------------------------------------------------------------------------------------------

  document.addEventListener("DOMContentLoaded", function () {
    var asked = window.location.hash.slice(1);
    if (state === "closed" && !asked) asked = "roster";
    show(["screen", "scan", "roster"].indexOf(asked) >= 0 ? asked : "screen");
    refresh();
    if (window.location.search.indexOf("bound=1") >= 0) yl.toast("电脑大屏已经配上。");
    if (!yl.meeting.open) return;
    yl.awake();
    ask();
    setInterval(tick, 250);
    setInterval(function () { if (document.visibilityState === "visible") refresh(); }, 4000);
  });
})();
