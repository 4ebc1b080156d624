// SPDX-License-Identifier: Apache-2.0
// Quick exit: Escape, or the button, replaces this page with a harmless one.
(() => {
  "use strict";
  const link = document.querySelector("[data-leave]");
  if (!link) return;
  const leave = () => {
    document.documentElement.hidden = true; // gone at once, even on a slow line
    window.location.replace(link.href);
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    // While a word is being composed (Chinese, Japanese, Korean), Escape belongs to the keyboard.
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    leave();
  });
  // A page brought back by the browser's own memory is asked for again from the server.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
