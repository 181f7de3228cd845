// The phone's camera as a reader of codes, and the drawing of one. Adds yl.camera, yl.symbol, yl.ring to `yl`.
// BarcodeDetector where the phone has it, else jsQR, loaded on demand.
(function () {
  "use strict";

  var yl = window.yl;
  var SVG = "http://www.w3.org/2000/svg";
  var EVERY_MS = 180;
  var READ_PX = 640;

  // yl.symbol(node, {side, path}, label): draws a code, modules of equal size, swapped in one step.
  // Every module gets the same whole number of the screen's own points, so that no row is thinner than another.
  yl.symbol = function (node, code, label) {
    var svg = document.createElementNS(SVG, "svg");
    var dots = window.devicePixelRatio || 1;
    var width = Math.max(1, Math.floor(node.clientWidth * dots / code.side)) * code.side / dots;
    svg.setAttribute("width", width);
    svg.setAttribute("height", width);
    svg.setAttribute("viewBox", "0 0 " + code.side + " " + code.side);
    svg.setAttribute("shape-rendering", "crispEdges");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label || "二维码");
    var paper = document.createElementNS(SVG, "path");
    paper.setAttribute("fill", "#FFFFFF");
    paper.setAttribute("d", "M0 0h" + code.side + "v" + code.side + "H0z");
    var ink = document.createElementNS(SVG, "path");
    ink.setAttribute("fill", "#000000");
    ink.setAttribute("d", code.path);
    svg.appendChild(paper);
    svg.appendChild(ink);
    yl.clear(node).appendChild(svg);
  };

  // yl.ring(node) -> show(share 0..1, words): a ring that empties, with words inside.
  yl.ring = function (node) {
    var round = 2 * Math.PI * 20;
    var svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 48 48");
    svg.setAttribute("class", "ring");
    svg.setAttribute("aria-hidden", "true");
    ["ring-ground", "ring-left"].forEach(function (kind) {
      var circle = document.createElementNS(SVG, "circle");
      circle.setAttribute("class", kind);
      circle.setAttribute("cx", 24);
      circle.setAttribute("cy", 24);
      circle.setAttribute("r", 20);
      circle.setAttribute("transform", "rotate(-90 24 24)");
      svg.appendChild(circle);
    });
    var words = yl.el("span", { class: "ring-words" });
    yl.clear(node).appendChild(svg);
    node.appendChild(words);
    var left = svg.lastChild;
    left.setAttribute("stroke-dasharray", round);
    return function (share, text) {
      left.setAttribute("stroke-dashoffset", String(round * (1 - Math.max(0, Math.min(1, share)))));
      words.textContent = text;
    };
  };

  var loading = null;

  function loadReader(address) {
    if (window.jsQR) return Promise.resolve(window.jsQR);
    if (!loading) {
      loading = new Promise(function (ready, failed) {
        var script = document.createElement("script");
        script.src = address;
        script.onload = function () { ready(window.jsQR); };
        script.onerror = function () { loading = null; failed(new Error("reader")); };
        document.head.appendChild(script);
      });
    }
    return loading;
  }

  function ownReader() {
    if (!("BarcodeDetector" in window)) return Promise.resolve(null);
    return window.BarcodeDetector.getSupportedFormats().then(function (formats) {
      return formats.indexOf("qr_code") >= 0 ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
    }).catch(function () { return null; });
  }

  function readerOf(video) {
    return ownReader().then(function (own) {
      if (own) {
        return function () {
          return own.detect(video).then(function (found) { return found.length ? found[0].rawValue : ""; });
        };
      }
      return loadReader(video.getAttribute("data-jsqr")).then(function (jsQR) {
        var canvas = document.createElement("canvas");
        var pen = canvas.getContext("2d", { willReadFrequently: true });
        return function () {
          var side = Math.min(video.videoWidth, video.videoHeight);
          canvas.width = canvas.height = Math.min(READ_PX, side);
          pen.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
          var image = pen.getImageData(0, 0, canvas.width, canvas.height);
          var found = jsQR(image.data, canvas.width, canvas.height, { inversionAttempts: "dontInvert" });
          return Promise.resolve(found ? found.data : "");
        };
      });
    });
  }

  // Fetch what reading needs while there is still a network: a hall's reception may go.
  yl.prepareCamera = function (video) {
    ownReader().then(function (own) { if (!own) loadReader(video.getAttribute("data-jsqr")).catch(function () { return null; }); });
  };

  var WHY = {
    NotAllowedError: "没有允许使用相机。请在弹出的提示里点“允许”，或者改用输入口令。",
    NotFoundError: "没有找到相机。请改用输入的办法。",
    NotReadableError: "相机正被别的软件用着。请关掉它再试。",
    insecure: "这个网址不能用相机（需要 https）。请改用输入的办法。",
    reader: "识别程序没有下载下来。请检查网络再试。"
  };

  // yl.camera(video, onCode, onFault) -> {stop}. onCode(text) is called for every sight of a code.
  yl.camera = function (video, onCode, onFault) {
    var stopped = false, stream = null, timer = 0;
    function stop() {
      stopped = true;
      clearTimeout(timer);
      if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
      video.srcObject = null;
    }
    function fail(fault) {
      if (stopped) return;
      stop();
      onFault(WHY[fault.name] || WHY[fault.message] || "相机打不开。请改用输入的办法。");
    }
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
      setTimeout(function () { fail(new Error("insecure")); }, 0);
      return { stop: stop };
    }
    navigator.mediaDevices.getUserMedia({
      audio: false, video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } }
    }).then(function (given) {
      stream = given;
      if (stopped) { stop(); return null; }
      video.srcObject = given;
      video.setAttribute("playsinline", "");
      video.muted = true;
      return Promise.all([readerOf(video), video.play()]).then(function (ready) {
        (function look() {
          if (stopped) return;
          var seen = video.videoWidth ? ready[0]() : Promise.resolve("");
          seen.catch(function () { return ""; }).then(function (text) {
            if (text && !stopped) onCode(text);
            timer = setTimeout(look, EVERY_MS);
          });
        })();
      });
    }).catch(fail);
    return { stop: stop };
  };

  // ---- what became of a scan, in big letters, colour, sound and voice ---------------------------------------------

  // Codes that another scan mends: the button leads to it.
  var AGAIN = ["code.expired", "code.future", "code.forged", "code.malformed", "code.claim_expired", "code.claim_used"];

  // yl.scanResult(answer, {ends, again, done: {text, href | onpress}}): `ends` says until when one stays, `again` scans anew.
  yl.scanResult = function (answer, more) {
    // Answering a roll-call changes no time: it has its own words.
    var here = answer.code === "attendance.here";
    var good = here || answer.outcome === "accepted";
    var word = here ? answer.title : good ? (answer.direction === "in" ? "签到成功" : "签退成功") : answer.title;
    var line = answer.sentence + answer.todo, spoken = word + "。" + line;
    if (here) line = answer.sentence;
    else if (good) {
      var stays = answer.direction === "in" && more.ends > yl.serverNow();
      line = (answer.facts && answer.facts.at_ms ? yl.clock(answer.facts.at_ms) + "。" : "") + (stays ? yl.clock(more.ends) + " 下课，记得签退。" : answer.direction === "in" ? "下课记得签退。" : "");
      spoken = stays ? word + "，" + yl.spokenClock(more.ends) + "记得签退" : word + (answer.direction === "in" ? "，下课记得签退" : "");
    }
    var acts = [more.done || { text: "知道了" }];
    if (more.again && AGAIN.indexOf(answer.code) >= 0) acts.unshift({ text: "再扫一次", onpress: more.again });
    yl.tone(good ? 1046 : answer.outcome === "refused" ? 220 : 660, 300);
    return yl.result({ tone: good ? "indigo" : answer.outcome === "refused" ? "red" : "amber", word: word, line: line, spoken: spoken, acts: acts });
  };

  // ---- where the phone is: only when its owner has ticked the box, never waited for longer than three seconds --------

  var PLACE_MS = 3000;

  function browsersPlace() {
    return new Promise(function (done, failed) {
      if (!navigator.geolocation) { failed(new Error("none")); return; }
      navigator.geolocation.getCurrentPosition(function (found) {
        done({ latitude: found.coords.latitude, longitude: found.coords.longitude, accuracy_m: found.coords.accuracy });
      }, failed, { timeout: PLACE_MS, maximumAge: 60000 });
    });
  }

  // A place as the server takes it, or null: a strange figure must not cost anybody their scan.
  function clean(place) {
    var good = place && isFinite(place.latitude) && Math.abs(place.latitude) <= 90 && isFinite(place.longitude) && Math.abs(place.longitude) <= 180;
    var accuracy = place && isFinite(place.accuracy_m) ? Math.min(100000, Math.max(0, place.accuracy_m)) : 0;
    return good ? { latitude: place.latitude, longitude: place.longitude, accuracy_m: accuracy } : null;
  }

  // yl.placeTick(box, words) -> function that returns a promise of a place, or of null: without the tick nothing is asked.
  yl.placeTick = function (box, words) {
    if (!box) return function () { return Promise.resolve(null); };
    function look() {
      var asked = yl.wx ? yl.wx.place().catch(browsersPlace) : browsersPlace();
      return Promise.race([asked.catch(function () { return null; }), yl.wait(PLACE_MS).then(function () { return null; })]).then(clean);
    }
    box.checked = !!yl.kept("place");
    box.addEventListener("change", function () {
      yl.keep("place", box.checked ? true : null);
      words.textContent = "";
      if (box.checked) look().then(function (found) { words.textContent = found ? "好，签到时会一起记下。" : "没有取到位置，不要紧，照常签到。"; });
    });
    return function () { return box.checked ? look() : Promise.resolve(null); };
  };

  // yl.scanCode(onText, camera): WeChat's own scanner where this is WeChat and it works, else `camera()` is called.
  yl.scanCode = function (onText, camera) {
    if (!yl.wx) { camera(); return; }
    yl.wx.scan().then(onText, function (fault) { if (!yl.wx.cancelled(fault)) camera(); });
  };

  // Keep the phone awake while a code is shown; asked again when the page comes back.
  yl.awake = function () {
    function ask() {
      if (navigator.wakeLock && document.visibilityState === "visible") {
        navigator.wakeLock.request("screen").catch(function () { return null; });
      }
    }
    document.addEventListener("visibilitychange", ask);
    ask();
  };

  // The server's clock from an answer that tells it: yl.serverNow() ever after.
  var ahead = 0;
  yl.setServerTime = function (instant, askedAt) {
    var middle = (askedAt + Date.now()) / 2;
    ahead = Date.parse(instant) - middle;
  };
  yl.serverNow = function () { return Date.now() + ahead; };
})();
