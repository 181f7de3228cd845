// Today's sessions: open one, or give a waiting PC screen to one. What this phone has not sent yet goes from here too.
(function () {
  "use strict";

  var yl = window.yl;

  function press(button, path, body, then) {
    button.disabled = true;
    yl.api("POST", path, body, { retries: 2 }).then(then).catch(function (problem) {
      button.disabled = false;
      yl.showProblem(problem);
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-open], [data-bind]");
    if (!button) return;
    var session = button.closest("[data-session]").getAttribute("data-session");
    if (button.hasAttribute("data-open")) {
      press(button, "/api/v1/sessions/" + session + "/open", {}, function () {
        window.location.assign("/teach/sessions/" + session);
      });
      return;
    }
    press(button, "/api/v1/screens/" + button.getAttribute("data-bind") + "/bind", { session_id: session }, function () {
      window.location.assign("/teach/sessions/" + session + "?bound=1");
    });
  });

  // ---- what this phone still holds ---------------------------------------------------------------------------

  var place = yl.$("#held");

  function hold(session) {
    var words = yl.el("p", { class: "note amber" }, yl.icon("upload"), yl.el("span", {}));
    var list = yl.el("ul", { class: "refusals" });
    var part = yl.el("div", { class: "stack-1" }, words, list);
    var queue = yl.scanQueue(session, { by: place.getAttribute("data-by"), onAnswer: function () { return null; }, onChange: draw });
    var faces = yl.firstPhotos(session, { by: place.getAttribute("data-by"), onChange: draw, waits: function (uuid) { return queue.items().some(function (one) { return one.scan_uuid === uuid; }); } });

    function draw() {
      setTimeout(function () {
        var waits = queue.items().length, others = queue.others(), refused = queue.refusals.items().length, photos = faces.count();
        if (!waits) faces.flush();
        words.hidden = !waits && !others && !photos;
        words.lastChild.textContent = photos && !waits ? "有 " + photos + " 张照片存在这部手机里，正在上传。没有网就等有网。" : waits ? "有 " + waits + " 条扫码存在这部手机里，正在上传。没有网就等有网。" : "有 " + others + " 条是别的老师扫的，等他登录以后上传。";
        yl.clear(list);
        if (refused) {
          list.appendChild(yl.el("li", {}, yl.el("strong", {}, "没有算上的 " + refused + " 条，处理一条，点掉一条："), yl.el("a", { href: "/teach/sessions/" + session }, "看这次课")));
          yl.drawRefusals(list, queue.refusals);
        }
        part.hidden = !waits && !others && !refused && !photos;
        place.hidden = !yl.all(":scope > div", place).some(function (one) { return !one.hidden; });
      }, 0);
    }

    place.appendChild(part);
    queue.refusals.onChange(draw);
    yl.onNetwork(draw);
  }

  // A close that was asked for without a network: the page of its session sends it, after all that waits there.
  yl.closings.waiting(place.getAttribute("data-by")).forEach(function (session) {
    place.hidden = false;
    place.appendChild(yl.el("div", { class: "stack-1" }, yl.el("p", { class: "note amber" }, yl.icon("warn"), yl.el("span", {}, "有一次课的签名存在这部手机里，还没有结束签到。")),
      yl.el("a", { class: "button amber", href: "/teach/sessions/" + session }, "打开那次课，自动结束")));
  });

  yl.heldSessions().forEach(hold);
})();
