// Print sheets, hand in what was signed (one request per file, so that one bad file does not stop the others), file by hand.
(function () {
  "use strict";
  var yl = window.yl;

  function print(button) {
    var from = button.getAttribute("data-from");
    var subject = from ? yl.$("#" + from).value : button.getAttribute("data-subject");
    button.disabled = true;
    yl.api("POST", "/api/v1/papers", { kind: button.getAttribute("data-print"), subject_id: subject }, { retries: 2 })
      .then(function (paper) { follow(paper.id, 0, button.getAttribute("data-then")); }, function (problem) { button.disabled = false; yl.showProblem(problem); });
  }

  function follow(id, tries, then) {
    yl.announce("正在做");
    yl.wait(Math.min(400 + 200 * tries, 2000)).then(function () { return yl.api("GET", "/api/v1/papers/" + id); }).then(function (paper) {
      if (paper.state === "asked" && tries < 100) follow(id, tries + 1, then);
      else if (then) window.location.assign(then);
      else window.location.reload();
    }, function (problem) {
      if (problem.offline && tries < 100) follow(id, tries + 1, then);
      else yl.showProblem(problem);
    });
  }

  function handIn(form) {
    var files = Array.prototype.slice.call(form.elements.files.files), told = yl.$("#told"), bad = [];
    if (!files.length) { told.textContent = "还没有选照片。"; return; }
    yl.all("button", form).forEach(function (one) { one.disabled = true; });
    files.reduce(function (before, file, at) {
      return before.then(function () {
        var body = new FormData();
        body.append("files", file);
        told.textContent = "正在传第 " + (at + 1) + " 个，共 " + files.length + " 个";
        return yl.api("POST", form.getAttribute("data-to"), body)
          .catch(function (problem) { bad.push(file.name + "：" + (problem.sentence || problem.title)); });
      });
    }, Promise.resolve()).then(function () {
      if (!bad.length) { window.location.reload(); return; }
      yl.all("button", form).forEach(function (one) { one.disabled = false; });
      told.textContent = "传好了 " + (files.length - bad.length) + " 个。没有传成：" + bad.join("；");
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print]");
    if (button) print(button);
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.id === "upload") { event.preventDefault(); handIn(form); }
    if (!form.hasAttribute("data-file-scan")) return;
    event.preventDefault();
    yl.api("POST", "/api/v1/paper-scans/" + form.getAttribute("data-file-scan") + "/page", { code: form.elements.code.value })
      .then(function () { window.location.reload(); }, yl.showProblem);
  });

  // What is being made or read comes by itself; a page somebody is filling in is left alone.
  function renew() {
    yl.wait(3000).then(function () {
      var typing = yl.all("input.code").some(function (one) { return one.value; }) || (yl.$("#upload") && yl.$("#upload").elements.files.value);
      if (yl.$("#working") && !typing && !document.hidden) window.location.reload();
      else if (yl.$("#working")) renew();
    });
  }
  renew();
})();
