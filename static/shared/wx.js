// WeChat's JS-SDK, in pages inside WeChat only. Adds yl.wx to `yl`; every promise ends within seconds, so that a page
// goes on with camera or typing where WeChat does not answer. data-wx of the tag: "quiet" (no sharing) and "scan".
(function () {
  "use strict";

  var yl = window.yl;
  var LOAD_MS = 4000;
  var READY_MS = 4000;
  var AGAIN_MS = 800;
  var CALLS = ["scanQRCode", "getLocation", "hideOptionMenu"];
  var STALE = /signature|offline verifying|permission value/i;
  var kind = document.currentScript.getAttribute("data-wx") || "";
  var places = document.currentScript.getAttribute("data-sdk").split(" "); // the two that the server lets in
  var cancelled = "cancelled";

  function within(ms, promise) {
    return Promise.race([promise, yl.wait(ms).then(function () { throw new Error("late"); })]);
  }

  function script(place) {
    return new Promise(function (done, failed) {
      var tag = document.createElement("script");
      tag.src = place;
      tag.onload = function () { if (window.wx && window.wx.config) done(window.wx); else failed(new Error("empty")); };
      tag.onerror = function () { failed(new Error("away")); };
      document.head.appendChild(tag);
    });
  }

  // The second place is asked when the first refuses, or says nothing for half of the time there is.
  function load() {
    if (window.wx && window.wx.config) return Promise.resolve(window.wx);
    return within(LOAD_MS, within(LOAD_MS / 2, script(places[0])).catch(function () { return script(places[1]); }));
  }

  // What is signed is the address as the browser shows it: WeChat adds parameters of its own to shared links.
  function configure(wx, refused) {
    var here = window.location.href.split("#")[0];
    return yl.api("GET", "/api/v1/wx/js-config?url=" + encodeURIComponent(here) + (refused ? "&refused=1" : ""), null, { retries: 0, timeoutMs: READY_MS, stay: true }).then(function (signed) {
      return within(READY_MS, new Promise(function (done, failed) {
        wx.error(function (told) { failed(new Error((told && told.errMsg) || "config")); });
        wx.config({
          debug: false, appId: signed.appId, timestamp: signed.timestamp, nonceStr: signed.nonceStr, signature: signed.signature, jsApiList: CALLS, openTagList: ["wx-open-subscribe"]
        });
        wx.ready(function () { done(wx); });
      }));
    });
  }

  function again(act) {
    return act(false).catch(function (fault) {
      if (!STALE.test(fault.message)) throw fault;
      return yl.wait(AGAIN_MS).then(function () { return act(/signature/i.test(fault.message)); });
    });
  }

  var begun = null;

  function ready() {
    if (!begun) begun = load().then(function (wx) { return again(function (refused) { return configure(wx, refused); }); });
    return begun;
  }

  function call(name, options) {
    return ready().then(function (wx) {
      return new Promise(function (done, failed) {
        wx[name](Object.assign({
          success: done,
          cancel: function () { failed(new Error(cancelled)); },
          fail: function (told) { failed(new Error((told && told.errMsg) || name)); }
        }, options));
      });
    });
  }

  // yl.wx.ready() -> promise that the SDK works here. yl.wx.scan() -> promise of the code's text; rejects with
  // `cancelled` when the person put the scanner away, with anything else when WeChat has no scanner here.
  yl.wx = {
    ready: ready,
    cancelled: function (fault) { return !!fault && fault.message === cancelled; },
    scan: function () {
      function look() { return call("scanQRCode", { needResult: 1, scanType: ["qrCode"] }); }
      return ready().then(look).catch(function (fault) {
        // A scanner that calls the signature stale after it was taken gets a fresh one, once.
        if (!STALE.test(fault.message) || /^config/.test(fault.message)) throw fault;
        begun = null;
        return yl.wait(AGAIN_MS).then(look);
      }).then(function (told) { return String(told.resultStr || "").replace(/^[A-Z0-9_]+,/, ""); });
    },
    place: function () {
      return call("getLocation", { type: "wgs84" }).then(function (told) {
        return { latitude: Number(told.latitude), longitude: Number(told.longitude), accuracy_m: Number(told.accuracy) || 0 };
      });
    }
  };

  // ---- pages that are one person's alone are not passed on ---------------------------------------------------

  function quiet() {
    ready().then(function (wx) { wx.hideOptionMenu(); }).catch(function () { return null; });
    function bridge() { window.WeixinJSBridge.call("hideOptionMenu"); }
    if (window.WeixinJSBridge) bridge();
    else document.addEventListener("WeixinJSBridgeReady", bridge);
  }

  if (kind.indexOf("quiet") >= 0) quiet();
  else if (kind.indexOf("scan") >= 0) ready().catch(function () { return null; });
})();
