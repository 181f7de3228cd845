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
    if (!this.open && this.asking) { this.asking.remove(); this.asking = null; }
    return !!this.open;
  };

  Challenge.prototype.overdue = function () {
    return !!this.open && yl.serverNow() >= Date.parse(this.open.due_at);
  };

  // Every second: ask when it is time.
  Challenge.prototype.tick = function () {
    if (this.open && !this.asking && yl.serverNow() >= Date.parse(this.open.show_at || this.open.due_at)) this.ask();
  };

  Challenge.prototype.ask = function () {
    var self = this, prompt = self.open.prompt || "还在学习吗？请按一下“我在学”。";
    var button = yl.el("button", { type: "button", class: "big", id: "here", onclick: function () { self.press(); } }, "我在学");
    self.asking = yl.el("section", { class: "ask", role: "alertdialog", "aria-label": prompt }, yl.el("p", {}, prompt), button);
    document.body.appendChild(self.asking);
    leaveFullScreen(self.video);
    button.focus({ preventScroll: true });
    yl.tone(880, 500);
    yl.buzz([300, 150, 300]);
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
