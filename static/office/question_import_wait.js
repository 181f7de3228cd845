// Ask how far the reading of a large question file is, and show the questions once it is read. A reload asks anew.
(function () {
  "use strict";
  var yl = window.yl;
  var block, STEPS = ["正在读文件里的字和图片", "正在和题库比较，看有没有重复", "正在存图片，马上就好"];

  function say(state) {
    var done = state.progress.done, total = state.progress.total;
    yl.$("#step").textContent = total ? "第 " + Math.min(done + 1, total) + " 步，共 " + total + " 步：" + STEPS[Math.min(done, STEPS.length - 1)] + "…" : "排队中，马上开始…";
    var bar = yl.$("#progress");
    if (total) { bar.max = total; bar.value = done; } else bar.removeAttribute("value");
  }

  function follow(tries) {
    yl.wait(Math.min(700 + 150 * tries, 4000)).then(function () {
      return yl.api("GET", block.getAttribute("data-state"));
    }).then(function (state) {
      if (state.state !== "reading" || state.given_up) { yl.announce("读完了"); window.location.reload(); return; }
      say(state);
      follow(tries + 1);
    }, function (problem) {
      // A break in the network does not end the reading: ask again.
      if (problem.status && problem.status < 500 && problem.status !== 429) { yl.showProblem(problem); return; }
      yl.$("#step").textContent = "网络不稳，文件还在读，会自动再问…";
      follow(tries + 1);
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    block = yl.$("#reading");
    if (block) follow(0);
  });
})();
