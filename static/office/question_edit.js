// The form of one question shows what its kind needs; without this script everything is there at once.
(function () {
  "use strict";
  var yl = window.yl;
  var SHOWN_FIRST = 4;

  function rowsOf(box) { return yl.all(".question-option", box); }

  function fit(box) {
    var kind = yl.$("[data-kind]", box).value;
    yl.all("[data-for]", box).forEach(function (part) { part.hidden = part.getAttribute("data-for").split(" ").indexOf(kind) < 0; });
    if (box.getAttribute("data-question") === "") yl.$("[data-parts]").hidden = kind !== "case";
  }

  function foldRows(box) {
    var rows = rowsOf(box);
    var more = yl.$("[data-act=more-options]", box);
    var filled = 0;
    rows.forEach(function (row, n) { if (yl.$("input[type=text]", row).value) filled = n + 1; });
    var shown = Math.max(SHOWN_FIRST, filled);
    function show() {
      rows.forEach(function (row, n) { row.hidden = n >= shown; });
      more.hidden = shown >= rows.length;
    }
    more.addEventListener("click", function () {
      shown += 1;
      show();
      yl.$("input[type=text]", rows[shown - 1]).focus();
    });
    show();
  }

  yl.all("[data-question]").forEach(function (box) {
    yl.$("[data-kind]", box).addEventListener("change", function () { fit(box); });
    fit(box);
    foldRows(box);
  });

  // What was typed is not lost by a link pressed by mistake.
  var form = yl.$(".question-form");
  var touched = false;
  form.addEventListener("input", function () { touched = true; });
  form.addEventListener("submit", function () { touched = false; });
  window.addEventListener("beforeunload", function (event) {
    if (!touched) return;
    event.preventDefault();
    event.returnValue = "";
  });
})();
