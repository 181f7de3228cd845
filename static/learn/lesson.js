// The lesson page: plays, counts what is seen, and always says whether it counts and, when not, why.
(function () {
  "use strict";
  var yl = window.yl;
  var facts = yl.facts("facts");
  var video = yl.lessonSource(facts);   // film, sound or pages: see lesson_media.js
  var cover = yl.$("#cover");
  var toggle = yl.$("#toggle");
  var AWAY_MS = 60000;

  var beats = null;          // the viewing, once it is open
  var opening = false;
  var covered = [];          // [[from, to]] as the server says
  var reach = 0;             // one may go this far
  var last = 0;              // where the picture was a moment ago
  var credited = facts.credited_s;
  var lost = {};             // code -> seconds
  var startText = yl.$("#cover-text").textContent;
  var reason = seenWhole() ? "whole" : "start";   // why it does not count now, "" when it does
  var hiddenAt = 0;
  var stalledAt = 0;

  function seenWhole() { return facts.covered_s >= facts.duration_s; }
  function words(code) { return facts.words[code] || { title: "", sentence: "" }; }

  // ---- what is shown -----------------------------------------------------------------------------------------

  function show() {
    var here = video.currentTime || 0;
    var waiting = beats ? beats.waitingS(here) : 0;
    yl.$("#credited").textContent = yl.mmss(credited);
    yl.$("#waiting").textContent = yl.mmss(waiting);
    var codes = Object.keys(lost).filter(function (code) { return lost[code] > 0; });
    var gone = codes.filter(function (code) { return code !== "viewing.already_covered"; });
    yl.$("#lost").textContent = yl.mmss(gone.reduce(function (sum, code) { return sum + lost[code]; }, 0));
    showReasons(codes);
    var whole = Math.max(facts.required_s, 1);
    var done = Math.min(100, 100 * credited / whole);
    yl.$("#bar-counted").setAttribute("width", done);
    yl.$("#bar-waiting").setAttribute("x", done);
    yl.$("#bar-waiting").setAttribute("width", Math.min(100 - done, 100 * waiting / whole));
    yl.$("#covered").textContent = Math.floor(100 * Math.min(1, facts.covered_s / Math.max(facts.duration_s, 1))) + "%";
    showStatus();
  }

  function showReasons(codes) {
    var list = yl.clear(yl.$("#reasons"));
    codes.forEach(function (code) {
      list.appendChild(yl.el("li", { class: code === "viewing.already_covered" ? "mild" : "" },
        yl.el("span", {}, words(code).title), yl.el("span", { class: "number" }, yl.mmss(lost[code]))));
    });
  }

  function status() {
    if (Date.now() - hint.at < 8000) return [hint.code, "amber", "warn"];
    if (reason) return ["learn.stopped." + reason, ["start", "ended", "whole"].indexOf(reason) >= 0 ? "" : "amber", "info"];
    if (!yl.online()) return ["learn.counts_offline", "amber", "no-network"];
    if (beats && beats.tries > 1) return ["learn.stopped.unconfirmed", "amber", "wait"];
    if (stalledAt && Date.now() - stalledAt > 3000) return ["learn.stopped.stalled", "amber", "wait"];
    if (lost["viewing.daily_cap"]) return ["viewing.daily_cap", "amber", "warn"];
    if (video.note()) return [video.note(), "", "info"];
    if (recent.code && Date.now() - recent.at < 20000) return [recent.code, "amber", "warn"];
    if (within(video.currentTime)) return ["learn.stopped.again", "", "again"];
    return ["learn.counts", "pine", "check"];
  }

  var recent = { code: "", at: 0, sentence: "" };
  var hint = { code: "", at: 0 };

  // What was just undone (a jump, a faster rate) is said where the eye is, for some seconds.
  function hintAt(code) { hint = { code: code, at: Date.now() }; show(); }

  var shown = "";

  function showStatus() {
    var now = status();
    var said = now[0] === recent.code && recent.sentence ? recent.sentence : words(now[0]).sentence;
    if (said === shown) return;
    shown = said;
    yl.$("#counting").setAttribute("data-tone", now[1]);
    var line = yl.clear(yl.$("#status"));
    line.appendChild(yl.icon(now[2]));
    line.appendChild(yl.el("span", {}, said));
  }

  function within(second) {
    return covered.some(function (pair) { return second >= pair[0] && second < pair[1]; });
  }

  function stop(code) {
    reason = code;
    toggle.textContent = code === "start" ? startText : code ? "接着看" : "暂停";
    show();
  }

  function card(problem, acts) {
    var place = yl.clear(yl.$("#card-place"));
    if (!problem) return;
    var foot = yl.el("div", { class: "acts stack-1" });
    (acts || []).forEach(function (act) {
      foot.appendChild(yl.el("button", { type: "button", class: "big " + (act.tone || ""), onclick: act.onpress }, act.text));
    });
    place.appendChild(yl.el("section", { class: "refusal amber" },
      yl.el("h2", { class: "what" }, yl.icon("warn"), yl.el("span", {}, problem.title)),
      yl.el("p", {}, problem.sentence), problem.now ? yl.el("p", { class: "now" }, problem.now) : null, foot));
    place.scrollIntoView({ block: "center" });
  }

  // ---- opening -----------------------------------------------------------------------------------------------

  function begin(takeover) {
    if (opening) return;
    opening = true;
    card(null);
    yl.$("#cover-text").textContent = "正在打开…";
    toggle.hidden = true;
    video.prepare();
    // Inside the touch, or iOS never plays; what is shown before the viewing is open does not count.
    var playing = video.play();
    if (playing && playing.catch) playing.catch(function () { return null; });
    yl.Beats.sendLeftovers().then(function () {
      return yl.api("POST", "/api/v1/viewings",
        Object.assign({ enrolment_id: facts.enrolment_id, lesson_id: facts.lesson_id, client: yl.client }, takeover ? { takeover: true } : {}));
    }).then(opened, refused).then(function () { opening = false; show(); });
  }

  function opened(answer) {
    beats = new yl.Beats(answer, { enrolment_id: facts.enrolment_id, lesson_id: facts.lesson_id }, heard);
    yl.keep("viewing", answer.id);
    covered = answer.covered;
    credited = answer.credited_s === undefined ? credited : answer.credited_s;
    reach = covered.reduce(function (far, pair) { return Math.max(far, pair[1]); }, answer.position_s);
    setChallenge(answer.challenge);
    video.controls = true;
    cover.hidden = true;
    toggle.hidden = false;
    yl.$("#after").hidden = true;
    goTo(answer.position_s);
    stop("");
    var playing = video.play();
    if (playing && playing.catch) playing.catch(function () { stop("paused"); });
  }

  function goTo(second) {
    last = second;
    beats.jump(second);
    function set() { if (Math.abs(video.currentTime - second) > 0.3) video.currentTime = second; }
    if (video.readyState >= 1) set();
    else video.addEventListener("loadedmetadata", set, { once: true });
  }

  function coverUp(text) {
    video.controls = false;
    cover.hidden = false;
    toggle.hidden = true;
    yl.$("#cover-text").textContent = text || startText;
  }

  function refused(problem) {
    video.pause();
    coverUp();
    stop("start");
    // What was left open by this very browser (reloaded, put away) is not another device.
    if (problem.code === "viewing.elsewhere" && problem.facts.viewing_id && problem.facts.viewing_id === yl.kept("viewing")) {
      yl.keep("viewing", null);
      setTimeout(function () { begin(true); }, 0);
      return;
    }
    if (problem.code === "viewing.elsewhere") {
      card({ title: "这节课正在另一台设备上学", sentence: "同一时间只能在一台设备上学。", now: "要在这台继续吗？" },
        [{ text: "在这台继续", onpress: function () { begin(true); } }]);
      return;
    }
    if (problem.code === "viewing.partner_watches") {
      card({ title: problem.title, sentence: problem.sentence, now: problem.todo },
        [{ text: "现在换我学", onpress: function () { begin(true); } }]);
      return;
    }
    card({ title: problem.title, sentence: problem.sentence, now: problem.todo },
      [{ text: "再试一次", tone: "plain", onpress: function () { begin(false); } }]);
  }

  // ---- answers to beats --------------------------------------------------------------------------------------

  function heard(answer) {
    if (answer.problem) { troubled(answer); return; }
    credited = answer.credited_s;
    facts.covered_s = Math.max(facts.covered_s, answer.covered_s);
    answer.items.forEach(function (item) {
      item.not_counted.forEach(function (one) {
        lost[one.code] = (lost[one.code] || 0) + one.seconds;
        if (one.code !== "viewing.already_covered") recent = { code: one.code, at: Date.now(), sentence: one.sentence };
      });
    });
    setChallenge(answer.challenge);
    show();
    if (reason === "ended") finish();
  }

  function troubled(answer) {
    show();
    if (answer.again) return;
    video.pause();
    beats = null;
    coverUp("接着看");
    stop("start");
    if (answer.problem.code === "viewing.closed") {
      card({ title: "这节课转到另一台设备上了", sentence: "这台已经停了，看过的都留着。", now: "要在这台继续吗？" },
        [{ text: "在这台继续", onpress: function () { begin(true); } }]);
    } else {
      card({ title: answer.problem.title, sentence: answer.problem.sentence, now: answer.problem.todo },
        [{ text: "重新打开", tone: "plain", onpress: function () { begin(false); } }]);
    }
  }

  // ---- is somebody there? ------------------------------------------------------------------------------------

  var challenge = new yl.Challenge(video, function (id) {
    if (!beats) return false;
    var held = reason === "challenge";
    cut();
    beats.answer(id);
    if (held) setTimeout(resume, 0);
    return true;
  });

  function setChallenge(found) {
    if (!challenge.set(found) && reason === "challenge") stop("paused");
  }

  function askWhenDue() {
    challenge.tick();
    if (challenge.overdue() && !video.paused) pauseFor("challenge");
  }

  // ---- the picture -------------------------------------------------------------------------------------------

  function cut() { return beats ? beats.cut(Math.min(video.currentTime, facts.duration_s)) : false; }
  function cutAndSend() { if (beats) { cut(); beats.send(); } }
  function pauseFor(code) {
    reason = code;
    video.pause();
    cutAndSend();
    stop(code);
  }

  function resume() {
    if (!beats) { begin(false); return; }
    reason = "";
    var playing = video.play();
    if (playing && playing.catch) playing.catch(function () { stop("paused"); });
  }

  video.addEventListener("play", function () {
    if (!beats) { if (!opening) begin(false); return; }
    if (challenge.overdue()) { video.pause(); stop("challenge"); return; }
    stop("");
  });
  video.addEventListener("pause", function () {
    if (!beats || video.ended || reason) return;
    pauseFor("paused");
  });
  video.addEventListener("waiting", function () { stalledAt = Date.now(); });
  video.addEventListener("playing", function () { stalledAt = 0; show(); });
  video.addEventListener("timeupdate", function () { stalledAt = 0; follow(); });
  video.addEventListener("error", function () {
    if (!video.getAttribute("src")) return;
    cutAndSend();
    stop("failed");
    card({ title: words("learn.stopped.failed").title, sentence: words("learn.stopped.failed").sentence, now: "换个有网的地方再试。" },
      [{ text: "再试一次", onpress: function () { var at = last; card(null); video.load(); if (beats) goTo(at); resume(); } }]);
  });
  video.addEventListener("ratechange", function () {
    if (video.playbackRate === 1) return;
    video.playbackRate = 1;
    hintAt("learn.stopped.rate");
  });
  video.addEventListener("ended", function () {
    reason = "ended";
    stop("ended");
    // A film ends within its last whole second: that one is claimed only once it has passed on the clock too.
    var mine = beats;
    setTimeout(function () {
      if (mine && mine === beats) { beats.cut(facts.duration_s); beats.send(); }
      finish();
    }, 1100);
  });

  // Where the picture went by itself; a hand on the slider always says "seeking" first.
  function follow() {
    if (!beats || video.seeking) return;
    var here = video.currentTime;
    if (here >= last) { last = here; reach = Math.max(reach, here); }
  }

  video.addEventListener("seeking", function () {
    if (!beats) return;
    var wanted = video.currentTime;
    if (Math.abs(wanted - last) < 1) return;
    if (wanted > reach + 1) {
      video.currentTime = last;
      hintAt("learn.stopped.jump");
      return;
    }
    beats.cut(last);
    beats.jump(wanted);
    last = wanted;
    beats.send();
  });

  function tellAfter(whole) {
    var lack = facts.required_s - credited;
    yl.$("#after-line").textContent = (whole ? "" : "中间还有没看到的地方，再打开会从那里接着放。")
      + "这一段已计入 " + yl.duration(credited) + (lack > 0 ? "，还差 " + yl.duration(lack) + "。" : "，学时够了。");
  }

  function finish() {
    if (beats && (beats.unsent.length || beats.sending)) return;
    var panel = yl.$("#after");
    var whole = facts.covered_s >= facts.duration_s - 1;
    tellAfter(whole);
    if (panel.hidden) {
      panel.hidden = false;
      coverUp(whole ? "再看一遍（不再计时）" : "接着看");
      panel.scrollIntoView({ block: "nearest" });
      yl.say("这节课看完了。");
      endViewing();
    }
  }

  function endViewing() {
    var old = beats;
    beats = null;
    return old ? old.close().then(function (answer) {
      if (answer) { credited = answer.credited_s; facts.covered_s = Math.max(facts.covered_s, answer.covered_s); }
      show();
    }) : Promise.resolve();
  }

  // ---- away and back -----------------------------------------------------------------------------------------

  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") away();
    else back();
  });
  window.addEventListener("pagehide", away);

  // A link out of the lesson waits a moment for what was seen, so that the next page shows it already.
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[href^='/']") : null;
    if (!link || !beats) return;
    event.preventDefault();
    reason = "paused";
    video.pause();
    cut();
    Promise.race([endViewing(), yl.wait(2000)]).then(function () { window.location.assign(link.href); });
  });

  function away() {
    if (!beats) return;
    hiddenAt = hiddenAt || Date.now();
    var playing = !video.paused;
    cut();
    if (playing) { reason = "hidden"; video.pause(); }
    beats.leave();
    if (playing) stop("hidden");
  }

  // After more than a minute the viewing is closed, and the next touch opens a new one.
  function back() {
    var gone = hiddenAt ? Date.now() - hiddenAt : 0;
    hiddenAt = 0;
    if (!beats || reason === "ended") return;
    if (gone > AWAY_MS) {
      endViewing();
      coverUp("接着看");
      toggle.hidden = false;
    } else beats.send();
    show();
  }

  window.addEventListener("pageshow", function (event) { if (event.persisted) window.location.reload(); });
  yl.onNetwork(function (there) { if (there && beats) { beats.tries = 0; beats.send(); } show(); });

  cover.addEventListener("click", function () { begin(false); });
  toggle.addEventListener("click", function () { if (video.paused) resume(); else pauseFor("paused"); });

  setInterval(function () {
    if (!beats) return;
    follow();
    askWhenDue();
    if (!video.paused && beats.since(video.currentTime) >= beats.intervalS) cutAndSend();
    show();
  }, 1000);
  if (seenWhole()) tellAfter(true);
  show();
  yl.Beats.sendLeftovers();
})();
