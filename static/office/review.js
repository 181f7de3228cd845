// 学时审核: arrow keys walk the rows, verdicts and decisions go to the API, what changed is drawn anew.
(function () {
  "use strict";

  var yl = window.yl;

  // ---- rows: up, down, Home, End; Enter opens the drawer (the link itself), Escape closes it (overlay.js) -----

  document.addEventListener("keydown", function (event) {
    if (yl.$(".drawer") || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    var rows = yl.all("#log .row-link");
    if (!rows.length || event.ctrlKey || event.altKey || event.metaKey) return;
    var at = rows.indexOf(document.activeElement);
    var to = { ArrowDown: at + 1, ArrowUp: at < 0 ? 0 : at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
  });

  // ---- drawing anew: the list behind, and the record wherever it is shown ---------------------------------------

  function fetched(address, selector) {
    return fetch(address, { credentials: "same-origin", headers: { "X-Drawer": "1" } }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    }).then(function (text) { return new DOMParser().parseFromString(text, "text/html").querySelector(selector); });
  }

  function replaced(node, address, selector) {
    if (!node) return Promise.resolve();
    return fetched(address, selector).then(function (fresh) {
      if (fresh) node.parentNode.replaceChild(document.importNode(fresh, true), node);
    });
  }

  function anew() {
    var record = yl.$(".record");
    var technical = record && record.classList.contains("with-technical");
    return Promise.all([
      replaced(yl.$("#log"), window.location.href, "#log"),
      record ? replaced(record, record.getAttribute("data-record"), ".record") : null
    ]).then(function () {
      var fresh = yl.$(".record");
      if (technical && fresh) {
        fresh.classList.add("with-technical");
        yl.$("[data-technical]", fresh).checked = true;
      }
    }, function () { window.location.reload(); });
  }

  // ---- verdicts and decisions ------------------------------------------------------------------------------------

  function sent(area, address, body, words) {
    var buttons = yl.all("button", area);
    buttons.forEach(function (button) { button.disabled = true; });
    yl.api("POST", address, body).then(function () {
      yl.toast(words);
      yl.announce(words);
      return anew();
    }).catch(function (problem) {
      buttons.forEach(function (button) { button.disabled = false; });
      yl.toast([problem.sentence || problem.title, problem.todo].filter(Boolean).join(""), "red");
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("[data-verdict], [data-accept]") : null;
    if (!button) return;
    var area = button.closest("[data-review], [data-decide]");
    var field = yl.$("[data-reason]", area);
    var reason = field ? field.value.trim() : "";
    if (button.hasAttribute("data-accept")) {
      var accept = button.getAttribute("data-accept") === "true";
      if (!reason) {
        field.focus();
        yl.toast("请先写一句核对情况，例如：问过老师，看了照片。", "amber");
        return;
      }
      sent(area, "/api/v1/scans/" + area.getAttribute("data-decide") + "/decision", { accept: accept, reason: reason },
        accept ? "已计入。" : "没有计入，原因已记下。");
      return;
    }
    var verdict = button.getAttribute("data-verdict");
    if (verdict === "questioned" && !reason) {
      field.focus();
      yl.toast("请先写清有什么疑问。", "amber");
      return;
    }
    sent(area, area.getAttribute("data-review"), { verdict: verdict, reason: verdict === "questioned" ? reason : "" },
      verdict === "confirmed" ? "已记下：核对无误。" : "已记下：有疑问。");
  });

  document.addEventListener("change", function (event) {
    if (!event.target.hasAttribute || !event.target.hasAttribute("data-technical")) return;
    event.target.closest(".record").classList.toggle("with-technical", event.target.checked);
  });
})();
