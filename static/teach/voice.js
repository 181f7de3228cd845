// 录朗读: record, listen, send. What could not be sent stays on the phone until it has been sent or recorded anew.
(function () {
  "use strict";
  var yl = window.yl;
  var box = yl.$(".recorder");
  var most = parseInt(box.getAttribute("data-most"), 10);
  var state = yl.$(".state", box);
  var trial = yl.$(".trial", box);
  var choose = yl.$(".choose", box);
  var able = !!(window.MediaRecorder && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  var unsent = yl.blobs("yl-voices", "voices");
  var own = [box.getAttribute("data-me"), box.getAttribute("data-kind"), box.getAttribute("data-target")].join(":");
  var recorder = null, kept = null, timer = 0, address = "";

  function button(act) { return yl.$("[data-act=" + act + "]", box); }

  function show(acts, words, on) {
    ["start", "stop", "send", "again"].forEach(function (act) { button(act).hidden = acts.indexOf(act) < 0; });
    choose.hidden = !!on || !!kept;
    trial.hidden = !kept;
    state.className = on ? "state on" : "state";
    state.textContent = words;
  }

  function atFirst(words) {
    kept = null;
    show(able ? ["start"] : [], words || "最长 " + most + " 秒。");
  }

  function hold(blob, words) {
    kept = blob;
    if (!words) unsent.keep({ id: own, blob: blob });
    if (address) window.URL.revokeObjectURL(address);
    address = window.URL.createObjectURL(blob);
    trial.src = address;
    button("send").querySelector("span").textContent = "传上去";
    show(["send", "again"], words || "录好了。先听一遍，再传上去。");
  }

  function start() {
    button("start").disabled = true;
    navigator.mediaDevices.getUserMedia({ audio: true }).then(function (sound) {
      var pieces = [], from = Date.now();
      recorder = new window.MediaRecorder(sound);
      recorder.ondataavailable = function (event) { if (event.data.size) pieces.push(event.data); };
      recorder.onstop = function () {
        clearInterval(timer);
        sound.getTracks().forEach(function (track) { track.stop(); });
        if (pieces.length) hold(new window.Blob(pieces, { type: recorder.mimeType }));
        else atFirst("没有录到声音，请再录一次。");
      };
      recorder.start(1000);
      function tick() {
        var past = Math.floor((Date.now() - from) / 1000);
        state.textContent = "正在录 " + yl.mmss(past) + "，还能录 " + yl.mmss(Math.max(0, most - past));
        if (past >= most - 1) stop();
      }
      show(["stop"], "正在录", true);
      tick();
      timer = setInterval(tick, 500);
    }).catch(function () {
      able = false;
      atFirst("不能用话筒。请在手机设置里允许，或者选一段录好的声音。");
    }).then(function () { button("start").disabled = false; });
  }

  function stop() {
    clearInterval(timer);
    if (recorder && recorder.state !== "inactive") recorder.stop();
  }

  function untilReady(id) {
    return yl.wait(1500).then(function () { return yl.api("GET", "/api/v1/recordings/" + id); }).then(function (one) {
      if (one.state === "processing") return untilReady(id);
      if (one.fault) throw new yl.Problem({ status: 422, code: one.fault.code, title: one.fault.title, sentence: one.fault.sentence });
      return one;
    });
  }

  function send() {
    var sent = new FormData();
    sent.append("file", kept, "voice");
    sent.append("target_kind", box.getAttribute("data-kind"));
    sent.append("target_id", box.getAttribute("data-target"));
    show([], "正在传，请不要关页面…");
    yl.api("POST", "/api/v1/recordings", sent, { timeoutMs: 120000, retries: 2 }).then(function (made) {
      state.textContent = "传到了，正在处理…";
      return untilReady(made.id);
    }).then(function () {
      kept = null;
      unsent.drop(own);
      window.location.assign("/teach/voices");
    }).catch(function (problem) {
      button("send").querySelector("span").textContent = "再传一次";
      show(["send", "again"], "还没有传好。您录的还在，可以再传一次。");
      yl.showProblem(problem);
    });
  }

  button("start").addEventListener("click", start);
  button("stop").addEventListener("click", stop);
  button("send").addEventListener("click", send);
  button("again").addEventListener("click", function () {
    unsent.drop(own);
    atFirst();
  });
  yl.$("input[type=file]", box).addEventListener("change", function () {
    if (this.files[0]) hold(this.files[0]);
    this.value = "";
  });
  window.addEventListener("beforeunload", function (event) {
    if (kept || (recorder && recorder.state === "recording")) { event.preventDefault(); event.returnValue = ""; }
  });
  atFirst();
  unsent.get(own).then(function (row) {
    if (row && row.blob && !kept && !recorder) hold(row.blob, "上次录的还没有传。先听一遍，再传上去。");
  });
})();
