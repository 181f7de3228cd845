// The beats of one viewing: cut, kept until they are answered, sent in order, sent again with patience.
// A beat is half-open whole seconds of the lesson [from_s, to_s); the next from_s is the last to_s, except after a
// resume or a step back. What is unsent lies in memory and in the phone's storage under "beats.<viewing>".
(function () {
  "use strict";
  var yl = window.yl;
  var MOST_AT_ONCE = 60;

  // `tell` is called with every answer, and with {problem} when the server refuses; `place` = {enrolment_id, lesson_id}.
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
    this.tries = 0;
    this.sending = null;
    this.timer = null;
    this.over = false;
  }

  Beats.prototype.clientMs = function () { return Math.max(0, Math.round(performance.now() - this.began)); };

  // A new stretch begins: resume, or a step back.
  Beats.prototype.jump = function (seconds) { this.edge = Math.max(0, Math.floor(seconds)); };

  // Whole seconds watched since the last cut.
  Beats.prototype.since = function (seconds) { return Math.max(0, Math.floor(seconds) - this.edge); };

  Beats.prototype.waitingS = function (seconds) {
    return this.unsent.reduce(function (sum, beat) { return sum + beat.to_s - beat.from_s; }, 0) + this.since(seconds);
  };

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
    var rest = this.unsent.length || this.answers.length;
    yl.keep("beats." + this.id, rest ? { beats: this.unsent, answers: this.answers, place: this.place } : null);
  };

  // Send what is unsent, answers to challenges first (an unanswered one would hold the beats). One call at a time.
  Beats.prototype.send = function (more) {
    var self = this;
    if (self.sending) return self.sending;
    if (self.over || (!self.unsent.length && !self.answers.length)) return Promise.resolve(null);
    clearTimeout(self.timer);
    self.sending = self.sendAnswers(more).then(function () { return self.sendBeats(more); }).then(function (answer) {
      self.sending = null;
      self.tries = 0;
      if (answer) self.tell(answer);
      return self.unsent.length ? self.send(more) : answer;
    }, function (problem) {
      self.sending = null;
      return self.failed(problem);
    });
    return self.sending;
  };

  Beats.prototype.sendAnswers = function (more) {
    var self = this;
    if (!self.answers.length) return Promise.resolve();
    var first = self.answers[0];
    function done() { self.answers.shift(); self.store(); return self.sendAnswers(more); }
    return yl.api("POST", "/api/v1/viewings/" + self.id + "/challenges/" + first.id, { answer: "here", client_ms: first.client_ms }, more)
      .then(done, function (problem) {
        if (problem.offline || problem.status >= 500 || problem.status === 429 || problem.status === 401 || problem.code === "viewing.closed") throw problem;
        return done();
      });
  };

  Beats.prototype.sendBeats = function (more) {
    var self = this;
    if (!self.unsent.length) return Promise.resolve(null);
    var batch = self.unsent.slice(0, MOST_AT_ONCE);
    return yl.api("POST", "/api/v1/viewings/" + self.id + "/beats", batch.length === 1 ? batch[0] : batch, more).then(function (answer) {
      self.unsent = self.unsent.filter(function (beat) { return beat.seq >= answer.next_seq; });
      self.store();
      return answer;
    });
  };

  // The server could not, or would not: wait, go on from where it stands, or give up with a sentence.
  Beats.prototype.failed = function (problem) {
    var self = this;
    if (problem.offline || problem.status === 429 || problem.status >= 500) {
      self.timer = setTimeout(function () { self.send(); }, yl.backOffMs(Math.min(self.tries, 4), problem));
      self.tries += 1;
      self.tell({ problem: problem, again: true });
      return null;
    }
    if (problem.code === "viewing.gap" && problem.facts.next_seq && self.tries < 5) {
      self.tries += 1;
      self.goOnFrom(problem.facts.next_seq);
      return self.send();
    }
    if (problem.status !== 401) { self.over = true; yl.keep("beats." + self.id, null); }
    self.tell({ problem: problem, again: false });
    return null;
  };

  // What the server has is dropped; if the phone lost the beat it waits for, the rest moves up: none was answered.
  Beats.prototype.goOnFrom = function (nextSeq) {
    this.unsent = this.unsent.filter(function (beat) { return beat.seq >= nextSeq; });
    this.unsent.forEach(function (beat, position) { beat.seq = nextSeq + position; });
    this.nextSeq = nextSeq + this.unsent.length;
    this.store();
  };

  // The page goes away: what is there is handed to the browser, which sends it even after the page has gone.
  Beats.prototype.leave = function () {
    this.sending = null;
    return this.send({ keepalive: true });
  };

  Beats.prototype.close = function () {
    var self = this;
    return Promise.resolve(self.send()).then(function () {
      self.over = true;
      clearTimeout(self.timer);
      return yl.api("POST", "/api/v1/viewings/" + self.id + "/close", {}, { retries: 1 });
    }).catch(function () { return null; });
  };

  // Beats that a page before this one could not send, for instance because WeChat was closed without network.
  Beats.sendLeftovers = function () {
    return yl.keptNames("beats.").reduce(function (before, name) {
      return before.then(function () {
        var kept = yl.kept(name) || {};
        var left = new Beats({ id: name.slice(6), next_seq: 1, beat_interval_s: 15, position_s: 0 }, kept.place, function () { return null; });
        left.unsent = kept.beats || [];
        left.answers = kept.answers || [];
        return left.sendAnswers().then(function () { return left.sendBeats(); }).catch(function (problem) {
          if (!problem.offline && problem.status < 500 && problem.status !== 429 && problem.status !== 401) yl.keep(name, null);
        });
      });
    }, Promise.resolve());
  };

  yl.Beats = Beats;
})();
