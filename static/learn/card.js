// 签到: the personal code with its stock for dead zones, the camera for the screen's code, the pad for a spoken one.
(function () {
  "use strict";

  var yl = window.yl;
  var person = yl.$("#own").getAttribute("data-person");
  var KEPT = "card." + person;
  // A hall of a thousand phones asks at different moments.
  var POLL_MS = 8000 + Math.floor(Math.random() * 4000);
  var ring = yl.ring(yl.$("#ring"));
  var codes = [];
  var shown = "";
  var asking = false;
  var mine = null;
  var place = yl.placeTick(yl.$("#with-place"), yl.$("#with-place-words"));

  // ---- the personal code -------------------------------------------------------------------------------------

  function take(card) {
    codes = [card].concat(card.stock).map(function (one) {
      return { payload: one.payload, from: Date.parse(one.valid_from), until: Date.parse(one.expires_at), side: one.side, path: one.path };
    });
  }

  function askCard(method) {
    if (asking) return;
    asking = true;
    var since = Date.now();
    yl.api(method, "/api/v1/me/card", method === "POST" ? {} : null, { retries: 0, timeoutMs: 8000 }).then(function (card) {
      asking = false;
      yl.setServerTime(card.server_time, since);
      yl.keep(KEPT, { card: card, ahead: yl.serverNow() - Date.now() });
      take(card);
      if (!card.kept && method === "GET") askCard("POST");
    }).catch(function () { asking = false; });
  }

  var lastAsked = 0;
  function tick() {
    var now = yl.serverNow();
    var current = codes.filter(function (one) { return one.from <= now && now < one.until; })[0];
    // The code of now comes from the network; the stock is for where there is none.
    var fresh = codes[0] && now < codes[0].until;
    if (!fresh && Date.now() - lastAsked > 4000) { lastAsked = Date.now(); askCard("GET"); }
    if (!current) {
      if (codes.length) {
        yl.$("#symbol").classList.add("old");
        yl.$("#fresh").textContent = "码过期了，连上网会自动换新的。";
        ring(0, "0");
      }
      return;
    }
    if (shown !== current.payload) {
      shown = current.payload;
      yl.symbol(yl.$("#symbol"), current, "您的签到码");
      yl.$("#symbol").classList.remove("old");
      // In fours, as it is read out and typed; the dot-free rest never breaks inside a group.
      var letters = yl.clear(yl.$("#letters"));
      current.payload.slice(4).match(/.{1,4}/g).forEach(function (four) { letters.appendChild(yl.el("span", {}, four)); });
    }
    var left = current.until - now;
    ring(left / (current.until - current.from), String(Math.ceil(left / 1000)));
    var spare = codes[codes.length - 1].until - now;
    yl.$("#fresh").textContent = yl.online() ? "30 秒换一次" : "没有网也能用，还能用 " + Math.ceil(spare / 60000) + " 分钟";
  }

  // ---- today's session ---------------------------------------------------------------------------------------

  function line(one) {
    if (one.called_until) return "老师在点名。请在 " + yl.clock(one.called_until) + " 以前扫一下大屏上的码，或者把上面的码给老师扫。";
    if (one.waiting) return "有一条扫码在等人核对。";
    if (one.out_assumed) return yl.clock(one.in_at) + " 签到，没有签退，按规定算到 " + yl.clock(one.out_at) + "。可以请老师补签退。";
    if (one.out_at) return yl.clock(one.in_at) + " 签到，" + yl.clock(one.out_at) + " 签退。";
    if (one.in_at && one.state === "closed") return yl.clock(one.in_at) + " 签到，没有签退。可以请老师补签退。";
    if (one.in_at) return yl.clock(one.in_at) + " 已签到。下课记得签退。";
    return { planned: "老师还没有开始签到。", open: "正在签到，您还没有签。", closed: "签到已经结束，没有您的签到记录。" }[one.state] || "";
  }

  function drawMine(items) {
    var place = yl.clear(yl.$("#mine"));
    items.forEach(function (one) {
      var name = one.out_assumed ? "没有签退" : one.in_at && !one.out_at ? (one.state === "closed" ? "没有签退" : "在场") : one.out_at ? "已签退" : { open: "正在签到", planned: "未开始", closed: "已下课" }[one.state];
      place.appendChild(yl.el("div", { class: "meeting" + (one.state === "open" ? "" : " idle") },
        yl.el("p", { class: "line" }, yl.el("span", { class: "time" }, yl.clock(one.starts_at) + " – " + yl.clock(one.ends_at)),
          yl.el("span", { class: "chip " + (one.waiting || name === "没有签退" ? "amber" : one.state === "open" ? "indigo" : "") }, one.waiting ? "等核对" : name)),
        yl.el("p", {}, one.title + " · " + one.venue), yl.el("p", {}, yl.el("strong", {}, line(one))),
        one.asked ? yl.el("a", { class: "big indigo", href: "/learn/asked/" }, "老师抽问，去回答") : null));
    });
    if (!items.length) place.appendChild(yl.el("p", { class: "note indigo" }, yl.icon("info"), yl.el("span", {}, "今天没有线下课。老师要扫码时，把这个码给老师看。")));
  }

  function notice(before, items) {
    items.forEach(function (one) {
      var old = before.filter(function (each) { return each.id === one.id; })[0];
      if (!old || covered) return;
      if (one.in_at && one.in_at !== old.in_at) won("in", one.in_at, one.ends_at);
      else if (one.out_at && one.out_at !== old.out_at) won("out", one.out_at, one.ends_at);
    });
  }

  function askMine() {
    return yl.api("GET", "/api/v1/me/attendance", null, { retries: 0, timeoutMs: 8000 }).then(function (told) {
      if (mine) notice(mine, told.items);
      mine = told.items;
      drawMine(mine);
    }).catch(function () { return null; });
  }

  function direction() {
    return openOne() ? openOne().direction : "in";
  }

  function called() { return (mine || []).some(function (one) { return one.called_until; }); }

  // ---- results -----------------------------------------------------------------------------------------------

  var covered = false;

  function uncover() { covered = false; }

  function openOne() { return (mine || []).filter(function (one) { return one.state === "open"; })[0]; }

  function show(answer, ends) {
    if (answer.outcome !== "refused" || answer.code !== "code.wrong") yl.$("#typing").hidden = true;
    var now = openOne();
    covered = true;
    yl.scanResult(answer, {
      ends: ends || (now ? Date.parse(now.ends_at) : 0),
      again: function () { covered = false; yl.$("#scan").click(); }, done: { text: "知道了", onpress: uncover }
    });
  }

  // What the instructor's phone scanned is told here as if this phone had scanned it.
  function won(direction, at, ends) {
    show({ outcome: "accepted", direction: direction, facts: { at_ms: Date.parse(at) }, sentence: "", todo: "" }, Date.parse(ends));
  }

  function send(kind, payload, way) {
    covered = true;
    return place().then(function (found) {
      var moment = new Date(yl.serverNow()).toISOString();
      var scan = {
        scan_uuid: yl.uuid(), kind: kind, payload: payload, direction: way, captured_at: moment, sent_at: moment, device: yl.device()
      };
      if (found) scan.location = found;
      return yl.api("POST", "/api/v1/scans", scan, { retries: 3, timeoutMs: 8000 });
    }).then(function (told) { show(told.items[0]); }).catch(function (problem) {
      covered = false;
      yl.showProblem(problem);
    }).then(askMine);
  }

  // Signing out right after signing in is mostly a slip: ask once.
  function sure() {
    var open = (mine || []).filter(function (one) { return one.state === "open" && one.in_at && !one.out_at && !one.called_until; })[0];
    if (!open || yl.serverNow() - Date.parse(open.in_at) > 600000) return Promise.resolve(true);
    return yl.dialog({ title: "现在就签退？", text: "您刚刚签到。签退以后，后面的时间不算学时。", acts: [{ text: "先不签退", value: false, tone: "indigo" }, { text: "签退", value: true, tone: "indigo" }] });
  }

  // ---- the camera --------------------------------------------------------------------------------------------

  var camera = null;

  function shutReader() { if (camera) camera.stop(); camera = null; yl.$("#reader").hidden = true; }

  function read(text) {
    var found = /\/c\/([A-Za-z0-9_-]{16})(?:[/?#]|$)/.exec(text);
    if (!found && camera) { yl.$("#reader-words").textContent = "这不是签到的码。请对准大屏上的码。"; return; }
    if (!found) { yl.dialog({ title: "这不是签到的码", text: "请再扫一次，对准大屏上的码。" }); return; }
    shutReader();
    send("room", found[1], direction());
  }

  yl.$("#scan").addEventListener("click", function () {
    askMine().then(sure).then(function (yes) {
      if (yes) yl.scanCode(read, openReader);
    });
  });

  function openReader() {
    yl.$("#reader-title").textContent = called() ? "点名：对准大屏上的码" : direction() === "in" ? "签到：对准大屏上的码" : "签退：对准大屏上的码";
    yl.$("#reader-words").textContent = "离大屏近一点，让码在框里。";
    yl.$("#reader").hidden = false;
    yl.$("#reader-shut").focus();
    camera = yl.camera(yl.$("#video"), read, function (why) {
      shutReader();
      yl.dialog({ title: "相机用不了", text: why });
    });
  }
  yl.$("#reader-shut").addEventListener("click", shutReader);

  // ---- the spoken code ---------------------------------------------------------------------------------------

  var typed = "";

  function drawTyped() {
    yl.all("[data-digit]").forEach(function (place, at) {
      place.textContent = typed.charAt(at);
      place.className = typed.charAt(at) ? "full" : "";
    });
  }

  yl.$("#say").addEventListener("click", function () {
    askMine().then(sure).then(function (yes) {
      if (!yes) return;
      typed = "";
      drawTyped();
      yl.$("#typing-title").textContent = (called() ? "点名" : direction() === "in" ? "签到" : "签退") + "：听老师念六位数";
      yl.$("#typing").hidden = false;
      yl.$("#typing-shut").focus();
    });
  });
  yl.$("#typing-shut").addEventListener("click", function () { yl.$("#typing").hidden = true; yl.$("#say").focus(); });
  yl.$("#pad").addEventListener("click", function (event) {
    var key = event.target.closest("[data-key]");
    if (!key || typed.length >= 6) return;
    var name = key.getAttribute("data-key");
    typed = name === "erase" ? typed.slice(0, -1) : typed + name;
    drawTyped();
    if (typed.length === 6) {
      send("spoken", typed, direction()).then(function () { typed = ""; drawTyped(); });
    }
  });

  // ---- begin -------------------------------------------------------------------------------------------------

  document.addEventListener("DOMContentLoaded", function () {
    yl.awake();
    var kept = yl.kept(KEPT);
    if (kept && kept.card) {
      yl.setServerTime(new Date(Date.now() + kept.ahead).toISOString(), Date.now());
      take(kept.card);
    }
    askCard("GET");
    askMine();
    setInterval(tick, 250);
    setInterval(function () { if (document.visibilityState === "visible") askMine(); }, POLL_MS);
  });
})();
