// The service worker. The server puts two lines in front: VERSION and FILES, the static files of every page of a trainee.
// It keeps static files by their versioned addresses, one page that says there is no network, and the empty
// pages of a session and of a hall's screen. Nothing else passes through it: no page of a person, no call to the API, no film.
"use strict";

var CACHE = "yl-static-" + VERSION;
var OFFLINE = "/offline";
// Pages that put themselves into the cache, nobody's either: that of a session without a network, and the hall's screen.
var HALL = "/teach/hall";
var SCREEN = "/screen";

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(CACHE).then(function (cache) {
    // Without cookies: what is kept is nobody's page.
    return Promise.all([
      cache.add(new Request(OFFLINE, { credentials: "omit", cache: "reload" })),
      cache.addAll(FILES)
    ]);
  }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.map(function (name) {
      return name.indexOf("yl-") === 0 && name !== CACHE ? caches.delete(name) : null;
    }));
  }).then(function () { return self.clients.claim(); }));
});

function kept(request) {
  return caches.open(CACHE).then(function (cache) {
    return cache.match(request).then(function (found) {
      return found || fetch(request).then(function (answer) {
        if (answer.status === 200 && answer.type === "basic") cache.put(request, answer.clone());
        return answer;
      });
    });
  });
}

self.addEventListener("fetch", function (event) {
  var request = event.request, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(function () {
      var own = /^\/teach\/sessions\/[^/]+$/.test(address.pathname) ? HALL : address.pathname === SCREEN ? SCREEN : "";
      return (own ? caches.match(own) : Promise.resolve(null)).then(function (page) { return page || caches.match(OFFLINE); }).then(function (page) { return page || Response.error(); });
    }));
  } else if (address.pathname.indexOf("/static/") === 0 && address.searchParams.has("v")) {
    event.respondWith(kept(request));
  }
});
