// Plain forms of the office: <form data-ask="…？"> asks before it is sent; every form is sent once, however often
// its button is pressed. Without scripts the forms work as they are.
(function () {
  "use strict";

  function sendOnce(event, form) {
    if (form.getAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "1");
  }

  function ask(event, form) {
    event.preventDefault();
    yl.dialog({ title: form.getAttribute("data-ask"), acts: [{ text: "确定", value: true }, { text: "先不办", value: null }] })
      .then(function (yes) {
        if (!yes || form.getAttribute("data-sent")) return;
        form.setAttribute("data-sent", "1");
        form.submit();
      });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-api") || event.defaultPrevented) return;
    if (form.hasAttribute("data-ask")) ask(event, form);
    else sendOnce(event, form);
  });
  // Coming back by the browser's button brings the page as it was left: its forms may be sent again.
  window.addEventListener("pageshow", function () {
    yl.all("form[data-sent]").forEach(function (form) { form.removeAttribute("data-sent"); });
  });
})();
