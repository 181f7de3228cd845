// Hand a roster in (file, drop or paste) with progress; look at its rows; leave rows out; enter the rest.
(function () {
  "use strict";

  function problemOf(text, status) {
    var content = {};
    try { content = JSON.parse(text); } catch (fault) { content = {}; }
    return new yl.Problem({
      status: status, code: content.code || "", title: content.title || "没有传上去",
      sentence: content.detail || "这份名单没有传上去，请再试一次。", todo: content.todo || "", facts: content.facts || {}
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
        refuse(new yl.Problem({ offline: true, title: "现在没有网络", sentence: "网络断了，名单还没有传到。", todo: "有网以后再传一次。" }));
      };
      request.send(body);
    });
  }

  function handIn(form, body) {
    var block = yl.$("#sending"), text = yl.$("#sending-text"), bar = yl.$("#progress");
    block.hidden = false;
    bar.value = 0;
    text.textContent = "正在上传…";
    upload(form.getAttribute("data-address"), body, function (share) {
      bar.value = share;
      if (share >= 100) { bar.removeAttribute("value"); text.textContent = "传好了，正在逐行核对…"; }
    }).then(function (answer) {
      window.location.assign(form.getAttribute("data-page") + "?import=" + answer.id + (answer.again ? "&again=1" : ""));
    }, function (problem) {
      block.hidden = true;
      yl.$("#file").value = "";
      yl.showProblem(problem);
    });
  }

  function startHandingIn() {
    var form = yl.$("#upload");
    if (!form) return;
    var file = yl.$("#file"), drop = yl.$("#drop");
    function give(found) {
      if (!found) return;
      var body = new FormData();
      body.append("file", found, found.name);
      handIn(form, body);
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
      var body = new FormData();
      body.append("text", yl.$("#text").value);
      handIn(form, body);
    });
  }

  yl.shapes.columns = function (body) {
    body.columns = yl.all("[data-column]").map(function (select) { return select.value; });
    // Another sheet or header has other columns: let the server read them first.
    var form = yl.$("#columns");
    if (form.getAttribute("data-moved")) body.columns = null;
    return body;
  };

  function startColumns() {
    var form = yl.$("#columns");
    if (!form) return;
    yl.all("[name=sheet], [name=header_row], [name=header_rows]", form).forEach(function (field) {
      field.addEventListener("change", function () { form.setAttribute("data-moved", "1"); });
    });
  }

  function startFilter() {
    var rows = yl.$("#rows");
    if (!rows) return;
    yl.all("[data-show]", rows).forEach(function (chip) {
      chip.addEventListener("click", function () {
        var wanted = chip.getAttribute("data-show");
        yl.all("[data-show]", rows).forEach(function (other) { other.setAttribute("aria-pressed", String(other === chip)); });
        yl.all("tbody tr", rows).forEach(function (row) {
          row.hidden = !!wanted && (wanted === "warned" ? !row.hasAttribute("data-warned") : row.getAttribute("data-outcome") !== wanted);
        });
      });
    });
  }

  function startCommit() {
    var button = yl.$("#commit");
    if (!button) return;
    var ticks = yl.all("[data-leave]");
    var adds = Number(button.getAttribute("data-adds"));
    var closed = button.disabled;

    function show() {
      var open = 0, leaving = 0, going = adds;
      ticks.forEach(function (tick) {
        var row = tick.closest("tr");
        row.classList.toggle("left", tick.checked);
        if (tick.checked) { leaving += 1; if (row.getAttribute("data-outcome") === "add") going -= 1; }
        else if (tick.hasAttribute("data-bad")) open += 1;
      });
      var words = open ? "还有 " + open + " 行要改：请改好表格再传，或者勾选“不加”。" : "可以加入 " + going + " 人。";
      yl.$("#summary").textContent = words + (leaving ? "不加 " + leaving + " 行。" : "");
      button.disabled = closed || open > 0;
    }

    ticks.forEach(function (tick) { tick.addEventListener("change", show); });
    var all = yl.$("#leave-bad");
    if (all) all.addEventListener("click", function () {
      ticks.forEach(function (tick) { if (tick.hasAttribute("data-bad")) tick.checked = true; });
      show();
    });
    button.addEventListener("click", function () {
      var left = ticks.filter(function (tick) { return tick.checked; }).map(function (tick) { return Number(tick.getAttribute("data-leave")); });
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
      yl.$("#summary").textContent = "正在加入，人多的时候要等几秒…";
      yl.api("POST", button.getAttribute("data-address"), { left_out: left }, { timeoutMs: 120000, retries: 1 }).then(function () {
        window.location.reload();
      }, function (problem) {
        button.removeAttribute("aria-busy");
        show();
        yl.showProblem(problem);
      });
    });
    show();
  }

  document.addEventListener("DOMContentLoaded", function () {
    startHandingIn();
    startColumns();
    startFilter();
    startCommit();
  });
})();
