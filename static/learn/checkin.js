// The button behind a room code: sends the claim that the page carries, once.
(function () {
  "use strict";

  var yl = window.yl;
  var uuid = yl.uuid();
  var sent = null;
  var place = yl.placeTick(yl.$("#with-place"), yl.$("#with-place-words"));
  // A phone whose clock is wrong must not send its trainee to a review: the server's own time stands in the page.
  if (yl.$("#arrival")) yl.setServerTime(new Date(parseInt(yl.$("#arrival").getAttribute("data-now"), 10)).toISOString(), Date.now());

  function show(answer) {
    var good = answer.outcome === "accepted";
    yl.scanResult(answer, { ends: parseInt(yl.$("#arrival").getAttribute("data-ends"), 10), done: { text: "好", href: good ? "/learn/" : "/learn/card" } });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-way]");
    if (!button || button.disabled) return;
    sure(button.getAttribute("data-way")).then(function (yes) { if (yes) send(button); });
  });

  // Signing out right after signing in is mostly a slip: ask once, as the card's page does.
  function sure(way) {
    var since = yl.serverNow() - parseInt(yl.$("#arrival").getAttribute("data-in") || "0", 10);
    if (way !== "out" || since > 600000) return Promise.resolve(true);
    return yl.dialog({ title: "现在就签退？", text: "您刚刚签到。签退以后，后面的时间不算学时。", acts: [{ text: "先不签退", value: false, tone: "indigo" }, { text: "签退", value: true, tone: "indigo" }] });
  }

  // The same scan goes out when the button is pressed once more: it may have arrived, and only its answer was lost.
  function scan(way) {
    if (sent) { sent.sent_at = new Date(yl.serverNow()).toISOString(); return Promise.resolve(sent); }
    return place().then(function (found) {
      var moment = new Date(yl.serverNow()).toISOString();
      sent = {
        scan_uuid: uuid, kind: "room", payload: yl.$("#arrival").getAttribute("data-claim"), direction: way,
        captured_at: moment, sent_at: moment, device: yl.device()
      };
      if (found) sent.location = found;
      return sent;
    });
  }

  function send(button) {
    button.disabled = true;
    scan(button.getAttribute("data-way")).then(function (body) {
      return yl.api("POST", "/api/v1/scans", body, { retries: 4, timeoutMs: 8000 });
    }).then(function (told) { show(told.items[0]); }).catch(function (problem) {
      button.disabled = false;
      yl.showProblem(problem);
    });
  }
})();
