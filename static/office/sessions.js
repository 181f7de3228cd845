// The timetable: date and times of the form become instants of Asia/Shanghai; the hours without the break are shown.
(function () {
  "use strict";

  function instant(day, time) { return day + "T" + time + ":00+08:00"; }

  yl.shapes.session = function (body) {
    var paused = body.pause_from && body.pause_to;
    return {
      segment_id: body.segment_id, venue: body.venue, instructor_id: body.instructor_id,
      starts_at: instant(body.day, body.start), ends_at: instant(body.day, body.end),
      breaks: paused ? [[instant(body.day, body.pause_from), instant(body.day, body.pause_to)]] : []
    };
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

  document.addEventListener("DOMContentLoaded", function () {
    var form = yl.$("form[data-shape=session]");
    if (!form) return;
    var kept = "day." + form.getAttribute("data-class");
    var day = form.elements.day;
    var last = yl.kept(kept);
    if (last && last >= day.min && last <= day.max) day.value = last;
    function show() {
      var e = form.elements;
      var net = seconds(e.start.value, e.end.value) - seconds(e.pause_from.value, e.pause_to.value);
      yl.$("#net").textContent = net > 0 ? "除去休息，上 " + yl.duration(net) : "下课时间要晚于上课时间";
    }
    form.addEventListener("input", show);
    form.addEventListener("submit", function () { yl.keep(kept, day.value); });
    show();
  });
})();
