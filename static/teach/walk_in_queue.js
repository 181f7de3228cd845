// What goes from the queue alone and is answered like a scan: who came without standing on the roster, then its photo; when they left;
// and roll calls held without network.
// Name and phone lie in the queue, the photo beside it; an ID number never: it lives as long as this page.
(function () {
  "use strict";

  var yl = window.yl;
  var photos = yl.blobs("yl-walk-ins", "photos");
  var numbers = {};
  var FINAL = [403, 404, 409, 413, 422];

  function isFinal(problem) { return FINAL.indexOf(problem.status) >= 0 && problem.code !== "csrf.missing"; }

  // The promise tells what to say of the photo, empty when all is well.
  function sendPhoto(item, told) {
    if (!item.photo || (told.scan && told.scan.outcome === "refused")) return Promise.resolve("");
    var path = told.scan ? "/api/v1/scans/" + item.scan_uuid + "/photo" : "/api/v1/walk-ins/" + told.walk_in.id + "/photo";
    return photos.get(item.scan_uuid).then(function (row) {
      if (!row) return "照片在手机里找不到了。";
      var form = new window.FormData();
      form.append("photo", row.blob, "photo.jpg");
      return yl.api("POST", path, form, { timeoutMs: 60000 }).then(function () { return ""; }, function (problem) {
        if (!isFinal(problem)) throw problem;
        return "照片没有收：" + problem.sentence;
      });
    });
  }

  function answer(item, told, more) {
    if (told.scan) return Object.assign({}, told.scan, { sentence: told.scan.sentence + more });
    return {
      scan_uuid: item.scan_uuid, outcome: "pending_review", code: "walk_in.recorded", facts: {}, direction: "in", person: { id: "", name: item.name, photo: null },
      title: "登记好了", sentence: "等基地核对、民政同意补报以后算学时。" + more, todo: "", walk_in_id: told.walk_in.id
    };
  }

  function times(item) { return { captured_at: item.captured_at, sent_at: new Date(yl.serverNow()).toISOString() }; }

  function plain(item, code, title, at) {
    return { scan_uuid: item.scan_uuid, outcome: "accepted", code: code, facts: { at_ms: Date.parse(at) }, direction: item.direction, person: null, title: title, sentence: "", todo: "" };
  }

  function sendOut(session, item) {
    var body = Object.assign({ out_uuid: item.scan_uuid, device: item.device }, times(item));
    return yl.api("POST", "/api/v1/sessions/" + session + "/walk-ins/" + item.walk_in + "/out", body, { timeoutMs: 8000 }).then(function (told) {
      return told.scan || plain(item, "walk_in.left", "已签退", told.walk_in.left_at);
    });
  }

  function sendCall(session, item) {
    var held = Object.assign({ call_uuid: item.scan_uuid, drawn: item.drawn }, times(item));
    return yl.api("POST", "/api/v1/sessions/" + session + "/roll-calls", { within_s: item.within_s, held: held }, { timeoutMs: 8000 }).then(function (told) {
      return plain(item, "roll_call.kept", "点名已上传", told.started_at);
    });
  }

  yl.walkIns = {
    photos: photos,
    isFinal: isFinal,
    know: function (uuid, number) { if (number) numbers[uuid] = number; },
    send: function (session, item) {
      var body = {
        walk_in_uuid: item.scan_uuid, name: item.name, phone: item.phone, reason: item.reason, another: !!item.another, device: item.device,
        id_number: numbers[item.scan_uuid] || ""
      };
      Object.assign(body, times(item));
      return yl.api("POST", "/api/v1/sessions/" + session + "/walk-ins", body, { timeoutMs: 8000 }).then(function (told) {
        return sendPhoto(item, told).then(function (more) { return answer(item, told, more); });
      });
    }
  };

  yl.sendsAlone = { walk_in: yl.walkIns.send, walk_in_out: sendOut, roll_call: sendCall };
})();
