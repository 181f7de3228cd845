// The call list: a press says how the call went, and every colleague reads it.
(function () {
  "use strict";

  var list = document.getElementById("calls");
  if (!list) return;

  function mark(card, result) {
    yl.all("[data-result]", card).forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-result") === result));
    });
    card.classList.toggle("settled", result === "reached");
  }

  function busy(card, on) {
    yl.all("[data-result]", card).forEach(function (button) { button.disabled = on; });
  }

  function keep(card, button) {
    var body = { enrolment_id: card.getAttribute("data-enrolment"), result: button.getAttribute("data-result") };
    busy(card, true);
    yl.api("POST", "/api/v1/classes/" + list.getAttribute("data-class") + "/calls", body).then(function (made) {
      busy(card, false);
      mark(card, made.result);
      var lines = yl.$(".made", card);
      lines.hidden = false;
      lines.insertBefore(yl.el("li", {}, made.said), lines.firstChild);
      yl.announce(card.getAttribute("data-name") + "，记下了：" + button.textContent);
    }, function (problem) {
      busy(card, false);
      yl.showProblem(problem);
    });
  }

  list.addEventListener("click", function (event) {
    var button = event.target.closest("[data-result]");
    if (button) keep(button.closest(".call"), button);
  });
})();
