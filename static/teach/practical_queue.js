// Score sheets on their way: kept on the phone under their assessor until the server has answered, photos first, then the sheet.
// A sheet has its uuid from the moment it is handed in, so that sending it again is the same. What is refused stays to be read.
(function () {
  "use strict";

  var yl = window.yl;
  var place = document.getElementById("waiting");
  var me = place.getAttribute("data-me");
  var SHEETS = "practical.sheets." + me, REFUSED = "practical.refused." + me;
  var sheets = yl.kept(SHEETS) || [], refused = yl.kept(REFUSED) || [];
  var sending = false, tries = 0, timer = 0;
  var listeners = [];

  // ---- photos and films: too large for localStorage -----------------------------------------------------------

  var proofs = yl.blobs("yl-practical", "proofs");

  // ---- sheets -------------------------------------------------------------------------------------------------

  function save() {
    var kept = yl.keep(SHEETS, sheets.length ? sheets : null);
    yl.keep(REFUSED, refused.length ? refused : null);
    if (!kept) yl.toast("手机存不下了，请先不要关掉这个页面。", "red");
    draw();
    listeners.forEach(function (tell) { tell(); });
  }

  function later(problem) {
    clearTimeout(timer);
    timer = setTimeout(flush, yl.backOffMs(tries, problem));
    tries += 1;
  }

  function sendProof(sheet, id) {
    return proofs.get(id).then(function (row) {
      if (!row) {
        // The phone has lost it, and the sheet was never sent: it goes without.
        sheet.body.evidence = sheet.body.evidence.filter(function (one) { return one !== id; });
        sheet.lost = (sheet.lost || 0) + 1;
        save();
        return null;
      }
      var form = new window.FormData();
      form.append("evidence_uuid", id);
      form.append("enrolment_id", sheet.body.enrolment_id);
      form.append("segment_id", sheet.body.segment_id);
      form.append("file", row.blob, "proof");
      return yl.api("POST", "/api/v1/practical/evidence", form, { timeoutMs: 120000 });
    }).then(function () {
      sheet.sent.push(id);
      save();
    });
  }

  function sendOne(sheet) {
    var open = sheet.body.evidence.filter(function (id) { return sheet.sent.indexOf(id) < 0; });
    if (open.length) return sendProof(sheet, open[0]).then(function () { return sendOne(sheet); });
    var body = Object.assign({}, sheet.body, { sent_at: new Date().toISOString() });
    return yl.api("POST", "/api/v1/practical/sheets", body, { timeoutMs: 15000 });
  }

  function done(sheet, problem) {
    sheets = sheets.filter(function (one) { return one !== sheet; });
    if (problem) refused.push({ name: sheet.name, said: (problem.sentence || problem.title) + (problem.todo || "") });
    sheet.body.evidence.forEach(proofs.drop);
    save();
    if (!problem) yl.toast(sheet.name + "的评分表交上去了。", "pine");
  }

  function flush() {
    if (sending || !sheets.length) return Promise.resolve();
    var sheet = sheets[0];
    sending = true;
    return sendOne(sheet).then(function () {
      sending = false;
      tries = 0;
      done(sheet, null);
      return flush();
    }, function (problem) {
      sending = false;
      var final = [403, 404, 409, 413, 422].indexOf(problem.status) >= 0 && problem.code !== "csrf.missing";
      if (final) { done(sheet, problem); return flush(); }
      draw();
      later(problem);
      return null;
    });
  }

  function draw() {
    yl.clear(place);
    if (sheets.length) {
      place.appendChild(yl.el("div", { class: "waiting", id: "unsent" },
        yl.el("p", {}, yl.el("strong", {}, "待上传 " + sheets.length + " 份"), "，已存在手机里，有网自动上传。"),
        yl.el("ul", {}, sheets.map(function (one) {
          return one.name + (one.body.evidence.length ? "，照片或视频 " + one.body.evidence.length + " 份" : "") + (one.lost ? "（有照片丢了）" : "");
        }).join("；")),
        yl.el("button", { type: "button", class: "button amber", onclick: function () { tries = 0; flush(); } }, yl.icon("upload"), "现在上传")));
    }
    refused.forEach(function (one) {
      place.appendChild(yl.el("div", { class: "waiting refused" },
        yl.el("p", {}, yl.el("strong", {}, one.name + "的评分表没有收。"), one.said),
        yl.el("button", { type: "button", class: "button", onclick: function () { refused = refused.filter(function (each) { return each !== one; }); save(); } }, "知道了")));
    });
  }

  yl.onNetwork(function (there) { if (there) { tries = 0; flush(); } });
  setTimeout(function () { draw(); flush(); }, 0);

  yl.sheets = {
    keepProof: proofs.keep,
    proof: proofs.get,
    dropProof: proofs.drop,
    flush: flush,
    onChange: function (tell) { listeners.push(tell); },
    waits: function (enrolment, segment) {
      return sheets.some(function (one) { return one.body.enrolment_id === enrolment && one.body.segment_id === segment; });
    },
    add: function (name, body) { sheets.push({ name: name, body: body, sent: [] }); save(); return flush(); }
  };
})();
