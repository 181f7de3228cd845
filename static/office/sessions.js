// The timetable: date and times of the form become instants of Asia/Shanghai; the hours without the break, days off
// and a room too small are said while one still types.
(function () {
  "use strict";

  function instant(day, time) { return day + "T" + time + ":00+08:00"; }

  function place(body) { return body.venue_id ? { venue_id: body.venue_id } : { venue: body.venue }; }

  yl.shapes.session = function (body) {
    var paused = body.pause_from && body.pause_to;
    return Object.assign(place(body), {
      segment_id: body.segment_id, instructor_id: body.instructor_id,
      starts_at: instant(body.day, body.start), ends_at: instant(body.day, body.end),
      breaks: paused ? [[instant(body.day, body.pause_from), instant(body.day, body.pause_to)]] : []
    }, body.makes_up_session_id ? { makes_up_session_id: body.makes_up_session_id } : {});
  };

  yl.shapes.move = function (body) {
    var planned = yl.shapes.session(body);
    delete planned.segment_id;
    return planned;
  };

  function seconds(from, to) {
    if (!from || !to) return 0;
    var a = from.split(":"), b = to.split(":");
    return ((b[0] - a[0]) * 60 + (b[1] - a[1])) * 60;
  }

  // What the server told of the days of this class, and the places of the room that is chosen.
  function worth(form) {
    var e = form.elements, said = [];
    var days = JSON.parse(form.getAttribute("data-days") || "{}");
    if (e.day) said = said.concat(days[e.day.value] || []);
    var room = e.venue_id.options[e.venue_id.selectedIndex];
    var places = Number(room && room.getAttribute("data-places")), expected = Number(form.getAttribute("data-expected"));
    if (places && expected > places) said.push("这间教室有 " + places + " 个座位，这个班有 " + expected + " 人。");
    return said;
  }

  function watch(form) {
    var fresh = yl.$("[data-new-venue]", form), e = form.elements;
    function show() {
      var chosen = e.venue_id.value !== "";
      fresh.hidden = chosen;
      e.venue.disabled = chosen;
      e.venue.required = !chosen;
      var net = seconds(e.start.value, e.end.value) - seconds(e.pause_from.value, e.pause_to.value);
      yl.$("[data-net]", form).textContent = net > 0 ? "除去休息，上 " + yl.duration(net) : "下课时间要晚于上课时间";
      var notes = yl.$("[data-notes]", form);
      notes.textContent = "";
      worth(form).forEach(function (text) { notes.appendChild(yl.el("p", { class: "note amber" }, text)); });
    }
    form.addEventListener("input", show);
    form.addEventListener("change", show);
    show();
    window.setTimeout(show, 0);
  }

  document.addEventListener("DOMContentLoaded", function () {
    var form = yl.$("form[data-shape=session]");
    if (form) {
      var kept = "day." + form.getAttribute("data-class");
      var day = form.elements.day, last = yl.kept(kept);
      if (last && last >= day.min && last <= day.max) day.value = last;
      form.addEventListener("submit", function () { yl.keep(kept, day.value); });
    }
    yl.all("form").forEach(function (one) { if (yl.$("[data-new-venue]", one)) watch(one); });
  });
})();
