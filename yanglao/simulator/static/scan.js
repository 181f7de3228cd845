/* 扫一扫: the screen, the camera, a picture, something pasted. jsQR is loaded when it is first needed. */
(function () {
  "use strict";
  var sim = window.sim, scan = sim.scan = {}, told = null, stream = null, loading = null;
  var STEP_MS = 250, MOST_PX = 1600;

  scan.open = function (tell) {
    told = tell;
    say("");
    sim.$("#content").value = "";
    sim.$("#screen").hidden = !(navigator.mediaDevices && navigator.mediaDevices.getDisplayMedia);
    sim.$("#scanning").hidden = false;
  };

  /* Close and tell what was read; null when nothing was. */
  scan.finish = function (text) {
    var tell = told;
    told = null;
    stop();
    sim.$("#scanning").hidden = true;
    if (tell) { tell(text); }
  };

  function say(text) { sim.$("#scan-said").textContent = text; }

  function decoder() {
    if (!loading) {
      loading = new Promise(function (done, failed) {
        var script = sim.make("script", { src: "/shared/jsqr.js" });
        script.onload = done;
        script.onerror = failed;
        document.head.append(script);
      });
    }
    return loading;
  }

  function read(source, width, height) {
    var factor = Math.min(1, MOST_PX / Math.max(width, height));
    var canvas = sim.make("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
    canvas.width = Math.round(width * factor);
    canvas.height = Math.round(height * factor);
    pen.drawImage(source, 0, 0, canvas.width, canvas.height);
    var picture = pen.getImageData(0, 0, canvas.width, canvas.height);
    var found = window.jsQR(picture.data, picture.width, picture.height);
    return found ? found.data : "";
  }

  function stop() {
    if (stream) { stream.getTracks().forEach(function (track) { track.stop(); }); }
    stream = null;
    sim.$("#view").hidden = true;
    sim.$("#view").srcObject = null;
  }

  function watch(given) {
    var view = sim.$("#view");
    stop();
    stream = given;
    view.srcObject = given;
    view.hidden = false;
    say("正在找二维码……");
    return Promise.all([view.play(), decoder()]).then(function step() {
      if (stream !== given) { return; }
      var text = view.videoWidth ? read(view, view.videoWidth, view.videoHeight) : "";
      if (text) { scan.finish(text); } else { window.setTimeout(step, STEP_MS); }
    });
  }

  function live(ask, refused) {
    say("");
    ask().then(watch).catch(function () { stop(); say(refused); });
  }

  function picture(file) {
    var image = new Image();
    image.onload = function () {
      decoder().then(function () {
        var text = read(image, image.naturalWidth, image.naturalHeight);
        URL.revokeObjectURL(image.src);
        if (text) { scan.finish(text); } else { say("图片里没有找到二维码，请换一张清楚的。"); }
      });
    };
    image.onerror = function () { say("这不是图片，请换一个文件。"); };
    image.src = URL.createObjectURL(file);
  }

  sim.$("#screen").addEventListener("click", function () {
    live(function () { return navigator.mediaDevices.getDisplayMedia({ video: true }); }, "没有选屏幕。可以截图后粘贴，或者把码里的内容粘进来。");
  });
  sim.$("#camera").addEventListener("click", function () {
    live(function () {
      return navigator.mediaDevices ? navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }) : Promise.reject(new Error("none"));
    }, "摄像头打不开。可以选一张图片，或者把码里的内容粘进来。");
  });
  sim.$("#picture").addEventListener("change", function (event) {
    if (event.target.files[0]) { picture(event.target.files[0]); }
    event.target.value = "";
  });
  sim.$("#pasted").addEventListener("submit", function (event) {
    var text = sim.$("#content").value.trim();
    event.preventDefault();
    if (text) { scan.finish(text); }
  });
  document.addEventListener("paste", function (event) {
    var files = event.clipboardData ? Array.prototype.slice.call(event.clipboardData.files) : [];
    var image = files.filter(function (file) { return file.type.indexOf("image/") === 0; })[0];
    if (image && !sim.$("#scanning").hidden) { event.preventDefault(); picture(image); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-close=scanning]")) { scan.finish(null); }
  });
})();
