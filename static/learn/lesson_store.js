// What a lesson could not send yet, kept on the phone until the server has answered: one record per viewing,
// {id, person, enrolment_id, lesson_id, beats, answers, refused}. Written twice: to localStorage, which is done when the
// call returns, so also while the page goes away; and to IndexedDB, which outlives a wiped localStorage and holds more.
// Where neither works the records live in memory, and where() says so.
(function () {
  "use strict";
  var yl = window.yl;
  var PREFIX = "beats.";
  var memory = {};
  var opened = null;
  var broken = { first: false, second: false };

  function base() {
    if (opened) return opened;
    opened = new Promise(function (go, fail) {
      if (!window.indexedDB) { fail(new Error("none")); return; }
      var asked = window.indexedDB.open("yl-lesson", 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore("unsent", { keyPath: "id" }); };
      asked.onsuccess = function () { go(asked.result); };
      asked.onerror = function () { fail(asked.error); };
      asked.onblocked = function () { fail(new Error("blocked")); };
    });
    opened.catch(function () { broken.second = true; });
    return opened;
  }

  // Run `act(store)` in a transaction of its own; the promise holds what its request gave.
  function within(mode, act) {
    return base().then(function (found) {
      return new Promise(function (go, fail) {
        var step = found.transaction("unsent", mode), asked = act(step.objectStore("unsent"));
        step.oncomplete = function () { go(asked.result); };
        step.onerror = step.onabort = function () { fail(step.error); };
      });
    });
  }

  // Keep a record; one with nothing left to send or to tell is dropped.
  function keep(record) {
    if (!record.beats.length && !record.answers.length && !record.refused) { drop(record.id); return; }
    memory[record.id] = record;
    broken.first = !yl.keep(PREFIX + record.id, record);
    within("readwrite", function (store) { return store.put(record); }).catch(function () { broken.second = true; });
  }

  function drop(id) {
    delete memory[id];
    yl.keep(PREFIX + id, null);
    within("readwrite", function (store) { return store.delete(id); }).catch(function () { return null; });
  }

  // Promise of all records of a person, the oldest viewing first. What localStorage has is newer than the rest.
  function all(person) {
    return within("readonly", function (store) { return store.getAll(); }).catch(function () { return []; }).then(function (rows) {
      var found = {};
      rows.forEach(function (row) { found[row.id] = row; });
      Object.keys(memory).forEach(function (id) { found[id] = memory[id]; });
      yl.keptNames(PREFIX).forEach(function (name) {
        var row = yl.kept(name);
        if (row && row.id) found[row.id] = row;
      });
      return Object.keys(found).sort().map(function (id) { return found[id]; }).filter(function (row) { return row.person === person; });
    });
  }

  yl.lessonStore = {
    keep: keep, drop: drop, all: all,
    where: function () { return broken.first && broken.second ? "memory" : "phone"; }
  };
})();
