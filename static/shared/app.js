// The installed app: the service worker (shared/worker.js, served as /sw.js), and putting the pages on the home screen.
// Everything works without it. Inside WeChat there is none: its WebView keeps old pages where nobody can clear them.
(function () {
  "use strict";

  var yl = window.yl;
  var root = document.documentElement;
  root.setAttribute("data-client", yl.client);
  yl.all("input[name=client][data-client-field]").forEach(function (field) { field.value = yl.client === "app" ? "app" : ""; });

  // ---- the worker: only for who is signed in; gone, with all it kept, for who is not ---------------------------

  var workers = yl.client !== "wechat" && window.isSecureContext ? navigator.serviceWorker : null;

  function forget() {
    yl.keptNames("hall.").forEach(function (name) { yl.keep(name, null); });
    if (!workers) return;
    workers.getRegistrations().then(function (all) { all.forEach(function (one) { one.unregister(); }); }, function () { return null; });
    if (window.caches) {
      window.caches.keys().then(function (names) {
        names.forEach(function (name) { if (name.indexOf("yl-") === 0) window.caches.delete(name); });
      }, function () { return null; });
    }
  }

  if (workers) {
    if (yl.$("[data-signed-in], [data-keeps]")) {
      window.addEventListener("load", function () { workers.register("/sw.js").catch(function () { return null; }); });
    } else if (!yl.$("[data-shell]") && workers.controller) {
      forget();
    }
  }
  // yl.keepPage(path): put a page that is nobody's, and the files of the present one, into the worker's cache. Without cookies.
  yl.keepPage = function (path) {
    if (!workers || !window.caches) return;
    workers.ready.then(function () { return window.caches.keys(); }).then(function (names) {
      var own = names.filter(function (name) { return name.indexOf("yl-static-") === 0; })[0];
      if (!own) return null;
      return window.caches.open(own).then(function (cache) {
        var files = yl.all("link[rel=stylesheet]").map(function (one) { return one.href; })
          .concat(yl.all("script[src]").map(function (one) { return one.src; }))
          .concat(yl.all("[data-jsqr]").map(function (one) { return new URL(one.getAttribute("data-jsqr"), window.location.href).href; }));
        return Promise.all([cache.add(new Request(path, { credentials: "omit", cache: "reload" }))].concat(files.map(function (file) {
          return cache.match(file).then(function (found) { return found ? null : cache.add(file); });
        })));
      });
    }).then(function () { root.setAttribute("data-kept", ""); }, function () { return null; });
  };

  document.addEventListener("submit", function (event) {
    if (/^\/(sign-out|account\/devices\/sign-out-all)$/.test(event.target.getAttribute("action") || "")) forget();
  });

  // ---- put on the home screen: where the browser offers it, the account page shows a button --------------------

  var offer = null;
  window.addEventListener("beforeinstallprompt", function (event) {
    var place = yl.$("[data-install]");
    if (!place) return;
    event.preventDefault();
    offer = event;
    place.hidden = false;
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-act=install]") : null;
    if (!button || !offer) return;
    offer.prompt();
    offer.userChoice.then(function (choice) {
      if (choice.outcome === "accepted") yl.$("[data-install]").hidden = true;
    });
    offer = null;
  });
})();
