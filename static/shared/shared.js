// What every page may use, as `yl`: calls to the API, network, stored values, speech, small building blocks.
// Plain script, no dependency, ES2019 without optional chaining (Chromium 86, WeChat's WebView).
// The pieces that people see (toast, dialog, drawer, size of type) are in overlay.js, which adds to `yl`.
(function () {
  "use strict";

  var yl = {};
  window.yl = yl;

  // ---- small building blocks ---------------------------------------------------------------------------------

  yl.$ = function (selector, root) { return (root || document).querySelector(selector); };
  yl.all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };

  // yl.el("p", {class: "muted", "data-x": 1, onclick: act}, "text", node, ...): text is never read as HTML.
  yl.el = function (tag, traits) {
    var node = document.createElement(tag);
    Object.keys(traits || {}).forEach(function (name) {
      var value = traits[name];
      if (value === null || value === undefined || value === false) return;
      if (name.indexOf("on") === 0) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    });
    Array.prototype.slice.call(arguments, 2).forEach(function (child) {
      if (child === null || child === undefined || child === false) return;
      node.appendChild(child.nodeType ? child : document.createTextNode(String(child)));
    });
    return node;
  };

  yl.icon = function (name) {
    var space = "http://www.w3.org/2000/svg";
    var svg = document.createElementNS(space, "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    var use = document.createElementNS(space, "use");
    use.setAttribute("href", document.documentElement.getAttribute("data-icons") + "#" + name);
    svg.appendChild(use);
    return svg;
  };

  yl.clear = function (node) { while (node.firstChild) node.removeChild(node.firstChild); return node; };

  // The data a page was given: <script type="application/json" id="facts">.
  yl.facts = function (id) {
    var node = document.getElementById(id || "facts");
    return node ? JSON.parse(node.textContent) : null;
  };

  yl.uuid = function () {
    var bytes = new Uint8Array(16);
    window.crypto.getRandomValues(bytes);
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.prototype.map.call(bytes, function (b) { return (b + 256).toString(16).slice(1); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  // ---- what the phone keeps: a cache only, WeChat may wipe it at any time ------------------------------------

  yl.keep = function (name, value) {
    try {
      if (value === null || value === undefined) window.localStorage.removeItem("yl." + name);
      else window.localStorage.setItem("yl." + name, JSON.stringify(value));
      return true;
    } catch (fault) { return false; }
  };

  yl.kept = function (name) {
    try { return JSON.parse(window.localStorage.getItem("yl." + name)); } catch (fault) { return null; }
  };

  yl.keptNames = function (prefix) {
    try {
      return Object.keys(window.localStorage)
        .filter(function (key) { return key.indexOf("yl." + prefix) === 0; })
        .map(function (key) { return key.slice(3); });
    } catch (fault) { return []; }
  };

  yl.device = function () {
    var own = yl.kept("device");
    if (!own) { own = yl.uuid(); yl.keep("device", own); }
    return own;
  };

  // Which of the three ends: "wechat" inside WeChat on a phone or a PC; "app" where the page was put on the home screen and
  // stands in a window of its own; else "pc".
  function ownWindow() {
    return navigator.standalone === true || !!(window.matchMedia && window.matchMedia("(display-mode: standalone)").matches);
  }
  yl.client = /MicroMessenger/i.test(navigator.userAgent) ? "wechat" : ownWindow() ? "app" : "pc";

  // ---- how people say it -------------------------------------------------------------------------------------

  yl.two = function (n) { return n < 10 ? "0" + n : String(n); };
  yl.mmss = function (seconds) {
    var whole = Math.max(0, Math.floor(seconds));
    return yl.two(Math.floor(whole / 60)) + ":" + yl.two(whole % 60);
  };
  yl.duration = function (seconds) {
    var whole = Math.max(0, Math.floor(seconds));
    var hours = Math.floor(whole / 3600), minutes = Math.floor(whole % 3600 / 60), rest = whole % 60;
    if (hours) return minutes ? hours + " 小时 " + minutes + " 分" : hours + " 小时";
    if (minutes) return rest ? minutes + " 分 " + rest + " 秒" : minutes + " 分钟";
    return rest + " 秒";
  };
  // Every date rule is Asia/Shanghai, whatever the phone believes.
  yl.clock = function (instant) {
    var moment = new Date((typeof instant === "number" ? instant : Date.parse(instant)) + 8 * 3600000);
    return yl.two(moment.getUTCHours()) + ":" + yl.two(moment.getUTCMinutes());
  };

  // The time as people say it: 四点半, 两点, 十一点零五分.
  var DIGITS = "零一二三四五六七八九";
  function counted(n) {
    if (n < 10) return DIGITS.charAt(n);
    return (n < 20 ? "" : DIGITS.charAt(Math.floor(n / 10))) + "十" + (n % 10 ? DIGITS.charAt(n % 10) : "");
  }
  yl.spokenClock = function (instant) {
    var parts = yl.clock(instant).split(":");
    var hour = parseInt(parts[0], 10) % 12 || 12, minute = parseInt(parts[1], 10);
    var rest = minute === 0 ? "" : minute === 30 ? "半" : (minute < 10 ? "零" : "") + counted(minute) + "分";
    return (hour === 2 ? "两" : counted(hour)) + "点" + rest;
  };

  // ---- calls to the API --------------------------------------------------------------------------------------

  // What went wrong, in words: {status, code, title, sentence, todo, facts, retryAfterS, offline}.
  yl.Problem = function (fields) {
    Object.assign(this, { status: 0, code: "", title: "", sentence: "", todo: "", facts: {}, retryAfterS: 0, offline: false }, fields);
    this.message = this.sentence || this.title;
  };
  yl.Problem.prototype = Object.create(Error.prototype);

  function csrf() {
    var meta = yl.$("meta[name=csrf-token]");
    return meta ? meta.getAttribute("content") : "";
  }

  var ahead = 0;
  // The server's time in milliseconds, as far as the last answer told; the phone's own clock may be wrong.
  yl.serverNow = function () { return Date.now() + ahead; };
  yl.setServerTime = function (instant, askedAt) { ahead = Date.parse(instant) - (askedAt + Date.now()) / 2; };

  function ask(method, path, body, more) {
    var headers = { Accept: "application/json, application/problem+json", "X-Device": yl.device(), "X-Client": yl.client };
    var asked = { method: method, headers: headers, credentials: "same-origin", cache: "no-store", keepalive: !!more.keepalive };
    if (method !== "GET" && method !== "HEAD") headers["X-CSRF-Token"] = csrf();
    if (body !== undefined && body !== null) {
      if (window.FormData && body instanceof window.FormData) asked.body = body;
      else { headers["Content-Type"] = "application/json"; asked.body = JSON.stringify(body); }
    }
    var patience = more.timeoutMs || 20000;
    var stop = window.AbortController ? new window.AbortController() : null;
    if (stop && !more.keepalive) asked.signal = stop.signal;
    var timer = setTimeout(function () { if (stop) stop.abort(); }, patience);
    return fetch(path, asked).then(
      function (answer) { clearTimeout(timer); return heard(answer); },
      function () { clearTimeout(timer); throw unheard(); }
    );
  }

  function unheard() {
    noticeNetwork(false);
    return new yl.Problem({
      offline: true, code: "network.away", title: "现在没有网络",
      sentence: "网络断了，这一步还没有传到。", todo: "有网以后会接着传；也可以再点一次。"
    });
  }

  function heard(answer) {
    noticeNetwork(true);
    var told = Date.parse(answer.headers.get("X-Server-Time") || "");
    if (told) ahead = told - Date.now();
    if (answer.status === 204) return null;
    return answer.text().then(function (text) {
      var content = null;
      try { content = text ? JSON.parse(text) : null; } catch (fault) { content = null; }
      if (answer.ok) return content;
      throw refused(answer, content || {});
    });
  }

  var PLAIN = {
    401: ["请重新登录", "您已经退出登录，请重新登录。"],
    403: ["没有权限", "您的账号不能做这一步。"],
    404: ["没有找到", "这里没有您要找的内容。"],
    413: ["文件太大", "文件太大了，传不上去。"],
    429: ["请稍等", "点得太快了，请稍等一会儿再试。"]
  };

  function refused(answer, content) {
    var plain = PLAIN[answer.status] || ["没有办成", "系统出了一点问题，这一步没有办成。请稍后再试。"];
    return new yl.Problem({
      status: answer.status, code: content.code || "", facts: content.facts || {},
      title: content.title || plain[0], sentence: content.detail || content.sentence || plain[1], todo: content.todo || "",
      retryAfterS: parseInt(answer.headers.get("Retry-After") || "0", 10) || 0
    });
  }

  yl.wait = function (ms) { return new Promise(function (go) { setTimeout(go, ms); }); };

  // A line that broke, or nginx without a server behind it: a process died, and others, or its successor, answer within a moment.
  function broke(problem) { return problem.offline || problem.status === 502; }

  // How long to wait before the next try: what the server says, else 1, 2, 4 … s up to 30 s, after a line that broke once
  // nearly at once before; with some chance in it so that a hall full of phones does not come back in one second.
  yl.backOffMs = function (tries, problem) {
    if (problem && problem.retryAfterS) return problem.retryAfterS * 1000 + Math.random() * 500;
    var quick = problem && broke(problem) ? 1 : 0;
    if (tries < quick) return 100 + Math.random() * 200;
    return Math.min(30000, 1000 * Math.pow(2, tries - quick)) * (0.75 + Math.random() / 2);
  };

  // yl.api("POST", "/api/v1/…", {…}, {retries, keepalive, timeoutMs}) -> promise of the answer's JSON; rejects with
  // yl.Problem. GET is tried three times; everything else once unless `retries` says that a repeat is harmless.
  yl.api = function (method, path, body, more) {
    var options = more || {};
    var retries = options.retries === undefined ? (method === "GET" ? 2 : 0) : options.retries;
    function attempt(tries) {
      return ask(method, path, body, options).catch(function (problem) {
        var worth = broke(problem) || problem.status === 429 || problem.status === 503;
        if (problem.status === 401 && !options.stay) yl.toSignIn();
        if (!worth || tries >= retries) throw problem;
        return yl.wait(yl.backOffMs(tries, problem)).then(function () { return attempt(tries + 1); });
      });
    }
    return attempt(0);
  };

  yl.toSignIn = function () {
    window.location.assign("/sign-in?again=1&next=" + encodeURIComponent(window.location.pathname + window.location.search));
  };

  // ---- is there a network? -----------------------------------------------------------------------------------

  var reached = navigator.onLine !== false;
  var listeners = [];

  function noticeNetwork(now) {
    if (now === reached) return;
    reached = now;
    listeners.forEach(function (tell) { tell(now); });
  }
  yl.online = function () { return reached; };
  yl.onNetwork = function (tell) { listeners.push(tell); tell(reached); };
  window.addEventListener("offline", function () { noticeNetwork(false); });
  window.addEventListener("online", function () { noticeNetwork(true); });

  // ---- spoken words: where the phone can, quiet otherwise ----------------------------------------------------

  yl.say = function (text) {
    if (!("speechSynthesis" in window) || yl.kept("quiet")) return false;
    try {
      var words = new window.SpeechSynthesisUtterance(text);
      words.lang = "zh-CN";
      words.rate = 0.9;
      window.speechSynthesis.cancel();
      window.speechSynthesis.speak(words);
      return true;
    } catch (fault) { return false; }
  };

  // Tell a screen reader; the region is in every page.
  yl.announce = function (text) {
    var region = document.getElementById("said");
    if (region) { region.textContent = ""; setTimeout(function () { region.textContent = text; }, 50); }
  };

  yl.buzz = function (pattern) { try { if (navigator.vibrate) navigator.vibrate(pattern || 200); } catch (fault) { return; } };

  var sounds = null;
  // A short tone; silent where the browser wants a touch first.
  yl.tone = function (hertz, ms) {
    try {
      var Sounds = window.AudioContext || window.webkitAudioContext;
      sounds = sounds || new Sounds();
      if (sounds.state === "suspended") sounds.resume();
      var note = sounds.createOscillator(), loud = sounds.createGain();
      note.frequency.value = hertz || 880;
      loud.gain.setValueAtTime(0.2, sounds.currentTime);
      loud.gain.exponentialRampToValueAtTime(0.001, sounds.currentTime + (ms || 300) / 1000);
      note.connect(loud);
      loud.connect(sounds.destination);
      note.start();
      note.stop(sounds.currentTime + (ms || 300) / 1000);
    } catch (fault) { return; }
  };

  // iOS brings a page back with its old state: pages that show counts ask for a fresh one.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted && document.documentElement.hasAttribute("data-fresh")) window.location.reload();
  });
})();
