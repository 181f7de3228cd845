// Tells who scanned as soon as the page is seen: the PC shows it, and nobody else can say yes any more.
(function () {
  "use strict";
  var yl = window.yl;
  var place = document.getElementById("ticket");
  if (!place) return;
  yl.api("POST", place.getAttribute("data-scan"), {}, { retries: 2, timeoutMs: 8000 }).catch(function (problem) {
    if (problem.status === 404 || problem.status === 403) window.location.reload();
  });
})();
