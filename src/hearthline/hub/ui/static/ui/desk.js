// SPDX-License-Identifier: Apache-2.0
// The keyboard of the desk. Everything can be done without it.
//   [data-row]      a row that j and k walk through; Enter follows its first link
//   [data-key="c"]  a link, button or field the key c follows, presses or goes to; its
//                   data-key-label, title or text is its line in the help
//   [data-key="g n"] the same for two keys in turn
//   [data-tick-all] ticks all boxes of its table, or none
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const help = document.getElementById("keys");
  const typing = (target) =>
    target.type !== "checkbox" &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

  const walk = (step) => {
    const rows = all("[data-row]");
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
    const row = rows[Math.max(0, Math.min(rows.length - 1, next))];
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const use = (target) => {
    if (typing(target)) {
      target.focus();
    } else {
      target.click();
    }
  };

  // On a keyboard of another script the key itself counts: the Cyrillic letter on C is still c.
  const keyOf = (event) => {
    const { key, code } = event;
    const known = key.length > 1 || /[!-~]/.test(key) || document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    return known || !/^Key[A-Z]$/.test(code) ? key : code.slice(3).toLowerCase();
  };

  // A key of the row in hand goes before the same key elsewhere in the page.
  const holderOf = (key) => {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const row = document.activeElement.closest("[data-row]");
    return (row && row.querySelector(selector)) || document.querySelector(selector);
  };

  for (const link of all("[data-tick-all]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const boxes = all('tbody input[type="checkbox"]', link.closest("table"));
      const tick = !boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = tick;
    });
  }

  // The first of two keys.
  let first = "";
  const begins = (key) => Boolean(document.querySelector(`[data-key^="${CSS.escape(key)} "]`));

  const list = help && help.querySelector("[data-keys-list]");
  if (list) {
    const seen = new Set();
    for (const holder of all("[data-key]")) {
      const { key } = holder.dataset;
      if (seen.has(key)) continue;
      seen.add(key);
      const line = document.createElement("div");
      line.className = "key-hint";
      const name = document.createElement("dt");
      name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      const text = holder.dataset.keyLabel || holder.title || holder.textContent;
      const what = Object.assign(document.createElement("dd"), { textContent: text.trim() });
      line.append(name, what);
      list.append(line);
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (help && help.open) return;
    const pressed = keyOf(event);
    if (pressed === "Shift") return;
    const key = first ? `${first} ${pressed}` : pressed;
    first = "";
    if (key === "j") walk(1);
    else if (key === "k") walk(-1);
    else if (key === "?" && help) help.showModal();
    else if (key === "Enter") {
      const row = event.target.matches("[data-row]") && event.target;
      const link = row && row.querySelector("a[href]");
      if (!link) return;
      link.click();
    } else {
      const holder = holderOf(key);
      if (holder) use(holder);
      else if (begins(key)) first = key;
      else return;
    }
    event.preventDefault();
  });
})();
