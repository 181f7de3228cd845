// A zip of photos: looked at first, every file told; taken whole when nothing is wrong with it.
(function () {
  "use strict";
  var yl = window.yl;
  var form = yl.$("#zip-form"), file = yl.$("#zip-file"), digest = "";

  function say(words, tone) {
    var place = yl.$("#zip-said");
    place.textContent = words;
    place.className = tone || "";
  }

  function send(path, more) {
    var body = new window.FormData();
    body.append("zip", file.files[0]);
    Object.keys(more || {}).forEach(function (name) { body.append(name, more[name]); });
    return yl.api("POST", path, body, { timeoutMs: 180000 });
  }

  function draw(told) {
    var rows = yl.clear(yl.$("#zip-rows"));
    told.lines.slice().sort(function (a, b) { return (b.code ? 1 : 0) - (a.code ? 1 : 0); }).forEach(function (one) {
      rows.appendChild(yl.el("tr", {}, yl.el("td", {}, one.file), yl.el("td", { class: "nowrap" }, one.name), yl.el("td", { class: "nowrap" }, one.masked_id),
        yl.el("td", {}, yl.el("span", { class: "chip " + (one.code ? "red" : "ink") }, yl.icon(one.code ? "refused" : "check"), one.title), one.sentence ? " " + one.sentence : "")));
    });
    yl.$("#zip-lines").hidden = false;
  }

  function busy(on) { yl.$("#zip-look").disabled = yl.$("#zip-take").disabled = on; }

  function problem(fault) {
    busy(false);
    say(fault.title + "：" + fault.sentence + (fault.todo || ""));
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (!file.files.length) return;
    busy(true);
    yl.$("#zip-take").hidden = yl.$("#zip-lines").hidden = true;
    say("正在核对，请等一会儿…");
    send("/api/v1/photo-zips/look").then(function (told) {
      busy(false);
      digest = told.digest;
      draw(told);
      say(told.faults ? "共 " + told.files + " 个文件，" + told.faults + " 个不能用。请按下面的说明改好，重新压缩，再核对。"
        : "共 " + told.files + " 张，都可以收。" + (told.replaces ? "其中 " + told.replaces + " 人已经有照片，新的通过以后换掉旧的。" : ""));
      yl.$("#zip-take").hidden = told.faults > 0;
    }, problem);
  });

  yl.$("#zip-take").addEventListener("click", function () {
    busy(true);
    say("正在收…");
    send("/api/v1/photo-zips", { digest: digest }).then(function (told) {
      yl.toast("收下了 " + told.files + " 张，请一张一张看过再通过。");
      window.location.reload();
    }, problem);
  });
  file.addEventListener("change", function () { yl.$("#zip-take").hidden = true; digest = ""; say(""); });
})();
