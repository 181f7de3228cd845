// What the lesson page shows beside the picture: whether it counts now, the three figures with the reasons, which parts
// of the lesson were seen, and cards that ask something. It decides nothing; lesson.js tells it how things stand.
(function () {
  "use strict";
  var yl = window.yl;

  function LessonShown(facts) {
    this.facts = facts;
    this.shown = "";
    this.hint = { code: "", until: 0 };
    this.recent = { code: "", until: 0, sentence: "" };
  }

  LessonShown.prototype.words = function (code) {
    return this.facts.words[code] || { title: "没有计入", sentence: "" };
  };

  // What was just undone (a jump, a faster rate) is said where the eye is, for some seconds.
  LessonShown.prototype.hintAt = function (code) { this.hint = { code: code, until: performance.now() + 8000 }; };

  LessonShown.prototype.lately = function (code, sentence) {
    this.recent = { code: code, until: performance.now() + 20000, sentence: sentence };
  };

  // `now` = {here, credited, waiting, lost: {code: seconds}, held, covered: [[from, to]], reason, beats, stalledAt, note}.
  LessonShown.prototype.draw = function (now) {
    var facts = this.facts;
    yl.$("#credited").textContent = yl.mmss(now.credited);
    yl.$("#waiting").textContent = yl.mmss(now.waiting);
    var codes = Object.keys(now.lost).filter(function (code) { return now.lost[code] > 0; });
    var gone = codes.filter(function (code) { return code !== "viewing.already_covered"; });
    yl.$("#lost").textContent = yl.mmss(gone.reduce(function (sum, code) { return sum + now.lost[code]; }, 0));
    this.reasons(codes, now.lost);
    var whole = Math.max(facts.required_s, 1);
    var done = Math.min(100, 100 * now.credited / whole);
    yl.$("#bar-counted").setAttribute("width", done);
    yl.$("#bar-waiting").setAttribute("x", done);
    yl.$("#bar-waiting").setAttribute("width", Math.min(100 - done, 100 * now.waiting / whole));
    yl.$("#covered").textContent = Math.floor(100 * Math.min(1, facts.covered_s / Math.max(facts.duration_s, 1))) + "%";
    this.parts(now.covered, now.here);
    this.status(now);
  };

  LessonShown.prototype.reasons = function (codes, lost) {
    var self = this, told = codes.map(function (code) { return code + lost[code]; }).join();
    if (told === self.told) return;
    self.told = told;
    var list = yl.clear(yl.$("#reasons"));
    codes.forEach(function (code) {
      list.appendChild(yl.el("li", { class: code === "viewing.already_covered" ? "mild" : "" },
        yl.el("span", {}, (self.facts.words["learn.lost." + code] || self.words(code)).title),
        yl.el("span", { class: "number" }, yl.mmss(lost[code]))));
    });
  };

  // Seen, not seen, and where the picture is: three different things on one line.
  LessonShown.prototype.parts = function (covered, here) {
    var whole = Math.max(this.facts.duration_s, 1), told = JSON.stringify(covered);
    var at = Math.min(100, 100 * here / whole);
    yl.$("#part-here").setAttribute("x", Math.max(0, Math.min(99, at - 0.5)));
    yl.$("#part-at").textContent = yl.mmss(here);
    if (told === this.drawn) return;
    this.drawn = told;
    var place = yl.clear(yl.$("#part-seen"));
    covered.forEach(function (pair) {
      var rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      rect.setAttribute("class", "counted");
      rect.setAttribute("x", 100 * pair[0] / whole);
      rect.setAttribute("width", 100 * (pair[1] - pair[0]) / whole);
      rect.setAttribute("height", 10);
      place.appendChild(rect);
    });
  };

  function within(covered, second) {
    return covered.some(function (pair) { return second >= pair[0] && second < pair[1]; });
  }

  // [code of the words, tone, icon]: the most pressing first.
  LessonShown.prototype.standing = function (now) {
    var moment = performance.now(), quiet = ["start", "ended", "whole"].indexOf(now.reason) >= 0;
    if (moment < this.hint.until) return [this.hint.code, "amber", "warn"];
    if (now.reason) return ["learn.stopped." + now.reason, quiet ? "" : "amber", "info"];
    if (!yl.online()) return ["learn.counts_offline", "amber", "no-network"];
    if (now.beats && now.beats.tries > 1) return ["learn.stopped.unconfirmed", "amber", "wait"];
    if (now.stalledAt && moment - now.stalledAt > 3000) return ["learn.stopped.stalled", "amber", "wait"];
    if (now.lost["viewing.daily_cap"]) return ["viewing.daily_cap", "amber", "warn"];
    if (now.note) return [now.note, "", "info"];
    if (this.recent.code && moment < this.recent.until) return [this.recent.code, "amber", "warn"];
    if (within(now.covered, now.here)) return ["learn.stopped.again", "", "again"];
    return ["learn.counts", "pine", "check"];
  };

  LessonShown.prototype.status = function (now) {
    var found = this.standing(now);
    var said = found[0] === this.recent.code && this.recent.sentence ? this.recent.sentence : this.words(found[0]).sentence;
    if (yl.lessonStore.where() === "memory" && now.waiting > 30) said += this.words("learn.kept_in_page").sentence;
    if (said === this.shown) return;
    this.shown = said;
    yl.$("#counting").setAttribute("data-tone", found[1]);
    var line = yl.clear(yl.$("#status"));
    line.appendChild(yl.icon(found[2]));
    line.appendChild(yl.el("span", {}, said));
  };

  // A card with at most two acts [{text, tone, onpress}]; null takes it away.
  LessonShown.prototype.card = function (problem, acts) {
    var place = yl.clear(yl.$("#card-place"));
    if (!problem) return;
    var foot = yl.el("div", { class: "acts stack-1" });
    (acts || []).forEach(function (act) {
      foot.appendChild(yl.el("button", { type: "button", class: "big " + (act.tone || ""), onclick: act.onpress }, act.text));
    });
    place.appendChild(yl.el("section", { class: "refusal amber" },
      yl.el("h2", { class: "what" }, yl.icon("warn"), yl.el("span", {}, problem.title)),
      yl.el("p", {}, problem.sentence), problem.todo ? yl.el("p", { class: "now" }, problem.todo) : null, foot));
    place.scrollIntoView({ block: "center" });
  };

  // What is said when the lesson is over.
  LessonShown.prototype.after = function (whole, credited) {
    var lack = this.facts.required_s - credited;
    yl.$("#after-line").textContent = (whole ? "" : "中间还有没看到的地方，再打开会从那里接着放。")
      + "这一段已计入 " + yl.duration(credited) + (lack > 0 ? "，还差 " + yl.duration(lack) + "。" : "，学时够了。");
  };

  // What is seen after an answer to beats: a beat that counted in part is drawn up to there.
  LessonShown.seen = function (covered, answer) {
    var sent = {};
    (answer.sent || []).forEach(function (beat) { sent[beat.seq] = beat; });
    var fresh = answer.items.filter(function (item) { return item.credited_s > 0 && sent[item.seq]; }).map(function (item) {
      var beat = sent[item.seq], again = item.not_counted.reduce(function (sum, one) {
        return sum + (one.code === "viewing.already_covered" ? one.seconds : 0);
      }, 0);
      return [beat.from_s, Math.min(beat.to_s, beat.from_s + again + item.credited_s)];
    });
    return covered.concat(fresh).sort(function (a, b) { return a[0] - b[0]; }).reduce(function (done, pair) {
      var end = done[done.length - 1];
      if (end && pair[0] <= end[1]) end[1] = Math.max(end[1], pair[1]);
      else done.push(pair.slice());
      return done;
    }, []);
  };

  yl.LessonShown = LessonShown;
})();
