/* The first page: add a phone; switch faults, watch the calls, send a push. */
(function () {
  "use strict";
  var sim = window.sim, open = sim.$("#bad-day");
  var TIMES = [["一次", 1], ["一直", -1]];

  sim.$("#add").addEventListener("submit", function (event) {
    event.preventDefault();
    sim.ask("/sim/phones", { name: sim.$("#name").value }).then(function (made) { window.location.href = "/phone/" + made.id; }, function () {});
  });

  function set(name, times) {
    var body = {};
    body[name] = times;
    sim.ask("/sim/faults", body).then(refresh, function () {});
  }

  function faultRow(name, fault) {
    var buttons = sim.make("td");
    TIMES.forEach(function (one) {
      var on = fault.times === one[1];
      var button = sim.make("button", { type: "button", "aria-pressed": String(on) }, one[0]);
      button.addEventListener("click", function () { set(name, on ? 0 : one[1]); });
      buttons.append(button);
    });
    var left = fault.times === -1 ? "一直" : fault.times ? fault.times + " 次" : "—";
    return sim.make("tr", {}, sim.make("td", {}, fault.title), sim.make("td", {}, left), sim.make("td", {}, String(fault.struck)), buttons);
  }

  function pushRow(push, names) {
    var tries = push.deliveries.map(function (one) {
      return (one.status ? one.status + "，" : "没有回答，") + one.seconds + " 秒" + (one.lost ? "（当作丢了）" : "");
    });
    return sim.make("tr", {}, sim.make("td", {}, push.name), sim.make("td", {}, names[push.user] || ""), sim.make("td", {}, tries.join("；") || "在路上"));
  }

  function show(state) {
    var names = {}, calls = Object.keys(state.calls).sort();
    state.users.forEach(function (user) { names[user.id] = user.name; });
    sim.$("#faults tbody").replaceChildren.apply(sim.$("#faults tbody"), Object.keys(state.faults).map(function (name) { return faultRow(name, state.faults[name]); }));
    sim.$("#calls tbody").replaceChildren.apply(sim.$("#calls tbody"), calls.map(function (path) {
      return sim.make("tr", {}, sim.make("td", {}, sim.make("code", {}, path)), sim.make("td", {}, String(state.calls[path])));
    }));
    sim.$("#no-calls").hidden = calls.length > 0;
    sim.$("#pushes tbody").replaceChildren.apply(sim.$("#pushes tbody"), state.pushes.slice(-12).reverse().map(function (push) { return pushRow(push, names); }));
  }

  function refresh() { return sim.ask("/sim/state").then(show, function () {}); }

  sim.$("#clear").addEventListener("click", function () { sim.ask("/sim/faults", { clear: true }).then(refresh, function () {}); });
  sim.$("#push").addEventListener("submit", function (event) {
    event.preventDefault();
    var form = event.target, fields = form.key.value ? { EventKey: form.key.value } : {};
    sim.$("#pushed").textContent = "正在送……";
    sim.ask("/sim/push", { user: form.user.value, event: form.event.value, fields: fields }).then(function (told) {
      var reply = told.reply && told.reply.Content;
      sim.$("#pushed").textContent = "送了 " + told.deliveries.length + " 次。" + (reply ? "回复：" + reply.replace(/<[^>]*>/g, "") : "没有要显示的回复。");
      refresh();
    }, function () { sim.$("#pushed").textContent = ""; });
  });
  open.addEventListener("toggle", function () { if (open.open) { refresh(); } });
  window.setInterval(function () { if (open.open && !document.hidden) { refresh(); } }, 2000);
})();
