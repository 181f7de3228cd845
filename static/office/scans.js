// Accept or refuse a scan that waits, with a word why.
(function () {
  "use strict";

  var yl = window.yl;

  function decide(row, accept, fault) {
    var leave = row.getAttribute("data-path");
    var word = leave ? (accept ? "准假" : "不准") : (accept ? "计入" : "不计入");
    var name = row.querySelector("strong").textContent;
    var reason = yl.el("input", { class: "input", maxlength: "200", placeholder: "怎么核对的，例如：问过老师，看了照片" });
    reason.value = row.getAttribute("data-written") || "";
    yl.dialog({
      title: name + "：" + word + "？", body: yl.el("label", { class: "field" }, yl.el("span", { class: "label" }, "核对情况"), reason,
        fault ? yl.el("span", { class: "fault", role: "alert" }, fault) : null),
      acts: [{ text: word, value: true, tone: accept ? "indigo" : "red" }, { text: "先放着", value: false, tone: "indigo" }]
    }).then(function (yes) {
      if (!yes) return;
      row.setAttribute("data-written", reason.value.trim());
      if (!reason.value.trim()) { decide(row, accept, "请写一句核对情况。"); return; }
      yl.api("POST", leave || "/api/v1/scans/" + row.getAttribute("data-scan") + "/decision", { accept: accept, reason: reason.value.trim() }, { retries: 2 }).then(function () {
        row.remove();
        var head = document.querySelector("caption");
        if (head && !leave) head.textContent = "共 " + document.querySelectorAll("[data-scan]:not([data-path])").length + " 条";
        yl.toast(name + "：" + word + "，记好了。");
        if (!document.querySelector("[data-scan]")) window.location.reload();
      }).catch(yl.showProblem);
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-decide]");
    if (button) decide(button.closest("[data-scan]"), button.getAttribute("data-decide") === "accept");
  });
})();
