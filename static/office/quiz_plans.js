// Say while one types what the chosen bank lacks for the quiz. Without this script it is said after saving.
(function () {
  "use strict";

  function check(form) {
    var place = form.querySelector(".quiz-check p");
    var asked = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrf_token" && typeof value === "string") asked.set(name, value);
    });
    var turn = (form.turn || 0) + 1;
    form.turn = turn;
    fetch(form.getAttribute("data-check") + "?" + asked.toString(), { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(answer.status); })
      .then(function (said) {
        if (form.turn !== turn) return;
        place.className = said.tone;
        place.textContent = said.words;
      })
      .catch(function () { if (form.turn === turn) place.textContent = "现在查不到题库，存的时候再查。"; });
  }

  Array.prototype.forEach.call(document.querySelectorAll("form[data-check]"), function (form) {
    var waiting = 0;
    form.addEventListener("input", function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () { check(form); }, 400);
    });
  });
})();
