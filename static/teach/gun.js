// A barcode gun types a code as fast as no hand does and ends with Enter: taken wherever the focus is, in any tab.
// Keys are read by their place, so that neither capitals nor a Chinese input method change them.
(function () {
  "use strict";

  var yl = window.yl;
  var GAP_MS = 120;
  var MEAN_MS = 60;
  var LEAST = 20;
  var keys = "";
  var since = 0;
  var before = 0;
  var held = null;

  function letter(event) {
    var code = event.code || "";
    if (/^Key[A-Z]$/.test(code)) return code.slice(3);
    if (/^(Digit|Numpad)[0-9]$/.test(code)) return code.slice(-1);
    if (code === "Period" || code === "NumpadDecimal") return ".";
    return code ? "" : (event.key.length === 1 ? event.key : "");
  }

  // What the gun typed into a field on its way is taken out again.
  function restore() {
    if (held && held.node.value !== held.value) held.node.value = held.value;
    held = null;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    var now = event.timeStamp;
    if (now - before > GAP_MS) {
      keys = "";
      since = now;
      var node = event.target;
      held = /INPUT|TEXTAREA/.test(node.tagName) ? { node: node, value: node.value } : null;
    }
    before = now;
    if (/^(Numpad)?Enter$|^Tab$/.test(event.code || event.key)) {
      var text = yl.cleanCode(keys);
      var fast = keys.length >= LEAST && (now - since) / keys.length < MEAN_MS;
      keys = "";
      if (!fast || !/^YL[1P]\./.test(text)) return;
      event.preventDefault();
      event.stopPropagation();
      restore();
      if (yl.$("#panel-scan") && yl.$("#panel-scan").hidden) yl.$("[data-tab=scan]").click();
      yl.meeting.read(text);
      return;
    }
    keys += letter(event);
  }, true);
})();
