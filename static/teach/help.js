// A phone that helps to scan: joins with a code, then loads what the instructor's page scans with; ends when the server says so.
(function () {
  "use strict";

  var yl = window.yl;
  var root = yl.$("#help");
  var EVERY_MS = 5000;
  var begun = false;
  var over = false;

  function show(name) {
    ["wait", "join", "over", "head"].forEach(function (one) { yl.$("#help-" + one).hidden = one !== name; });
    yl.$("#panel-scan").hidden = name !== "head";
  }

  function ask() { return yl.api("GET", "/api/v1/help", null, { retries: 0, timeoutMs: 6000, stay: true }); }

  // ---- scanning ----------------------------------------------------------------------------------------------

  function load(addresses) {
    if (!addresses.length) return Promise.resolve();
    return new Promise(function (go) {
      var script = document.createElement("script");
      script.src = addresses[0];
      script.onload = go;
      document.body.appendChild(script);
    }).then(function () { return load(addresses.slice(1)); });
  }

  function begin(told) {
    begun = true;
    var listeners = [];
    yl.meeting = {
      id: told.session_id, by: "", shell: false, helping: true, open: true, room: null, queued: [],
      scansPath: "/api/v1/help/scans", looksPath: "/api/v1/help/card-looks",
      starts: Date.parse(told.starts_at), ends: Date.parse(told.ends_at),
      personOf: function () { return null; }, redraw: function () { left(); }, refresh: function () { return null; },
      onTab: function (tell) { listeners.push(tell); }, onRoom: function () { return null; }
    };
    yl.$("#help-class").textContent = told.class_name;
    yl.$("#help-when").textContent = yl.clock(told.starts_at) + " – " + yl.clock(told.ends_at);
    show("head");
    load(root.getAttribute("data-scripts").split(" ")).then(function () { listeners.forEach(function (tell) { tell("scan"); }); });
    yl.awake();
    setInterval(check, EVERY_MS);
  }

  function left() {
    var waiting = yl.meeting && yl.meeting.queued ? yl.meeting.queued.length : 0;
    yl.$("#help-left").hidden = !waiting;
    yl.$("#help-left").textContent = "还有 " + waiting + " 条没有上传。请先不要关这一页，有网自动上传，由基地核对。";
  }

  function end() {
    if (over) return;
    over = true;
    var video = yl.$("#video");
    if (video.srcObject) video.srcObject.getTracks().forEach(function (track) { track.stop(); });
    show("over");
    if (begun) left();
  }

  function check() {
    if (over || document.visibilityState !== "visible") return;
    ask().catch(function (problem) { if (problem.status === 403 || problem.status === 401) end(); });
  }

  // ---- joining -----------------------------------------------------------------------------------------------

  var form = yl.$("#help-form");
  if (form) form.addEventListener("submit", function (event) {
    event.preventDefault();
    var button = yl.$("button", form);
    button.disabled = true;
    yl.api("POST", "/api/v1/help/" + root.getAttribute("data-code") + "/join", { label: yl.$("#help-name").value }, { stay: true }).then(begin, function (problem) {
      button.disabled = false;
      yl.showProblem(problem);
    });
  });

  ask().then(begin, function (problem) {
    if (problem.status === 403 && !form) { end(); return; }
    show("join");
  });
})();
