// What is answered is kept on the phone first and then sent, one answer after the other. What could not be sent waits there and goes
// out when the network is back, also after the page was closed. Every save carries a counter: milliseconds since the attempt
// began, always growing, so that of two phones the newer answer holds, whichever arrives later.
(function () {
  "use strict";
  var yl = window.yl;
  var AGAIN_MS = 5000;

  // quizSaving(paper, on): `on.state()` whenever what is told about saving changes, `on.changed(id)` when the server holds a newer
  // answer, `on.over()` when the attempt is closed, `on.lost()` when it is not one's own any more.
  window.quizSaving = function (paper, on) {
    var store = "quiz." + paper.id;
    var base = "/api/v1/attempts/" + encodeURIComponent(paper.id);
    var began = Date.parse(paper.started_at) - Date.parse(paper.server_time) + Date.now();
    // kept: {answers: {id: [..]}, counters: {id: n}, unsent: {id: true}, waited: {id: true}, at, handIn, last}
    var kept = Object.assign({ answers: {}, counters: {}, unsent: {}, waited: {}, at: 0, handIn: false, last: 0 }, yl.kept(store) || {});
    var sending = false;
    var over = false;

    merge();

    // Of each question the answer with the higher counter holds: the phone's (it is sent once more) or the server's.
    function merge() {
      var theirs = paper.counters || {};
      paper.questions.forEach(function (one) {
        var own = kept.counters[one.id];
        if (own !== undefined && own > (theirs[one.id] === undefined ? -1 : theirs[one.id])) {
          kept.unsent[one.id] = true;
          kept.waited[one.id] = true;
          return;
        }
        kept.answers[one.id] = paper.answers[one.id] || [];
        kept.counters[one.id] = theirs[one.id];
        delete kept.unsent[one.id];
        if (theirs[one.id] > kept.last) kept.last = theirs[one.id];
      });
    }

    function remember() { yl.keep(store, kept); }
    function unsent() { return Object.keys(kept.unsent); }

    function put(id, answer) {
      if (over) return;
      kept.last = Math.max(kept.last + 1, Date.now() - began);
      kept.answers[id] = answer;
      kept.counters[id] = kept.last;
      kept.unsent[id] = true;
      remember();
      send();
    }

    function send() {
      on.state();
      if (sending || over) return Promise.resolve();
      var id = unsent()[0];
      if (!id) return kept.handIn ? handIn() : Promise.resolve();
      sending = true;
      var counter = kept.counters[id];
      var body = { answer: kept.answers[id] || [], counter: counter, waited: Boolean(kept.waited[id]) };
      return yl.api("PUT", base + "/answers/" + encodeURIComponent(id), body).then(function (saved) {
        sending = false;
        if (kept.counters[id] === counter) {
          delete kept.unsent[id];
          delete kept.waited[id];
          if (saved.old) take(id, saved);
        }
        remember();
        return send();
      }).catch(function (problem) {
        sending = false;
        kept.waited[id] = true;
        remember();
        failed(problem, id);
      });
    }

    function take(id, saved) {
      kept.answers[id] = saved.answer;
      kept.counters[id] = saved.counter;
      kept.last = Math.max(kept.last, saved.counter);
      on.changed(id);
    }

    function failed(problem, id) {
      on.state();
      if (problem.status === 409) return finished();
      if (problem.status === 404) return yl.showProblem(problem).then(function () { yl.keep(store, null); on.lost(); });
      if (problem.status === 422) {
        delete kept.unsent[id];
        delete kept.waited[id];
        kept.answers[id] = [];
        remember();
        on.changed(id);
        return yl.showProblem(problem);
      }
      return undefined; // no network or a busy server: the timer below tries again
    }

    function handIn() {
      if (sending || over) return Promise.resolve();
      sending = true;
      on.state();
      return yl.api("POST", base + "/submit", null, { retries: 1 }).then(finished).catch(function (problem) {
        sending = false;
        if (problem.status === 409) return finished();
        if (problem.status === 404) { kept.handIn = false; remember(); on.state(); return yl.showProblem(problem); }
        return on.state();
      });
    }

    function finished() {
      over = true;
      yl.keep(store, null);
      on.over();
    }

    setInterval(function () { if (unsent().length || kept.handIn) send(); }, AGAIN_MS);
    yl.onNetwork(function () { send(); });

    return {
      answer: function (id) { return kept.answers[id] || []; },
      put: put,
      send: send,
      unsent: unsent,
      place: function () { return Math.min(kept.at || 0, paper.questions.length); },
      stayAt: function (at) { kept.at = at; remember(); },
      handsIn: function () { return kept.handIn; },
      isOver: function () { return over; },
      // Time is up: only what the server has saved counts, so nothing more is sent but the wish to hand in.
      handIn: function (late) {
        kept.handIn = true;
        if (late) kept.unsent = {};
        remember();
        return send();
      },
      // Which question is on the screen; lost without a network, for then its time would say nothing.
      shown: function (id) { yl.api("POST", base + "/shown", { question_ids: [id] }).catch(function () { return null; }); }
    };
  };
})();
