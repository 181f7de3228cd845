// The first page: a quiz begins here, because beginning one is more than reading a page.
(function () {
  "use strict";
  var yl = window.yl;

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-quiz-segment]");
    if (!button || button.disabled) return;
    button.disabled = true;
    yl.api("POST", "/api/v1/attempts", {
      enrolment_id: button.getAttribute("data-quiz-enrolment"),
      segment_id: button.getAttribute("data-quiz-segment")
    }, { retries: 2 }).then(function (attempt) {
      window.location.assign("/learn/quiz/" + encodeURIComponent(attempt.id));
    }).catch(function (problem) {
      button.disabled = false;
      yl.showProblem(problem);
    });
  });
})();
