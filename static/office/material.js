// One material: captions, and a voice for a page.
(function () {
  "use strict";
  var yl = window.yl;

  function form(fields) {
    var made = new FormData();
    Object.keys(fields).forEach(function (name) { made.append(name, fields[name]); });
    return made;
  }

  function untilReady(id) {
    return yl.wait(1500).then(function () { return yl.api("GET", "/api/v1/recordings/" + id); }).then(function (one) {
      if (one.state === "processing") return untilReady(id);
      if (one.fault) throw new yl.Problem({ code: one.fault.code, title: one.fault.title, sentence: one.fault.sentence });
      return one;
    });
  }

  var captions = yl.$("#captions");
  if (captions) captions.addEventListener("submit", function (event) {
    event.preventDefault();
    var file = yl.$("input[type=file]", captions).files[0];
    yl.api("PUT", "/api/v1/materials/" + captions.getAttribute("data-material") + "/captions", form({ file: file }))
      .then(function () { window.location.reload(); }, yl.showProblem);
  });

  yl.all("[data-act=record]").forEach(function (input) {
    input.addEventListener("change", function () {
      if (!input.files[0]) return;
      yl.toast("正在处理这段朗读…");
      yl.api("POST", "/api/v1/recordings", form({ file: input.files[0], target_kind: "page", target_id: input.closest("[data-page]").getAttribute("data-page") }), { timeoutMs: 120000 })
        .then(function (made) { return untilReady(made.id); })
        .then(function () { window.location.reload(); }, yl.showProblem);
    });
  });

  // A preparation that was given up is asked for once more.
  yl.all("[data-act=again]").forEach(function (button) {
    button.addEventListener("click", function () {
      button.disabled = true;
      yl.api("POST", "/api/v1/materials/" + button.closest("[data-material]").getAttribute("data-material") + "/prepare", {})
        .then(function () { window.location.reload(); }, function (problem) { button.disabled = false; yl.showProblem(problem); });
    });
  });
})();
