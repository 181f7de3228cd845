// The button behind a room code: sends the claim that the page carries, once.
(function () {
  "use strict";

  var yl = window.yl;
  var uuid = yl.uuid();
  // A phone whose clock is wrong must not send its trainee to a review: the server's own time stands in the page.
  if (yl.$("#arrival")) yl.setServerTime(new Date(parseInt(yl.$("#arrival").getAttribute("data-now"), 10)).toISOString(), Date.now());

  function show(answer) {
    var good = answer.outcome === "accepted";
    yl.result({
      tone: good ? "indigo" : answer.outcome === "refused" ? "red" : "amber",
      word: good ? (answer.direction === "in" ? "签到成功" : "签退成功") : answer.title,
      line: good ? answer.sentence.replace(/^签[到退]成功，/, "") : answer.sentence + answer.todo,
      acts: [{ text: "好", href: good ? "/learn/" : "/learn/card" }]
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-way]");
    if (!button || button.disabled) return;
    button.disabled = true;
    var moment = new Date(yl.serverNow()).toISOString();
    yl.api("POST", "/api/v1/scans", {
      scan_uuid: uuid, kind: "room", payload: yl.$("#arrival").getAttribute("data-claim"), direction: button.getAttribute("data-way"),
      captured_at: moment, sent_at: moment, device: yl.device()
    }, { retries: 3, timeoutMs: 8000 }).then(function (told) { show(told.items[0]); }).catch(function (problem) {
      button.disabled = false;
      yl.showProblem(problem);
    });
  });
})();
