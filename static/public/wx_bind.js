// A big pad for the two fields of digits: it writes where one tapped last; the phone's own keyboard stays away.
(function () {
  "use strict";
  var pad = document.getElementById("bind-pad");
  var fields = Array.prototype.slice.call(document.querySelectorAll("[data-pad]"));
  if (!pad || !fields.length) return;
  var here = fields[0];
  fields.forEach(function (field) {
    field.setAttribute("inputmode", "none");
    field.addEventListener("focus", function () { here = field; pad.hidden = false; });
  });
  pad.addEventListener("mousedown", function (event) { event.preventDefault(); });
  pad.addEventListener("click", function (event) {
    var button = event.target.closest("[data-key]");
    if (!button) return;
    var key = button.getAttribute("data-key");
    var longest = Number(here.getAttribute("maxlength")) || 20;
    if (key === "erase") here.value = here.value.slice(0, -1);
    else if (here.value.length < longest) here.value += key;
    if (here === fields[0] && here.value.length === 6 && key !== "erase") { fields[1].focus(); }
  });
})();
