// What lies above a page: toast, dialog, drawer, result screen, the size of type, the strip about the network.
(function () {
  "use strict";

  var yl = window.yl;
  var TONES = { red: "refused", amber: "warn", "": "info" };

  // ---- toast -------------------------------------------------------------------------------------------------

  yl.toast = function (text, tone) {
    var place = yl.$(".toasts");
    if (!place) {
      place = yl.el("div", { class: "toasts", role: "status", "aria-live": "polite" });
      document.body.appendChild(place);
    }
    var note = yl.el("div", { class: "toast " + (tone || "") }, yl.icon(TONES[tone || ""] || "info"), yl.el("span", {}, text));
    place.appendChild(note);
    setTimeout(function () { note.remove(); }, Math.max(4000, text.length * 250));
  };

  // ---- layers: focus is held inside, Escape and the veil close, focus returns --------------------------------

  function layer(node, close) {
    var veil = yl.el("div", { class: "veil" });
    var before = document.activeElement;
    function keys(event) {
      if (event.key === "Escape") { event.preventDefault(); close(); return; }
      if (event.key !== "Tab") return;
      var stops = yl.all("a[href], button:not([disabled]), input:not([disabled]), select, textarea, [tabindex='0']", node);
      if (!stops.length) return;
      var edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
      if (document.activeElement === edge || !node.contains(document.activeElement)) {
        event.preventDefault();
        (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
      }
    }
    // Who double-clicks a button has the layer under the pointer at the second click: it neither closes nor decides.
    function once(event) {
      if (event.detail > 1 && Date.now() - opened < 600) { event.stopPropagation(); event.preventDefault(); }
    }
    var opened = Date.now();
    veil.addEventListener("click", once, true);
    node.addEventListener("click", once, true);
    veil.addEventListener("click", function (event) { if (!event.defaultPrevented) close(); });
    document.addEventListener("keydown", keys);
    document.body.appendChild(veil);
    document.body.appendChild(node);
    node.focus();
    return function lift() {
      document.removeEventListener("keydown", keys);
      veil.remove();
      node.remove();
      if (before && before.focus) before.focus();
    };
  }

  // yl.dialog({title, text | body: node, acts: [{text, value, tone}], firm}) -> promise of the value pressed,
  // null when it was put away. The first act is the big one. `firm`: only an act closes it.
  yl.dialog = function (asked) {
    return new Promise(function (settle) {
      var lift;
      function done(value) { lift(); settle(value); }
      var acts = (asked.acts || [{ text: "知道了", value: true }]).map(function (act, position) {
        return yl.el("button", {
          type: "button", class: "big " + (act.tone || "") + (position ? " plain" : ""),
          onclick: function () { done(act.value); }
        }, act.text);
      });
      var foot = yl.el("div", { class: "acts" });
      acts.forEach(function (button) { foot.appendChild(button); });
      var body = yl.el("div", { class: "body" }, asked.body || asked.text || "");
      var node = yl.el("div", { class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": asked.title, tabindex: "-1" },
        yl.el("h2", {}, asked.title), body, foot);
      lift = layer(node, function () { if (!asked.firm) done(null); });
    });
  };

  // A problem of yl.api as a dialog: what happened, why, what to do now.
  yl.showProblem = function (problem) {
    var body = yl.el("div", {}, yl.el("p", {}, problem.sentence), problem.todo ? yl.el("p", {}, yl.el("strong", {}, problem.todo)) : null);
    yl.announce(problem.title + "。" + problem.sentence);
    return yl.dialog({ title: problem.title, body: body });
  };

  // yl.drawer(title, node) or yl.drawer(title, "/office/…") whose <main> is shown; returns {close}.
  yl.drawer = function (title, content) {
    var lift;
    var shut = { close: function () { if (lift) { lift(); lift = null; } } };
    var body = yl.el("div", { class: "body" }, content.nodeType ? content : yl.el("div", { class: "loading", "aria-busy": "true" },
      yl.el("div", { class: "bone short" }), yl.el("div", { class: "bone block" }), yl.el("div", { class: "bone" })));
    var node = yl.el("aside", { class: "drawer", role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: "-1" },
      yl.el("div", { class: "head" }, yl.el("h2", {}, title),
        yl.el("button", { type: "button", class: "button quiet", onclick: shut.close }, yl.icon("close"), "关闭")), body);
    lift = layer(node, shut.close);
    if (!content.nodeType) fill(body, content);
    return shut;
  };

  function fill(body, address) {
    fetch(address, { credentials: "same-origin", headers: { "X-Drawer": "1" } }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    }).then(function (text) {
      var page = new DOMParser().parseFromString(text, "text/html");
      yl.clear(body);
      Array.prototype.slice.call((page.querySelector("main") || page.body).childNodes).forEach(function (child) {
        body.appendChild(document.importNode(child, true));
      });
    }).catch(function () {
      yl.clear(body).appendChild(yl.el("div", { class: "broken", role: "alert" }, yl.icon("warn"),
        yl.el("strong", {}, "没有打开"), yl.el("p", {}, "可能是网络断了。关上再开一次。")));
    });
  }

  // Rows of tables: <tr data-drawer="/office/…" data-title="…">; the link inside still works without this.
  document.addEventListener("click", function (event) {
    var row = event.target.closest ? event.target.closest("[data-drawer]") : null;
    if (!row || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("button, input, select, label") && !event.target.closest("[data-drawer]").matches("button")) return;
    var link = event.target.closest("a");
    if (link && !link.hasAttribute("data-drawer") && !link.classList.contains("row-link")) return;
    event.preventDefault();
    yl.drawer(row.getAttribute("data-title") || "详情", row.getAttribute("data-drawer"));
  });

  // ---- result screen -----------------------------------------------------------------------------------------

  // yl.result({tone: pine|indigo|amber|red, icon, word, line, acts: [{text, href | onpress}], spoken}) -> {close}
  yl.result = function (asked) {
    var acts = yl.el("div", { class: "acts" });
    var node = yl.el("section", { class: "result " + (asked.tone || "pine"), role: "alertdialog", "aria-label": asked.word, tabindex: "-1" },
      yl.icon(asked.icon || { red: "refused", amber: "wait" }[asked.tone] || "done"),
      yl.el("p", { class: "word" }, asked.word), yl.el("p", { class: "line" }, asked.line || ""), acts);
    function close() { node.remove(); }
    (asked.acts || [{ text: "知道了" }]).forEach(function (act, position) {
      var kind = "big" + (position ? " through" : "");
      acts.appendChild(act.href ? yl.el("a", { class: kind, href: act.href }, act.text)
        : yl.el("button", { type: "button", class: kind, onclick: function () { close(); if (act.onpress) act.onpress(); } }, act.text));
    });
    document.body.appendChild(node);
    node.focus();
    yl.say(asked.spoken || asked.word + "。" + (asked.line || ""));
    yl.buzz(asked.tone === "red" ? [120, 80, 120] : 120);
    return { close: close };
  };

  // ---- size of type: 18 to 30, kept on the phone and told to the server in a cookie --------------------------

  var SIZES = [18, 20, 22, 24, 27, 30];

  yl.fontPx = function () { return parseInt(document.documentElement.getAttribute("data-font") || "18", 10); };
  yl.setFont = function (px) {
    document.documentElement.setAttribute("data-font", px);
    yl.keep("font", px);
    document.cookie = "yl_font=" + px + "; path=/; max-age=31536000; samesite=lax" + (window.location.protocol === "https:" ? "; secure" : "");
  };

  // A signed-in person takes the size along to every device.
  function tellAccount() {
    if (!yl.$("[data-signed-in]")) return;
    var form = new window.FormData();
    form.append("font_px", yl.fontPx());
    yl.api("POST", "/account/font", form, { stay: true }).catch(function () { return null; });
  }

  function fontDialog() {
    var shown = yl.el("strong", { "aria-live": "polite" }, yl.fontPx() + " 号");
    function step(by) {
      var at = Math.max(0, Math.min(SIZES.length - 1, SIZES.indexOf(yl.fontPx()) + by));
      yl.setFont(SIZES[at]);
      shown.textContent = SIZES[at] + " 号";
    }
    var body = yl.el("div", {}, yl.el("p", {}, "字看着合适就行，整个系统都会跟着变。"), yl.el("div", { class: "sizes" },
      yl.el("button", { type: "button", class: "button", onclick: function () { step(-1); } }, yl.icon("minus"), "小"), shown,
      yl.el("button", { type: "button", class: "button", onclick: function () { step(1); } }, yl.icon("plus"), "大")));
    yl.dialog({ title: "字的大小", body: body, acts: [{ text: "就这样", value: true }] }).then(tellAccount);
  }

  // The cookie and the account are the truth; what the phone keeps helps when WeChat has lost the cookie.
  var own = document.cookie.indexOf("yl_font=") < 0 && !yl.$("[data-signed-in]") ? yl.kept("font") : null;
  if (own && SIZES.indexOf(own) >= 0 && own !== yl.fontPx()) yl.setFont(own);
  // A page that is nobody's came out of a cache: it knows no cookie.
  var said = yl.$("[data-signed-in]") ? null : /(?:^|; )yl_font=([0-9]+)/.exec(document.cookie);
  if (said && SIZES.indexOf(parseInt(said[1], 10)) >= 0) document.documentElement.setAttribute("data-font", said[1]);

  // ---- wiring ------------------------------------------------------------------------------------------------

  document.addEventListener("click", function (event) {
    var act = event.target.closest ? event.target.closest("[data-act]") : null;
    if (!act) return;
    var name = act.getAttribute("data-act");
    if (name === "font") fontDialog();
    if (name === "print") window.print();
    if (name === "reload") window.location.reload();
    if (name === "back") window.history.back();
    if (name === "say") yl.say(act.getAttribute("data-say") || act.textContent);
  });

  // A form that was sent is not sent twice by an impatient thumb.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method === "get") return;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    setTimeout(function () { form.removeAttribute("data-sent"); }, 8000);
  });

  document.addEventListener("DOMContentLoaded", function () {
    var strip = yl.$("[data-strip=network]");
    if (strip) yl.onNetwork(function (there) { strip.hidden = there; });
    var spoken = yl.$("[data-say-now]");
    if (spoken) yl.say(spoken.getAttribute("data-say-now"));
  });
})();
