// SPDX-License-Identifier: Apache-2.0
// Loaded only while very many reports come in: proves a little work for the form on this page.
// Without it, or when Send is pressed twice, the form is sent all the same.
(() => {
  "use strict";
  const form = document.querySelector("form[data-seed]");
  if (!form) return;
  const PUZZLES = 8; // as in public/challenge.py
  const BITS = 14;
  const SLICE = 25; // milliseconds of work before the page may breathe
  const PATIENCE = 15000; // then it is sent without
  const seed = form.dataset.seed;
  const status = document.querySelector("[data-proof-status]");

  // SHA-256 (FIPS 180-4) of one block. Not SubtleCrypto: pages without TLS lack it, and one call
  // for each short hash is slower than this.
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) {
    if (primes.every((prime) => n % prime)) primes.push(n);
  }
  const fraction = (root) => ((root - Math.floor(root)) * 4294967296) | 0;
  const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
  const K = new Int32Array(primes.map((prime) => fraction(Math.cbrt(prime))));
  const W = new Int32Array(64);

  // The first 32 bits of the hash of a text of at most 55 ASCII characters.
  const head = (text) => {
    W.fill(0, 0, 16);
    const length = text.length;
    for (let i = 0; i < length; i += 1) W[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
    W[length >> 2] |= 0x80 << (24 - (length & 3) * 8);
    W[15] = length * 8;
    for (let i = 16; i < 64; i += 1) {
      const x = W[i - 15];
      const y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = START;
    for (let i = 0; i < 64; i += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    return (a + START[0]) >>> 0;
  };

  const counters = [];
  let counter = 0;
  let pressed = false;

  const send = () => HTMLFormElement.prototype.submit.call(form);
  const work = () => {
    const until = Date.now() + SLICE;
    while (counters.length < PUZZLES && Date.now() < until) {
      for (let tries = 0; tries < 500; tries += 1) {
        const solved = head(`${seed}.${counters.length}.${counter}`) >>> (32 - BITS) === 0;
        if (solved) counters.push(counter);
        counter = solved ? 0 : counter + 1;
        if (counters.length === PUZZLES) break;
      }
    }
    if (counters.length < PUZZLES) {
      setTimeout(work, 0);
      return;
    }
    form.elements.namedItem("proof").value = counters.join(".");
    if (pressed) send();
  };

  form.addEventListener("submit", (event) => {
    if (pressed || counters.length === PUZZLES) return;
    event.preventDefault();
    pressed = true;
    if (status) status.textContent = status.dataset.proofStatus;
    setTimeout(send, PATIENCE);
  });
  work();
})();
