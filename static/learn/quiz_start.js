// Begin an attempt (or go on with the open one), count down the pause before the next, and look behind the result.
(function () {
  "use strict";
  var yl = window.yl;
  var start = document.getElementById("start");

  function begin() {
    start.disabled = true;
    yl.api("POST", "/api/v1/attempts", {
      enrolment_id: start.getAttribute("data-quiz-enrolment"),
      segment_id: start.getAttribute("data-quiz-segment"),
      module_id: start.getAttribute("data-quiz-module") || null
    }, { retries: 2 }).then(function (attempt) {
      window.location.assign("/learn/quiz/" + encodeURIComponent(attempt.id));
    }).catch(function (problem) {
      start.disabled = false;
      yl.showProblem(problem);
    });
  }

  function countDown(until) {
    var left = Math.ceil((until - Date.now()) / 1000);
    start.disabled = left > 0;
    yl.$("span", start).textContent = left > 0 ? "再过 " + yl.duration(left) + "可以再考" : start.getAttribute("data-then") || "再考一次";
    if (left > 0) setTimeout(function () { countDown(until); }, 1000);
  }

  if (start) {
    start.addEventListener("click", begin);
    if (start.hasAttribute("data-wait-ms")) countDown(Date.now() + Number(start.getAttribute("data-wait-ms")));
  }

  var behind = yl.$("[data-act=look-behind]");
  if (behind) {
    behind.addEventListener("click", function () {
      yl.$(".result").remove();
      yl.$("main").focus();
    });
  }
})();
