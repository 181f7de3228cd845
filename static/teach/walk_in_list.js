// 名单外的人 on the page of a session: who was written down, also without network, and 签退 for who goes.
(function () {
  "use strict";

  var yl = window.yl;
  var place = yl.$("#walk-ins-here");
  if (!place) return;

  // Known to the server, then what waits in this phone.
  function people(room) {
    return (room.walk_ins || []).filter(function (one) { return one.state !== "refused"; }).concat(yl.meeting.queued.filter(function (item) { return item.kind === "walk_in"; }).map(function (item) {
      return { id: item.scan_uuid, name: item.name, came_at: item.captured_at, left_at: null, state: "waiting" };
    }));
  }

  function line(one) {
    var out = yl.meeting.queued.filter(function (item) { return item.kind === "walk_in_out" && item.walk_in === one.id; })[0];
    var left = out ? out.captured_at : one.left_at, acts = yl.el("div", { class: "acts" });
    if (!left && one.state !== "counted") acts.appendChild(yl.el("button", { type: "button", class: "button indigo", "aria-label": one.name + "：签退", onclick: function () { yl.walkInOut(yl.meeting.queue, yl.meeting.id, one.id, one.name); } }, "签退"));
    var chip = out ? ["签退待上传", "amber", "upload"] : one.state === "waiting" ? ["登记待上传", "amber", "upload"] : ["已登记", "", "check"];
    return yl.el("div", { class: "seat" }, yl.el("div", { class: "who" }, yl.el("strong", {}, one.name),
      yl.el("span", { class: "chip " + chip[1] }, yl.icon(chip[2]), chip[0]), yl.el("span", { class: "muted" }, " " + yl.clock(one.came_at) + (left ? " – " + yl.clock(left) : " 起"))), acts);
  }

  yl.meeting.onRoom(function (room) {
    var list = people(room), rows = yl.clear(yl.$("#walk-ins-rows"));
    place.hidden = !list.length;
    list.forEach(function (one) { rows.appendChild(line(one)); });
  });
})();
