// Hand a question file in: a file chosen or dropped, or pasted text. What was pasted stays until it has arrived.
(function () {
  "use strict";

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

  function handIn(body) {
    var form = yl.$("#upload"), block = yl.$("#sending"), text = yl.$("#sending-text"), bar = yl.$("#progress");
    block.hidden = false;
    bar.value = 0;
    text.textContent = "正在上传…";
    upload(form.getAttribute("data-address"), body, function (share) {
      bar.value = share;
      if (share >= 100) { bar.removeAttribute("value"); text.textContent = "传好了，正在一道一道地读…"; }
    }).then(function (answer) {
      try { window.sessionStorage.removeItem("yl.pasted"); } catch (fault) { /* nothing was kept */ }
      window.location.assign(form.getAttribute("data-page") + answer.id);
    }, function (problem) {
      block.hidden = true;
      yl.$("#file").value = "";
      yl.showProblem(problem);
    });
  }

  function give(found) {
    if (!found) return;
    var body = new FormData();
    body.append("file", found, found.name);
    handIn(body);
  }

  document.addEventListener("DOMContentLoaded", function () {
    var file = yl.$("#file"), drop = yl.$("#drop"), area = yl.$("#text"), words = yl.$("#paste-words");
    try { area.value = area.value || window.sessionStorage.getItem("yl.pasted") || ""; } catch (fault) { area.value = ""; }
    file.addEventListener("change", function () { give(file.files[0]); });
    ["dragenter", "dragover"].forEach(function (name) {
      drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.remove("over"); });
    });
    drop.addEventListener("drop", function (event) { give(event.dataTransfer.files[0]); });
    area.addEventListener("input", function () {
      try { window.sessionStorage.setItem("yl.pasted", area.value); } catch (fault) { return; }
    });
    yl.$("#paste").addEventListener("submit", function (event) {
      event.preventDefault();
      if (!area.value.trim()) { words.textContent = "还没有粘贴内容。"; area.focus(); return; }
      words.textContent = "";
      var body = new FormData();
      body.append("text", area.value);
      handIn(body);
    });
  });
})();
