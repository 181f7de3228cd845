// What the phone holds of an open session so that it goes on without a network: names and the numbers that cards carry in
// clear, of whom there is no photo, and the names of those who are not on the roster. No phone number, no ID number, no photo, and nothing from which a code could be made. Gone when the session is closed.
(function () {
  "use strict";

  var yl = window.yl;
  var PREFIX = "hall.";
  var SHELL = "/teach/hall";
  var KEPT_MS = 12 * 3600000;
  var BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  function drop(id) { yl.keep(PREFIX + id, null); }

  yl.hall = {
    drop: drop,
    read: function (id) { return yl.kept(PREFIX + id); },

    keep: function (room, by) {
      var session = room.session;
      if (session.state !== "open") { drop(session.id); return; }
      yl.keep(PREFIX + session.id, {
        by: by, ahead: yl.serverNow() - Date.now(), class_name: session.class_name, segment_title: session.segment_title, venue: session.venue,
        starts_at: session.starts_at, ends_at: session.ends_at,
        people: room.people.map(function (one) {
          return { enrolment_id: one.enrolment_id, roster_no: one.roster_no, name: one.name, card: one.card, state: one.state, in_at: one.in_at, out_at: one.out_at, method: one.method, on_leave: one.on_leave, first_photo: one.first_photo };
        }),
        calling: room.calling,
        walk_ins: (room.walk_ins || []).map(function (one) { return { id: one.id, name: one.name, state: one.state, came_at: one.came_at, left_at: one.left_at }; })
      });
    },

    // The room as the API tells it, from what is held.
    room: function (id, hall) {
      function in_(state) { return hall.people.filter(function (one) { return one.state === state; }).length; }
      return {
        session: {
          id: id, state: "open", class_name: hall.class_name, segment_title: hall.segment_title, venue: hall.venue, starts_at: hall.starts_at,
          ends_at: hall.ends_at, closed_at: null, expected: hall.people.length, present: in_("present"), came: in_("present") + in_("left")
        },
        people: hall.people, walk_ins: hall.walk_ins || [], calling: hall.calling || null, odd: []
      };
    },

    // Rosters of sessions that are long over; what is not sent yet stays.
    sweep: function () {
      yl.keptNames(PREFIX).forEach(function (name) {
        var hall = yl.kept(name);
        if (!hall || !(Date.parse(hall.ends_at) + KEPT_MS > Date.now())) yl.keep(name, null);
      });
    },

    // The number that a personal code carries in clear, or null.
    numberOf: function (text) {
      if (!/^YL1\.[A-Z2-7]{26}$/.test(text)) return null;
      var bits = text.slice(4, 11).split("").reduce(function (sum, letter) { return sum * 32 + BASE32.indexOf(letter); }, 0);
      return Math.floor(bits / 8);
    }
  };

  yl.hall.sweep();
  // The page itself is kept by the service worker where there is one: nobody's page, which this phone fills.
  var root = yl.$("#session");
  if (root && !root.hasAttribute("data-shell") && root.getAttribute("data-state") === "open") window.addEventListener("load", function () { yl.keepPage(SHELL); });
})();
