// A text or a PDF as a source of timeline seconds. Each page has its seconds [from_s, to_s); while it is on screen and the lesson
// runs, the clock goes through them and stops at their end until the page is turned. Nobody turns further than they have read.
(function () {
  "use strict";
  var yl = window.yl;
  var TICK_MS = 250, LONGEST_STEP_S = 1.5;   // a page that was suspended does not catch up

  yl.lessonPages = function (facts) {
    var pages = facts.media.pages, leaves = yl.all("#leaves .leaf"), heard = {}, at = 0, leaf = 0, then = 0, renewed = 0;
    var last = pages.length - 1;
    var reach = facts.covered.reduce(function (far, pair) { return Math.max(far, pair[1]); }, 0);
    var early = 0;

    function tell(name) { (heard[name] || []).slice().forEach(function (one) { one.call(source, { type: name }); }); }
    function clamp(second) { return Math.max(0, Math.min(second, facts.duration_s)); }
    function leafAt(second) {
      for (var n = last; n > 0; n -= 1) if (second >= pages[n].from_s) return n;
      return 0;
    }
    function read() { return at >= pages[leaf].to_s - 0.01; }
    function mayTurn() { return leaf < last && (read() || pages[leaf + 1].from_s <= reach + 0.01); }

    var source = {
      paused: true, ended: false, seeking: false, readyState: 4, playbackRate: 1, controls: false,
      addEventListener: function (name, act) { (heard[name] = heard[name] || []).push(act); },
      removeEventListener: function (name, act) { heard[name] = (heard[name] || []).filter(function (one) { return one !== act; }); },
      getAttribute: function () { return "pages"; },
      setAttribute: function () { return null; },
      prepare: function () { showLeaf(false); },
      load: function () { showLeaf(false); },
      choose: function () { leaves.forEach(drop); showLeaf(false); },
      note: function () { return performance.now() < early ? "learn.stopped.page_early" : !source.paused && read() && leaf < last ? "learn.stopped.page_read" : ""; },
      play: function () {
        if (source.ended || at >= facts.duration_s) { source.ended = false; at = 0; leaf = 0; tell("seeking"); }
        showLeaf(false);
        if (source.paused) { source.paused = false; then = performance.now(); tell("play"); tell("playing"); }
        return Promise.resolve();
      },
      pause: function () {
        if (source.paused) return;
        step();
        source.paused = true;
        tell("pause");
      }
    };
    Object.defineProperty(source, "currentTime", {
      get: function () { return at; },
      set: function (second) {
        at = clamp(second);
        leaf = leafAt(at);
        source.ended = false;
        tell("seeking");
        showLeaf(false);
        tell("timeupdate");
      }
    });

    function step() {
      var now = performance.now(), gone = Math.min((now - then) / 1000, LONGEST_STEP_S);
      then = now;
      if (source.paused || document.visibilityState === "hidden" || read()) return;
      at = Math.min(pages[leaf].to_s, at + gone);
      reach = Math.max(reach, at);
      tell("timeupdate");
      if (read() && leaf === last) { source.paused = true; source.ended = true; tell("ended"); }
      else if (read()) yl.announce("这一页看完了，请翻到下一页。");
    }

    function turn(by) {
      if (by > 0 && !mayTurn()) { early = performance.now() + 4000; draw(); yl.announce("请把这一页看完再往后翻。"); return; }
      var wanted = leaf + by, follows = by > 0 && read();
      if (wanted < 0 || wanted > last) return;
      hush();
      if (follows) leaf = wanted;                              // the clock simply goes on
      else source.currentTime = pages[wanted].from_s;
      showLeaf(true);
      if (source.paused && !yl.$("#turning").hidden) source.play();
    }

    // ---- what is shown ---------------------------------------------------------------------------------------

    function drop(one) { yl.all("img", one).forEach(function (picture) { picture.removeAttribute("src"); }); }

    function fetchPictures(n) {
      if (!leaves[n]) return;
      yl.all("img[data-clear]", leaves[n]).forEach(function (picture) {
        if (picture.getAttribute("src")) return;
        var light = yl.lessonTraffic() === "light" && picture.getAttribute("data-light");
        picture.setAttribute("src", light || picture.getAttribute("data-clear"));
      });
    }

    function showLeaf(moved) {
      leaves.forEach(function (one, n) { one.hidden = n !== leaf; });
      fetchPictures(leaf);
      fetchPictures(leaf + 1);
      yl.$("#turning").hidden = !yl.$("#cover").hidden && source.paused;
      draw();
      if (moved) { leaves[leaf].focus({ preventScroll: true }); leaves[leaf].scrollIntoView({ block: "start" }); }
    }

    function draw() {
      var page = pages[leaf], lasts = page.to_s - page.from_s, rest = Math.max(0, Math.ceil(page.to_s - Math.max(at, page.from_s)));
      var done = read(), past = page.to_s <= reach + 0.01;
      yl.$("#leaf-time").textContent = "第 " + (leaf + 1) + " / " + pages.length + " 页"
        + (done || past ? "，看完了" : "，再看 " + yl.duration(rest));
      yl.$("#leaf-bar").setAttribute("width", done || past ? 100 : 100 * (lasts - rest) / lasts);
      yl.$("#leaf-back").disabled = leaf === 0;
      yl.$("#leaf-next").hidden = leaf === last;
      yl.$("#leaf-next").setAttribute("aria-disabled", String(!mayTurn()));
    }

    // Old links: new ones once, for the pictures and voices of all pages.
    function renew() {
      renewed = performance.now();
      return yl.lessonRenew(facts).then(function (media) {
        leaves.forEach(function (one, n) {
          var voice = yl.$("[data-sound]", one);
          if (voice && media.pages[n].recording) voice.setAttribute("data-sound", media.pages[n].recording.url);
          var fresh = media.pages[n].blocks.filter(function (block) { return block.url; });
          drop(one);
          yl.all("img[data-clear]", one).forEach(function (picture, k) {
            picture.setAttribute("data-clear", media.pages[n].picture || fresh[k].url);
            if (media.pages[n].light_picture) picture.setAttribute("data-light", media.pages[n].light_picture);
          });
        });
        showLeaf(false);
      });
    }
    yl.$("#leaves").addEventListener("error", function (event) {
      if (event.target.tagName !== "IMG" || performance.now() - renewed < 10000) return;
      renew().catch(function () { return null; });
    }, true);

    // ---- hands -----------------------------------------------------------------------------------------------

    // One voice at a time: it ends with its page, and its button says how to stop it.
    var voice = null;
    function hush() {
      if (!voice) return;
      var old = voice;
      voice = null;
      old.sound.pause();
      old.button.setAttribute("aria-pressed", "false");
      yl.$("span", old.button).textContent = old.words;
    }
    yl.all("[data-sound]").forEach(function (button) {
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", function () {
        var own = voice && voice.button === button;
        hush();
        if (own) return null;
        function sound() {
          hush();
          voice = { button: button, words: yl.$("span", button).textContent, sound: new Audio(button.getAttribute("data-sound")) };
          voice.sound.addEventListener("ended", hush);
          button.setAttribute("aria-pressed", "true");
          yl.$("span", button).textContent = "停一停";
          return voice.sound.play();
        }
        return sound().catch(function (fault) {
          if (fault && fault.name === "AbortError") return null;      // somebody stopped it
          return renew().then(sound);
        }).catch(function () { hush(); yl.toast("现在放不了，请刷新页面再试。"); });
      });
    });
    document.addEventListener("visibilitychange", function () { if (document.visibilityState === "hidden") hush(); });
    yl.$("#leaf-back").addEventListener("click", function () { turn(-1); });
    yl.$("#leaf-next").addEventListener("click", function () { turn(1); });
    var large = yl.$("#leaf-large");
    if (large) large.addEventListener("click", function () {
      var on = yl.$("#leaves").classList.toggle("large");
      large.setAttribute("aria-pressed", String(on));
      yl.$("span", large).textContent = on ? "缩回原来大小" : "放大这一页";
    });
    new MutationObserver(function () { yl.$("#turning").hidden = !yl.$("#cover").hidden; draw(); })
      .observe(yl.$("#cover"), { attributes: true, attributeFilter: ["hidden"] });
    setInterval(function () { step(); draw(); }, TICK_MS);
    return source;
  };
})();
