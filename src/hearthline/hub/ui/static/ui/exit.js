// SPDX-License-Identifier: Apache-2.0
// Quick exit, and what a shared device shows afterwards: Escape or the button replaces this page
// with a harmless one, and Back does not bring back a page of a visit that is over.
(() => {
  "use strict";
  const root = document.documentElement;
  const links = document.querySelectorAll("[data-leave]");
  if (!links.length) return;
  const leave = () => {
    root.hidden = true; // gone at once, even on a slow line
    window.location.replace(links[0].href);
  };
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }
  document.addEventListener("keydown", (event) => {
    // While a word is being composed (Chinese, Japanese, Korean), Escape belongs to the keyboard.
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    leave();
  });

  // A page of a visit that is over, reached by Back or Forward: somebody left, or somebody else
  // looks where they were. The harmless page takes its place in the history.
  const [arrived] = performance.getEntriesByType("navigation");
  const returned = arrived?.type === "back_forward" || history.state?.returned === true;
  if (returned && document.querySelector("[data-over]")) leave();

  // The first question is answered once: Back leads to where its answer can be changed.
  const first = document.querySelector("form[data-then]");
  first?.addEventListener("submit", () => {
    first.action = window.location.href; // where it goes must not change with the address
    history.replaceState(null, "", first.dataset.then);
  });

  // What the browser itself remembers of a page is blank, and is asked for again from the server.
  window.addEventListener("pagehide", (event) => {
    if (event.persisted) root.hidden = true;
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    root.hidden = true;
    history.replaceState({ returned: true }, "");
    window.location.reload();
  });
})();
