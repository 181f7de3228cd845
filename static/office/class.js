// One class: open the block that the address names, so that a to-do leads straight to its place.
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    var block = window.location.hash ? document.getElementById(window.location.hash.slice(1)) : null;
    if (!block) return;
    block.setAttribute("tabindex", "-1");
    block.focus();
    block.scrollIntoView();
  });
})();
