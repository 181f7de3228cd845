/* What WeChat brings into every page. In front of it stands `window.__sim`: this phone's cookies and name. */
(function () {
  "use strict";
  var facts = window.__sim, inside = window.parent !== window, waiting = {}, number = 0;
  delete window.__sim;

  Object.defineProperty(navigator, "userAgent", { get: function () { return facts.agent; }, configurable: true });
  Object.defineProperty(window, "__wxjs_environment", { value: undefined, writable: true });

  /* WeChat's script comes from WeChat's hosts, also when a page asks for it later on: here we are WeChat. */
  var src = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, "src");
  Object.defineProperty(HTMLScriptElement.prototype, "src", {
    configurable: true,
    get: src.get,
    set: function (given) {
      src.set.call(this, /^https?:\/\/res2?\.wx\.qq\.com\/open\/js\/jweixin-[0-9.]+\.js$/.test(given) ? "/__sim/jweixin.js" : given);
    }
  });

  /* Cookies of two phones would meet in this browser: a page reads and writes those of its phone. */
  Object.defineProperty(document, "cookie", {
    configurable: true,
    get: function () { return facts.cookies; },
    set: function (given) {
      var pair = String(given).split(";")[0].trim(), name = pair.split("=")[0];
      var kept = facts.cookies.split("; ").filter(function (one) { return one && one.split("=")[0] !== name; });
      if (!/max-age=(0|-)/i.test(given)) { kept.push(pair); }
      facts.cookies = kept.join("; ");
      var line = new XMLHttpRequest();
      line.open("POST", "/__sim/cookie", false);
      line.send(String(given));
    }
  });

  function tell(message) { if (inside) { window.parent.postMessage(message, "*"); } }

  function ask(message, otherwise) {
    return new Promise(function (done) {
      if (!inside) { done(otherwise()); return; }
      message.id = ++number;
      waiting[number] = done;
      tell(message);
    });
  }

  window.addEventListener("message", function (event) {
    var message = event.data;
    if (!inside || event.source !== window.parent || !message) { return; }
    if (message.sim === "reload") { window.location.reload(); }
    if (message.sim === "scanned" || message.sim === "allowed") {
      var done = waiting[message.id];
      delete waiting[message.id];
      if (done) { done(message.sim === "scanned" ? message.text : message.answers); }
    }
  });

  window.__simBridge = {
    close: function () { tell({ sim: "close" }); },
    options: function (hidden) { tell({ sim: "options", hidden: hidden }); },
    scan: function () { return ask({ sim: "scan" }, function () { return window.prompt("扫一扫：把码里的内容粘进来"); }); },
    allow: function (templates) {
      return ask({ sim: "allow", templates: templates }, function () {
        var answers = {};
        templates.forEach(function (one) { answers[one] = false; });
        return answers;
      });
    }
  };

  function arrived() {
    tell({ sim: "page", title: document.title, path: window.location.pathname + window.location.search + window.location.hash });
  }

  window.WeixinJSBridge = {
    invoke: function (name, given, done) {
      if (name === "closeWindow") { window.__simBridge.close(); }
      if (typeof done === "function") { done({ err_msg: name + ":ok" }); }
    },
    call: function (name) {
      if (name === "closeWindow") { window.__simBridge.close(); }
      if (name === "hideOptionMenu") { window.__simBridge.options(true); }
      if (name === "showOptionMenu") { window.__simBridge.options(false); }
    },
    on: function () {}
  };
  document.addEventListener("DOMContentLoaded", function () {
    arrived();
    document.dispatchEvent(new Event("WeixinJSBridgeReady"));
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) { arrived(); } });
})();
