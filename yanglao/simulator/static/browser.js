/* The browser inside the phone. Its pages come from the phone's own port; they talk to us by postMessage only. */
(function () {
  "use strict";
  var sim = window.sim, stage = sim.$(".stage"), frame = null, trail = [], goingBack = false, title = "";
  var origin = window.location.protocol + "//" + window.location.hostname + ":" + stage.dataset.port;
  var browser = sim.browser = { asked: {} };

  browser.open = function (path) {
    frame = sim.make("iframe", { title: "网页", allow: "camera; microphone; geolocation; autoplay; fullscreen; screen-wake-lock; clipboard-read; clipboard-write" });
    trail = [];
    sim.$("#page").replaceChildren(frame);
    sim.$("#page-title").textContent = "正在打开……";
    sim.$("#share").hidden = false;
    sim.$("#browser").hidden = false;
    frame.src = origin + path;
    sim.$("#whole").href = origin + path;
  };

  browser.close = function () {
    sim.$("#page").replaceChildren();
    frame = null;
    sim.$("#browser").hidden = true;
  };

  browser.tell = function (message) {
    if (frame) { frame.contentWindow.postMessage(message, origin); }
  };

  /* The address of the page as the product knows it, for copying and forwarding. */
  browser.address = function () {
    return stage.dataset.base + (trail.length ? trail[trail.length - 1] : "/");
  };
  browser.title = function () { return title; };

  function arrived(page) {
    if (goingBack) { trail.pop(); goingBack = false; }
    if (trail[trail.length - 1] !== page.path) { trail.push(page.path); }
    title = page.title;
    sim.$("#page-title").textContent = page.title || "网页";
    sim.$("#whole").href = origin + page.path;
    sim.$("#share").hidden = false;
  }

  var heard = {
    page: arrived,
    close: browser.close,
    options: function (message) { sim.$("#share").hidden = message.hidden; },
    scan: function (message) {
      sim.scan.open(function (text) { browser.tell({ sim: "scanned", id: message.id, text: text }); });
    },
    allow: function (message) {
      sim.phone.allow(message.templates).then(function (answers) { browser.tell({ sim: "allowed", id: message.id, answers: answers }); });
    }
  };

  window.addEventListener("message", function (event) {
    var message = event.data;
    if (!frame || event.origin !== origin || event.source !== frame.contentWindow || !message) { return; }
    if (Object.prototype.hasOwnProperty.call(heard, message.sim)) { heard[message.sim](message); }
  });

  sim.$("#close").addEventListener("click", browser.close);
  sim.$("#reload").addEventListener("click", function () { browser.tell({ sim: "reload" }); });
  sim.$("#back").addEventListener("click", function () {
    if (trail.length < 2) { browser.close(); return; }
    goingBack = true;
    trail.pop();
    frame.contentWindow.location.replace(origin + trail[trail.length - 1]);
    trail.push("");
  });
})();
