// 还没有照片: at a sign-in the instructor may take one with one tap, or go on scanning. It is kept in the phone until the server has
// answered, sent after its scan, and waits for the base.
(function () {
  "use strict";

  var yl = window.yl;
  var KEPT = "faces.";
  var LONGEST = 1280;
  var FINAL = [403, 404, 409, 413, 422];
  var photos = yl.blobs("yl-first-photos", "photos");

  // What the open camera sees now, or null when none is open.
  function seenNow(video) {
    if (!video.srcObject || !video.videoWidth) return Promise.resolve(null);
    var share = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight));
    var canvas = yl.el("canvas", { width: Math.round(video.videoWidth * share), height: Math.round(video.videoHeight * share) });
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise(function (go) { canvas.toBlob(go, "image/jpeg", 0.88); });
  }

  function byCamera(field) {
    return new Promise(function (go) {
      field.value = "";
      field.onchange = function () { go(field.files.length ? yl.smaller(field.files[0], LONGEST) : null); };
      field.click();
    });
  }

  // The node to show beside the answer, or null. One tap takes the photo and gives it to `keep(item, blob)`; tell.began() is called
  // when the phone's own camera opens instead of the one that reads codes.
  function offered(state, item, tell, keep) {
    if (state === "not_agreed") return yl.el("p", { class: "no-face" }, "还没有照片。本人没有同意隐私说明，先不拍。");
    if (state !== "open") return null;
    var words = yl.el("span", {}, "还没有照片");
    var button = yl.el("button", { type: "button", class: "button indigo", id: "face-take" }, "拍一张");
    var box = yl.el("p", { class: "no-face" }, words, button);
    button.addEventListener("click", function () {
      var live = tell.video.srcObject;
      if (!live) tell.began();
      (live ? seenNow(tell.video) : byCamera(tell.field)).then(function (blob) {
        if (!blob) return null;
        yl.all("img", box).forEach(function (image) { URL.revokeObjectURL(image.src); image.remove(); });
        box.insertBefore(yl.el("img", { class: "face", src: URL.createObjectURL(blob), alt: "刚拍的照片" }), words);
        words.textContent = "拍好了，等基地看";
        button.textContent = "重拍";
        yl.buzz(60);
        return keep(item, blob);
      }).catch(function () { yl.toast("这张照片打不开，请再拍一张。", "amber"); });
    });
    return box;
  }

  // yl.firstPhotos(sessionId, {by, holds, path, waits(scan_uuid), onChange}) -> {offer(state, item, {video, field, began}), flush, count}. `waits`: its scan is not answered yet.
  // `path`: where a helping phone sends, which never signs in.
  yl.firstPhotos = function (sessionId, told) {
    var name = KEPT + sessionId;
    var sending = false, tries = 0, timer = 0;

    function items() { return yl.kept(name) || []; }
    function save(list) {
      var kept = yl.keep(name, list.length ? list : null);
      if (told.onChange) told.onChange();
      return kept;
    }
    function others(uuid) { return items().filter(function (one) { return one.scan_uuid !== uuid; }); }

    function done(item, words) {
      // Taken anew while this one was on its way: that one goes next.
      if (items().some(function (one) { return one.scan_uuid === item.scan_uuid && one.turn !== item.turn; })) return;
      save(others(item.scan_uuid));
      photos.drop(item.scan_uuid);
      if (words) yl.toast(item.words + "：" + words, "amber");
    }

    function send(item) {
      return photos.get(item.scan_uuid).then(function (row) {
        if (!row) { done(item, "照片在手机里找不到了。"); return null; }
        var form = new window.FormData();
        form.append("photo", row.blob, "photo.jpg");
        return yl.api("POST", (told.path || "/api/v1/scans") + "/" + item.scan_uuid + "/first-photo", form, { timeoutMs: 60000, stay: !!told.path }).then(function () { done(item, ""); }, function (problem) {
          if (FINAL.indexOf(problem.status) < 0 || problem.code === "csrf.missing") throw problem;
          done(item, problem.sentence + (problem.todo || ""));
        });
      });
    }

    function flush() {
      var next = items().filter(function (one) { return (!one.by || one.by === told.by) && !told.waits(one.scan_uuid); })[0];
      if (told.holds || sending || !next) return Promise.resolve();
      sending = true;
      return send(next).then(function () {
        sending = false;
        tries = 0;
        return flush();
      }, function (problem) {
        sending = false;
        clearTimeout(timer);
        timer = setTimeout(flush, yl.backOffMs(tries, problem));
        tries += 1;
      });
    }

    function add(item, blob) {
      return photos.keep({ id: item.scan_uuid, blob: blob }).then(function (outlives) {
        var kept = save(others(item.scan_uuid).concat({ scan_uuid: item.scan_uuid, by: told.by || undefined, words: item.words || "", turn: yl.uuid() }));
        if (!kept || !outlives) yl.toast("照片存不进手机，请先不要关掉这个页面。", "red");
        return flush();
      });
    }

    yl.onNetwork(function (there) { if (there) { tries = 0; flush(); } });
    setTimeout(flush, 0);
    return {
      flush: flush,
      count: function () { return items().length; },
      offer: function (state, item, tell) {
        var taken = others(item.scan_uuid).length < items().length;
        return taken ? null : offered(state, item, tell, add);
      }
    };
  };
})();
