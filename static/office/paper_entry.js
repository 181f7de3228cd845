// Enter a signed blank sheet, and decide what somebody else entered. What was typed stays until the server has it.
(function () {
  "use strict";
  var yl = window.yl;
  var FAULTS = {
    "attendance.other_class": "不在这个班的名单上", "attendance.withdrawn": "已经退班", "attendance.already_in": "那个时间已经签到了",
    "attendance.already_out": "已经签退了", "attendance.elsewhere": "那个时间在别的课上", "attendance.paper_no_in": "没有写到的时间",
    "attendance.paper_order": "走的时间要在到的时间后面", "attendance.paper_outside": "时间不在这次课里"
  };
  var form = yl.$("form[data-entry]"), draft = form ? "paper." + form.getAttribute("data-entry") : "";

  function lines() {
    return yl.all("tr[data-own]", form).map(function (row) {
      return { enrolment_id: row.getAttribute("data-own"), came: yl.$("[name=came]", row).value.trim(), left: yl.$("[name=left]", row).value.trim() };
    });
  }

  function told(faults) {
    yl.all("tr[data-own]", form).forEach(function (row) {
      var code = faults[row.getAttribute("data-own")];
      yl.$(".fault", row).textContent = code ? FAULTS[code] || "不能录" : "";
    });
    var first = yl.all("tr[data-own]", form).filter(function (row) { return yl.$(".fault", row).textContent; })[0];
    if (first) yl.$("input", first).focus();
  }

  function send(event) {
    event.preventDefault();
    var written = lines().filter(function (one) { return one.came || one.left; });
    if (!written.length) { yl.toast("还没有填时间。"); return; }
    var button = yl.$("button[type=submit]", form);
    button.disabled = true;
    yl.api("POST", "/api/v1/pages/" + form.getAttribute("data-entry") + "/entries", { lines: written, reason: form.elements.reason.value.trim() }, { retries: 2 })
      .then(function () { yl.keep(draft, null); window.location.reload(); }, function (problem) {
        button.disabled = false;
        told((problem.facts && problem.facts.lines) || {});
        yl.showProblem(problem);
      });
  }

  if (form) {
    var kept = yl.kept(draft) || [];
    kept.forEach(function (one) {
      var row = yl.$("tr[data-own='" + one.enrolment_id + "']", form);
      if (row) { yl.$("[name=came]", row).value = one.came; yl.$("[name=left]", row).value = one.left; }
    });
    form.addEventListener("input", function () { yl.keep(draft, lines().filter(function (one) { return one.came || one.left; })); });
    form.addEventListener("submit", send);
    // Enter goes down the column, as on a spreadsheet; the last one goes to the reason.
    form.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || !event.target.classList.contains("times")) return;
      event.preventDefault();
      var column = yl.all("[name=" + event.target.name + "]", form);
      (column[column.indexOf(event.target) + 1] || form.elements.reason).focus();
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-decide]");
    if (!button) return;
    var accept = button.getAttribute("data-decide") === "yes";
    var said = yl.el("input", { class: "input", maxlength: "200", "aria-label": "核对情况" });
    yl.dialog({
      title: accept ? "全部计入学时？" : "全部不计入？",
      body: yl.el("label", { class: "field" }, yl.el("span", { class: "label" }, "怎么核对的"), said),
      acts: [{ text: accept ? "计入" : "不计入", value: true, tone: accept ? "indigo" : "red" }, { text: "先放着", value: false, tone: "indigo" }]
    }).then(function (yes) {
      if (!yes) return;
      var body = { accept: accept, reason: said.value.trim() || (accept ? "和照片一致" : "和照片不一致") };
      yl.api("POST", "/api/v1/pages/" + button.parentNode.getAttribute("data-page") + "/decision", body)
        .then(function () { window.location.reload(); }, yl.showProblem);
    });
  });
})();
