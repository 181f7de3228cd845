// The size chosen here also replaces what this browser remembered.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-font-px]") : null;
    if (button && window.yl && window.yl.setFont) window.yl.setFont(parseInt(button.getAttribute("data-font-px"), 10));
  });
})();
