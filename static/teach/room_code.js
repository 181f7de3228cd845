// The rotating code in the instructor's hand: one step at a time, never a stale one.
(function () {
  "use strict";

  var yl = window.yl;
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
    yl.api("GET", "/api/v1/sessions/" + yl.meeting.id + "/code", null, { retries: 0, timeoutMs: 6000 }).then(function (told) {
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

  yl.meeting.onTab(function (name) { if (name === "screen" && code) drawCode(); });

  document.addEventListener("DOMContentLoaded", function () {
    if (!yl.meeting.open) return;
    ask();
    setInterval(tick, 250);
  });
})();
