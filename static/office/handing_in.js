// Hand a file in: chosen, dropped on #drop, or pasted into #text. Used by the pages of rosters and of question files.
// yl.handIn({reading, to, kept}): `reading` is said once everything has arrived, `to(answer)` is where the page goes then,
// `kept` names where pasted text waits in this window until it has arrived.
(function () {
  "use strict";
  var MB = 1024 * 1024;

  function problemOf(text, status) {
    var content = {};
    try { content = JSON.parse(text); } catch (fault) { content = {}; }
    return new yl.Problem({
      status: status, code: content.code || "", title: content.title || "没有传上去",
      sentence: content.detail || "没有传上去，请再试一次。", todo: content.todo || "", facts: content.facts || {}
    });
  }

  // fetch cannot tell how much was sent, so files go by XMLHttpRequest.
  function upload(address, body, told) {
    return new Promise(function (settle, refuse) {
      var request = new XMLHttpRequest();
      request.open("POST", address);
      request.setRequestHeader("Accept", "application/json, application/problem+json");
      request.setRequestHeader("X-CSRF-Token", yl.$("meta[name=csrf-token]").getAttribute("content"));
      request.upload.onprogress = function (event) { if (event.lengthComputable) told(Math.round(100 * event.loaded / event.total)); };
      request.onload = function () {
        if (request.status < 300) settle(JSON.parse(request.responseText));
        else refuse(problemOf(request.responseText, request.status));
      };
      request.onerror = function () {
        refuse(new yl.Problem({ offline: true, title: "现在没有网络", sentence: "网络断了，还没有传到。", todo: "有网以后再传一次。" }));
      };
      request.send(body);
    });
  }

  yl.handIn = function (options) {
    var form = yl.$("#upload"), file = yl.$("#file"), drop = yl.$("#drop"), area = yl.$("#text"), words = yl.$("#paste-words");
    var sending = false;

    function keep(text) {
      if (!options.kept) return;
      try {
        if (text) window.sessionStorage.setItem(options.kept, text);
        else window.sessionStorage.removeItem(options.kept);
      } catch (fault) { return; }
    }

    function handIn(body) {
      if (sending) return;
      var block = yl.$("#sending"), text = yl.$("#sending-text"), bar = yl.$("#progress");
      sending = true;
      block.hidden = false;
      bar.value = 0;
      text.textContent = "正在上传…";
      block.scrollIntoView({ block: "nearest" });
      upload(form.getAttribute("data-address"), body, function (share) {
        bar.value = share;
        if (share >= 100) { bar.removeAttribute("value"); text.textContent = options.reading; }
      }).then(function (answer) {
        keep("");
        window.location.assign(options.to(answer));
      }, function (problem) {
        sending = false;
        block.hidden = true;
        file.value = "";
        yl.showProblem(problem);
      });
    }

    // Told before a long upload that would be refused.
    function tooBig(found) {
      var most = Number(form.getAttribute("data-most-mb"));
      if (!most || found.size <= most * MB) return false;
      file.value = "";
      yl.showProblem(new yl.Problem({
        code: "question_file.too_big", title: "文件太大", todo: form.getAttribute("data-too-big") || "",
        sentence: "这个文件有 " + Math.ceil(found.size / MB) + " MB，最大收 " + most + " MB，没有上传。"
      }));
      return true;
    }

    function give(found) {
      if (!found || tooBig(found)) return;
      var body = new FormData();
      body.append("file", found, found.name);
      handIn(body);
    }

    if (options.kept) {
      try { area.value = area.value || window.sessionStorage.getItem(options.kept) || ""; } catch (fault) { area.value = ""; }
      area.addEventListener("input", function () { keep(area.value); });
    }
    file.addEventListener("change", function () { give(file.files[0]); });
    ["dragenter", "dragover"].forEach(function (name) {
      drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.remove("over"); });
    });
    drop.addEventListener("drop", function (event) { give(event.dataTransfer.files[0]); });
    yl.$("#paste").addEventListener("submit", function (event) {
      event.preventDefault();
      if (!area.value.trim()) { words.textContent = "还没有粘贴内容。"; area.focus(); return; }
      words.textContent = "";
      var body = new FormData();
      body.append("text", area.value);
      handIn(body);
    });
    // Coming back by the browser's button brings the page as it was left.
    window.addEventListener("pageshow", function () { sending = false; yl.$("#sending").hidden = true; });
  };
})();
