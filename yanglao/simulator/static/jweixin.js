/* A stand-in for WeChat's JS-SDK: the signature is checked as WeChat checks it, the rest happens in the phone. */
(function () {
  "use strict";
  var bridge = window.__simBridge, ready = [], failed = [], state = "none", fault = null;
  var APIS = ["checkJsApi", "scanQRCode", "getLocation", "chooseImage", "getLocalImgData", "previewImage", "hideOptionMenu",
    "showOptionMenu", "hideMenuItems", "showMenuItems", "hideAllNonBaseMenuItem", "showAllNonBaseMenuItem", "closeWindow",
    "updateAppMessageShareData", "updateTimelineShareData", "getNetworkType"];

  function finish(given, name, word, more) {
    var told = Object.assign({ errMsg: name + ":" + word }, more || {}), way = given || {};
    var say = { ok: way.success, cancel: way.cancel }[word] || way.fail;
    if (word === "ok" ? way.success : say) { say(told); }
    if (way.complete) { way.complete(told); }
  }

  function allowed(given, name) {
    if (state === "ready" || name === "checkJsApi") { return true; }
    window.setTimeout(function () { finish(given, name, state === "none" ? "the permission value is offline verifying" : "permission denied"); }, 0);
    return false;
  }

  function api(name, act) {
    return function (given) { if (allowed(given, name)) { act(given || {}); } };
  }

  function done(name) { return api(name, function (given) { finish(given, name, "ok"); }); }

  function located(given) {
    if (!navigator.geolocation) { finish(given, "getLocation", "fail"); return; }
    navigator.geolocation.getCurrentPosition(function (found) {
      var at = found.coords;
      finish(given, "getLocation", "ok", { latitude: at.latitude, longitude: at.longitude, speed: at.speed || -1, accuracy: at.accuracy });
    }, function () { finish(given, "getLocation", "cancel"); }, { timeout: 8000 });
  }

  var pictures = {};
  function choose(given) {
    var input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*";
    input.onchange = function () {
      var ids = Array.prototype.map.call(input.files, function (file) {
        var id = "wxLocalResource://" + Math.random().toString(36).slice(2);
        pictures[id] = file;
        return id;
      });
      finish(given, "chooseImage", ids.length ? "ok" : "cancel", { localIds: ids });
    };
    input.click();
  }

  function content(given) {
    var reader = new FileReader();
    if (!pictures[given.localId]) { finish(given, "getLocalImgData", "fail"); return; }
    reader.onload = function () { finish(given, "getLocalImgData", "ok", { localData: reader.result }); };
    reader.readAsDataURL(pictures[given.localId]);
  }

  var wx = window.wx = {
    config: function (given) {
      state = "none";
      window.fetch("/__sim/js-check", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ appId: given.appId, timestamp: given.timestamp, nonceStr: given.nonceStr, signature: given.signature, url: window.location.href })
      }).then(function (answer) { return answer.json(); }).then(function (told) {
        state = told.errMsg === "config:ok" ? "ready" : "refused";
        fault = told;
        (state === "ready" ? ready : failed).splice(0).forEach(function (tell) { tell(told); });
        if (state === "ready") { subscribe(); }
      });
    },
    ready: function (tell) { if (state === "ready") { tell(fault); } else { ready.push(tell); } },
    error: function (tell) { if (state === "refused") { tell(fault); } else { failed.push(tell); } },
    checkJsApi: function (given) {
      var found = {};
      (given.jsApiList || []).forEach(function (name) { found[name] = APIS.indexOf(name) >= 0; });
      finish(given, "checkJsApi", "ok", { checkResult: found });
    },
    scanQRCode: api("scanQRCode", function (given) {
      bridge.scan().then(function (text) {
        if (text) { finish(given, "scanQRCode", "ok", { resultStr: text }); } else { finish(given, "scanQRCode", "cancel"); }
      });
    }),
    getLocation: api("getLocation", located),
    chooseImage: api("chooseImage", choose),
    getLocalImgData: api("getLocalImgData", content),
    previewImage: api("previewImage", function (given) { window.open(given.current || given.urls[0], "_blank"); finish(given, "previewImage", "ok"); }),
    hideOptionMenu: api("hideOptionMenu", function (given) { bridge.options(true); finish(given, "hideOptionMenu", "ok"); }),
    showOptionMenu: api("showOptionMenu", function (given) { bridge.options(false); finish(given, "showOptionMenu", "ok"); }),
    hideMenuItems: api("hideMenuItems", function (given) { bridge.options(true); finish(given, "hideMenuItems", "ok"); }),
    showMenuItems: api("showMenuItems", function (given) { bridge.options(false); finish(given, "showMenuItems", "ok"); }),
    hideAllNonBaseMenuItem: api("hideAllNonBaseMenuItem", function (given) { bridge.options(true); finish(given, "hideAllNonBaseMenuItem", "ok"); }),
    showAllNonBaseMenuItem: api("showAllNonBaseMenuItem", function (given) { bridge.options(false); finish(given, "showAllNonBaseMenuItem", "ok"); }),
    closeWindow: function () { bridge.close(); },
    getNetworkType: api("getNetworkType", function (given) { finish(given, "getNetworkType", "ok", { networkType: "wifi" }); })
  };
  ["updateAppMessageShareData", "updateTimelineShareData"].forEach(function (name) { wx[name] = done(name); });
  window.jWeixin = wx;

  /* <wx-open-subscribe template="a,b">: a button of WeChat's own that asks whether notices are allowed. */
  function draw(tag) {
    var slot = tag.querySelector("script[type='text/wxtag-template'], template"), box = document.createElement("div");
    if (tag.dataset.drawn) { return; }
    tag.dataset.drawn = "1";
    // The page's own rules forbid styles in markup: they are put on one by one.
    box.innerHTML = slot ? slot.innerHTML.replace(/\sstyle=/g, " data-style=") : "<button>订阅通知</button>";
    Array.prototype.forEach.call(box.querySelectorAll("[data-style]"), function (one) { one.style.cssText = one.dataset.style; });
    tag.append(box);
    tag.addEventListener("click", function () {
      var ids = (tag.getAttribute("template") || "").split(",").filter(Boolean);
      bridge.allow(ids).then(function (answers) {
        var details = {};
        ids.forEach(function (id) { details[id] = JSON.stringify({ status: answers[id] ? "accept" : "reject" }); });
        tag.dispatchEvent(new CustomEvent("success", { detail: { errMsg: "subscribe:ok", subscribeDetails: JSON.stringify(details) } }));
      });
    });
  }

  function Subscribe() { return Reflect.construct(HTMLElement, [], Subscribe); }
  Subscribe.prototype = Object.create(HTMLElement.prototype);
  Subscribe.prototype.constructor = Subscribe;
  Subscribe.prototype.connectedCallback = function () { draw(this); };

  function subscribe() {
    if (!window.customElements.get("wx-open-subscribe")) { window.customElements.define("wx-open-subscribe", Subscribe); }
  }
})();
