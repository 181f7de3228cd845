// 名单: who is missing first; call them, mark them by hand with a reason; what was refused or waits.
(function () {
  "use strict";

  var yl = window.yl;
  var STATES = {
    missing: ["没有签到", "", "minus"], present: ["在场", "indigo", "check"], left: ["已签退", "indigo", "done"]
  };
  var METHODS = { card: "扫个人码", room: "扫大屏", spoken: "口令", manual: "手工" };
  var REASONS = ["手机没电或坏了", "没有带手机", "码扫不出来", "不会用手机"];

  function byHand(one, direction) {
    var chosen = "";
    var other = yl.el("input", { class: "input", maxlength: "60", placeholder: "别的原因" });
    var list = yl.el("div", { class: "reasons" });
    REASONS.forEach(function (reason) {
      var button = yl.el("button", { type: "button", class: "button", "aria-pressed": "false", onclick: function () {
        chosen = reason;
        yl.all("button", list).forEach(function (each) { each.classList.remove("main"); each.setAttribute("aria-pressed", "false"); });
        button.classList.add("main");
        button.setAttribute("aria-pressed", "true");
      } }, reason);
      list.appendChild(button);
    });
    list.appendChild(other);
    yl.dialog({
      title: one.name + "：手工" + (direction === "in" ? "签到" : "签退"),
      body: yl.el("div", { class: "stack-1" }, yl.el("p", {}, "手工的要写原因，证明力最弱，审核时会单独看。"), list),
      acts: [{ text: direction === "in" ? "签到" : "签退", value: true, tone: "indigo" }, { text: "不用了", value: false, tone: "indigo" }]
    }).then(function (yes) {
      if (!yes) return;
      var reason = other.value.trim() || chosen;
      if (!reason) { yl.toast("请选一个原因。", "amber"); byHand(one, direction); return; }
      yl.meeting.send("manual", one.enrolment_id, direction, { reason: reason, words: one.name });
    });
  }

  function times(one) {
    if (!one.in_at) return "";
    return yl.clock(one.in_at) + (one.out_at ? " – " + yl.clock(one.out_at) : " 起") + " · " + (METHODS[one.method] || "");
  }

  function seat(one) {
    var look = STATES[one.state];
    var acts = yl.el("div", { class: "acts" });
    if (one.state === "missing" && one.phone) {
      acts.appendChild(yl.el("a", { class: "button", href: "tel:" + one.phone, "aria-label": "给" + one.name + "打电话" }, yl.icon("phone")));
    }
    if (yl.meeting.open && one.state !== "left") {
      var way = one.state === "missing" ? "in" : "out";
      acts.appendChild(yl.el("button", { type: "button", class: "button indigo", onclick: function () { byHand(one, way); } }, way === "in" ? "签到" : "签退"));
    }
    return yl.el("div", { class: "seat" },
      yl.el("div", { class: "who" }, yl.el("strong", {}, one.roster_no + ". " + one.name),
        yl.el("span", { class: "chip " + look[1] }, yl.icon(look[2]), look[0]), yl.el("span", { class: "muted" }, " " + times(one))), acts);
  }

  function odd(one) {
    var waits = one.outcome === "pending_review";
    return yl.el("li", {}, yl.el("span", { class: "when" }, yl.clock(one.at)),
      yl.el("span", {}, yl.el("span", { class: "chip " + (waits ? "amber" : "red") }, yl.icon(waits ? "wait" : "refused"), one.title),
        " " + (one.name || "不认识的码") + "：" + one.sentence));
  }

  var shown = "";
  yl.meeting.onRoom(function (room) {
    var now = JSON.stringify([room.people, room.odd]);
    if (now === shown) return;
    shown = now;
    var seats = yl.clear(yl.$("#seats"));
    room.people.forEach(function (one) { seats.appendChild(seat(one)); });
    if (!room.people.length) seats.appendChild(yl.el("p", { class: "muted" }, "名单里还没有人。"));
    var list = yl.clear(yl.$("#odd"));
    room.odd.forEach(function (one) { list.appendChild(odd(one)); });
    if (!room.odd.length) list.appendChild(yl.el("li", { class: "muted" }, "没有。"));
  });
})();
