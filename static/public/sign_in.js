// Shows what is typed while the box is ticked.
(function () {
  "use strict";
  var box = document.getElementById("show-password");
  if (!box) return;
  var fields = Array.prototype.slice.call(document.querySelectorAll("input[type=password]"));
  box.addEventListener("change", function () {
    fields.forEach(function (field) { field.type = box.checked ? "text" : "password"; });
  });
})();
