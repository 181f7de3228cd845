// One venue: empty numbers are "not known"; a radius without a place is left out; the browser may say where it is.
(function () {
  "use strict";

  yl.shapes.venue = function (body) {
    if (body.latitude === null && body.longitude === null) body.radius_m = null;
    return body;
  };

  document.addEventListener("DOMContentLoaded", function () {
    var button = yl.$("[data-here]");
    if (!button) return;
    if (!navigator.geolocation) { button.hidden = true; return; }
    button.addEventListener("click", function () {
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(function (found) {
        var e = button.form.elements;
        e.latitude.value = found.coords.latitude.toFixed(6);
        e.longitude.value = found.coords.longitude.toFixed(6);
        button.disabled = false;
        yl.announce("位置填好了，误差大约 " + Math.round(found.coords.accuracy) + " 米。");
      }, function () {
        button.disabled = false;
        yl.announce("没有拿到位置。请打开浏览器的定位，或者手工填写。");
      }, { enableHighAccuracy: true, timeout: 15000 });
    });
  });
})();
