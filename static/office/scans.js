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

  // What a phone without network sent, in the order of time: an out can count only after its in. Each is decided alone, and what fails is told.
  function decideAll(box, written, fault) {
    var uuids = box.getAttribute("data-together").split(" ");
    var reason = yl.el("input", { class: "input", maxlength: "200", placeholder: "怎么核对的，例如：问过老师，和签名的考勤表对过" });
    reason.value = written || "";
    yl.dialog({
      title: uuids.length + " 条一起计入？",
      body: yl.el("div", { class: "stack-1" }, yl.el("p", {}, "请先和老师、考勤表对过人数和时间。有不对的人，先在下面的表里给他点“不计入”。"),
        yl.el("label", { class: "field" }, yl.el("span", { class: "label" }, "核对情况（每一条都记上）"), reason, fault ? yl.el("span", { class: "fault", role: "alert" }, fault) : null)),
      acts: [{ text: "都计入", value: true, tone: "indigo" }, { text: "先放着", value: false, tone: "indigo" }]
    }).then(function (yes) {
      if (!yes) return;
      if (!reason.value.trim()) { decideAll(box, "", "请写一句核对情况。"); return; }
      sendAll(box, uuids, reason.value.trim());
    });
  }

  function sendAll(box, uuids, reason) {
    var button = yl.$("[data-decide-all]", box), failed = [], done = 0;
    button.disabled = true;
    uuids.reduce(function (before, uuid) {
      return before.then(function () {
        var row = document.querySelector("[data-scan='" + uuid + "']");
        if (!row) return null;
        button.textContent = "正在计入 " + (done + failed.length + 1) + " / " + uuids.length;
        return yl.api("POST", "/api/v1/scans/" + uuid + "/decision", { accept: true, reason: reason }, { retries: 2 }).then(function () { done += 1; row.remove(); }, function (problem) {
          failed.push(row.querySelector("strong").textContent + "：" + problem.sentence);
        });
      });
    }, Promise.resolve()).then(function () {
      var told = yl.el("div", {}, yl.el("p", {}, "计入了 " + done + " 条。" + (failed.length ? "没有计入 " + failed.length + " 条：" : "")));
      failed.forEach(function (words) { told.appendChild(yl.el("p", {}, words)); });
      return yl.dialog({ title: "核对好了", body: told });
    }).then(function () { window.location.reload(); });
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
    var all = event.target.closest("[data-decide-all]");
    if (all) decideAll(all.closest("[data-together]"));
    var button = event.target.closest("[data-decide]");
    if (button) decide(button.closest("[data-scan]"), button.getAttribute("data-decide") === "accept");
  });
})();
