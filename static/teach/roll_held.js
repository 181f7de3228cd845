// 点名 without a network: the phone draws among those it knows are in the room and keeps the call in the queue; who answers is scanned, or
// marked by hand, and follows in order. Nothing but the queue is kept: a page that was reloaded shows the same call again. One that was
// begun before the network went goes on here in the same way.
(function () {
  "use strict";

  var yl = window.yl;
  var card = yl.$("#roll-held");
  if (!card) return;
  var WITHIN_S = 180;
  var REASON = "点名时在";
  var place = yl.$("#roll-held-people");
  var begun = yl.$("#roll-held-begin");

  // {since, until, drawn} in the server's milliseconds: the last call that waits in this phone, else one that the server knows of.
  function call() {
    var held = yl.meeting.queued.filter(function (item) { return item.kind === "roll_call"; }).pop();
    if (held) return { since: Date.parse(held.captured_at), until: Date.parse(held.captured_at) + held.within_s * 1000, drawn: held.drawn };
    var live = yl.meeting.room ? yl.meeting.room.calling : null;
    if (!live || Date.parse(live.until_at) < yl.serverNow()) return null;
    return { since: Date.parse(live.started_at), until: Date.parse(live.until_at), drawn: live.waiting };
  }

  // The queued scan by which somebody who was drawn has answered.
  function answer(own, since) {
    return yl.meeting.queued.filter(function (item) {
      return item.who === own && item.direction === "in" && item.kind !== "roll_call" && Date.parse(item.captured_at) >= since;
    })[0];
  }

  // Drawn by chance, by the phone's own source of it.
  function drawn(people, count) {
    var dice = new Uint32Array(people.length);
    window.crypto.getRandomValues(dice);
    return people.map(function (one, at) { return { one: one, die: dice[at] }; }).sort(function (a, b) { return a.die - b.die; })
      .slice(0, count).map(function (each) { return each.one; });
  }

  function here() {
    var room = yl.meeting.room;
    return room ? room.people.filter(function (one) {
      return one.state === "present" && !yl.meeting.queued.some(function (item) { return item.who === one.enrolment_id && item.direction === "out"; });
    }) : [];
  }

  function begin() {
    var asked = parseInt(yl.$("#roll-held-count").value, 10), there = here();
    if (!there.length) { yl.toast("断网以前没有人签到，现在不能点名。", "amber"); return; }
    var chosen = drawn(there, asked > 0 ? asked : there.length);
    yl.meeting.queue.add({
      scan_uuid: yl.uuid(), kind: "roll_call", session_id: yl.meeting.id, direction: "in", within_s: WITHIN_S,
      drawn: chosen.map(function (one) { return one.enrolment_id; }), words: "点名 " + chosen.length + " 人"
    });
    yl.say("现在点名。");
  }

  function mark(one) { yl.meeting.send("manual", one.enrolment_id, "in", { reason: REASON, words: one.name, who: one.enrolment_id }); }

  function seat(one, since, left) {
    var said = answer(one.enrolment_id, since), acts = yl.el("div", { class: "acts" });
    var chip = said ? ["在，待上传", "amber", "upload"] : left > 0 ? ["等应答", "amber", "wait"] : ["没有应答", "red", "refused"];
    if (!said && left > 0) acts.appendChild(yl.el("button", { type: "button", class: "button indigo", "aria-label": one.name + "：在", onclick: function () { mark(one); } }, "在"));
    return yl.el("div", { class: "seat" }, yl.el("div", { class: "who" }, yl.el("strong", {}, one.roster_no + ". " + one.name),
      yl.el("span", { class: "chip " + chip[1] }, yl.icon(chip[2]), chip[0])), acts);
  }

  function draw() {
    var now = call();
    card.hidden = !yl.meeting.shell && yl.online();
    yl.clear(place);
    var left = now ? Math.ceil((now.until - yl.serverNow()) / 1000) : 0;
    begun.hidden = left > 0;
    yl.$("#roll-held-left").textContent = !now ? "" : yl.clock(now.since) + " 点名" + (left > 0 ? "，还有 " + left + " 秒" : "，时间到了") + "。应答存在这部手机里，有网自动上传。";
    if (!now || !yl.meeting.room) return;
    var known = {};
    yl.meeting.room.people.forEach(function (one) { known[one.enrolment_id] = one; });
    now.drawn.forEach(function (own) { if (known[own]) place.appendChild(seat(known[own], now.since, left)); });
  }

  yl.$("#roll-held-go").addEventListener("click", begin);
  yl.meeting.onRoom(draw);
  yl.onNetwork(function () { setTimeout(draw, 0); });
  setInterval(function () { if (call() && document.visibilityState === "visible") draw(); }, 1000);
})();
