// The last four of the ID by a big pad; X is a key of it. The phone's own keyboard stays away.
(function () {
  "use strict";
  var yl = window.yl;
  var form = yl.$("#tail-form"), pad = yl.$("#tail-pad"), field = yl.$("[name=tail]"), send = yl.$("#tail-send");
  if (!form || !pad) return;
  var typed = "";

  function draw() {
    yl.all("[data-digit]", pad).forEach(function (box, place) {
      box.textContent = typed.charAt(place);
      box.classList.toggle("filled", place < typed.length);
    });
    field.value = typed;
    send.disabled = typed.length < 4;
  }

  field.parentNode.classList.add("padded");
  pad.hidden = false;
  pad.addEventListener("click", function (event) {
    var button = event.target.closest("[data-key]");
    if (!button) return;
    var key = button.getAttribute("data-key");
    if (key === "erase") typed = typed.slice(0, -1);
    else if (typed.length < 4) typed += key;
    draw();
  });
  document.addEventListener("keydown", function (event) {
    if (/^[0-9xX]$/.test(event.key) && typed.length < 4) { typed += event.key.toUpperCase(); draw(); }
    else if (event.key === "Backspace") { typed = typed.slice(0, -1); draw(); }
  });
  form.addEventListener("submit", function () { send.disabled = true; });
  window.addEventListener("pageshow", draw);
  draw();
})();
