// A printed card was read: show whose it is, with the photo, and ask whether this is the person before the scan is sent.
(function () {
  "use strict";

  var yl = window.yl;
  var asking = false;
  var ID_WORDS = "请核对身份证：名字一样，人也一样。";

  // yl.cleanCode(text): a code as it was meant, however a gun or an input method typed it; anything else as it is.
  yl.cleanCode = function (text) {
    var plain = text.normalize("NFKC").replace(/。/g, ".").replace(/[\s\u200b-\u200f\ufeff]+/g, "").toUpperCase();
    var found = /YL[1P]\.[A-Z2-7]{26}(?![A-Z2-7])/.exec(plain);
    return found ? found[0] : text;
  };

  function asked(name, photo, words, acts) {
    var body = yl.el("div", { class: "bearer" });
    if (photo) body.appendChild(yl.el("img", { class: "face", src: photo, alt: name + "的照片" }));
    body.appendChild(yl.el("p", {}, words));
    return yl.dialog({ title: name || "纸卡", body: body, acts: acts });
  }

  function byPhoto(told, way) {
    return asked(told.person.name, told.person.photo, "看照片，是不是本人？", [
      { text: "是本人，" + way, value: { photo_ticked: true }, tone: "indigo" }, { text: "不是本人", value: "no" }
    ]);
  }

  function byId(name, why, way) {
    return asked(name, null, why + ID_WORDS, [
      { text: "核对过，是本人，" + way, value: { photo_ticked: true, id_checked: true }, tone: "indigo" },
      { text: "没带身份证，先记上", value: {} }, { text: "不是本人", value: "no" }
    ]);
  }

  // yl.paperCard(text, direction, {send, refused}): asks about the card, then sends it, or tells why not.
  yl.paperCard = function (text, direction, tell) {
    if (asking) return;
    asking = true;
    var way = direction === "in" ? "签到" : "签退";
    tell.look(text).then(function (told) {
      if (told.code) { tell.refused(told); return undefined; }
      return told.person.photo ? byPhoto(told, way) : byId(told.person.name, "没有照片。", way);
    }, function (problem) {
      if (!problem.offline && problem.status) { tell.refused(problem); return undefined; }
      return byId("", "没有网，看不到照片。看纸卡上的名字，", way);
    }).then(function (ticks) {
      asking = false;
      if (ticks === "no") tell.refused({ title: "没有签", sentence: "拿卡的不是本人。", todo: "请把卡收下，交给基地。" });
      else if (ticks) tell.send(ticks);
      else if (ticks === null) tell.refused({ title: "没有签", sentence: "这张纸卡还没有核对。", todo: "要签，再扫一次。" });
    });
  };
})();
