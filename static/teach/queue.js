// Scans, who came without standing on the roster and when they left, and roll calls held without network, on their way: kept in the phone until the server has answered each one, sent again in order. And what was refused:
// kept until the instructor has ticked it off.
(function () {
  "use strict";

  var yl = window.yl;
  var AT_ONCE = 100;
  var QUEUE = "scans.";
  var REFUSED = "refused.";
  var FACES = "faces.";
  // Refusals that take nothing away: the first scan counts. Listed only where nobody saw the answer.
  var HARMLESS = ["attendance.already_in", "attendance.already_out"];
  var SEEN_MS = 10000;

  // What one in the queue is, in a word.
  yl.queuedVerb = function (item) {
    return { walk_in: "登记", roll_call: "点名" }[item.kind] || (item.direction === "in" ? "签到" : "签退");
  };

  // ---- what was refused --------------------------------------------------------------------------------------

  // yl.refusals(sessionId) -> {items(), add(item, answer), tick(scan_uuid), onChange(tell)}; ticked off by a person only.
  yl.refusals = function (sessionId) {
    var name = REFUSED + sessionId;
    var listeners = [], resend = null;
    function items() { return yl.kept(name) || []; }
    function save(list) {
      if (!yl.keep(name, list.length ? list : null)) yl.toast("手机存不下了，请先不要关掉这个页面。", "red");
      listeners.forEach(function (tell) { tell(list); });
    }
    return {
      items: items,
      // `after`: what waited for this one and goes with it when it is sent once more.
      add: function (item, answer, after) {
        var seen = yl.serverNow() - Date.parse(item.captured_at) < SEEN_MS;
        if (answer.outcome !== "refused" || (seen && HARMLESS.indexOf(answer.code) >= 0)) return;
        // Who is surely not the one of that name goes once more, when a person says so.
        var again = answer.code === "walk_in.same_name" ? Object.assign({}, item, { another: true }) : undefined;
        save(items().filter(function (one) { return one.scan_uuid !== item.scan_uuid; }).concat({
          scan_uuid: item.scan_uuid, direction: item.direction, at: item.captured_at, name: answer.person ? answer.person.name : item.words || "",
          kind: item.kind, title: answer.title, sentence: answer.sentence, todo: answer.todo || "", again: again, after: again ? after : undefined
        }));
      },
      tick: function (uuid) {
        save(items().filter(function (one) { return one.scan_uuid !== uuid; }));
        if (yl.walkIns) yl.walkIns.photos.drop(uuid);
      },
      again: function (uuid) {
        var meant = items().filter(function (one) { return one.scan_uuid === uuid && one.again; })[0];
        if (!meant || !resend) return;
        save(items().filter(function (one) { return one.scan_uuid !== uuid; }));
        resend([meant.again].concat(meant.after || []));
      },
      onAgain: function (tell) { resend = tell; },
      onChange: function (tell) { listeners.push(tell); tell(items()); }
    };
  };

  // Add the list as people read it.
  yl.drawRefusals = function (list, refusals) {
    refusals.items().forEach(function (one) {
      list.appendChild(yl.el("li", {}, yl.el("span", { class: "what" }, yl.el("strong", {}, one.name || "不认识的码"), " " + yl.clock(one.at) + " " + yl.queuedVerb(one) + "：" + one.title + "。" + one.sentence + one.todo),
        one.again ? yl.el("button", { type: "button", class: "button indigo", onclick: function () { refusals.again(one.scan_uuid); } }, "不是同一个人") : null,
        yl.el("button", { type: "button", class: "button", "aria-label": (one.name || "不认识的码") + "：处理好了", onclick: function () { refusals.tick(one.scan_uuid); } }, yl.icon("check"), "处理好了")));
    });
  };

  // The sessions of which this phone still holds something.
  yl.heldSessions = function () {
    var found = {};
    [QUEUE, REFUSED, FACES].forEach(function (prefix) {
      yl.keptNames(prefix).forEach(function (name) { found[name.slice(prefix.length)] = true; });
    });
    return Object.keys(found);
  };

  // ---- what waits --------------------------------------------------------------------------------------------

  // yl.scanQueue(sessionId, {by, holds, onAnswer(item, answer), onChange(items)}) -> {add, flush, items, failing, others}.
  // `by`: who is signed in; what another person scanned on this phone waits for that person. `holds`: a page that cannot send.
  // `path`: where a helping phone sends, which never signs in.
  yl.scanQueue = function (sessionId, told) {
    var name = QUEUE + sessionId;
    var items = yl.kept(name) || [];
    var refusals = yl.refusals(sessionId);
    var sending = false, failed = false, tries = 0, timer = 0;

    function mine(item) { return !item.by || !told.by || item.by === told.by; }
    function own() { return items.filter(mine); }

    function save() {
      if (!yl.keep(name, items.length ? items : null)) yl.toast("手机存不下了，请先不要关掉这个页面。", "red");
      told.onChange(own());
    }

    function later(problem) {
      clearTimeout(timer);
      timer = setTimeout(flush, yl.backOffMs(tries, problem));
      tries += 1;
    }

    function settle(answers) {
      var byUuid = {};
      answers.forEach(function (answer) { byUuid[answer.scan_uuid] = answer; });
      var done = items.filter(function (item) { return byUuid[item.scan_uuid]; });
      items = items.filter(function (item) { return !byUuid[item.scan_uuid]; });
      done.forEach(function (item) { refusals.add(item, byUuid[item.scan_uuid], following(item, byUuid[item.scan_uuid])); });
      save();
      done.forEach(function (item) { if (item.photo && byUuid[item.scan_uuid].outcome !== "refused") yl.walkIns.photos.drop(item.scan_uuid); });
      done.forEach(function (item) { told.onAnswer(item, byUuid[item.scan_uuid]); });
    }

    // The sign-outs that wait for a walk-in: they learn its id, or wait beside it for somebody's word that it is another person.
    function following(item, answer) {
      if (item.kind !== "walk_in") return [];
      var outs = items.filter(function (one) { return one.kind === "walk_in_out" && one.walk_in === item.scan_uuid; });
      if (answer.walk_in_id) outs.forEach(function (one) { one.walk_in = answer.walk_in_id; });
      if (answer.code !== "walk_in.same_name") return [];
      items = items.filter(function (one) { return outs.indexOf(one) < 0; });
      return outs;
    }

    // The moment of a scan stands by the phone's clock until it is first sent, then by the server's as this page knows it,
    // and is the same each time after: what was scanned before a reload is as right as what was scanned after it.
    function fix(part) {
      var ahead = yl.serverNow() - Date.now();
      part.forEach(function (item) {
        if (item.phone_ms === undefined) return;
        item.captured_at = new Date(item.phone_ms + ahead).toISOString();
        delete item.phone_ms;
      });
      yl.keep(name, items);
    }

    function body(part) {
      fix(part);
      var sent = new Date(yl.serverNow()).toISOString();
      return { scans: part.map(function (item) {
        var copy = Object.assign({}, item, { sent_at: sent });
        delete copy.words;
        delete copy.who;
        delete copy.by;
        return copy;
      }) };
    }

    // One that is not as the server takes it must not hold up the rest: then each goes alone, in order.
    function send(part) {
      return yl.api("POST", told.path || "/api/v1/scans", body(part), { timeoutMs: 8000, stay: !!told.path }).then(function (answer) { settle(answer.items); }, function (problem) {
        if (problem.status !== 422 && problem.status !== 413) throw problem;
        if (part.length > 1) return part.reduce(function (before, item) { return before.then(function () { return send([item]); }); }, Promise.resolve());
        settle([refusal(part[0], problem)]);
        return null;
      });
    }

    function refusal(item, problem) {
      return { scan_uuid: item.scan_uuid, outcome: "refused", code: problem.code, title: problem.title, sentence: problem.sentence, todo: problem.todo, facts: {}, person: null };
    }

    function sendAlone(item) {
      fix([item]);
      return yl.sendsAlone[item.kind](sessionId, item).then(function (answer) { settle([answer]); }, function (problem) {
        if (!yl.walkIns.isFinal(problem)) throw problem;
        settle([refusal(item, problem)]);
      });
    }

    // The first of those that wait, as many as go in one call: scans together, all else alone.
    function sendNext() {
      var waits = own();
      function goesAlone(item) { return yl.sendsAlone !== undefined && item.kind in yl.sendsAlone; }
      if (goesAlone(waits[0])) return sendAlone(waits[0]);
      var until = waits.findIndex(goesAlone);
      return send(waits.slice(0, until < 0 ? AT_ONCE : Math.min(until, AT_ONCE)));
    }

    function flush() {
      if (told.holds || sending || !own().length) return Promise.resolve();
      sending = true;
      return sendNext().then(function () {
        sending = failed = false;
        tries = 0;
        return flush();
      }, function (problem) {
        sending = false;
        failed = true;
        told.onChange(own());
        later(problem);
      });
    }

    refusals.onAgain(function (again) { items = items.concat(again); save(); flush(); });
    yl.onNetwork(function (there) { if (there) { tries = 0; flush(); } });
    setTimeout(function () { told.onChange(own()); flush(); }, 0);

    return {
      items: own,
      others: function () { return items.length - own().length; },
      refusals: refusals,
      flush: flush,
      failing: function () { return failed; },
      add: function (item) {
        var now = item.captured_at ? {} : { phone_ms: Date.now(), captured_at: new Date(yl.serverNow()).toISOString() };
        items.push(Object.assign({ by: told.by || undefined }, item, now));
        save();
        return flush();
      }
    };
  };
})();
