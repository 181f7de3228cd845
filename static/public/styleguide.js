(function () {
  "use strict";
  var yl = window.yl;
  var TRIES = {
    toast: function () { yl.toast("已经存好了"); },
    dialog: function () { yl.dialog({ title: "要退出这节课吗？", text: "已经看过的都会留着，下次从这里接着看。", acts: [{ text: "接着看", value: 1 }, { text: "退出", value: 2 }] }); },
    drawer: function () { yl.drawer("王秀英", yl.el("p", {}, "抽屉里放一个人的证据。")); },
    say: function () { if (!yl.say("签到成功，九点零二分。")) yl.toast("这台设备不能读出来"); },
    indigo: function () { yl.result({ tone: "indigo", word: "签到成功", line: "09:02。下课记得签退。", acts: [{ text: "知道了" }] }); }
  };
  document.addEventListener("click", function (event) {
    var name = event.target.closest("[data-try]") ? event.target.closest("[data-try]").getAttribute("data-try") : "";
    if (TRIES[name]) TRIES[name]();
  });
  var digits = "";
  yl.$("#sample-pad").addEventListener("click", function (event) {
    var key = event.target.closest("[data-key]") ? event.target.closest("[data-key]").getAttribute("data-key") : "";
    if (!key) return;
    digits = key === "erase" ? digits.slice(0, -1) : (digits + key).slice(0, 6);
    yl.all("[data-digit]").forEach(function (cell, position) {
      cell.textContent = digits[position] || "";
      cell.classList.toggle("full", position < digits.length);
    });
  });
})();
