// What other instructors of the base marked by hand above the cap: a second person confirms it or turns it down.
(function () {
  "use strict";

  var yl = window.yl;
  var place = yl.$("#confirming");

  function decide(one, accept, reason) {
    return yl.api("POST", "/api/v1/scans/" + one.scan_uuid + "/decision", { accept: accept, reason: reason }, { retries: 2 }).then(show).catch(function (problem) {
      return yl.showProblem(problem).then(show);
    });
  }

  function turnDown(one) {
    var why = yl.el("input", { class: "input", maxlength: "120", "aria-label": "为什么不算" });
    yl.dialog({
      title: one.name + "：不算？", body: yl.el("label", { class: "field" }, yl.el("span", { class: "label" }, "为什么不算（学员会看到）"), why),
      acts: [{ text: "不算", value: true, tone: "indigo" }, { text: "先放着", value: false, tone: "indigo" }]
    }).then(function (yes) { if (yes) decide(one, false, why.value.trim()); });
  }

  function line(one) {
    var verb = one.direction === "in" ? "签到" : "签退";
    return yl.el("li", {}, yl.el("span", { class: "what" }, yl.el("strong", {}, one.name), " " + yl.clock(one.at) + " 手工" + verb + " · " + one.class_name + "。" + one.by_name + "写的：" + one.reason),
      yl.el("span", { class: "acts" }, yl.el("button", { type: "button", class: "button indigo", onclick: function () { decide(one, true, ""); } }, yl.icon("check"), "确认"),
        yl.el("button", { type: "button", class: "button", onclick: function () { turnDown(one); } }, "不算")));
  }

  function show() {
    return yl.api("GET", "/api/v1/scans/waiting", null, { retries: 1 }).then(function (told) {
      var mine = told.items.filter(function (one) { return !one.own && one.kind === "manual"; });
      yl.clear(place);
      place.hidden = !mine.length;
      if (!mine.length) return;
      place.appendChild(yl.el("h2", {}, "要您确认的 " + mine.length + " 条"));
      place.appendChild(yl.el("p", {}, "同事手工签到的人多，要第二个人确认。人真的在，才点“确认”。"));
      var list = yl.el("ul", { class: "refusals" });
      mine.forEach(function (one) { list.appendChild(line(one)); });
      place.appendChild(list);
    }).catch(function () { return null; });
  }

  document.addEventListener("DOMContentLoaded", show);
})();
