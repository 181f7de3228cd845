/* The phone: its chat, the menu, what one does with the account. */
(function () {
  "use strict";
  var sim = window.sim, stage = sim.$(".stage"), mine = "/sim/phones/" + stage.dataset.phone;
  var phone = sim.phone = {}, last = 0, menu = "", follows = null, typing = false, EVERY_MS = 1000;
  var LINK = /<a\s+href="([^"]*)"\s*>([\s\S]*?)<\/a>|(https?:\/\/[\w.:/?&=%#~+@!-]+)/g;

  function act(name, body) { return sim.ask(mine + "/" + name, body || {}).then(function (told) { refresh(); return told; }); }

  function leave(url) {
    ask("这不是培训系统的网址。要在新窗口打开吗？\n" + url, [["打开", true], ["不打开", false]]).then(function (yes) {
      if (yes) { window.open(url, "_blank", "noopener"); }
    });
  }

  /* Open an address inside the phone when it is the product's. */
  function visit(url) {
    var base = stage.dataset.base;
    if (url.indexOf(base) === 0) { url = url.slice(base.length) || "/"; }
    if (url.charAt(0) === "/") { sim.browser.open(url); } else { sim.ask(mine + "/scan", { text: url }).then(scanned, function () {}); }
  }

  function ask(question, answers) {
    return new Promise(function (done) {
      sim.$("#asked").textContent = question;
      sim.$("#answers").replaceChildren.apply(sim.$("#answers"), answers.map(function (one, number) {
        var button = sim.make("button", { type: "button", "class": "button wide" + (number ? " plain" : "") }, one[0]);
        button.addEventListener("click", function () { sim.$("#ask").hidden = true; done(one[1]); });
        return button;
      }));
      sim.$("#ask").hidden = false;
      sim.$("#answers button").focus();
    });
  }

  /* A text as WeChat shows it: links can be tapped, everything else is plain. */
  function text(content) {
    var bubble = sim.make("div", { "class": "bubble" }), from = 0, hit;
    LINK.lastIndex = 0;
    while ((hit = LINK.exec(content))) {
      bubble.append(content.slice(from, hit.index), link(hit[1] || hit[3], hit[2] || hit[3]));
      from = hit.index + hit[0].length;
    }
    bubble.append(content.slice(from));
    return bubble;
  }

  function link(url, words) {
    var button = sim.make("button", { type: "button", "data-url": url }, words);
    button.addEventListener("click", function () { visit(url); });
    return button;
  }

  function card(entry) {
    var leads = entry.path || entry.url, list = sim.make("dl");
    var box = sim.make(leads ? "button" : "div", leads ? { type: "button", "class": "notice" } : { "class": "notice" },
      sim.make("span", { "class": "kind" }, entry.kind === "template" ? "服务消息" : "订阅通知"), sim.make("span", { "class": "head" }, entry.title), list);
    entry.fields.forEach(function (field) { list.append(sim.make("dt", {}, field[0]), sim.make("dd", {}, field[1])); });
    if (leads) {
      box.append(sim.make("span", { "class": "more" }, "查看详情", sim.make("span", { "aria-hidden": "true" }, "›")));
      box.addEventListener("click", function () { visit(leads); });
    }
    return box;
  }

  function spoken(entry, face, body) {
    return sim.make("li", { "class": "entry " + entry.kind }, sim.make("span", { "class": "face", "aria-hidden": "true" }, face), body);
  }

  var DRAWN = {
    mine: function (entry) { return spoken(entry, "我", text(entry.text)); },
    reply: function (entry) { return spoken(entry, "养", text(entry.text || "（收到一条" + entry.type + "消息）")); },
    service: function (entry) { return spoken(entry, "养", text(entry.text)); },
    template: function (entry) { return sim.make("li", {}, card(entry)); },
    notice: function (entry) { return sim.make("li", {}, card(entry)); },
    system: function (entry) { return sim.make("li", { "class": "quiet" }, entry.text); },
    fault: function (entry) { return sim.make("li", { "class": "quiet fault" }, entry.text, sim.make("br"), sim.make("small", {}, "模拟器说明：" + entry.why)); },
    friend: function (entry) {
      var bubble = sim.make("div", { "class": "bubble" }, entry.sender + " 转发给您：\n");
      bubble.append(link(entry.path || entry.url, entry.title));
      return spoken(entry, entry.sender.slice(0, 1), bubble);
    }
  };

  function clock(seconds) {
    return new Date(seconds * 1000).toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
  }

  function add(entries) {
    var chat = sim.$("#chat"), list = sim.$("#entries");
    entries.forEach(function (entry) {
      if (entry.n <= last) { return; }
      if (entry.at_s - (add.at || 0) > 300) { list.append(sim.make("li", { "class": "quiet" }, clock(entry.at_s))); }
      add.at = entry.at_s;
      last = entry.n;
      list.append(DRAWN[entry.kind](entry));
    });
    if (entries.length) { chat.scrollTop = chat.scrollHeight; }
  }

  function button(one, place) {
    var made = sim.make("button", { type: "button" }, one.name);
    made.addEventListener("click", function () { tap(one, place); });
    return made;
  }

  function tap(one, place) {
    fold();
    if (one.type === "view") {
      act("tap", { place: place }).catch(function () {});
      visit(one.url);
    } else if (one.type === "scancode_push" || one.type === "scancode_waitmsg") {
      sim.scan.open(function (found) {
        if (!found) { return; }
        act("tap", { place: place, scanned: found }).catch(function () {});
        if (one.type === "scancode_push") { visit(found); }
      });
    } else {
      act("tap", { place: place }).catch(function () {});
    }
  }

  function fold() { sim.all(".below").forEach(function (below) { below.hidden = true; }); }

  function drawMenu(given) {
    var bar = sim.$("#menu");
    if (JSON.stringify(given) === menu) { return; }
    menu = JSON.stringify(given);
    bar.replaceChildren.apply(bar, (given ? given.button : []).map(function (one, number) {
      var below = one.sub_button || [], cell = sim.make("div");
      if (!below.length) { cell.append(button(one, String(number))); return cell; }
      var list = sim.make("div", { "class": "below", hidden: "" }), head = sim.make("button", { type: "button" }, "☰ " + one.name);
      below.forEach(function (inner, place) { list.append(button(inner, number + "." + place)); });
      head.addEventListener("click", function (event) { var was = list.hidden; event.stopPropagation(); fold(); list.hidden = !was; });
      cell.append(head, list);
      return cell;
    }));
  }

  function drawFoot(given) {
    sim.$("#foot").hidden = !follows;
    sim.$("#profile").hidden = follows;
    sim.$("#unfollow").hidden = !follows;
    sim.$("#menu").hidden = typing || !given;
    sim.$("#no-menu").hidden = typing || Boolean(given);
    sim.$("#type").hidden = !typing;
    sim.$("#swap").textContent = typing ? "菜单" : "打字";
  }

  function draw(state) {
    follows = state.follows;
    add(state.entries);
    drawMenu(state.menu);
    drawFoot(state.menu);
    sim.all("[data-right]").forEach(function (place) {
      var held = state.notices[place.dataset.right];
      place.textContent = held ? "（还能收 " + held + " 条）" : "";
    });
  }

  function refresh() { return window.fetch(mine + "?after=" + last).then(function (answer) { return answer.json(); }).then(draw).catch(function () {}); }

  function scanned(told) {
    if (told.do === "open") { sim.browser.open(told.path); }
    if (told.do === "say") { sim.toast(told.text); }
    if (told.do === "leave") { leave(told.url); }
    if (told.do === "chat") { sim.browser.close(); refresh(); }
    if (told.do === "follow") {
      ask("扫到了公众号“养老服务培训”的码。要关注吗？", [["关注公众号", true], ["不关注", false]]).then(function (yes) {
        if (yes) { sim.browser.close(); act("follow", { qr: told.qr }).catch(function () {}); }
      });
    }
  }

  /* Ask whether notices are allowed; tell template -> yes or no. */
  phone.allow = function (templates) {
    return ask("“养老服务培训”想给您发通知，每允许一次可以发一条。", [["允许", true], ["拒绝", false]]).then(function (yes) {
      var answers = {};
      templates.forEach(function (one) { answers[one] = yes; });
      return act("allow", { answers: answers }).then(function () { return answers; });
    });
  };

  function on(id, what) { sim.$(id).addEventListener("click", what); }

  on("#follow", function () { act("follow").catch(function () {}); });
  on("#unfollow", function () {
    ask("不再关注“养老服务培训”？以后收不到上课提醒。", [["仍然关注", false], ["不再关注", true]]).then(function (yes) {
      if (yes) { sim.$("#more").hidden = true; act("unfollow").catch(function () {}); }
    });
  });
  on("#swap", function () { typing = !typing; refresh().then(function () { if (typing) { sim.$("#text").focus(); } }); });
  on("#scan-open", function () {
    sim.scan.open(function (found) { if (found) { sim.ask(mine + "/scan", { text: found }).then(scanned, function () {}); } });
  });
  on("#more-open", function () { sim.$("#more").hidden = false; });
  on("#share", function () { sim.$("#sharing").hidden = false; });
  on("#copy-link", function () { sim.copy(sim.browser.address()); });
  sim.$("#type").addEventListener("submit", function (event) {
    var box = sim.$("#text"), content = box.value.trim();
    event.preventDefault();
    box.value = "";
    if (content) { act("say", { text: content }).catch(function () {}); refresh(); }
  });
  sim.$("#go").addEventListener("submit", function (event) {
    event.preventDefault();
    sim.$("#more").hidden = true;
    visit(sim.$("#url").value.trim() || "/");
  });
  document.addEventListener("click", function (event) {
    var close = event.target.closest("[data-close]"), copy = event.target.closest("[data-copy]");
    var allow = event.target.closest("[data-allow]"), to = event.target.closest("[data-to]");
    if (close) { sim.$("#" + close.dataset.close).hidden = true; }
    if (copy) { sim.copy(copy.dataset.copy); }
    if (allow) { var answers = {}; answers[allow.dataset.allow] = true; act("allow", { answers: answers }).catch(function () {}); }
    if (to) {
      sim.ask(mine + "/forward", { to: to.dataset.to, url: sim.browser.address(), title: sim.browser.title() }).then(function () {
        sim.$("#sharing").hidden = true;
        sim.toast("已转发，打开那部手机就能看到。");
      }, function () {});
    }
    if (!event.target.closest("#menu")) { fold(); }
  });
  refresh();
  window.setInterval(function () { if (!document.hidden) { refresh(); } }, EVERY_MS);
})();
