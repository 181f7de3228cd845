// Forms and buttons of the office that speak to the API: <form data-api="/api/v1/…" data-then="/office/…/{id}">.
// Fields become JSON under their names (data-as="number" | "boolean" says otherwise). What was typed stays on a
// refusal. data-confirm asks first, data-reason asks for the reason in a dialog.
(function () {
  "use strict";

  function fieldsOf(form) {
    var body = {};
    yl.all("[name]", form).forEach(function (field) {
      if (field.name === "csrf_token" || field.disabled || (field.type === "radio" && !field.checked)) return;
      var as = field.getAttribute("data-as");
      if (field.type === "checkbox") body[field.name] = field.checked;
      else if (as === "number") body[field.name] = field.value === "" ? null : Number(field.value);
      else if (as === "boolean") body[field.name] = field.value === "true";
      else body[field.name] = field.value.trim();
    });
    return body;
  }

  // When the sign-in ended meanwhile, the page goes to /sign-in and comes back: what was typed waits here until then.
  // Numbers of identity papers (autocomplete off) are not kept on a computer that others use too.
  function placeOf(form) { return "yl.typed " + window.location.pathname + " " + form.getAttribute("data-api"); }

  function keepable(form) {
    return yl.all("[name]", form).filter(function (field) {
      return field.type !== "hidden" && field.getAttribute("autocomplete") !== "off";
    });
  }

  function keep(form) {
    var typed = keepable(form).map(function (field) {
      return field.type === "radio" || field.type === "checkbox" ? field.checked : field.value;
    });
    try { window.sessionStorage.setItem(placeOf(form), JSON.stringify(typed)); } catch (fault) { return; }
  }

  function drop(form) {
    try { window.sessionStorage.removeItem(placeOf(form)); } catch (fault) { return; }
  }

  function bringBack(form) {
    var typed = null;
    try { typed = JSON.parse(window.sessionStorage.getItem(placeOf(form)) || "null"); } catch (fault) { typed = null; }
    drop(form);
    var fields = keepable(form);
    if (!typed || typed.length !== fields.length) return;
    fields.forEach(function (field, at) {
      if (typeof typed[at] === "boolean") field.checked = typed[at];
      else field.value = typed[at];
    });
    var block = form.closest("details");
    if (block) block.open = true;
    yl.announce("刚才填的内容已经放回来了，请看一遍再提交。");
  }

  function busy(node, on) {
    node.setAttribute("aria-busy", on ? "true" : "false");
    yl.all("button", node.tagName === "BUTTON" ? node.parentNode : node).forEach(function (button) { button.disabled = on; });
  }

  // What was written stays for the next try, whatever ended this one.
  function asReason(node, fault) {
    var label = node.getAttribute("data-reason");
    if (!label) return Promise.resolve({});
    var area = yl.el("textarea", { class: "input", rows: "3", maxlength: node.getAttribute("data-most") || "500", "aria-label": label });
    area.value = node.getAttribute("data-written") || "";
    var body = yl.el("div", {}, yl.el("p", {}, label), area);
    if (fault) body.appendChild(yl.el("p", { class: "fault", role: "alert" }, fault));
    return yl.dialog({
      title: node.getAttribute("data-confirm") || "写明原因", body: body,
      acts: [{ text: "提交", value: true }, { text: "先不办", value: null }]
    }).then(function (yes) {
      var written = area.value.trim();
      node.setAttribute("data-written", written);
      if (yes && !written) return asReason(node, "写明原因才能提交。");
      return yes ? { reason: written } : null;
    });
  }

  function asked(node) {
    if (node.hasAttribute("data-reason")) return asReason(node);
    var text = node.getAttribute("data-confirm");
    if (!text) return Promise.resolve({});
    return yl.dialog({ title: text, acts: [{ text: "确定", value: true }, { text: "先不办", value: null }] })
      .then(function (yes) { return yes ? {} : null; });
  }

  // Send and go on; `shape` lets a page turn the fields into what the API wants.
  yl.send = function (node, body, more) {
    return asked(node).then(function (said) {
      if (said === null) return null;
      busy(node, true);
      yl.announce("正在提交");
      if (node.tagName === "FORM") keep(node);
      return yl.api("POST", node.getAttribute("data-api"), Object.assign({}, body, said), more).then(function (answer) {
        drop(node);
        goOn(node, answer);
        return answer;
      }, function (problem) {
        busy(node, false);
        if (problem.status === 401) return null;
        drop(node);
        yl.showProblem(problem);
        return null;
      });
    });
  };

  function goOn(node, answer) {
    var then = node.getAttribute("data-then");
    if (then) window.location.assign(then.replace("{id}", answer && answer.id ? answer.id : ""));
    else window.location.reload();
  }

  yl.shapes = {};

  // On the document, for buttons in a drawer come later than the page.
  document.addEventListener("click", function (event) {
    var button = event.target.closest ? event.target.closest("button[data-api]") : null;
    if (!button) return;
    // What takes long and may be sent twice says so: data-patience="120" (seconds).
    var patience = Number(button.getAttribute("data-patience"));
    yl.send(button, JSON.parse(button.getAttribute("data-body") || "{}"), patience ? { timeoutMs: 1000 * patience, retries: 1 } : {});
  });

  document.addEventListener("DOMContentLoaded", function () {
    yl.all("form[data-api]").forEach(function (form) {
      bringBack(form);
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        var shape = yl.shapes[form.getAttribute("data-shape")] || function (body) { return body; };
        yl.send(form, shape(fieldsOf(form)));
      });
    });
  });
})();
