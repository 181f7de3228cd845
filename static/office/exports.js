// Exports in the background: <button data-export="standings" data-filter='{…}'>; a panel below the head says how far.
(function () {
  "use strict";

  var yl = window.yl;
  var WORDS = { queued: "排队中，马上开始", running: "正在导出" };

  function panelFor(button) {
    // One panel per button, so that two exports do not write over each other.
    var head = button.closest(".page-head, [data-exports]") || button;
    var kind = button.getAttribute("data-export");
    var panel = yl.$(".export-panel[data-of='" + kind + "']", head.parentNode);
    if (!panel) {
      panel = yl.el("div", { class: "task export-panel", role: "status", "data-of": kind });
      head.parentNode.insertBefore(panel, head.nextSibling);
    }
    return panel;
  }

  function shown(panel, button, told) {
    yl.clear(panel);
    panel.className = "task export-panel " + told.state;
    if (told.state === "done") {
      panel.appendChild(yl.icon("done"));
      panel.appendChild(yl.el("span", {}, told.url ? "做好了。" : "这个文件已经过期，请再做一次。"));
      if (told.url) panel.appendChild(yl.el("a", { class: "button main", href: told.url, download: told.name }, yl.icon("down"), "下载：" + told.name));
      return;
    }
    if (told.state === "failed") {
      panel.appendChild(yl.icon("warn"));
      panel.appendChild(yl.el("span", {}, told.fault || "导出没有做成。"));
      panel.appendChild(yl.el("button", { type: "button", class: "button", onclick: function () { begin(button); } }, yl.icon("again"), "再导出一次"));
      return;
    }
    panel.appendChild(yl.el("span", {}, WORDS[told.state] + (told.progress ? "，" + told.progress + "%" : "")));
    panel.appendChild(yl.el("progress", { max: 100, value: told.progress, "aria-label": "导出进度" }));
    panel.appendChild(yl.el("button", { type: "button", class: "button quiet", onclick: function () { cancel(panel, button, told); } }, "不做了"));
  }

  function failed(panel, button, problem) {
    shown(panel, button, { state: "failed", fault: [problem.sentence || problem.title, problem.todo].filter(Boolean).join("") });
  }

  function follow(panel, button, id, tries) {
    yl.wait(Math.min(400 + 200 * tries, 2000)).then(function () {
      if (!document.body.contains(panel)) return;
      yl.api("GET", "/api/v1/exports/" + id).then(function (told) {
        shown(panel, button, told);
        if (told.state === "done" || told.state === "failed") {
          button.disabled = false;
          yl.announce(told.state === "done" ? "做好了" : told.fault);
        } else follow(panel, button, id, tries + 1);
      }, function (problem) {
        // A break in the network does not end the export: ask again.
        if (problem.offline && tries < 200) follow(panel, button, id, tries + 1);
        else { button.disabled = false; failed(panel, button, problem); }
      });
    });
  }

  function cancel(panel, button, told) {
    if (!told.id) return;
    yl.api("DELETE", "/api/v1/exports/" + told.id).then(function (after) {
      shown(panel, button, after);
    }, function (problem) { failed(panel, button, problem); });
  }

  function begin(button) {
    var panel = panelFor(button);
    button.disabled = true;
    shown(panel, button, { state: "queued", progress: 0 });
    var asked = { kind: button.getAttribute("data-export"), filter: JSON.parse(button.getAttribute("data-filter") || "{}") };
    yl.api("POST", "/api/v1/exports", asked, { retries: 2 }).then(function (told) {
      shown(panel, button, told);
      follow(panel, button, told.id, 0);
    }, function (problem) { button.disabled = false; failed(panel, button, problem); });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-export]") : null;
    if (button) begin(button);
  });
})();
