/* What all scripts of the simulator share. */
(function () {
  "use strict";
  var sim = window.sim = {};
  var timer = 0;

  sim.$ = function (selector, root) { return (root || document).querySelector(selector); };
  sim.all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };

  /* Make an element: sim.make("p", {"class": "x"}, "text", otherElement). */
  sim.make = function (name, attributes) {
    var element = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    Array.prototype.slice.call(arguments, 2).forEach(function (inner) { element.append(inner); });
    return element;
  };

  sim.toast = function (text) {
    var toast = sim.$("#toast");
    toast.textContent = text;
    toast.hidden = false;
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { toast.hidden = true; }, 4000);
  };

  /* Ask for JSON; a refusal is said and thrown. */
  sim.ask = function (path, body) {
    var way = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    return window.fetch(path, way).then(function (answer) {
      return answer.json().then(function (content) {
        if (answer.ok) { return content; }
        sim.toast(content.error || "没有成功，请再试一次。");
        throw new Error(content.error);
      });
    });
  };

  sim.copy = function (text) {
    var said = function () { sim.toast("已复制：" + text); };
    if (navigator.clipboard) { navigator.clipboard.writeText(text).then(said, function () { window.prompt("请复制", text); }); } else { window.prompt("请复制", text); }
  };
})();
