// Scans on their way: kept in the phone until the server has answered each one, sent again in order.
(function () {
  "use strict";

  var yl = window.yl;
  var AT_ONCE = 100;

  // yl.scanQueue(sessionId, {onAnswer(item, answer), onChange(items)}) -> {add, flush, items}
  yl.scanQueue = function (sessionId, told) {
    var name = "scans." + sessionId;
    var items = yl.kept(name) || [];
    var sending = false;
    var tries = 0;
    var timer = 0;

    function save() {
      if (!yl.keep(name, items.length ? items : null)) yl.toast("手机存不下了，请先不要关掉这个页面。", "red");
      told.onChange(items);
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
      save();
      done.forEach(function (item) { told.onAnswer(item, byUuid[item.scan_uuid]); });
    }

    function body(part) {
      var sent = new Date(yl.serverNow()).toISOString();
      return { scans: part.map(function (item) { var copy = Object.assign({}, item); delete copy.words; copy.sent_at = sent; return copy; }) };
    }

    function flush() {
      if (sending || !items.length) return Promise.resolve();
      sending = true;
      var part = items.slice(0, AT_ONCE);
      return yl.api("POST", "/api/v1/scans", body(part), { timeoutMs: 8000 }).then(function (answer) {
        sending = false;
        tries = 0;
        settle(answer.items);
        return flush();
      }).catch(function (problem) {
        sending = false;
        told.onChange(items);
        if (problem.status === 422) { told.onRefusedWhole(part, problem); return; }
        later(problem);
      });
    }

    yl.onNetwork(function (there) { if (there) { tries = 0; flush(); } });
    setTimeout(function () { told.onChange(items); flush(); }, 0);

    return {
      items: function () { return items; },
      flush: flush,
      add: function (item) { items.push(item); save(); return flush(); }
    };
  };
})();
