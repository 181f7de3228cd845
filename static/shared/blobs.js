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

  // yl.smaller(file, longestPx) -> promise of a photo as it is sent: no larger than needed, drawn anew, so that the phone's place is not in it.
  window.yl.smaller = function (file, longest) {
    return new Promise(function (go, fail) {
      var picture = new Image(), address = URL.createObjectURL(file);
      picture.onload = function () {
        var share = Math.min(1, longest / Math.max(picture.naturalWidth, picture.naturalHeight));
        var canvas = window.yl.el("canvas", {});
        canvas.width = Math.round(picture.naturalWidth * share);
        canvas.height = Math.round(picture.naturalHeight * share);
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(address);
        canvas.toBlob(function (blob) { if (blob) go(blob); else fail(new Error("blob")); }, "image/jpeg", 0.82);
      };
      picture.onerror = function () { URL.revokeObjectURL(address); fail(new Error("picture")); };
      picture.src = address;
    });
  };
})();
