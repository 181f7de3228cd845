// A strange PC as the hall's screen: waits with a pairing code, then shows one session's rotating code. Its token is
// kept in this browser, so a reload goes on where it was; without a network too, then without a code: a stale one is never shown.
(function () {
  "use strict";

  var yl = window.yl;
  var KEPT = "screen";
  var own = yl.kept(KEPT);
  var session = null;
  var code = null;
  var busy = false;
  var ring = null;
  var drawn = null;

  function ask(method, path) {
    var headers = { Accept: "application/json" };
    if (own) headers["X-Screen-Token"] = own.token;
    var since = Date.now();
    return fetch(path, { method: method, headers: headers, credentials: "omit", cache: "no-store" }).then(function (answer) {
      yl.$("#trouble").hidden = true;
      return answer.json().then(function (told) {
        if (told.server_time) yl.setServerTime(told.server_time, since);
        if (!answer.ok) { var problem = new Error(told.code); problem.status = answer.status; throw problem; }
        return told;
      });
    }, function () {
      yl.$("#trouble").hidden = false;
      throw new Error("away");
    });
  }

  function words(what, title, how) {
    yl.$("#what").textContent = what;
    yl.$("#title").textContent = title;
    yl.$("#how").textContent = how;
  }

  function inSession(there) {
    yl.$("#count").hidden = !there;
    var waits = !code && own && !session;
    yl.$("#spoken-place").hidden = !(there && code);
    yl.$("#scan-how").hidden = !(there && code) && !waits;
    yl.$("#scan-how").textContent = waits ? "分钟后换一个码" : "微信扫一扫";
    yl.$("#ring").hidden = !code && !waits;
  }

  function draw(symbol, label) {
    drawn = [symbol, label];
    yl.symbol(yl.$("#code"), symbol, label);
    yl.$("#code").classList.remove("stale");
  }

  function blank(line) {
    drawn = null;
    yl.clear(yl.$("#code")).appendChild(yl.el("p", { class: "how" }, line));
  }

  // ---- waiting -----------------------------------------------------------------------------------------------

  function enrol() {
    own = null;
    yl.keep(KEPT, null);
    return ask("POST", "/api/v1/screens").then(function (told) {
      own = told;
      yl.keep(KEPT, told);
      wait();
    });
  }

  function wait() {
    code = null;
    call(null);
    words("大屏", "请老师用手机扫这个码", "打开“教师端”，点“扫学员”，对准屏幕扫一下。扫完这里就会出现签到码。");
    draw(own, "配对二维码");
    inSession(false);
  }

  // ---- showing -----------------------------------------------------------------------------------------------

  function show(told) {
    session = told.session;
    if (!own.bound) { own.bound = true; yl.keep(KEPT, own); }
    words(session.class_name, session.segment_title, yl.clock(session.starts_at) + " – " + yl.clock(session.ends_at) + " · " + session.venue);
    yl.$("#present").textContent = session.present;
    yl.$("#expected").textContent = session.expected;
    var list = yl.clear(yl.$("#arrived"));
    told.arrived.forEach(function (one) { list.appendChild(yl.el("li", {}, one.name)); });
    call(session.state === "open" ? told.calling : null);
    if (session.state === "open") return;
    code = null;
    blank(session.state === "closed" ? "签到已经结束。" : "等老师在手机上点“开始签到”。");
  }

  // A roll call: who is drawn scans the same code once more.
  var CALLED_AT_ONCE = 8;
  var callEnds = 0, turn = 0;

  function call(told) {
    callEnds = told ? Date.parse(told.until_at) : 0;
    yl.$("#calling").hidden = !told || !told.waiting;
    if (!told) return;
    yl.$("#calling-count").textContent = told.waiting;
    var list = yl.clear(yl.$("#called"));
    // So many as stand there at once; the others a moment later.
    var from = turn * CALLED_AT_ONCE < told.names.length ? turn * CALLED_AT_ONCE : 0;
    turn = from / CALLED_AT_ONCE + 1;
    told.names.slice(from, from + CALLED_AT_ONCE).forEach(function (name) { list.appendChild(yl.el("li", {}, name)); });
  }

  function nextCode() {
    return ask("GET", "/api/v1/sessions/" + session.id + "/code").then(function (told) {
      if (!code || code.step !== told.step || !drawn) draw(told, "签到二维码");
      code = told;
      yl.$("#spoken").textContent = told.spoken.slice(0, 3) + " " + told.spoken.slice(3);
    });
  }

  // ---- every moment ------------------------------------------------------------------------------------------

  var lastAsked = 0;

  function look() {
    busy = true;
    lastAsked = Date.now();
    var step = own ? ask("GET", "/api/v1/screens/me").then(function (told) {
      if (told.session) show(told); else session = null;
      var due = session && session.state === "open" && (!code || Date.parse(code.expires_at) <= yl.serverNow());
      if (due) return nextCode();
      if (!session && Date.parse(own.expires_at) <= yl.serverNow()) return enrol();
      return null;
    }) : enrol();
    step.catch(function (problem) {
      if (problem.status === 401) { session = null; code = null; return enrol().catch(function () { return null; }); }
      return null;
    }).then(function () { busy = false; inSession(!!session); });
  }

  function tick() {
    var now = yl.serverNow();
    var until = code ? Date.parse(code.expires_at) : own && !session ? Date.parse(own.expires_at) : 0;
    var whole = code ? code.step_s * 1000 : 600000;
    if (until) ring((until - now) / whole, String(Math.max(0, Math.ceil((until - now) / (code ? 1000 : 60000)))));
    if (drawn && now - until > (code ? code.step_s * 1000 : 0)) {
      blank("没有网络，码停住了。连上网会自己接着换。");
      yl.$("#spoken").textContent = "……";
    }
    if (callEnds) yl.$("#calling-left").textContent = yl.mmss((callEnds - now) / 1000);
    var due = Date.now() - lastAsked > 3000 || (code && until <= now && Date.now() - lastAsked > 700);
    if (!busy && due) look();
  }

  // The whole screen, where the browser lets it.
  function full() {
    var button = yl.$("#full");
    if (!document.documentElement.requestFullscreen) return;
    button.hidden = false;
    button.addEventListener("click", function () { document.documentElement.requestFullscreen().catch(function () { return null; }); });
    document.addEventListener("fullscreenchange", function () { button.hidden = !!document.fullscreenElement; });
  }

  document.addEventListener("DOMContentLoaded", function () {
    ring = yl.ring(yl.$("#ring"));
    yl.awake();
    // Bound already: what it shows comes from the server only.
    if (own && own.bound) { words("大屏", "正在连接…", ""); blank("正在取签到码…"); }
    else if (own && Date.parse(own.expires_at) > yl.serverNow()) wait();
    look();
    window.addEventListener("resize", function () { if (drawn) draw(drawn[0], drawn[1]); });
    window.addEventListener("load", function () { yl.keepPage("/screen"); });
    full();
    setInterval(tick, 250);
  });
})();
