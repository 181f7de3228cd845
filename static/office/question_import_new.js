// Hand a question file in; what was pasted stays until it has arrived.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  yl.handIn({
    reading: "传好了，正在一道一道地读…",
    to: function (answer) { return yl.$("#upload").getAttribute("data-page") + answer.id; },
    kept: "yl.pasted"
  });
});
