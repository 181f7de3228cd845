// 名单: who is missing first; call them, mark them by hand with a reason; what was refused or waits.
(function () {
  "use strict";

  var yl = window.yl;
  var STATES = {
    missing: ["没有签到", "", "minus"], present: ["在场", "indigo", "check"], left: ["已签退", "indigo", "done"]
  };
  var METHODS = { card: "扫个人码", room: "扫大屏", spoken: "口令", manual: "手工" };
  var REASONS = ["手机没电或坏了", "没有带手机", "码扫不出来", "不会用手机"];
  var MARGIN_MS = 10000;
  var FORGOT = { in: "忘了签到", out: "忘了签退" };

  // After the close a mark by hand names its time and waits for the base administrator.
  function timeField(direction) {
    if (yl.meeting.open) return null;
    var room = yl.meeting.room.session;
    var closed = room.closed_at ? Date.parse(room.closed_at) : yl.meeting.ends;
    // A little before the close: what says to be later than it is refused, and the way to the server takes time.
    var usual = direction === "in" ? yl.meeting.starts : Math.min(yl.meeting.ends, closed - MARGIN_MS);
    return yl.el("input", { class: "input", type: "time", value: yl.clock(usual), required: true, "data-usual": usual });
  }

  // Undefined: now, as the queue says it.
  function momentOf(field) {
    if (!field || !field.value) return undefined;
    var usual = parseInt(field.getAttribute("data-usual"), 10);
    if (field.value === yl.clock(usual)) return new Date(usual).toISOString();
    var parts = field.value.split(":");
    var midnight = Math.floor((yl.meeting.starts + 8 * 3600000) / 86400000) * 86400000 - 8 * 3600000;
    return new Date(midnight + (parseInt(parts[0], 10) * 60 + parseInt(parts[1], 10)) * 60000).toISOString();
  }

  // What became of a mark after the close, where the instructor is: the scanning page is not seen then.
  function told(one, uuid) {
    function its(item) { return item.scan_uuid === uuid; }
    var refused = yl.meeting.queue.refusals.items().filter(its)[0];
    if (refused) yl.dialog({ title: one.name + "：" + refused.title, text: refused.sentence + refused.todo });
    else yl.toast(one.name + (yl.meeting.queue.items().some(its) ? "：已存在手机里，有网自动上传。" : "：已报给基地管理员核对。"));
  }

  function byHand(one, direction, again) {
    var chosen = "";
    var time = timeField(direction);
    var verb = (time ? "补" : "") + (direction === "in" ? "签到" : "签退");
    var other = yl.el("input", { class: "input", maxlength: "60", placeholder: "别的原因" });
    var list = yl.el("div", { class: "reasons" });
    (time ? [FORGOT[direction]].concat(REASONS) : REASONS).forEach(function (reason) {
      var button = yl.el("button", { type: "button", class: "button", "aria-pressed": "false", onclick: function () {
        chosen = reason;
        yl.all("button", list).forEach(function (each) { each.classList.remove("main"); each.setAttribute("aria-pressed", "false"); });
        button.classList.add("main");
        button.setAttribute("aria-pressed", "true");
      } }, reason);
      list.appendChild(button);
    });
    list.appendChild(other);
    if (time) list.insertBefore(yl.el("label", { class: "field" }, yl.el("span", { class: "label" }, direction === "in" ? "几点到的" : "几点走的"), time), list.firstChild);
    yl.dialog({
      title: one.name + "：" + (time ? verb : "手工" + verb),
      body: yl.el("div", { class: "stack-1" }, yl.el("p", {}, time ? "下课以后补的，要基地管理员核对后才计入。" : "为什么不扫码？选一个原因。审核时会单独看。"),
        again ? yl.el("p", { class: "note amber", role: "alert" }, yl.icon("warn"), yl.el("span", {}, "还没有选原因。")) : null, list),
      acts: [{ text: verb, value: true, tone: "indigo" }, { text: "不用了", value: false, tone: "indigo" }]
    }).then(function (yes) {
      if (!yes) return;
      var reason = other.value.trim() || chosen;
      if (!reason) { byHand(one, direction, true); return; }
      var uuid = yl.uuid();
      yl.meeting.send("manual", one.enrolment_id, direction, { scan_uuid: uuid, reason: reason, words: one.name, who: one.enrolment_id, captured_at: momentOf(time) }).then(function () {
        if (time) told(one, uuid);
      });
    });
  }

  function times(one) {
    if (!one.in_at) return "";
    return yl.clock(one.in_at) + (one.out_at ? " – " + yl.clock(one.out_at) + (one.out_assumed ? "（按规定算到）" : "") : " 起") + " · " + (METHODS[one.method] || "");
  }

  // Nobody signed them out; after the close the policy says up to when they count.
  function unsigned(one) { return one.state === "present" || one.out_assumed; }

  function seat(one) {
    var closed = yl.meeting.room.session.state === "closed";
    var look = closed && unsigned(one) ? ["没有签退", "amber", "wait"] : STATES[one.state];
    var queued = yl.meeting.queued.filter(function (item) { return item.who === one.enrolment_id; }).pop();
    if (queued) look = [(queued.direction === "out" ? "签退" : one.state === "present" ? "应答" : "签到") + "待上传", "amber", "upload"];
    var acts = yl.el("div", { class: "acts" });
    if (one.state === "missing" && one.phone) {
      acts.appendChild(yl.el("a", { class: "button", href: "tel:" + one.phone, "aria-label": "给" + one.name + "打电话" }, "电话"));
    }
    if ((yl.meeting.open || closed) && (one.state !== "left" || one.out_assumed)) {
      var way = one.state === "missing" ? "in" : "out";
      acts.appendChild(yl.el("button", { type: "button", class: "button indigo", onclick: function () { byHand(one, way); } }, (closed ? "补" : "") + (way === "in" ? "签到" : "签退")));
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

  // While it is open who is missing comes first; after the close, who did not sign out.
  function inOrder(room) {
    if (room.session.state !== "closed") return room.people;
    return room.people.filter(unsigned).concat(room.people.filter(function (one) { return !unsigned(one); }));
  }

  var shown = "";
  yl.meeting.onRoom(function (room) {
    var now = JSON.stringify([room.people, room.odd, yl.meeting.queued.map(function (item) { return item.scan_uuid; })]);
    if (now === shown) return;
    shown = now;
    var seats = yl.clear(yl.$("#seats"));
    inOrder(room).forEach(function (one) { seats.appendChild(seat(one)); });
    if (!room.people.length) seats.appendChild(yl.el("p", { class: "muted" }, "名单里还没有人。"));
    var list = yl.clear(yl.$("#odd"));
    room.odd.forEach(function (one) { list.appendChild(odd(one)); });
    if (!room.odd.length) list.appendChild(yl.el("li", { class: "muted" }, "没有。"));
  });
})();
