// Choose cards: a click anywhere in a row ticks it; the buttons say how many are meant.
(function () {
  "use strict";
  var yl = window.yl;
  var form = yl.$("#cards");
  if (!form) return;
  var sure = false;

  function ticked() { return yl.all("input:checked", form).length; }
  function told() {
    yl.$("#chosen").textContent = ticked() ? "选中的 " + ticked() + " 张" : "全部";
    yl.$("#renew").disabled = !ticked();
  }
  form.addEventListener("change", told);
  form.addEventListener("click", function (event) {
    var row = event.target.closest("tbody tr");
    var box = row && yl.$("input[type=checkbox]", row);
    if (!box || box.disabled || event.target === box) return;
    box.checked = !box.checked;
    told();
  });
  yl.$("#renew").addEventListener("click", function (event) {
    if (sure) { sure = false; return; }
    event.preventDefault();
    var button = this;
    yl.dialog({
      title: "换新卡？", text: ticked() + " 人的旧卡马上作废，要把新卡打印出来发给他们。",
      acts: [{ text: "先不换", value: false }, { text: "换新卡", value: true }]
    }).then(function (yes) { if (yes) { sure = true; button.click(); } });
  });
  told();
})();
