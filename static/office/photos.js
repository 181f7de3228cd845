// Decide on photos by key or button: the first one in the list is the one that A and R act on.
(function () {
  "use strict";
  var yl = window.yl;
  var list = yl.$("#photos"), busy = false, asking = false;
  var REASONS = ["看不清脸", "不是本人的照片", "不是一个人的照片"];

  function rows() { return yl.all("[data-photo]", list); }
  function mark() {
    rows().forEach(function (row, place) { row.classList.toggle("here", !place); });
    yl.$("#left").textContent = rows().length;
    yl.$("#none").hidden = rows().length > 0;
    yl.$("#left-chip").hidden = yl.$("#keys").hidden = rows().length === 0;
  }

  function decide(row, accept, reason) {
    if (busy) return;
    busy = true;
    yl.api("POST", "/api/v1/person-photos/" + row.getAttribute("data-photo") + "/decision", { accept: accept, reason: reason || "" })
      .catch(function (problem) {
        // Decided by another, or taken back by the person: it no longer waits.
        if (problem.status === 409 || problem.status === 404) { yl.toast(problem.sentence); return; }
        throw problem;
      })
      .then(function () { row.remove(); mark(); }, yl.showProblem)
      .then(function () { busy = false; });
  }

  function refuse(row) {
    if (asking || busy) return;
    asking = true;
    yl.dialog({ title: "为什么退回？", text: "本人会看到这个原因，可以再拍一张。", acts: REASONS.map(function (words) { return { text: words, value: words }; }) })
      .then(function (reason) { asking = false; if (reason) decide(row, false, reason); });
  }

  list.addEventListener("click", function (event) {
    var button = event.target.closest("[data-say]");
    if (!button) return;
    var row = button.closest("[data-photo]");
    if (button.getAttribute("data-say") === "yes") decide(row, true); else refuse(row);
  });
  document.addEventListener("keydown", function (event) {
    var row = rows()[0];
    if (!row || asking || event.ctrlKey || event.metaKey || event.altKey || event.repeat || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
    if (event.key === "a" || event.key === "A") decide(row, true);
    if (event.key === "r" || event.key === "R") refuse(row);
  });
  mark();
})();
