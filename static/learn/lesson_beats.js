// The beats of one viewing: cut, kept until they are answered, sent in order, sent again with patience.
// A beat is half-open whole seconds of the lesson [from_s, to_s); the next from_s is the last to_s, except after a
// resume or a step back. All times are of the monotonic clock of the page. What is unsent lies in yl.lessonStore.
(function () {
  "use strict";
  var yl = window.yl;
  var MOST_AT_ONCE = 60;

  // `tell` is called with every answer, and with {problem, again} when the server refuses; `place` = {person,
  // enrolment_id, lesson_id}.
  function Beats(opened, place, tell) {
    this.id = opened.id;
    this.place = place;
    this.tell = tell;
    this.began = performance.now();
    this.nextSeq = opened.next_seq;
    this.intervalS = opened.beat_interval_s;
    this.edge = Math.floor(opened.position_s);
    this.unsent = [];
    this.answers = [];
    this.refused = null;
    this.tries = 0;
    this.sending = null;
    this.timer = null;
    this.over = false;
  }

  function lengthOf(beats) { return beats.reduce(function (sum, beat) { return sum + beat.to_s - beat.from_s; }, 0); }

  // Another try may do: no network, too busy, a server in trouble, a challenge answered a moment too early.
  function passing(problem) {
    return problem.offline || problem.status === 429 || problem.status >= 500 || problem.code === "viewing.challenge_not_yet";
  }

  // The server will never take these beats; everything else (signed out, a page too old) mends itself by a new page.
  function final(problem) { return problem.status === 404 || problem.status === 422 || problem.code === "viewing.closed"; }

  Beats.prototype.clientMs = function () { return Math.max(0, Math.round(performance.now() - this.began)); };

  // A new stretch begins: resume, or a step back.
  Beats.prototype.jump = function (seconds) { this.edge = Math.max(0, Math.floor(seconds)); };

  // Whole seconds watched since the last cut.
  Beats.prototype.since = function (seconds) { return Math.max(0, Math.floor(seconds) - this.edge); };

  Beats.prototype.waitingS = function (seconds) { return lengthOf(this.unsent) + this.since(seconds); };

  // Cut what was watched up to `seconds`; nothing when no whole second went by. Where timers stood still (full screen
  // on some phones), a long stretch becomes several beats, each placed at the time when it was watched.
  Beats.prototype.cut = function (seconds) {
    var to = Math.floor(seconds), now = this.clientMs();
    if (this.over || to <= this.edge) return false;
    while (this.edge < to) {
      var end = Math.min(to, this.edge + this.intervalS + 5);
      var then = Math.max(0, now - (to - end) * 1000);
      this.unsent.push({ seq: this.nextSeq, from_s: this.edge, to_s: end, rate: 1, client_ms: then });
      this.nextSeq += 1;
      this.edge = end;
    }
    this.store();
    return true;
  };

  Beats.prototype.answer = function (challengeId) {
    this.answers.push({ id: challengeId, client_ms: this.clientMs() });
    this.store();
    return this.send();
  };

  Beats.prototype.store = function () {
    yl.lessonStore.keep(Object.assign({ id: this.id, beats: this.unsent, answers: this.answers, refused: this.refused }, this.place));
  };

  // Send what is unsent, answers to challenges first (an unanswered one would hold the beats). One call at a time.
  Beats.prototype.send = function (more) {
    var self = this;
    if (self.sending) return self.sending;
    if (self.over || (!self.unsent.length && !self.answers.length)) return Promise.resolve(null);
    clearTimeout(self.timer);
    var mine = self.sending = self.sendAnswers(more).then(function () { return self.sendBeats(more); }).then(function (answer) {
      if (self.sending === mine) self.sending = null;
      self.tries = 0;
      if (answer) self.tell(answer);
      return self.unsent.length ? self.send(more) : answer;
    }, function (problem) {
      if (self.sending === mine) self.sending = null;
      return self.failed(problem);
    });
    return self.sending;
  };

  Beats.prototype.post = function (path, body, more) {
    return yl.api("POST", "/api/v1/viewings/" + this.id + path, body, Object.assign({ stay: true }, more));
  };

  Beats.prototype.sendAnswers = function (more) {
    var self = this;
    if (!self.answers.length) return Promise.resolve();
    var first = self.answers[0];
    function done() {
      self.answers = self.answers.filter(function (one) { return one.id !== first.id; });
      self.store();
      return self.sendAnswers(more);
    }
    return self.post("/challenges/" + first.id, { answer: "here", client_ms: first.client_ms }, more).then(done, function (problem) {
      if (problem.code === "viewing.challenge_not_found" || problem.status === 422) return done();
      throw problem;
    });
  };

  Beats.prototype.sendBeats = function (more) {
    var self = this;
    if (!self.unsent.length) return Promise.resolve(null);
    var batch = self.unsent.slice(0, MOST_AT_ONCE);
    return self.post("/beats", batch.length === 1 ? batch[0] : batch, more).then(function (answer) {
      self.unsent = self.unsent.filter(function (beat) { return beat.seq >= answer.next_seq; });
      self.store();
      return Object.assign({ sent: batch }, answer);
    });
  };

  // The server could not, or would not: wait, go on from where it stands, or give up with a sentence.
  Beats.prototype.failed = function (problem) {
    var self = this;
    if (passing(problem)) {
      var waitMs = problem.facts.wait_s ? problem.facts.wait_s * 1000 : yl.backOffMs(Math.min(self.tries, 4), problem);
      self.timer = setTimeout(function () { self.send(); }, waitMs);
      self.tries += 1;
      self.tell({ problem: problem, again: true });
      return null;
    }
    if (problem.code === "viewing.gap" && problem.facts.next_seq && self.tries < 5) {
      self.tries += 1;
      self.goOnFrom(problem.facts.next_seq);
      return self.send();
    }
    self.over = true;
    if (final(problem)) self.refuse(problem);
    self.tell({ problem: problem, again: false });
    return null;
  };

  // What will never count is not thrown away in silence: it stays until the page has said it.
  Beats.prototype.refuse = function (problem) {
    var seconds = lengthOf(this.unsent);
    this.refused = seconds ? { code: problem.code || "viewing.not_found", seconds: seconds } : null;
    this.unsent = [];
    this.answers = [];
    this.store();
  };

  // What the server has is dropped; if the phone lost the beat it waits for, the rest moves up: none was answered.
  Beats.prototype.goOnFrom = function (nextSeq) {
    this.unsent = this.unsent.filter(function (beat) { return beat.seq >= nextSeq; });
    this.unsent.forEach(function (beat, position) { beat.seq = nextSeq + position; });
    this.nextSeq = nextSeq + this.unsent.length;
    this.store();
  };

  // The page goes away: what is there is handed to the browser, which sends it even after the page has gone. A call on
  // its way may be torn down, so it is not waited for; what arrives twice is answered twice the same.
  Beats.prototype.leave = function () {
    this.sending = null;
    return this.send({ keepalive: true });
  };

  // Close, but only when everything has arrived: a closed viewing takes no more. Else the next page sends the rest.
  Beats.prototype.close = function () {
    var self = this;
    return Promise.resolve(self.send()).then(function () {
      self.over = true;
      clearTimeout(self.timer);
      return self.unsent.length || self.answers.length ? null : self.post("/close", {}, { retries: 1 });
    }).catch(function () { return null; });
  };

  // Promise of the seconds that wait in the phone, those of `busy` left aside.
  Beats.leftS = function (person, busy) {
    return yl.lessonStore.all(person).then(function (records) {
      return records.reduce(function (sum, record) { return sum + (record.id === busy ? 0 : lengthOf(record.beats)); }, 0);
    });
  };

  // Send what pages before this one could not, for instance because WeChat was closed without network. `busy` = the
  // viewing that another page of this browser plays, which sends its own. Promise of {waitingS, problem, refused:
  // [{id, lesson_id, code, seconds}], answer}: what is left, and what will never count.
  Beats.sendLeftovers = function (person, busy) {
    var state = { waitingS: 0, problem: null, refused: [], answers: [] };
    function one(record) {
      if (record.id === busy) return null;
      var left = new Beats({ id: record.id, next_seq: 1, beat_interval_s: 15, position_s: 0 },
        { person: record.person, enrolment_id: record.enrolment_id, lesson_id: record.lesson_id }, function () { return null; });
      left.unsent = record.beats;
      left.answers = record.answers;
      left.refused = record.refused;
      return all(left, 8).catch(function (problem) {
        if (final(problem)) left.refuse(problem);
        else { state.waitingS += lengthOf(left.unsent); state.problem = problem; }
      }).then(function () {
        if (left.refused) state.refused.push(Object.assign({ id: left.id, lesson_id: record.lesson_id }, left.refused));
      });
    }
    function all(left, turns) {
      return left.sendAnswers().then(function () { return left.sendBeats(); }).then(function (answer) {
        if (answer) state.answers.push({ lesson_id: left.place.lesson_id, answer: answer });
        return left.unsent.length && turns ? all(left, turns - 1) : null;
      }, function (problem) {
        if (problem.code !== "viewing.gap" || !problem.facts.next_seq || !turns) throw problem;
        left.goOnFrom(problem.facts.next_seq);
        return all(left, turns - 1);
      });
    }
    return yl.lessonStore.all(person).then(function (records) {
      return records.reduce(function (before, record) { return before.then(function () { return one(record); }); }, Promise.resolve());
    }).then(function () { return state; });
  };

  yl.Beats = Beats;
})();
