// A message that is opened is read; the note of it outlives the page.
(function () {
  "use strict";
  var yl = window.yl;
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("[data-message]") : null;
    if (!link) return;
    yl.api("POST", "/api/v1/me/messages/" + link.getAttribute("data-message") + "/read", null, { keepalive: true, stay: true })
      .catch(function () { return null; });
  });
})();
