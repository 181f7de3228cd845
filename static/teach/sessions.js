// Today's sessions: open one, or give a waiting PC screen to one.
(function () {
  "use strict";

  var yl = window.yl;

  function press(button, path, body, then) {
    button.disabled = true;
    yl.api("POST", path, body, { retries: 2 }).then(then).catch(function (problem) {
      button.disabled = false;
      yl.showProblem(problem);
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-open], [data-bind]");
    if (!button) return;
    var session = button.closest("[data-session]").getAttribute("data-session");
    if (button.hasAttribute("data-open")) {
      press(button, "/api/v1/sessions/" + session + "/open", {}, function () {
        window.location.assign("/teach/sessions/" + session);
      });
      return;
    }
    press(button, "/api/v1/screens/" + button.getAttribute("data-bind") + "/bind", { session_id: session }, function () {
      window.location.assign("/teach/sessions/" + session + "?bound=1");
    });
  });
})();
