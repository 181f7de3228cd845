// One session: the tabs, who is in the room, opening and closing. Shares `yl.meeting` with the scripts of its tabs.
// Without a network the page is a shell that the service worker kept, filled with what the phone holds (hall.js).
(function () {
  "use strict";

  var yl = window.yl;
  var root = yl.$("#session");
  var shell = root.hasAttribute("data-shell");
  var id = shell ? window.location.pathname.split("/").pop() : root.getAttribute("data-id");
  var state = root.getAttribute("data-state");
  var held = shell ? yl.hall.read(id) : null;
  var listeners = { room: [], tab: [] };

  // Until the first code is fetched the time in the page tells how far the phone's clock is off.
  var told = shell ? Date.now() + (held ? held.ahead : 0) : parseInt(root.getAttribute("data-now"), 10);
  yl.setServerTime(new Date(told).toISOString(), Date.now());

  yl.meeting = {
    id: id,
    by: held ? held.by : root.getAttribute("data-by") || "",
    shell: shell,
    open: state === "open",
    starts: held ? Date.parse(held.starts_at) : parseInt(root.getAttribute("data-starts"), 10),
    ends: held ? Date.parse(held.ends_at) : parseInt(root.getAttribute("data-ends"), 10),
    room: null,
    queued: [],
    show: show,
    personOf: personOf,
    redraw: function () { if (yl.meeting.room) listeners.room.forEach(function (tell) { tell(yl.meeting.room); }); },
    onRoom: function (tell) { listeners.room.push(tell); },
    onTab: function (tell) { listeners.tab.push(tell); },
    refresh: refresh
  };

  // ---- tabs --------------------------------------------------------------------------------------------------

  function show(name) {
    yl.all(".panel").forEach(function (panel) { panel.hidden = panel.id !== "panel-" + name; });
    yl.all("[data-tab]").forEach(function (tab) { tab.setAttribute("aria-selected", String(tab.getAttribute("data-tab") === name)); });
    root.classList.toggle("brief", name === "scan");
    window.history.replaceState(null, "", "#" + name);
    listeners.tab.forEach(function (tell) { tell(name); });
    window.scrollTo(0, 0);
  }
  yl.all("[data-tab]").forEach(function (tab) {
    tab.addEventListener("click", function () { show(tab.getAttribute("data-tab")); });
  });

  // A link or the way back that names another tab on this same page.
  var TABS = ["screen", "scan", "roster"];
  window.addEventListener("hashchange", function () {
    var asked = window.location.hash.slice(1);
    var there = !shell || held;
    if (there && TABS.indexOf(asked) >= 0 && yl.$("#panel-" + asked).hidden) show(asked);
  });

  // ---- who is in the room ------------------------------------------------------------------------------------

  var known = {};

  // Whose personal code this is, as far as the phone knows the roster.
  function personOf(text) {
    var number = yl.hall.numberOf(text);
    var room = yl.meeting.room;
    return number && room ? room.people.filter(function (one) { return one.card === number; })[0] || null : null;
  }

  function take(room) {
    yl.meeting.room = room;
    count(room);
    listeners.room.forEach(function (tell) { tell(room); });
  }

  function refresh() {
    if (shell) return Promise.resolve();
    return yl.api("GET", "/api/v1/sessions/" + id + "/people", null, { retries: 0 }).then(function (room) {
      yl.hall.keep(room, yl.meeting.by);
      if (room.session.state !== state) { window.location.reload(); return; }
      arrived(room.people);
      take(room);
    }).catch(function (problem) {
      if (problem.offline && !yl.meeting.room && yl.hall.read(id)) take(yl.hall.room(id, yl.hall.read(id)));
      if (!problem.offline && problem.status !== 401) yl.toast(problem.sentence, "amber");
    });
  }

  function count(room) {
    var told = { present: "present", "roster-present": "present", "roster-came": "came", "roster-expected": "expected" };
    Object.keys(told).forEach(function (name) { if (yl.$("#" + name)) yl.$("#" + name).textContent = room.session[told[name]]; });
  }

  function arrived(people) {
    var place = yl.$("#arrived");
    var first = Object.keys(known).length === 0;
    people.filter(function (one) { return one.state === "present" && known[one.enrolment_id] !== one.in_at; }).forEach(function (one) {
      known[one.enrolment_id] = one.in_at;
      if (first || !place) return;
      place.insertBefore(yl.el("span", { class: "chip indigo" }, yl.icon("check"), one.name), place.firstChild);
      while (place.children.length > 8) place.lastChild.remove();
    });
    known.started = true;
  }

  // ---- opening ----------------------------------------------------------------------------------------------

  if (yl.$("#open")) {
    yl.$("#open").addEventListener("click", function () {
      this.disabled = true;
      var button = this;
      yl.api("POST", "/api/v1/sessions/" + id + "/open", {}, { retries: 2 }).then(function () { window.location.reload(); }).catch(function (problem) {
        button.disabled = false;
        yl.showProblem(problem);
      });
    });
  }

  // ---- begin -------------------------------------------------------------------------------------------------

  // The real page comes back by itself as soon as the server answers again; what waits in the phone goes with it.
  function whenBack() {
    if (yl.$(".dialog") || yl.$("#closing:not([hidden])")) return;
    fetch("/healthz", { cache: "no-store", credentials: "omit" }).then(function (answer) { if (answer.ok) window.location.reload(); }, function () { return null; });
  }

  function beginShell() {
    yl.$("#hall-nothing").hidden = !!held;
    if (!held) { yl.all(".tabs").forEach(function (tabs) { tabs.hidden = true; }); yl.all(".panel").forEach(function (panel) { panel.hidden = true; }); }
    else {
      yl.$("#hall-class").textContent = held.class_name;
      yl.$("#hall-when").textContent = yl.clock(held.starts_at) + " – " + yl.clock(held.ends_at);
      yl.$("#hall-what").textContent = held.segment_title + " · " + held.venue;
      show(window.location.hash.slice(1) === "roster" ? "roster" : "scan");
      take(yl.hall.room(id, held));
      yl.awake();
    }
    window.addEventListener("online", whenBack);
    setInterval(whenBack, 5000);
  }

  document.addEventListener("DOMContentLoaded", function () {
    if (shell) { beginShell(); return; }
    var asked = window.location.hash.slice(1);
    if (state === "closed" && !asked) asked = "roster";
    show(TABS.indexOf(asked) >= 0 ? asked : "screen");
    refresh();
    if (window.location.search.indexOf("bound=1") >= 0) yl.toast("电脑大屏已经配上。");
    if (!yl.meeting.open) return;
    yl.awake();
    setInterval(function () { if (document.visibilityState === "visible") refresh(); }, 4000);
  });
})();
