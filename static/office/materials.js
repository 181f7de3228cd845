// Send files piece by piece: after a break, a reload or another day the same file goes on where the server has it.
(function () {
  "use strict";
  var yl = window.yl;
  var form = yl.$("#form"), kind = yl.$("#kind"), files = yl.$("#files"), stopped = false, sending = false;
  var TYPES = { video: "video/mp4,video/quicktime,.mp4,.mov,.m4v", audio: "audio/*", pdf: "application/pdf", text: "image/jpeg,image/png,image/webp" };

  function fit() {
    yl.all("[data-for]").forEach(function (one) { one.hidden = one.getAttribute("data-for") !== kind.value; });
    yl.$("#text-field").hidden = kind.value !== "text";
    files.multiple = kind.value === "text";
    files.setAttribute("accept", TYPES[kind.value]);
    yl.$("#files-label").textContent = kind.value === "text" ? "图片（可以不选，按顺序编号）" : "文件";
  }

  function say(words, percent) {
    yl.$("#progress").hidden = false;
    yl.$("#said").textContent = words;
    if (percent !== undefined) yl.$("#bar").value = percent;
  }

  function keyOf(file) { return "upload." + [file.name, file.size, file.lastModified].join("."); }

  // The upload this very file began earlier, or a new one.
  function opened(file) {
    var known = yl.kept(keyOf(file));
    function fresh() {
      return yl.api("POST", "/api/v1/uploads", { name: file.name, size: file.size }).then(function (made) { yl.keep(keyOf(file), made.id); return made; });
    }
    if (!known) return fresh();
    return yl.api("GET", "/api/v1/uploads/" + known).then(
      function (found) { return found.state === "taken" || found.size !== file.size ? fresh() : found; },
      function (problem) { if (problem.status === 404) return fresh(); throw problem; });
  }

  function put(upload, file) {
    var piece = file.slice(upload.offset, upload.offset + upload.chunk_bytes);
    return fetch("/api/v1/uploads/" + upload.id + "?offset=" + upload.offset, {
      method: "PUT", body: piece, credentials: "same-origin",
      headers: { "X-CSRF-Token": yl.$("meta[name=csrf-token]").getAttribute("content"), "Content-Type": "application/octet-stream", Accept: "application/json" }
    }).then(function (answer) {
      return answer.json().catch(function () { return {}; }).then(function (body) {
        if (answer.ok) return body;
        if (answer.status === 409 && body.facts) return Object.assign({}, upload, { offset: body.facts.offset });
        throw new yl.Problem({ status: answer.status, code: body.code, title: body.title || "没有传上去", sentence: body.detail || body.sentence || "", todo: body.todo || "" });
      });
    });
  }

  function pieces(upload, file, tries) {
    if (upload.state !== "open" || upload.offset >= upload.size) return Promise.resolve(upload);
    if (stopped) return Promise.reject(new yl.Problem({ code: "stopped", title: "已暂停", sentence: "已经传的都留着。再按“开始上传”，会接着传。" }));
    say(file.name + "：" + Math.floor(100 * upload.offset / upload.size) + "%", 100 * upload.offset / upload.size);
    return put(upload, file).then(function (next) { return pieces(next, file, 0); }, function (problem) {
      if (problem instanceof yl.Problem && problem.status && problem.status < 500 && problem.status !== 429) throw problem;
      say("网络断了，会自动接着传。已传 " + Math.floor(100 * upload.offset / upload.size) + "%");
      return yl.wait(yl.backOffMs(Math.min(tries, 4))).then(function () { return pieces(upload, file, tries + 1); });
    });
  }

  function send(file) {
    return opened(file).then(function (upload) { return pieces(upload, file, 0); }).then(function (upload) {
      return yl.api("POST", "/api/v1/uploads/" + upload.id + "/complete", {}, { retries: 2 }).then(function () { return upload.id; });
    });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (sending) return;
    var chosen = Array.prototype.slice.call(files.files);
    if (kind.value !== "text" && chosen.length !== 1) { yl.toast("请先选一个文件。", "amber"); return; }
    sending = true;
    stopped = false;
    yl.$("#send").disabled = true;
    var ids = [];
    chosen.reduce(function (before, file) {
      return before.then(function () { return send(file); }).then(function (id) { ids.push(id); });
    }, Promise.resolve()).then(function () {
      say("传完了，正在检查…", 100);
      return yl.api("POST", "/api/v1/materials", { kind: kind.value, title: yl.$("#title").value, uploads: ids, text: kind.value === "text" ? yl.$("#text").value : "" });
    }).then(function () {
      chosen.forEach(function (file) { yl.keep(keyOf(file), null); });
      window.removeEventListener("beforeunload", warn);
      window.location.assign("/office/materials");
    }, function (problem) {
      if (problem.code === "stopped") say(problem.sentence); else { yl.$("#progress").hidden = true; yl.showProblem(problem); }
    }).then(function () { sending = false; yl.$("#send").disabled = false; });
  });

  function warn(event) { if (sending) { event.preventDefault(); event.returnValue = ""; } }
  window.addEventListener("beforeunload", warn);
  yl.$("#stop").addEventListener("click", function () { stopped = true; });
  kind.addEventListener("change", fit);
  fit();

  // What is still being prepared is asked for until it is done.
  var wait = 2000;
  function look() {
    var rows = yl.all("tr[data-state=processing]");
    if (!rows.length) return;
    Promise.all(rows.map(function (row) {
      return yl.api("GET", "/api/v1/materials/" + row.getAttribute("data-material")).then(function (one) {
        yl.$(".percent", row).textContent = "处理中 " + one.progress + "%";
        return one.state !== "processing";
      }, function () { return false; });
    })).then(function (done) {
      if (done.some(Boolean) && !sending) { window.location.reload(); return; }
      wait = Math.min(10000, wait * 1.3);
      setTimeout(look, wait);
    });
  }
  setTimeout(look, wait);

  // A preparation that was given up is asked for once more.
  yl.all("[data-act=again]").forEach(function (button) {
    button.addEventListener("click", function () {
      button.disabled = true;
      yl.api("POST", "/api/v1/materials/" + button.closest("[data-material]").getAttribute("data-material") + "/prepare", {})
        .then(function () { window.location.reload(); }, function (problem) { button.disabled = false; yl.showProblem(problem); });
    });
  });
})();
