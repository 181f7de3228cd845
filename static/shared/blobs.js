// Photos, films and voices on their way: too large for localStorage, kept in IndexedDB until somebody drops them.
// yl.blobs(name, store) gives {keep(row), get(id), drop(id)}; a row is {id, blob}. Without IndexedDB they live as long as the page.
(function () {
  "use strict";

  window.yl.blobs = function (name, shelf) {
    var opened = null, memory = {};

    function base() {
      if (opened) return opened;
      opened = new Promise(function (go, fail) {
        if (!window.indexedDB) { fail(new Error("none")); return; }
        var asked = window.indexedDB.open(name, 1);
        asked.onupgradeneeded = function () { asked.result.createObjectStore(shelf, { keyPath: "id" }); };
        asked.onsuccess = function () { go(asked.result); };
        asked.onerror = function () { fail(asked.error); };
      });
      opened.catch(function () { return null; });
      return opened;
    }

    function within(mode, act) {
      return base().then(function (found) {
        return new Promise(function (go, fail) {
          var step = found.transaction(shelf, mode), asked = act(step.objectStore(shelf));
          step.oncomplete = function () { go(asked.result); };
          step.onerror = step.onabort = function () { fail(step.error); };
        });
      });
    }

    return {
      // The promise tells whether it outlives the page.
      keep: function (row) {
        memory[row.id] = row;
        return within("readwrite", function (store) { return store.put(row); }).then(function () { return true; }, function () { return false; });
      },
      get: function (id) {
        if (memory[id]) return Promise.resolve(memory[id]);
        return within("readonly", function (store) { return store.get(id); }).catch(function () { return null; });
      },
      drop: function (id) {
        delete memory[id];
        within("readwrite", function (store) { return store.delete(id); }).catch(function () { return null; });
      }
    };
  };
})();
