// SPDX-License-Identifier: Apache-2.0
// The demonstration page: a picture becomes a code on this device, and nothing is sent or kept.
import { NotHashable, hashFile } from "./pdq.js";
import { LANGUAGES, WORDS } from "./words.js";

const GOOD_QUALITY = 50; // below, a hash matches by accident
const part = (id) => document.getElementById(id);
const address = new URLSearchParams(window.location.search);
const language = chosen([address.get("lang"), ...navigator.languages]);
const words = WORDS[language];
let latest = 0; // of two pictures chosen quickly, the second counts

/** The first of the wished languages that there are words in, else English. */
function chosen(wished) {
  for (const wish of wished) {
    const main = (wish ?? "").toLowerCase().split("-")[0];
    const found = Object.keys(LANGUAGES).find((code) => code.split("-")[0] === main);
    if (found) return found;
  }
  return "en";
}

function speak() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.title = words.title;
  for (const place of document.querySelectorAll("[data-words]")) {
    place.textContent = words[place.dataset.words];
  }
  part("languages").ariaLabel = words.language;
  for (const [code, name] of Object.entries(LANGUAGES)) {
    const link = Object.assign(document.createElement("a"), { lang: code, textContent: name });
    link.href = `?lang=${code}`;
    if (code === language) link.ariaCurrent = "true";
    part("languages").append(link);
  }
}

async function hash() {
  const [file] = part("file").files;
  if (!file) return;
  const turn = ++latest;
  show(null, words.working);
  // The words are painted before the work begins, which holds the page for a moment.
  await new Promise((painted) => setTimeout(painted, 60));
  try {
    const made = await hashFile(file);
    if (turn === latest) show(made, words.done);
  } catch (error) {
    const code = error instanceof NotHashable ? error.code : "unsupported";
    if (turn === latest) show(null, words[code]);
  } finally {
    if (turn === latest) part("file").value = ""; // the page forgets the file
  }
}

/** Show a code, or none, and say what happened. */
function show(made, said) {
  part("status").textContent = said;
  part("result").hidden = !made;
  part("hex").replaceChildren(...(made?.hex.match(/.{8}/g) ?? []).flatMap(spaced));
  part("dots").setAttribute("d", made ? dots(made.hex) : "");
  const quality = String(made?.quality ?? "");
  part("quality").textContent = made ? words.quality.replace("{quality}", quality) : "";
  part("weak").hidden = !made || made.quality >= GOOD_QUALITY;
}

/** Groups of eight are easier to read; the gap is drawn, so that it is not copied. */
function spaced(group) {
  const span = Object.assign(document.createElement("span"), { textContent: group });
  return [span, document.createElement("wbr")];
}

/** A dot for each of the 256 bits that is 1, 16 in a row; round, so that no camera tries it. */
function dots(hex) {
  const bits = [...hex].flatMap((digit) => [8, 4, 2, 1].map((bit) => parseInt(digit, 16) & bit));
  return bits.map((bit, at) => (bit ? `M${at % 16} ${at >> 4}h0` : "")).join("");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(part("hex").textContent);
    part("status").textContent = words.copied;
  } catch {
    // Some browsers let nobody write there: the code is marked, so that two keys copy it.
    getSelection().selectAllChildren(part("hex"));
    part("status").textContent = words.marked;
  }
}

function clear() {
  latest += 1;
  show(null, words.cleared);
  part("file").focus();
}

speak();
part("file").addEventListener("change", hash);
part("copy").addEventListener("click", copy);
part("clear").addEventListener("click", clear);
// Whoever comes back to the page on a shared device finds it empty.
window.addEventListener("pagehide", () => show(null, ""));
part("needs").remove();
part("choose").hidden = false;
