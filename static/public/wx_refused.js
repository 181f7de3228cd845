// The address of this page may hold a code that is spent: it is not left in the history, nor passed on.
(function () {
  "use strict";
  if (window.location.search && window.history.replaceState) window.history.replaceState(null, "", window.location.pathname);
})();
