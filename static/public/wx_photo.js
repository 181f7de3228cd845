// Take a photo with the phone's own camera, make it small here, look at it, send it.
(function () {
  "use strict";
  var yl = window.yl;
  var LONGEST = 1280, ready = null, shownUrl = "";
  var input = yl.$("#photo"), send = yl.$("#send"), doing = yl.$("#doing");

  function small(file) {
    return new Promise(function (give) {
      var url = URL.createObjectURL(file), image = new Image();
      image.onerror = function () { URL.revokeObjectURL(url); give(file); };
      image.onload = function () {
        var scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
        var canvas = document.createElement("canvas");
        canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
        canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(url);
        if (!canvas.toBlob) { give(file); return; }
        canvas.toBlob(function (made) { give(made || file); }, "image/jpeg", 0.88);
      };
      image.src = url;
    });
  }

  input.addEventListener("change", function () {
    if (!input.files.length) return;
    doing.textContent = "正在准备照片…";
    small(input.files[0]).then(function (made) {
      ready = made;
      if (shownUrl) URL.revokeObjectURL(shownUrl);
      shownUrl = URL.createObjectURL(made);
      yl.$("#preview-image").src = shownUrl;
      yl.$("#preview").hidden = false;
      yl.$("#send-part").hidden = false;
      yl.$("#pick").classList.add("plain");
      doing.textContent = "看得清脸，就点“用这张”。";
    });
  });

  send.addEventListener("click", function () {
    if (!ready) return;
    send.disabled = true;
    doing.textContent = "正在传…";
    var body = new FormData();
    body.append("photo", ready, "photo.jpg");
    yl.api("POST", "/api/v1/me/photo", body, { timeoutMs: 60000 }).then(function () {
      window.location.replace("/wx/photo");
    }).catch(function (problem) {
      send.disabled = false;
      doing.textContent = "";
      yl.showProblem(problem);
    });
  });

  var remove = yl.$("#remove");
  if (remove) remove.addEventListener("click", function () {
    yl.dialog({ title: "删掉照片？", text: "删掉以后老师就看不到了，以后还可以再拍。", acts: [{ text: "删掉", value: true, tone: "red" }, { text: "留着", value: null }] })
      .then(function (yes) {
        if (!yes) return;
        yl.api("DELETE", "/api/v1/me/photo").then(function () { window.location.replace("/wx/photo"); }).catch(yl.showProblem);
      });
  });
})();
