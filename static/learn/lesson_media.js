// What a lesson is shown with. lesson.js knows only "timeline seconds": yl.lessonSource(facts) gives it a thing that
// behaves like a <video>: currentTime, paused, ended, seeking, readyState, playbackRate, controls, play(), pause(),
// load() and the events play, playing, pause, timeupdate, seeking, waiting, ended, error, loadedmetadata. Besides:
// prepare() = called within the touch that begins the lesson; note() = code of what to say now, or "".
// Films and sound are the element itself, pages are in lesson_pages.js.
(function () {
  "use strict";
  var yl = window.yl;
  var MOST_RENEWALS = 3;

  // "light" or "clear": what was chosen on this phone, else what the network asks for.
  yl.lessonTraffic = function () {
    var net = navigator.connection || {};
    return yl.kept("traffic") || (net.saveData || /2g|3g/.test(net.effectiveType || "") ? "light" : "clear");
  };

  // Links end after a while; new ones are asked for, the lesson stays where it is.
  yl.lessonRenew = function (facts) {
    return yl.api("GET", "/api/v1/lessons/" + facts.lesson_id + "/material").then(function (media) { facts.media = media; return media; });
  };

  yl.lessonSource = function (facts) {
    var source = facts.media.pages.length ? yl.lessonPages(facts) : element(facts);
    traffic(source);
    return source;
  };

  function address(media) {
    var wanted = yl.lessonTraffic();
    var found = media.versions.filter(function (one) { return one.quality === wanted; })[0] || media.versions[0];
    return found.url;
  }

  function element(facts) {
    var shown = yl.$("#video"), renewals = 0, passing = false, place = 0, wanted = false;

    // Another address, the same second: going on there by itself when it was playing.
    function moveTo(url, playing) {
      var at = shown.currentTime || place;   // a broken load may stand at nought
      shown.setAttribute("src", url);
      shown.addEventListener("loadedmetadata", function () { if (at > 0.3) shown.currentTime = at; }, { once: true });
      shown.load();
      if (!playing) return;
      var again = shown.play();
      if (again && again.catch) again.catch(function () { return null; });
    }

    shown.prepare = function () { if (!shown.getAttribute("src")) shown.setAttribute("src", address(facts.media)); };
    shown.note = function () { return ""; };
    shown.choose = function () { if (shown.getAttribute("src")) moveTo(address(facts.media), !shown.paused); };
    // Before lesson.js hears of it: an old link is no fault of the film.
    shown.addEventListener("error", function (event) {
      if (passing || !shown.getAttribute("src") || renewals >= MOST_RENEWALS) return;
      event.stopImmediatePropagation();
      renewals += 1;
      var playing = wanted;
      yl.lessonRenew(facts).then(function (media) { moveTo(address(media), playing && wanted); }, function () {
        wanted = false;
        passing = true;
        shown.dispatchEvent(new Event("error"));
        passing = false;
      });
    });
    // A browser may pause by itself what broke off; that is nobody's wish, and lesson.js does not hear of it.
    shown.addEventListener("play", function () { wanted = true; });
    shown.addEventListener("pause", function (event) {
      if (shown.error && wanted) event.stopImmediatePropagation();
      else wanted = false;
    });
    shown.addEventListener("timeupdate", function () {
      place = shown.currentTime;
      if (place > 1) renewals = 0;
    });
    captions(shown);
    return shown;
  }

  function captions(shown) {
    var line = yl.$("#caption"), button = yl.$("#captions"), track = shown.textTracks && shown.textTracks[0];
    if (!line || !button) return;
    function on() { return yl.kept("captions") !== "off"; }
    function draw() {
      button.setAttribute("aria-pressed", String(on()));
      yl.$("span", button).textContent = on() ? "开着" : "关着";
      line.hidden = !on();
    }
    button.addEventListener("click", function () { yl.keep("captions", on() ? "off" : "on"); draw(); });
    draw();
    if (!track) return;
    track.mode = "hidden";   // drawn below the picture, in the page's own size of type
    track.addEventListener("cuechange", function () {
      line.textContent = Array.prototype.map.call(track.activeCues || [], function (cue) { return cue.text; }).join("\n");
    });
  }

  function traffic(source) {
    var buttons = yl.all("#traffic button");
    function draw() {
      buttons.forEach(function (one) { one.setAttribute("aria-pressed", String(one.getAttribute("data-quality") === yl.lessonTraffic())); });
    }
    buttons.forEach(function (one) {
      one.addEventListener("click", function () {
        yl.keep("traffic", one.getAttribute("data-quality"));
        draw();
        source.choose();
      });
    });
    draw();
  }
})();
