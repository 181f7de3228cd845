// What a lesson is shown with. lesson.js knows only "timeline seconds": yl.lessonSource(facts) gives it a thing that
// behaves like a <video>: currentTime, paused, ended, seeking, readyState, playbackRate, controls, play(), pause(),
// load() and the events play, playing, pause, timeupdate, seeking, waiting, ended, error, loadedmetadata. Besides:
// prepare() = called within the touch that begins the lesson; note() = code of what to say now, or "".
(function () {
  "use strict";
  var yl = window.yl;

  yl.lessonSource = function (facts) {
    var element = yl.$("#video");
    element.prepare = function () {
      if (!element.getAttribute("src")) element.setAttribute("src", facts.video);
    };
    element.note = function () { return ""; };
    return element;
  };
})();
