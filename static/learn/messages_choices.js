// Inside WeChat: its own button, by which somebody allows one notice. Shown only where WeChat draws it.
(function () {
  "use strict";
  var yl = window.yl, place = document.getElementById("allow");
  if (!place || !yl.wx) return;
  yl.wx.ready().then(function () {
    var tag = yl.el("wx-open-subscribe", { template: place.getAttribute("data-notices") });
    var drawn = document.createElement("script");
    drawn.type = "text/wxtag-template";
    drawn.text = '<button style="width:100%;min-height:60px;border:0;border-radius:12px;background:#1E6B52;color:#fff;font-size:20px">允许发一次通知</button>';
    tag.appendChild(drawn);
    tag.addEventListener("success", function () { yl.announce("记下了，会收到下一次通知。"); });
    tag.addEventListener("error", function () { place.hidden = true; });
    var drawnBy = setTimeout(function () { place.hidden = true; }, 3000);
    tag.addEventListener("ready", function () { clearTimeout(drawnBy); });
    place.appendChild(tag);
    place.hidden = false;
  }).catch(function () { return null; });
})();
