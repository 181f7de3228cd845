// 叫人帮忙扫: a code for one more phone, once and for five minutes; the phones that help, each taken back with a tap.
(function () {
  "use strict";

  var yl = window.yl;
  var box = yl.$("#helpers");
  if (!box) return;
  var path = "/api/v1/sessions/" + yl.meeting.id + "/helpers";
  var timer = 0;
  var until = 0;
  var known = 0;

  function words() {
    var left = Math.ceil((until - yl.serverNow()) / 1000);
    if (until && left <= 0) hideCode();
    yl.$("#helper-left").textContent = until ? "还能用 " + Math.floor(left / 60) + " 分 " + left % 60 + " 秒，只能用一次" : "";
  }

  function hideCode() {
    until = 0;
    yl.clear(yl.$("#helper-code")).hidden = true;
    yl.$("#helper-left").textContent = "";
  }

  function take(id, name) {
    yl.dialog({ title: "收回" + name + "的手机？", text: "马上就不能再扫。已经扫的都算。", acts: [{ text: "收回", value: true, tone: "indigo" }, { text: "先不收", value: false }] }).then(function (yes) {
      if (yes) yl.api("POST", path + "/" + id + "/end", {}, { retries: 2 }).then(refresh, yl.showProblem);
    });
  }

  function draw(items) {
    var list = yl.clear(yl.$("#helper-list"));
    var live = items.filter(function (one) { return !one.ended_at; });
    if (live.length > known) hideCode();
    known = live.length;
    live.forEach(function (one) {
      list.appendChild(yl.el("li", {}, yl.el("span", {}, one.label + "，扫了 " + one.scans + " 次"),
        yl.el("button", { type: "button", class: "button indigo", onclick: function () { take(one.id, one.label); } }, "收回")));
    });
  }

  function refresh() {
    return yl.api("GET", path, null, { retries: 0 }).then(function (told) { draw(told.items); }, function () { return null; });
  }

  yl.$("#helper-add").addEventListener("click", function () {
    yl.api("POST", path, {}, { timeoutMs: 8000 }).then(function (told) {
      var place = yl.$("#helper-code");
      place.hidden = false;
      yl.symbol(place, told, "请人帮忙的码");
      until = Date.parse(told.expires_at);
      words();
    }, yl.showProblem);
  });

  box.addEventListener("toggle", function () {
    clearInterval(timer);
    if (!box.open) { hideCode(); return; }
    refresh();
    var turn = 0;
    timer = setInterval(function () { words(); turn += 1; if (turn % 3 === 0 && document.visibilityState === "visible") refresh(); }, 1000);
  });
})();
