// Is somebody there? One question over the whole width, shown before its due time, sounded and spoken. What it holds
// up and how it is answered is the lesson page's business.
(function () {
  "use strict";
  var yl = window.yl;

  // new yl.Challenge(video, pressed): `pressed(id)` is called once for the question that is asked.
  function Challenge(video, pressed) {
    this.video = video;
    this.pressed = pressed;
    this.open = null;
    this.asking = null;
    this.answered = {};
  }

  // Take what the server last said; null takes the question away. Tells whether one is open now.
  Challenge.prototype.set = function (found) {
    if (found && this.answered[found.id]) return true;
    this.open = found || null;
    if (this.asking && (!this.open || this.open.id !== this.asked)) this.takeAway();
    return !!this.open;
  };

  // The question goes; who used a keyboard is where they were before.
  Challenge.prototype.takeAway = function () {
    this.asking.remove();
    this.asking = null;
    if (this.before && this.before.focus && document.contains(this.before)) this.before.focus({ preventScroll: true });
  };

  Challenge.prototype.overdue = function () {
    return !!this.open && yl.serverNow() >= Date.parse(this.open.due_at);
  };

  // Every second: ask when it is time, count down, and ring again now and then.
  Challenge.prototype.tick = function () {
    if (!this.open) return;
    if (!this.asking && yl.serverNow() >= Date.parse(this.open.show_at || this.open.due_at)) this.ask();
    if (!this.asking) return;
    var left = Math.ceil((Date.parse(this.open.due_at) - yl.serverNow()) / 1000);
    this.line.textContent = left > 0 ? "还有 " + left + " 秒。按了就接着计入。" : "过了时间，先停下了。按了再接着计，没按的时候不计。";
    this.turns += 1;
    if (left > 0 && this.turns % 10 === 0) this.ring();
  };

  Challenge.prototype.ring = function () {
    yl.tone(880, 500);
    yl.buzz([300, 150, 300]);
  };

  Challenge.prototype.ask = function () {
    var self = this, prompt = self.open.prompt || "还在学习吗？请按一下“我在学”。";
    var button = yl.el("button", { type: "button", class: "big", id: "here", onclick: function () { self.press(); } }, "我在学");
    self.asked = self.open.id;
    self.turns = 0;
    self.before = document.activeElement;
    self.line = yl.el("p", { class: "ask-left number", "aria-hidden": "true" });
    self.asking = yl.el("section", { class: "ask", role: "alertdialog", "aria-label": prompt }, yl.el("p", {}, prompt), button, self.line);
    document.body.appendChild(self.asking);
    leaveFullScreen(self.video);
    button.focus({ preventScroll: true });
    self.ring();
    yl.say(prompt);
    yl.announce(prompt);
  };

  Challenge.prototype.press = function () {
    if (!this.open || !this.pressed(this.open.id)) return;
    this.answered[this.open.id] = true;
    this.set(null);
  };

  function leaveFullScreen(video) {
    try {
      if (document.fullscreenElement) document.exitFullscreen();
      else if (video.webkitDisplayingFullscreen) video.webkitExitFullscreen();
    } catch (fault) { return; }
  }

  yl.Challenge = Challenge;
})();
