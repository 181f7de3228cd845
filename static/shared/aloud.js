// Reads a page aloud where the phone can: paragraph after paragraph of .notice, begun and stopped by the button alone.
(function () {
  "use strict";

  var yl = window.yl;
  var button = document.getElementById("listen");
  if (!button || !("speechSynthesis" in window) || !window.SpeechSynthesisUtterance) return;

  var SILENT_MS = 4000;
  var voice = window.speechSynthesis;
  var reading = 0;
  button.hidden = false;

  function say(text) { yl.$("span", button).textContent = text; }

  function stop() {
    reading = 0;
    voice.cancel();
    say("念给我听");
    button.setAttribute("aria-pressed", "false");
  }

  function cannot() {
    stop();
    button.hidden = true;
    yl.$("#listen-words").textContent = "这台手机不会朗读。看不清，请点右上角“字号”调大，或者请旁边的人念给您听。";
  }

  function read(parts, turn) {
    if (turn !== reading) return;
    if (!parts.length) { stop(); return; }
    var words = new window.SpeechSynthesisUtterance(parts[0]);
    var begun = false;
    words.lang = "zh-CN";
    words.rate = 0.9;
    words.onstart = function () { begun = true; };
    words.onend = function () { read(parts.slice(1), turn); };
    words.onerror = function () { if (turn === reading) cannot(); };
    setTimeout(function () { if (turn === reading && !begun) cannot(); }, SILENT_MS);
    voice.speak(words);
  }

  button.addEventListener("click", function () {
    if (reading) { stop(); return; }
    reading = Date.now();
    say("停下来");
    button.setAttribute("aria-pressed", "true");
    voice.cancel();
    read(yl.all(".notice h2, .notice p:not(.muted), .notice li").map(function (one) { return one.textContent; }), reading);
  });
  window.addEventListener("pagehide", function () { voice.cancel(); });
})();
