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

  function walkIn(row, accept, fault, written) {
    var name = row.querySelector("strong").textContent;
    var told = row.hasAttribute("data-id-told");
    var number = yl.el("input", { class: "input", maxlength: "40", autocomplete: "off", placeholder: told ? "老师写了，不用再填；写错了在这里改" : "18 位身份证号" });
    var reason = yl.el("input", { class: "input", maxlength: "500", placeholder: accept ? "为什么补报，例如：漏报了，单位有证明" : "为什么不同意" });
    if (written) { number.value = written[0]; reason.value = written[1]; }
    yl.dialog({
      title: name + "：" + (accept ? "报补报？" : "不同意？"),
      body: yl.el("div", { class: "stack-1" },
        accept ? yl.el("label", { class: "field" }, yl.el("span", { class: "label" }, "身份证号"), number) : null,
        yl.el("label", { class: "field" }, yl.el("span", { class: "label" }, "原因"), reason),
        fault ? yl.el("span", { class: "fault", role: "alert" }, fault) : null),
      acts: [{ text: accept ? "报补报" : "不同意", value: true, tone: accept ? "indigo" : "red" }, { text: "先放着", value: false, tone: "indigo" }]
    }).then(function (yes) {
      if (!yes) return;
      var kept = [number.value.trim(), reason.value.trim()];
      if (!kept[1]) { walkIn(row, accept, "请写一句原因。", kept); return; }
      yl.api("POST", "/api/v1/walk-ins/" + row.getAttribute("data-walk-in") + "/decision", { accept: accept, reason: kept[1], id_number: accept ? kept[0] : "" }, { retries: 2 }).then(function (answer) {
        yl.toast(name + "：" + { asked: "补报报上去了，等民政同意。", counted: "已经在名单里，时间计入了。", refused: "没有同意，记好了。" }[answer.state]);
        setTimeout(function () { window.location.reload(); }, 1200);
      }).catch(function (problem) {
        if (problem.status === 422) walkIn(row, accept, problem.sentence + (problem.todo || ""), kept);
        else yl.showProblem(problem);
      });
    });
  }

  document.addEventListener("click", function (event) {
    var walks = event.target.closest("[data-walk]");
    if (walks) walkIn(walks.closest("[data-walk-in]"), walks.getAttribute("data-walk") === "accept");
    var button = event.target.closest("[data-decide]");
    if (button) decide(button.closest("[data-scan]"), button.getAttribute("data-decide") === "accept");
  });
})();
