// One question: a voice that reads it aloud, recorded on this phone or chosen as a file.
(function () {
  "use strict";
  var yl = window.yl;

  function untilReady(id) {
    return yl.wait(1500).then(function () { return yl.api("GET", "/api/v1/recordings/" + id); }).then(function (one) {
      if (one.state === "processing") return untilReady(id);
      if (one.fault) throw new yl.Problem({ code: one.fault.code, title: one.fault.title, sentence: one.fault.sentence });
      return one;
    });
  }

  yl.all("[data-act=record]").forEach(function (input) {
    input.addEventListener("change", function () {
      if (!input.files[0]) return;
      var sent = new FormData();
      sent.append("file", input.files[0]);
      sent.append("target_kind", "question");
      sent.append("target_id", input.closest("[data-question]").getAttribute("data-question"));
      yl.toast("正在处理这段朗读…");
      yl.api("POST", "/api/v1/recordings", sent, { timeoutMs: 120000 })
        .then(function (made) { return untilReady(made.id); })
        .then(function () { window.location.reload(); }, yl.showProblem);
    });
  });
})();
