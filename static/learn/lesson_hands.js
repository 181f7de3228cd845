// Keys and links of the lesson page: space plays and pauses, the arrows step, a link out waits for what was seen.
// A page that is hidden, put away or frozen is away. yl.lessonHands({press(), step(seconds), away(), back(), out() -> promise
// or null}).
(function () {
  "use strict";
  var yl = window.yl;
  var STEP_S = 10, PATIENCE_MS = 2000;
  var OWN_KEYS = "button, a, input, select, textarea, summary, audio, video, [role=dialog]";

  yl.lessonHands = function (acts) {
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden") acts.away();
      else acts.back();
    });
    window.addEventListener("pagehide", acts.away);
    document.addEventListener("freeze", acts.away);
    document.addEventListener("resume", acts.back);
    document.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.target.closest && event.target.closest(OWN_KEYS)) return;
      if (event.key === " ") acts.press();
      else if (event.key === "ArrowLeft") acts.step(-STEP_S);
      else if (event.key === "ArrowRight") acts.step(STEP_S);
      else return;
      event.preventDefault();
    });
    document.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("a[href^='/']") : null;
      var ending = link ? acts.out() : null;
      if (!ending) return;
      event.preventDefault();
      Promise.race([ending, yl.wait(PATIENCE_MS)]).then(function () { window.location.assign(link.href); });
    });
  };
})();
