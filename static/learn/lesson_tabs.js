// Two pages of one browser: only one plays a lesson for a person. They talk over a BroadcastChannel, or where there is
// none over the storage event. new yl.LessonTabs(person, stop): `stop()` returns a promise and is called when another page
// of this browser takes the lesson over.
(function () {
  "use strict";
  var yl = window.yl;
  var PATIENCE_MS = 250, STOP_MS = 4000;

  function LessonTabs(person, stop) {
    var self = this, name = "lesson." + person;
    self.own = yl.uuid();
    self.viewing = null;
    self.waiting = {};
    function hear(said) {
      if (!said || said.from === self.own) return;
      if (said.what === "who" && self.viewing) self.say({ what: "mine", viewing: self.viewing });
      else if (said.what === "stop" && self.viewing) {
        Promise.resolve(stop()).then(function () { self.viewing = null; self.say({ what: "stopped" }); });
      } else if (self.waiting[said.what]) self.waiting[said.what](said);
    }
    var channel = window.BroadcastChannel ? new window.BroadcastChannel("yl." + name) : null;
    if (channel) channel.onmessage = function (event) { hear(event.data); };
    else window.addEventListener("storage", function (event) {
      if (event.key === "yl." + name && event.newValue) hear(JSON.parse(event.newValue));
    });
    self.say = function (said) {
      var whole = Object.assign({ from: self.own, number: Math.random() }, said);
      if (channel) channel.postMessage(whole);
      else yl.keep(name, whole);
    };
  }

  // This page plays the viewing; null when it plays no more.
  LessonTabs.prototype.hold = function (viewing) { this.viewing = viewing; };

  LessonTabs.prototype.ask = function (what, answer, ms) {
    var self = this;
    return new Promise(function (go) {
      function end(said) { delete self.waiting[answer]; clearTimeout(timer); go(said); }
      var timer = setTimeout(function () { end(null); }, ms);
      self.waiting[answer] = end;
      self.say({ what: what });
    });
  };

  // Promise of the viewing that another page of this browser plays, or null.
  LessonTabs.prototype.other = function () {
    return this.ask("who", "mine", PATIENCE_MS).then(function (said) { return said ? said.viewing : null; });
  };

  // Promise that the other page has stopped and sent what it had, or does not answer.
  LessonTabs.prototype.stopOther = function () { return this.ask("stop", "stopped", STOP_MS); };

  yl.LessonTabs = LessonTabs;
})();
