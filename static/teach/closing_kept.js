// What was signed and counted at the end of a session: kept in the phone from the first stroke on until the server has closed it.
// The count and when it was asked for lie beside the queue, the signature in IndexedDB; another instructor's wait for that one.
(function () {
  "use strict";

  var yl = window.yl;
  var PREFIX = "closing.";
  var pictures = yl.blobs("yl-closings", "signatures");

  function read(id) { return yl.kept(PREFIX + id); }

  // {by, counted, signed, ready, asked_ms}: `ready` since the instructor has asked for the close; `asked_ms` by the phone's clock.
  function keep(id, told) {
    var kept = Object.assign({}, read(id), told);
    if (!yl.keep(PREFIX + id, kept)) yl.toast("手机存不下了，请先不要关掉这个页面。", "red");
    return kept;
  }

  yl.closings = {
    read: read,
    keep: keep,
    sign: function (id, by, blob) {
      keep(id, { by: by, signed: true });
      return pictures.keep({ id: id, blob: blob }).then(function (outlives) {
        if (!outlives) yl.toast("签名存不进手机，请先不要关掉这个页面。", "red");
      });
    },
    unsign: function (id) { if (read(id)) keep(id, { signed: false }); pictures.drop(id); },
    picture: function (id) { return pictures.get(id).then(function (row) { return row ? row.blob : null; }); },
    drop: function (id) { yl.keep(PREFIX + id, null); pictures.drop(id); },

    // The sessions whose close somebody has asked for and that is not done.
    waiting: function (by) {
      return yl.keptNames(PREFIX).map(function (name) { return name.slice(PREFIX.length); }).filter(function (id) {
        var kept = read(id);
        return kept && kept.ready && kept.by === by;
      });
    },

    // Close the session with what is kept; the same again is harmless.
    send: function (id) {
      var kept = read(id);
      return (kept.signed ? yl.closings.picture(id) : Promise.resolve(null)).then(function (blob) {
        if (kept.signed && !blob) throw new yl.Problem({ title: "签名找不到了", sentence: "手机里的签名找不到了。", todo: "请再签一次。" });
        var form = new window.FormData(), now = yl.serverNow();
        if (blob) form.append("signature", blob, "signature.png");
        if (kept.counted) form.append("counted", kept.counted);
        form.append("asked_at", new Date(kept.asked_ms + now - Date.now()).toISOString());
        form.append("sent_at", new Date(now).toISOString());
        return yl.api("POST", "/api/v1/sessions/" + id + "/close", form, { timeoutMs: 15000 });
      }).then(function (told) {
        yl.closings.drop(id);
        yl.hall.drop(id);
        return told;
      });
    }
  };
})();
