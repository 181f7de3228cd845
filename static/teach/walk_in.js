// 登记名单外的人: what is written down goes through the queue of scans, so that it is never lost.
(function () {
  "use strict";

  var yl = window.yl;
  var form = yl.$("#walk-in");

  function fault(words) {
    yl.$("#walk-in-fault").hidden = !words;
    yl.$("#walk-in-fault").textContent = words;
  }

  function sameName(item, answer, queue) {
    yl.dialog({ title: answer.title, text: answer.sentence, acts: [{ text: "去名单里签", value: "roster", tone: "indigo" }, { text: "不是同一个人", value: "another", tone: "indigo" }] }).then(function (chosen) {
      if (chosen === "another") queue.refusals.again(item.scan_uuid);
      if (chosen === "roster") { queue.refusals.tick(item.scan_uuid); window.location.assign("/teach/sessions/" + item.session_id + "#roster"); }
    });
  }

  // What became of one, said where the instructor is. Refusals stay in the list of what did not count.
  yl.walkInAnswered = function (item, answer, queue) {
    if (answer.code === "walk_in.same_name") sameName(item, answer, queue);
    else if (answer.outcome === "refused") yl.toast(item.name + "：" + answer.sentence, "amber");
    else if (answer.code === "walk_in.recorded") yl.toast(item.name + "：登记好了。" + answer.sentence);
    else yl.dialog({ title: answer.title, text: item.name + "在名单里。" + answer.sentence });
  };

  // yl.walkInOut(queue, sessionId, walkIn, name): `walkIn` is the server's id, or the phone's own while it waits.
  yl.walkInOut = function (queue, session, walkIn, name) {
    return queue.add({ scan_uuid: yl.uuid(), kind: "walk_in_out", session_id: session, direction: "out", device: yl.device(), walk_in: walkIn, words: name });
  };

  // yl.walkInForm(queue, sessionId): binds the form to the queue of a page.
  yl.walkInForm = function (queue, session) {
    if (!form) return;
    var photo = form.elements.photo;
    yl.$("#walk-in-take").addEventListener("click", function () { photo.click(); });
    photo.addEventListener("change", function () { yl.$("#walk-in-taken").textContent = photo.files.length ? "有一张照片了。" : ""; });
    form.addEventListener("reset", function () { yl.$("#walk-in-taken").textContent = ""; });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var told = {}, picture = photo.files[0], uuid = yl.uuid();
      ["name", "phone", "reason"].forEach(function (name) { told[name] = form.elements[name].value.trim(); });
      if (!told.name || !/^1\d{10}$/.test(told.phone.replace(/[\s-]/g, ""))) { fault("要写姓名和 11 位手机号。请改好再点一次。"); return; }
      fault("");
      yl.walkIns.know(uuid, form.elements.id_number.value.trim());
      var kept = picture ? yl.walkIns.photos.keep({ id: uuid, blob: picture }) : Promise.resolve(true);
      kept.then(function (outlives) {
        if (!outlives) yl.toast("照片存不进手机，请先不要关掉这个页面。", "red");
        return queue.add(Object.assign(told, { scan_uuid: uuid, kind: "walk_in", session_id: session, direction: "in", device: yl.device(), photo: !!picture, words: told.name }));
      }).then(function () {
        if (queue.items().some(function (one) { return one.scan_uuid === uuid; })) yl.toast(told.name + "：已存在手机里，有网自动上传。");
      });
      form.reset();
    });
  };
})();
