// Who is there: people who do not stand on the roster.
(function () {
  "use strict";

  var yl = window.yl;
  var root = yl.$("#present");
  var path = "/api/v1/sessions/" + root.getAttribute("data-id");
  var open = root.getAttribute("data-state") === "open";
  var STATES = { pending: ["等基地核对", "amber", "wait"], asked: ["等民政同意补报", "amber", "wait"], counted: ["已计入", "indigo", "check"], refused: ["没有同意", "red", "refused"] };

  yl.setServerTime(new Date(parseInt(root.getAttribute("data-now"), 10)).toISOString(), Date.now());
  function instant() { return new Date(yl.serverNow()).toISOString(); }
  function chip(look) { return yl.el("span", { class: "chip " + look[1] }, yl.icon(look[2]), look[0]); }

  // ---- people who do not stand on the roster ------------------------------------------------------------------

  var walkIns = yl.$("#walk-ins");
  var form = yl.$("#walk-in");

  function walkIn(one) {
    var acts = yl.el("div", { class: "acts" });
    if (open && !one.left_at && (one.state === "pending" || one.state === "asked")) {
      acts.appendChild(yl.el("button", { type: "button", class: "button indigo", onclick: function () { leave(one); } }, "签退"));
    }
    var times = yl.clock(one.came_at) + (one.left_at ? " – " + yl.clock(one.left_at) : " 起");
    return yl.el("li", {}, yl.el("div", { class: "who" }, yl.el("strong", {}, one.name), chip(STATES[one.state]),
      yl.el("span", { class: "muted" }, " " + times + (one.decision_reason && one.state === "refused" ? "。" + one.decision_reason : ""))), acts);
  }

  function leave(one) {
    yl.api("POST", "/api/v1/walk-ins/" + one.id + "/out", {}, { retries: 2 }).then(showWalkIns).catch(yl.showProblem);
  }

  function showWalkIns() {
    return yl.api("GET", path + "/walk-ins", null, { retries: 1 }).then(function (told) {
      yl.clear(walkIns);
      told.items.forEach(function (one) { walkIns.appendChild(walkIn(one)); });
      if (!told.items.length) walkIns.appendChild(yl.el("li", { class: "muted" }, "还没有登记。"));
    }).catch(function (problem) {
      yl.clear(walkIns).appendChild(yl.el("li", {}, problem.sentence, yl.el("button", { type: "button", class: "button", onclick: showWalkIns }, "再取一次")));
    });
  }

  var uuid = yl.uuid();

  function send(another) {
    var fault = yl.$("#walk-in-fault");
    var body = { walk_in_uuid: uuid, device: yl.device(), another: another, captured_at: instant(), sent_at: instant() };
    ["name", "phone", "id_number", "reason"].forEach(function (name) { body[name] = form.elements[name].value.trim(); });
    fault.hidden = true;
    yl.api("POST", path + "/walk-ins", body, { retries: 2 }).then(function (told) {
      uuid = yl.uuid();
      form.reset();
      if (told.scan) {
        yl.dialog({ title: told.scan.title, text: body.name + "在名单里。" + told.scan.sentence });
      } else {
        yl.toast(body.name + "：登记好了，等基地核对。");
      }
      showWalkIns();
    }).catch(function (problem) {
      if (problem.code === "walk_in.same_name") {
        yl.dialog({ title: problem.title, text: problem.sentence, acts: [{ text: "去名单里签", value: "roster", tone: "indigo" }, { text: "不是同一个人", value: "another", tone: "indigo" }] }).then(function (chosen) {
          if (chosen === "another") send(true);
          if (chosen === "roster") window.location.href = "/teach/sessions/" + root.getAttribute("data-id") + "#roster";
        });
        return;
      }
      fault.hidden = false;
      fault.textContent = problem.sentence + (problem.todo || "");
    });
  }

  if (form) form.addEventListener("submit", function (event) { event.preventDefault(); send(false); });
  document.addEventListener("DOMContentLoaded", showWalkIns);
})();
