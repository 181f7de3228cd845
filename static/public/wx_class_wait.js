// Ask every two seconds what the instructor said; go in once it is yes, else show the page that says why not.
(function () {
  "use strict";
  var yl = window.yl;
  var here = yl.$("#waiting"), code = here.getAttribute("data-code"), tries = 0, gone = false;

  function ask() {
    if (gone) return;
    yl.api("GET", "/api/v1/class-codes/" + encodeURIComponent(code) + "/claim").then(function (found) {
      tries = 0;
      if (found.state === "waiting") { setTimeout(ask, 2000); return; }
      gone = true;
      yl.buzz();
      if (found.state === "confirmed") { yl.say(found.title); yl.$("#enter").submit(); }
      else window.location.replace("/k/" + encodeURIComponent(code));
    }).catch(function (problem) {
      if (problem.status === 401 || problem.status === 404) { window.location.replace("/k/" + encodeURIComponent(code)); return; }
      tries += 1;
      setTimeout(ask, yl.backOffMs(tries, problem));
    });
  }

  window.addEventListener("pageshow", function (event) { if (event.persisted) { gone = false; ask(); } });
  document.addEventListener("visibilitychange", function () { if (!document.hidden && tries) { tries = 0; ask(); } });
  setTimeout(ask, 1000);
})();
