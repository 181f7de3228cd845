// The lesson page: plays, counts what is seen, and always says whether it counts and, when not, why. Beats are kept and
// sent by lesson_beats.js, shown by lesson_shown.js; what plays is a source of timeline seconds (lesson_media.js).
(function () {
  "use strict";
  var yl = window.yl;
  var facts = yl.facts("facts");
  var video = yl.lessonSource(facts);   // film, sound or pages: see lesson_media.js
  var shown = new yl.LessonShown(facts);
  var cover = yl.$("#cover");
  var toggle = yl.$("#toggle");
  var AWAY_MS = 60000;

  var beats = null;          // the viewing, once it is open
  var opening = false;
  var wantedS = null;        // where to begin, when somebody chose it; else the first second not seen
  var covered = facts.covered;   // [[from, to]] as the server says
  var reach = 0;             // one may go this far
  var last = 0;              // where the picture was a moment ago
  var credited = facts.credited_s;
  var left = 0;              // seconds of pages before this one that are not sent yet
  var lost = {};             // code -> seconds
  var startText = yl.$("#cover-text").textContent;
  var reason = seenWhole() ? "whole" : "start";   // why it does not count now, "" when it does
  var hiddenAt = 0;
  var stalledAt = 0;
  var idle = 0;              // seconds without a viewing

  function seenWhole() { return facts.covered_s >= facts.duration_s; }
  var words = shown.words.bind(shown), card = shown.card.bind(shown);
  function hintAt(code) { shown.hintAt(code); show(); }

  function show() {
    var here = beats ? video.currentTime || 0 : facts.last_s;
    shown.draw({
      here: here, credited: credited, waiting: left + (beats ? beats.waitingS(here) : 0), lost: lost, covered: covered,
      reason: reason, beats: beats, stalledAt: stalledAt, note: video.note()
    });
  }

  function stop(code) {
    reason = code;
    toggle.textContent = code === "start" ? startText : code ? "接着看" : "暂停";
    show();
  }

  // ---- one page of this browser at a time, and what earlier pages left ----------------------------------------------

  var tabs = new yl.LessonTabs(facts.person, function () {
    if (!beats) return Promise.resolve();
    pauseFor("paused");
    return endViewing().then(function () {
      coverUp("接着看");
      stop("start");
      card(words("learn.other_page"), [{ text: "在这里接着看", onpress: function () { begin(true); } }]);
    });
  });

  // Promise of what is still left; `busy` = the viewing that another page of this browser plays.
  function sendLeft(busy) {
    var own = beats ? beats.id : busy;
    return yl.Beats.leftS(facts.person, own).then(function (seconds) {
      left = seconds;
      show();
      return yl.Beats.sendLeftovers(facts.person, own);
    }).then(function (state) {
      left = state.waitingS;
      state.refused.forEach(function (one) {
        if (one.lesson_id === facts.lesson_id) lost[one.code] = (lost[one.code] || 0) + one.seconds;
        yl.lessonStore.drop(one.id);
      });
      state.answers.forEach(function (one) { if (one.lesson_id === facts.lesson_id) count(one.answer); });
      show();
      return state;
    });
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
    tabs.other().then(function (busy) {
      if (!busy) return null;
      if (takeover) return tabs.stopOther();
      throw new yl.Problem({ code: "other_page" });
    }).then(function () { return sendLeft(null); }).then(function (state) {
      // A closed viewing takes no more: what waits goes first, or nothing begins.
      if (state.problem) throw state.problem;
      return yl.api("POST", "/api/v1/viewings", Object.assign({ enrolment_id: facts.enrolment_id, lesson_id: facts.lesson_id,
        client: yl.client }, takeover ? { takeover: true } : {}), { stay: true });
    }).then(opened).catch(refused).then(function () { opening = false; show(); });
  }

  function opened(answer) {
    var start = answer.position_s;
    beats = new yl.Beats(answer, { person: facts.person, enrolment_id: facts.enrolment_id, lesson_id: facts.lesson_id }, heard);
    yl.keep("viewing", answer.id);
    tabs.hold(answer.id);
    covered = answer.covered;
    credited = answer.credited_s === undefined ? credited : answer.credited_s;
    reach = covered.reduce(function (far, pair) { return Math.max(far, pair[1]); }, answer.position_s);
    setChallenge(answer.challenge);
    video.controls = true;
    cover.hidden = true;
    toggle.hidden = false;
    yl.$("#after").hidden = true;
    yl.$("#from").hidden = true;
    if (wantedS !== null && wantedS <= reach) start = wantedS;
    wantedS = null;
    goTo(start);
    if (document.visibilityState === "hidden") { reason = "hidden"; video.pause(); stop("hidden"); return; }
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
    if (problem.code === "other_page") {
      card(words("learn.other_page"), [{ text: "在这里接着看", onpress: function () { begin(true); } }]);
      return;
    }
    // What was left open by this very browser (reloaded, put away) is not another device.
    if (problem.code === "viewing.elsewhere" && problem.facts.viewing_id && problem.facts.viewing_id === yl.kept("viewing")) {
      yl.keep("viewing", null);
      setTimeout(function () { begin(true); }, 0);
      return;
    }
    if (problem.code === "viewing.elsewhere" || problem.code === "viewing.partner_watches") {
      card(problem, [{ text: problem.code === "viewing.elsewhere" ? "在这台继续学" : "现在换我学", onpress: function () { begin(true); } }]);
      return;
    }
    if (problem.status === 401) { signedOut(); return; }
    card(problem, [{ text: "再试一次", tone: "plain", onpress: function () { begin(false); } }]);
  }

  // What was seen lies in the phone; after signing in, this very page sends it and goes on.
  function signedOut() {
    card(words("learn.signed_out"), [{ text: "重新登录", onpress: yl.toSignIn }]);
  }

  // ---- answers to beats --------------------------------------------------------------------------------------

  // What an answer adds; where credit grew by more than its beats say, a challenge let go of what it had held.
  function count(answer) {
    var mine = answer.items.reduce(function (sum, item) { return sum + item.credited_s; }, 0);
    answer.items.forEach(function (item) {
      item.not_counted.forEach(function (one) {
        lost[one.code] = (lost[one.code] || 0) + one.seconds;
        if (one.code !== "viewing.already_covered") shown.lately(one.code, one.sentence);
      });
    });
    var freed = Math.max(0, answer.credited_s - credited - mine), held = lost["viewing.challenge_missed"] || 0;
    if (freed && held) lost["viewing.challenge_missed"] = Math.max(0, held - freed);
    credited = answer.credited_s;
    facts.covered_s = Math.max(facts.covered_s, answer.covered_s);
  }

  function heard(answer) {
    if (answer.problem) { troubled(answer); return; }
    count(answer);
    if (answer.closed && !(beats && beats.unsent.length)) { troubled({ problem: { code: "viewing.closed" } }); return; }
    covered = yl.LessonShown.seen(covered, answer);
    setChallenge(answer.challenge);
    show();
    if (reason === "ended") finish();
  }

  function troubled(answer) {
    show();
    if (answer.again) return;
    video.pause();
    tabs.hold(null);
    beats = null;
    coverUp("接着看");
    stop("start");
    if (answer.problem.status === 401) { signedOut(); return; }
    sendLeft(null);
    if (answer.problem.code === "viewing.closed") {
      card(words("learn.moved"), [{ text: "在这台继续学", onpress: function () { begin(true); } }]);
    } else {
      card(answer.problem, [{ text: "重新打开", tone: "plain", onpress: function () { begin(false); } }]);
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

  function setChallenge(found) { if (!challenge.set(found) && reason === "challenge") stop("paused"); }

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
  video.addEventListener("waiting", function () { stalledAt = performance.now(); });
  video.addEventListener("playing", function () { stalledAt = 0; show(); });
  video.addEventListener("timeupdate", function () { stalledAt = 0; follow(); });
  video.addEventListener("error", function () {
    if (!video.getAttribute("src")) return;
    cutAndSend();
    stop("failed");
    card(words("learn.stopped.failed"),
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

  function finish() {
    if (beats && (beats.unsent.length || beats.sending)) return;
    var panel = yl.$("#after");
    var whole = facts.covered_s >= facts.duration_s - 1;
    shown.after(whole, credited);
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
    tabs.hold(null);
    return old ? old.close().then(function (answer) {
      if (!answer) sendLeft(null);
      else { credited = answer.credited_s; facts.covered_s = Math.max(facts.covered_s, answer.covered_s); }
      show();
    }) : Promise.resolve();
  }

  // ---- away and back -----------------------------------------------------------------------------------------

  function away() {
    if (!beats) return;
    // The phone's clock goes on while a page is suspended; the page's own may stand still.
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
  yl.onNetwork(function (there) {
    if (there && beats) { beats.tries = 0; beats.send(); }
    else if (there && left && !opening) sendLeft(null);
    show();
  });

  // ---- hands -------------------------------------------------------------------------------------------------

  function press() { if (!beats) begin(false); else if (video.paused) resume(); else pauseFor("paused"); }

  cover.addEventListener("click", function () { begin(false); });
  toggle.addEventListener("click", press);
  yl.$("#from button").addEventListener("click", function () { wantedS = facts.last_s; begin(false); });

  yl.lessonHands({
    press: press, away: away, back: back,
    step: function (seconds) {
      var wanted = video.currentTime + seconds;
      if (!beats) return;
      if (wanted > reach) hintAt("learn.stopped.jump");
      else video.currentTime = Math.max(0, wanted);
    },
    // A link out of the lesson waits a moment for what was seen, so that the next page shows it already.
    out: function () {
      if (!beats) return null;
      reason = "paused";
      video.pause();
      cut();
      return endViewing();
    }
  });

  setInterval(function () {
    if (!beats) { if (left && ++idle % 20 === 0 && !opening) sendLeft(null); return; }
    follow();
    askWhenDue();
    if (!video.paused && beats.since(video.currentTime) >= beats.intervalS) cutAndSend();
    show();
  }, 1000);
  if (seenWhole()) shown.after(true, credited);
  show();
  tabs.other().then(sendLeft);
})();
