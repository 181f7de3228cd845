// The form for a new class: the end is never before the start.
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    var start = yl.$("[name=starts_on]"), end = yl.$("[name=ends_on]");
    if (!start) return;
    function follow() { end.min = start.value; if (end.value && end.value < start.value) end.value = start.value; }
    start.addEventListener("change", follow);
    follow();
  });
})();
