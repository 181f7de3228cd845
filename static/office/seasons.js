// A farming season belongs to a base or to a division: the choice names which, and under which name it is sent.
(function () {
  "use strict";
  yl.shapes.season = function (body) {
    var owner = body.owner.split("=");
    var sent = { name: body.name, starts_on: body.starts_on, ends_on: body.ends_on };
    sent[owner[0]] = owner[1];
    return sent;
  };
})();
