// The window of a class in the instructor's hand: the code, the time it still has, and one big yes or no per claim.
(function () {
  "use strict";
  var yl = window.yl;
  var desk = yl.$("#desk");
  if (!desk) return;
  var address = "/api/v1/classes/" + desk.getAttribute("data-class") + "/binding-window";
  var drawn = "", listed = "", seen = {}, until = 0, tries = 0, timer = null, first = true;
  var SAID = { confirmed: "绑好了", shared: "等基地同意共用", refused: "不是本人", lost: "确认给了别人" };

  function show(found) {
    var open = found.state === "open";
    yl.$("#shut").hidden = open;
    yl.$("#shown").hidden = !open;
    yl.$("#bound").textContent = found.bound;
    yl.$("#expected").textContent = found.expected;
    until = open ? Date.now() + found.left_s * 1000 : 0;
    if (open && drawn !== found.url) { yl.symbol(yl.$("#code"), found, "绑定码，请学员用微信扫"); drawn = found.url; }
    // Drawn anew only when something changed: a button under the thumb must not be taken away.
    var now = JSON.stringify([open, found.claims]);
    if (now !== listed) { claims(found.claims, open); listed = now; }
    first = false;
    tick();
  }

  function claims(all, open) {
    var waiting = open ? all.filter(function (one) { return one.state === "waiting"; }) : [];
    var past = all.filter(function (one) { return one.state !== "waiting"; });
    var list = yl.clear(yl.$("#claims"));
    waiting.forEach(function (one) {
      list.appendChild(ask(one));
      if (!seen[one.id] && !first) { yl.buzz(); yl.announce(one.name + "请您确认"); }
      seen[one.id] = true;
    });
    desk.classList.toggle("asked", waiting.length > 0);
    yl.$("#nobody").hidden = waiting.length > 0 || !open;
    var done = yl.clear(yl.$("#past"));
    past.forEach(function (one) {
      done.appendChild(yl.el("li", {}, yl.el("strong", {}, one.name), "　" + SAID[one.state] + "，" + yl.clock(one.made_at)));
    });
    yl.$("#past-part").hidden = !past.length;
  }

  function ask(one) {
    var more = [yl.clock(one.made_at)];
    if (one.roster_no) more.push("名单第 " + one.roster_no + " 号");
    return yl.el("li", { class: "ask", "data-claim": one.id },
      one.photo ? yl.el("img", { class: "face", src: one.photo, alt: one.name + "的照片" }) : null,
      yl.el("p", { class: "who" }, one.name),
      yl.el("p", {}, more.join("，")),
      one.wrong_tries ? yl.el("p", {}, yl.icon("warn"), "输错过 " + one.wrong_tries + " 次，请看清是不是本人。") : null,
      one.rivals ? yl.el("p", {}, yl.icon("warn"), "还有 " + one.rivals + " 个微信也说是这个人，请看清楚再确认。") : null,
      one.holder ? yl.el("p", {}, yl.icon("people"), "这个微信现在是" + one.holder + "在用。确认以后，还要基地同意两个人共用。") : null,
      yl.el("div", { class: "yesno" },
        yl.el("button", { type: "button", class: "big", onclick: function () { decide(one, true); } }, yl.icon("check"), "确认"),
        yl.el("button", { type: "button", class: "big plain red", onclick: function () { decide(one, false); } }, "不是")));
  }

  function decide(one, accept) {
    yl.all("[data-claim='" + one.id + "'] button").forEach(function (button) { button.disabled = true; });
    yl.api("POST", "/api/v1/binding-claims/" + one.id + "/decision", { accept: accept }, { retries: 2 }).then(function (found) {
      if (accept) yl.toast(one.name + (found.state === "shared" ? "：等基地同意共用" : "绑好了"));
      refresh();
    }).catch(function (problem) { yl.showProblem(problem); listed = ""; refresh(); });
  }

  function tick() {
    var left = Math.max(0, Math.round((until - Date.now()) / 1000));
    yl.$("#left").textContent = yl.mmss(left);
    if (until && !left) { until = 0; refresh(); }
  }

  function refresh() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 30000);
    if (document.hidden) return;
    yl.api("GET", address).then(function (found) { tries = 0; show(found); later(2000); })
      .catch(function (problem) { tries += 1; later(yl.backOffMs(tries, problem)); });
  }
  function later(ms) { clearTimeout(timer); timer = setTimeout(refresh, ms); }

  function act(path, button) {
    button.disabled = true;
    yl.api("POST", address + path, {}).then(show).catch(yl.showProblem).then(function () { button.disabled = false; });
  }
  yl.$("#open").addEventListener("click", function () { act("", this); });
  yl.$("#longer").addEventListener("click", function () { act("", this); });
  yl.$("#close").addEventListener("click", function () { act("/close", this); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) refresh(); });
  window.addEventListener("resize", function () { drawn = ""; });
  setInterval(tick, 1000);
  yl.awake();
  refresh();
})();
