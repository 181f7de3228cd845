// Hand a roster in (file, drop or paste) with progress; look at its rows; leave rows out; enter the rest.
(function () {
  "use strict";

  function startHandingIn() {
    var form = yl.$("#upload");
    if (form) yl.handIn({
      reading: "传好了，正在逐行核对…",
      to: function (answer) { return form.getAttribute("data-page") + "?import=" + answer.id + (answer.again ? "&again=1" : ""); }
    });
  }

  yl.shapes.columns = function (body) {
    body.columns = yl.all("[data-column]").map(function (select) { return select.value; });
    // Another sheet or header has other columns: let the server read them first.
    var form = yl.$("#columns");
    if (form.getAttribute("data-moved")) body.columns = null;
    return body;
  };

  function startColumns() {
    var form = yl.$("#columns");
    if (!form) return;
    yl.all("[name=sheet], [name=header_row], [name=header_rows]", form).forEach(function (field) {
      field.addEventListener("change", function () { form.setAttribute("data-moved", "1"); });
    });
  }

  function startFilter() {
    var rows = yl.$("#rows");
    if (!rows) return;
    yl.all("[data-show]", rows).forEach(function (chip) {
      chip.addEventListener("click", function () {
        var wanted = chip.getAttribute("data-show");
        yl.all("[data-show]", rows).forEach(function (other) { other.setAttribute("aria-pressed", String(other === chip)); });
        yl.all("tbody tr", rows).forEach(function (row) {
          row.hidden = !!wanted && (wanted === "warned" ? !row.hasAttribute("data-warned") : row.getAttribute("data-outcome") !== wanted);
        });
      });
    });
  }

  function startCommit() {
    var button = yl.$("#commit");
    if (!button) return;
    var ticks = yl.all("[data-leave]");
    var adds = Number(button.getAttribute("data-adds"));
    var closed = button.disabled;

    function show() {
      var open = 0, leaving = 0, going = adds;
      ticks.forEach(function (tick) {
        var row = tick.closest("tr");
        row.classList.toggle("left", tick.checked);
        if (tick.checked) { leaving += 1; if (row.getAttribute("data-outcome") === "add") going -= 1; }
        else if (tick.hasAttribute("data-bad")) open += 1;
      });
      var words = open ? "还有 " + open + " 行要改：请改好表格再传，或者勾选“不加”。" : "可以加入 " + going + " 人。";
      yl.$("#summary").textContent = words + (leaving ? "不加 " + leaving + " 行。" : "");
      button.disabled = closed || open > 0;
    }

    ticks.forEach(function (tick) { tick.addEventListener("change", show); });
    var all = yl.$("#leave-bad");
    if (all) all.addEventListener("click", function () {
      ticks.forEach(function (tick) { if (tick.hasAttribute("data-bad")) tick.checked = true; });
      show();
    });
    button.addEventListener("click", function () {
      var left = ticks.filter(function (tick) { return tick.checked; }).map(function (tick) { return Number(tick.getAttribute("data-leave")); });
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
      yl.$("#summary").textContent = "正在加入，人多的时候要等几秒…";
      yl.api("POST", button.getAttribute("data-address"), { left_out: left }, { timeoutMs: 120000, retries: 1 }).then(function () {
        window.location.reload();
      }, function (problem) {
        button.removeAttribute("aria-busy");
        show();
        yl.showProblem(problem);
      });
    });
    show();
  }

  document.addEventListener("DOMContentLoaded", function () {
    startHandingIn();
    startColumns();
    startFilter();
    startCommit();
  });
})();
