// Mend questions and choose what becomes of them, each by itself; what was typed stays when it cannot be sent.
(function () {
  "use strict";

  function show(answer) {
    var totals = answer.totals, going = totals.all - totals.skipped - totals.open;
    var words = "可以导入 " + going + " 道" + (totals.skipped ? "，不导入 " + totals.skipped + " 道" : "") + (totals.open ? "，还有 " + totals.open + " 道要改" : "") + "。";
    yl.$("#summary").textContent = words;
    yl.all(".foot [data-api]").forEach(function (button) {
      var some = button.hasAttribute("data-body");
      button.disabled = some ? going === 0 : totals.open > 0 || going === 0;
      if (some) {
        button.hidden = totals.open === 0;
        button.textContent = "只导入好的 " + going + " 道";
        button.setAttribute("data-confirm", "要改的 " + totals.open + " 道不导入，只导入其余的 " + going + " 道？");
      }
    });
  }

  function choose(select) {
    var item = select.closest(".item"), body = {}, before = select.getAttribute("data-before");
    body[select.value] = [Number(item.getAttribute("data-number"))];
    select.disabled = true;
    yl.api("POST", select.getAttribute("data-choice"), body).then(function (answer) {
      select.disabled = false;
      select.setAttribute("data-before", select.value);
      item.classList.toggle("left", select.value === "skip");
      show(answer);
    }, function (problem) {
      select.disabled = false;
      select.value = before;
      yl.showProblem(problem);
    });
  }

  function mend(form) {
    var button = yl.$("button", form), area = yl.$("textarea", form), number = form.closest(".item").id;
    button.disabled = true;
    yl.api("PUT", form.getAttribute("data-mend"), { text: area.value }).then(function () {
      window.location.hash = number;
      window.location.reload();
    }, function (problem) {
      button.disabled = false;
      yl.showProblem(problem);
      area.focus();
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    yl.all("[data-choice]").forEach(function (select) {
      select.setAttribute("data-before", select.value);
      select.closest(".item").classList.toggle("left", select.value === "skip");
      select.addEventListener("change", function () { choose(select); });
    });
    yl.all("[data-mend]").forEach(function (form) {
      form.addEventListener("submit", function (event) { event.preventDefault(); mend(form); });
    });
  });
})();
