// Look at a page as somebody who hears it, presses it with a thumb or reads it large; return what is wrong, in words.
() => {
  const faults = new Set(), all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (node) => node.getClientRects().length && getComputedStyle(node).visibility !== "hidden";
  const at = (node) => node.tagName.toLowerCase() + (node.id ? "#" + node.id : "") + " “" + (node.textContent || "").trim().slice(0, 20) + "”";
  const named = (node) => {
    const by = (node.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean);
    const words = [node.getAttribute("aria-label"), ...by.map((id) => (document.getElementById(id) || {}).textContent),
      ...[...(node.labels || [])].map((label) => label.textContent), node.textContent, node.getAttribute("title")];
    return words.join("").trim();
  };

  // What a screen reader says: one heading, one main part, names for all that is pressed or filled in, no heading left out.
  if (all("h1").filter(shown).length !== 1) faults.add(all("h1").length + " first headings");
  if (all("main").length !== 1) faults.add("no main part");
  if (document.documentElement.lang !== "zh-CN" || !document.title) faults.add("no language or title");
  let last = 1;
  all("h1, h2, h3, h4").filter(shown).forEach((head) => {
    if (+head.tagName[1] > last + 1) faults.add("a heading skips to " + at(head));
    last = +head.tagName[1];
  });
  all("a[href], button, input:not([type=hidden]), select, textarea, summary").filter(shown).forEach((node) => {
    if (!named(node)) faults.add("no name: " + at(node));
  });
  all("nav, [role=dialog], [role=region], [role=img]").filter(shown).forEach((node) => {
    if (!node.getAttribute("aria-label") && !node.getAttribute("aria-labelledby")) faults.add("no label: " + at(node));
  });
  all("[aria-labelledby], [aria-describedby], [aria-controls]").forEach((node) => {
    ["aria-labelledby", "aria-describedby", "aria-controls"].forEach((kind) => {
      (node.getAttribute(kind) || "").split(/\s+/).filter(Boolean).forEach((id) => {
        if (!document.getElementById(id)) faults.add(kind + " leads nowhere: " + id);
      });
    });
  });
  all("svg").filter(shown).forEach((node) => {
    if (node.getAttribute("aria-hidden") !== "true" && !node.getAttribute("aria-label")) faults.add("a drawing without words");
  });
  if (!document.querySelector("[aria-live], [role=status]")) faults.add("nowhere to announce");

  // What a thumb meets.
  all("a[href], button, select, summary, input:not([type=hidden])").filter(shown).forEach((node) => {
    if (node.closest(".skip, p") || getComputedStyle(node).display === "inline") return;
    const box = (node.matches("[type=checkbox], [type=radio]") ? node.closest("label") || node : node).getBoundingClientRect();
    if (box.height < 44 || box.width < 24) faults.add("small to press: " + at(node) + " " + Math.round(box.width) + "×" + Math.round(box.height));
  });

  // What an eye reads: contrast as it comes out, nothing cut, nothing sideways.
  const colour = (text) => { const n = text.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
  const light = (c) => c.slice(0, 3).map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : Math.pow((v / 255 + 0.055) / 1.055, 2.4)))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.unshift(colour(getComputedStyle(one).backgroundColor));
    return layers.reduce((back, front) => over(front, back), [255, 255, 255, 1]);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !shown(node) || node.closest("script, svg, noscript, .unseen, .skip, .cover, [disabled]")) continue;
    const style = getComputedStyle(node), back = ground(node), [a, b] = [light(over(colour(style.color), back)), light(back)];
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 600);
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < (large ? 3 : 4.5)) faults.add("too pale: " + at(node));
    for (let box = node; box !== document.body; box = box.parentElement) {
      const held = getComputedStyle(box);
      if (held.overflowX === "hidden" && held.display !== "inline" && box.scrollWidth > box.clientWidth + 1) faults.add("cut: " + at(box));
    }
  }
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  if (wide > 0) faults.add("sideways by " + wide);
  return [...faults];
}
