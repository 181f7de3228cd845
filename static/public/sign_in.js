// Shows what is typed while the box is ticked. On a PC: the code that a phone scans, redrawn when it runs out, and in
// once the phone has said yes.
(function () {
  "use strict";

  var yl = window.yl;
  var box = document.getElementById("show-password");
  if (box) {
    var fields = Array.prototype.slice.call(document.querySelectorAll("input[type=password]"));
    box.addEventListener("change", function () {
      fields.forEach(function (field) { field.type = box.checked ? "text" : "password"; });
    });
  }

  var place = document.getElementById("by-phone");
  if (!place || !place.offsetParent) return;

  var POLL_MS = 2000;
  var MOST_DRAWN = 24; // two hours of a forgotten page, then a button
  var words = yl.$("#phone-words");
  var first = words.textContent;
  var shown = null;
  var until = 0;
  var drawn = 0;
  var asking = false;
  var stopped = false;

  function form() {
    var body = new window.FormData();
    body.append("next", place.getAttribute("data-next") || "");
    return body;
  }

  function cover(text) {
    yl.$("#phone-cover").textContent = text || "";
    yl.$("#phone-cover").hidden = !text;
  }

  function stop(text, more) {
    stopped = true;
    cover(text);
    words.textContent = more;
    yl.$("#phone-left").textContent = "";
    yl.$("#phone-again").hidden = false;
  }

  function draw() {
    if (asking) return;
    asking = true;
    yl.api("POST", "/login/qr", form(), { retries: 1, timeoutMs: 8000 }).then(function (code) {
      asking = false;
      stopped = false;
      drawn += 1;
      shown = code.scene;
      until = Date.now() + code.left_s * 1000;
      yl.symbol(yl.$("#phone-code"), code, "给手机扫的登录码");
      yl.$("#phone-again").hidden = true;
      show(code);
    }).catch(function () {
      asking = false;
      stop("码没有取到", "可能是网络断了。请点“重新显示”，或者用密码登录。");
    });
  }

  function show(code) {
    if (code.state === "pending") { cover(""); words.textContent = first; return; }
    if (code.state === "scanned") { cover("已扫到"); words.textContent = "请在手机上点“确认登录”。"; return; }
    if (code.state === "confirmed") { cover("手机已确认"); words.textContent = "正在登录…"; collect(); return; }
    if (code.state === "refused") { stop("没有登录", "手机上点了“不是我”。要登录，请重新显示再扫一次。"); return; }
    ranOut();
  }

  function ranOut() {
    if (drawn < MOST_DRAWN && document.visibilityState === "visible") draw();
    else stop("码过期了", "请点“重新显示”，再用手机扫。");
  }

  function collect() {
    stopped = true;
    yl.api("POST", "/login/qr/collect", form(), { retries: 2, timeoutMs: 8000, stay: true }).then(function (told) {
      window.location.assign(told.next);
    }).catch(function (problem) {
      // Another tab of this browser was faster: then this one is signed in as well.
      if (problem.status === 404) window.location.reload();
      else stop("没有登录成", problem.sentence || "请点“重新显示”，再扫一次。");
    });
  }

  function ask() {
    if (stopped || asking || !shown || document.visibilityState !== "visible") return;
    asking = true;
    yl.api("GET", "/login/qr/status", null, { retries: 0, timeoutMs: 8000 }).then(function (code) {
      asking = false;
      if (code.state !== "expired" && code.scene !== shown) { draw(); return; }
      if (code.left_s) until = Date.now() + code.left_s * 1000;
      show(code);
    }).catch(function () { asking = false; });
  }

  function tick() {
    if (stopped || !shown) return;
    var left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    yl.$("#phone-left").textContent = "还有 " + yl.duration(left);
  }

  yl.$("#phone-again").addEventListener("click", function () { drawn = 0; draw(); });
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pageshow", function (event) { if (event.persisted) ask(); });
  setInterval(ask, POLL_MS);
  setInterval(tick, 1000);
  draw();
})();
