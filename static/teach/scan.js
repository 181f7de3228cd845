// 扫学员: the phone's camera reads personal codes one after another; in or out is chosen above.
(function () {
  "use strict";

  var yl = window.yl;
  var AGAIN_MS = 20000;
  var camera = null;
  var direction = "in";
  var last = {};
  var outcome = "";
  var LOOK = {
    accepted: { tone: "good", icon: "done", hertz: 1046, buzz: 120 },
    pending_review: { tone: "wait", icon: "wait", hertz: 660, buzz: [80, 60, 80] },
    refused: { tone: "bad", icon: "refused", hertz: 220, buzz: [200, 100, 200] }
  };

  function way(to) {
    direction = to;
    yl.$("#way-in").setAttribute("aria-pressed", String(to === "in"));
    yl.$("#way-out").setAttribute("aria-pressed", String(to === "out"));
    last = {};
  }
  yl.$("#way-in").addEventListener("click", function () { way("in"); });
  yl.$("#way-out").addEventListener("click", function () { way("out"); });

  // ---- what was seen -----------------------------------------------------------------------------------------

  function seen(tone, icon, name, line) {
    var place = yl.clear(yl.$("#seen"));
    place.className = "seen " + tone;
    place.appendChild(yl.icon(icon));
    place.appendChild(yl.el("span", {}, yl.el("span", { class: "name", id: "seen-name" }, name), yl.el("span", { id: "seen-line" }, line)));
    yl.all(".no-face").forEach(function (node) { node.remove(); });
    return place;
  }

  // A roll call, or when a walk-in left: no code was read, so nothing can be taken back or photographed.
  function keptAnswered(item, answer) {
    var look = LOOK[answer.outcome];
    seen(look.tone, look.icon, item.words || "", answer.title + (answer.facts.at_ms ? " " + yl.clock(answer.facts.at_ms) : "") + answer.sentence);
    log(item.words || "", answer.title, look.tone);
    yl.meeting.refresh();
  }

  function answered(item, answer) {
    if (item.kind === "walk_in_out" || item.kind === "roll_call") { keptAnswered(item, answer); return; }
    if (yl.walkInAnswered && item.kind === "walk_in") yl.walkInAnswered(item, answer, queue);
    var look = LOOK[answer.outcome];
    var name = answer.person ? answer.person.name : item.words || "";
    var good = answer.outcome === "accepted";
    outcome = answer.outcome;
    var words = good ? answer.title + " " + yl.clock(answer.facts.at_ms) : (name ? answer.title + "。" : "") + answer.sentence + answer.todo;
    var place = seen(look.tone, look.icon, name || answer.title, words);
    // The photo that the base approved: compared by eye, never by a machine.
    if (answer.person && answer.person.photo) place.insertBefore(yl.el("img", { class: "face", src: answer.person.photo, alt: name + "的照片" }), place.firstChild);
    if (good) place.appendChild(yl.el("button", { type: "button", class: "button take-back", onclick: function () { takeBack(item); } }, "撤销"));
    offerPhoto({ scan_uuid: item.scan_uuid, words: name }, answer.person && answer.person.first_photo);
    yl.tone(look.hertz, 250);
    yl.buzz(look.buzz);
    yl.say(good ? name + (item.direction === "in" ? "签到" : "签退") : answer.title);
    log(name, answer.title, look.tone);
    yl.meeting.refresh();
  }

  function log(name, words, tone) {
    var list = yl.$("#log");
    yl.all(".muted", list).forEach(function (node) { if (node.tagName === "LI") node.remove(); });
    list.insertBefore(yl.el("li", {}, yl.el("span", { class: "when" }, yl.clock(yl.serverNow())),
      yl.el("span", { class: "chip " + ({ good: "indigo", wait: "amber", bad: "red" })[tone] }, words), yl.el("span", {}, name)), list.firstChild);
    while (list.children.length > 8) list.lastChild.remove();
  }

  function takeBack(item) {
    var mine = yl.meeting.helping ? {} : { device: item.device, reason: "扫错了" };
    yl.api("POST", (yl.meeting.scansPath || "/api/v1/scans") + "/" + item.scan_uuid + "/void", mine, { retries: 2, stay: yl.meeting.helping }).then(function () {
      seen("", "again", "已撤销", "刚才那次不算了。");
      last = {};
      yl.meeting.refresh();
    }).catch(yl.showProblem);
  }

  var counted = 0;

  // Shown from the moment on at which sending has failed once: a scan that is answered at once never flickers here.
  function waiting(items) {
    var stuck = yl.meeting.shell || !yl.online() || queue.failing();
    yl.$("#queue").hidden = !items.length || !stuck;
    yl.$("#queue-count").textContent = items.length;
    yl.$("#queue-others").hidden = !queue.others();
    yl.$("#queue-others").textContent = "另有 " + queue.others() + " 条是别的老师在这部手机上扫的，等他登录以后上传。";
    var list = yl.clear(yl.$("#queue-list"));
    items.slice(-20).reverse().forEach(function (item) {
      list.appendChild(yl.el("li", {}, yl.el("span", { class: "when" }, yl.clock(item.captured_at)), yl.el("span", {}, yl.queuedVerb(item)),
        yl.el("span", {}, item.words || "一位学员")));
    });
    yl.meeting.queued = items;
    yl.meeting.redraw();
    if (stuck && items.length > counted) {
      var last = items[items.length - 1];
      seen("wait", "phone", last.words || "已存在手机里", "已存在手机里，共 " + items.length + " 条，有网自动上传。" + (last.who || last.kind !== "card" ? "" : "名单里没有找到这个码，等有网再核对。"));
      yl.tone(LOOK.accepted.hertz, 250);
      offerPhoto(last, last.kind === "card" && last.direction === "in" && (seatOf(last) || {}).first_photo);
      yl.buzz(120);
      yl.say((last.words || "") + "存好了");
      log(last.words || "一位学员", "待上传", "wait");
    }
    counted = items.length;
    if (faces) faces.flush();
  }

  var queue = yl.scanQueue(yl.meeting.id, { by: yl.meeting.by, holds: yl.meeting.shell, path: yl.meeting.scansPath, onAnswer: answered, onChange: waiting });
  yl.meeting.queue = queue;
  yl.onNetwork(function () { waiting(queue.items()); });
  if (yl.$("#queue-now")) yl.$("#queue-now").addEventListener("click", function () { queue.flush(); });

  queue.refusals.onChange(function (items) {
    yl.$("#refused").hidden = !items.length;
    yl.$("#refused-count").textContent = items.length;
    yl.drawRefusals(yl.clear(yl.$("#refused-list")), queue.refusals);
  });

  // Beside the answer, where the eye is: on the camera's picture if it is open. It goes with the next scan; nobody has to tap.
  var faces = null;
  if (yl.firstPhotos) faces = yl.firstPhotos(yl.meeting.id, { by: yl.meeting.by, holds: yl.meeting.shell, path: yl.meeting.scansPath, waits: waits });

  function waits(uuid) { return queue.items().some(function (one) { return one.scan_uuid === uuid; }); }

  function seatOf(item) {
    return yl.meeting.room && yl.meeting.room.people.filter(function (one) { return one.enrolment_id === item.who; })[0];
  }

  function offerPhoto(item, state) {
    var offered = faces && faces.offer(state, item, { video: yl.$("#video"), field: yl.$("#face-field"), began: function () { outcome = "photo"; } });
    if (offered) yl.$(camera && yl.$("#video").srcObject ? ".viewer" : "#seen").appendChild(offered);
  }

  if (yl.walkInForm) yl.walkInForm(queue, yl.meeting.id);

  // A scan as the server takes it; `words` and `who` are what the lists show meanwhile and are not sent.
  yl.meeting.send = function (kind, payload, way, more) {
    return queue.add(Object.assign({
      scan_uuid: yl.uuid(), kind: kind, payload: payload, session_id: yl.meeting.id, direction: way, device: yl.device()
    }, more || {}));
  };

  // ---- reading -----------------------------------------------------------------------------------------------

  function read(given) {
    var text = yl.cleanCode(given);
    var screen = /\/teach\/screens\/([A-Za-z0-9_-]{8,16})$/.exec(text);
    if (screen && !yl.meeting.helping) { bind(screen[1]); return; }
    var key = text.slice(0, 10);
    if (last[key] && Date.now() - last[key] < AGAIN_MS) return;
    last[key] = Date.now();
    if (text.indexOf("YLP.") === 0) { readPaper(text); return; }
    if (text.indexOf("YL1.") !== 0) { outcome = "refused"; seen("bad", "refused", "不是签到码", "请学员打开“签到”那一页，再扫。"); yl.buzz([200, 100, 200]); return; }
    var person = yl.meeting.personOf(text);
    seen("", "wait", person ? person.name : "正在核对…", person ? "正在核对…" : "");
    yl.meeting.send("card", text, direction, person ? { words: person.name, who: person.enrolment_id } : {});
  }

  // A printed card shows whose it is first; what is ticked there goes with the scan.
  function readPaper(text) {
    outcome = "asked";
    seen("", "wait", "纸卡", "正在核对…");
    yl.paperCard(text, direction, {
      look: function (payload) { return yl.api("POST", yl.meeting.looksPath || "/api/v1/sessions/" + yl.meeting.id + "/card-looks", { payload: payload }, { timeoutMs: 4000, stay: !!yl.meeting.looksPath }); },
      send: function (ticks) { yl.meeting.send("card", text, direction, Object.assign({ words: "纸卡", who: "paper" }, ticks)); },
      refused: function (told) { outcome = "refused"; last = {}; seen("bad", "refused", told.title, told.sentence + told.todo); yl.buzz([200, 100, 200]); }
    });
  }
  yl.meeting.read = function (text) { last = {}; read(text); };

  var binding = "";
  function bind(pairing) {
    if (binding === pairing) return;
    binding = pairing;
    yl.api("POST", "/api/v1/screens/" + pairing + "/bind", { session_id: yl.meeting.id }).then(function () {
      seen("good", "screen", "大屏已配上", "电脑上马上出现这次课的签到码。");
      yl.tone(1046, 250);
    }).catch(function (problem) { seen("bad", "refused", problem.title, problem.sentence + problem.todo); });
  }

  yl.$("#typed").addEventListener("submit", function (event) {
    event.preventDefault();
    var text = yl.cleanCode(yl.$("#typed-code").value).replace(/\s+/g, "").toUpperCase();
    if (!/^YL[1P]\./.test(text)) text = "YL1." + text;
    yl.$("#typed-code").value = "";
    last = {};
    read(text);
  });

  function cameraOff(why) {
    yl.$(".viewer").hidden = true;
    yl.$("#camera-fault").hidden = false;
    yl.$("#camera-fault span").textContent = why;
  }

  function cameraOn() {
    if (camera || yl.$("#panel-scan").hidden) return;
    yl.$("#by-wechat").hidden = true;
    yl.$(".viewer").hidden = false;
    yl.$("#camera-fault").hidden = true;
    camera = yl.camera(yl.$("#video"), read, cameraOff);
  }

  // ---- WeChat's own scanner, one learner after the other: it opens again while all goes well ----------------------

  var NEXT_MS = 1500;
  var withCamera = !yl.wx;

  function byWechat() {
    yl.wx.scan().then(function (text) {
      outcome = "";
      read(text);
      return yl.wait(NEXT_MS).then(function () { if (outcome === "" || outcome === "accepted") byWechat(); });
    }, function (fault) {
      if (yl.wx.cancelled(fault)) return;
      withCamera = true;
      cameraOn();
    });
  }

  function beginReading() {
    if (withCamera) { cameraOn(); return; }
    yl.$(".viewer").hidden = true;
    yl.wx.ready().then(function () { if (!withCamera) yl.$("#by-wechat").hidden = false; }, function () { withCamera = true; cameraOn(); });
  }

  yl.$("#wechat-go").addEventListener("click", byWechat);
  yl.$("#wechat-camera").addEventListener("click", function () { withCamera = true; cameraOn(); });

  yl.meeting.onTab(function (name) {
    if (name === "scan" && yl.meeting.open && !camera) beginReading();
    if (name !== "scan" && camera) { camera.stop(); camera = null; }
    if (name === "scan" && !yl.meeting.open) cameraOff(document.getElementById("open") ? "还没有开始签到。先到“大屏码”里点“开始签到”。" : "签到已经结束，不能再扫。忘了签到签退的，到“名单”里补。");
  });

  if (yl.meeting.open) yl.prepareCamera(yl.$("#video"));

  // The last quarter of a session begins with 签退 chosen: nobody comes so late, most go.
  if (yl.serverNow() > yl.meeting.ends - (yl.meeting.ends - yl.meeting.starts) / 4) way("out");
})();
