// A file that is too large is told before anything is sent, so that what was typed is not lost.
(function () {
  "use strict";
  document.querySelectorAll("input[type=file][data-most]").forEach(function (input) {
    var fault = input.parentNode.querySelector(".fault");
    input.addEventListener("change", function () {
      var large = input.files.length > 0 && input.files[0].size > Number(input.dataset.most);
      fault.hidden = !large;
      input.setCustomValidity(large ? fault.textContent : "");
    });
  });
})();
