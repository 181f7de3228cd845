// What follows the # of a scanned code stays on the phone until here; it is sent once, to be held against what was signed.
(function () {
  "use strict";
  var yl = window.yl;
  var carried = window.location.hash.slice(1);
  var told = document.getElementById("code");
  if (!told || carried.split(".").length !== 3) return;

  function say(answer) {
    var tone = answer.code_holds ? "pine" : "red";
    yl.clear(told);
    told.appendChild(yl.el("div", { class: "note " + tone }, yl.icon(answer.code_holds ? "done" : "refused"), yl.el("span", {}, answer.code_sentence)));
    told.hidden = false;
    if (!answer.code_holds) warn();
  }

  // The state below is that of the real certificate, not of what was scanned: it must not look like a good answer.
  function warn() {
    var state = yl.$("#state");
    state.className = "state";
    state.parentNode.insertBefore(told, state);
    state.insertBefore(yl.el("p", { class: "muted" }, "存档里这个编号的证书："), state.firstChild);
  }

  yl.api("POST", "/api/v1/certificate-checks", { payload: carried, code: yl.$("#state").getAttribute("data-code") }, { stay: true })
    .then(say, function () {
      yl.clear(told);
      told.appendChild(yl.el("p", { class: "muted" }, "现在没有查到二维码里的签名，请看下面的内容。"));
      told.hidden = false;
    });
})();
