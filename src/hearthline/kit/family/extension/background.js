// SPDX-License-Identifier: Apache-2.0
// Checks each page as it opens. Asks for full hashes only when a prefix meets; keeps no history.

import { PREFIX_BYTES, apply, base64, expressions, fromBytes, hex, holds, inBytes, scopes, sha256 } from "./check.js";

const EVERY_MINUTES = 30;
const KEPT = "prefixes";
let loading = null;
const answers = new Map(); // prefix in hexadecimal to { until, found }

const settings = fetch(chrome.runtime.getURL("settings.json")).then((file) => file.json());

// The key that a school's policy gives. Right after the browser starts nobody may answer.
function policy() {
  const nothing = new Promise((resolve) => setTimeout(resolve, 500, {}));
  return Promise.race([chrome.storage.managed.get("key"), nothing]).catch(() => ({}));
}

async function ask(url) {
  const { key } = await policy();
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const answer = await fetch(url, { headers, credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  return answer.json();
}

async function update() {
  const { list_url: address } = await settings;
  const cache = await caches.open(KEPT);
  const old = await cache.match(address);
  const held = old ? fromBytes(new Uint8Array(await old.clone().arrayBuffer())) : new Uint32Array();
  const version = old ? old.headers.get("version") : "";
  const answer = await ask(version ? `${address}?version=${encodeURIComponent(version)}` : address);
  if (answer.version === version) return held;
  // The first eight bytes of a version are its serial: never back to an older list.
  if (version && atob(answer.version).slice(0, 8) <= atob(version).slice(0, 8)) return held;
  const prefixes = await apply(held, answer).catch(async () => apply([], await ask(address)));
  await cache.put(address, new Response(inBytes(prefixes), { headers: { version: answer.version } }));
  return prefixes;
}

function list() {
  loading ??= caches.open(KEPT)
    .then(async (cache) => cache.match((await settings).list_url))
    .then(async (kept) => (kept ? fromBytes(new Uint8Array(await kept.arrayBuffer())) : update()))
    .catch(() => { loading = null; return new Uint32Array(); });
  return loading;
}

async function behind(prefix) {
  const kept = answers.get(prefix);
  if (kept && Date.now() < kept.until) return kept.found;
  const { search_url: address } = await settings;
  const answer = await ask(`${address}?prefix=${prefix}`);
  const found = scopes(answer);
  if (answers.size > 4096) answers.clear();
  answers.set(prefix, { until: Date.now() + 1000 * parseInt(answer.cacheDuration || "0"), found });
  return found;
}

async function isListed(address) {
  const prefixes = await list();
  for (const [expression, meets] of expressions(address)) {
    const hash = await sha256(expression);
    if (!holds(prefixes, hash)) continue;
    const found = await behind(hex(hash.slice(0, PREFIX_BYTES)));
    if (meets.includes(found.get(base64(hash)))) return true;
  }
  return false;
}

function isOpen(hours, now) {
  const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][now.getDay()];
  const minute = now.getHours() * 60 + now.getMinutes();
  return hours.some((span) => span.days.includes(day) && span.opens <= minute && minute < span.closes);
}

// A rule for this address alone, until the browser closes. True when it is new.
async function stop(address, url) {
  const page = address.split("#")[0];
  if (/[*^|]/.test(page)) return false; // these are not letters in a filter
  const rules = await chrome.declarativeNetRequest.getSessionRules();
  if (rules.some((rule) => rule.condition.urlFilter === `|${page}|`)) return false;
  const id = 1 + Math.max(0, ...rules.map((rule) => rule.id));
  const condition = { urlFilter: `|${page}|`, isUrlFilterCaseSensitive: true, resourceTypes: ["main_frame", "sub_frame"] };
  const rule = { id, priority: 3, condition, action: { type: "redirect", redirect: { url } } };
  await chrome.declarativeNetRequest.updateSessionRules({ addRules: [rule] });
  return true;
}

chrome.webNavigation.onBeforeNavigate.addListener(async ({ tabId, frameId, url }) => {
  const { stop_page: page, hours } = await settings;
  if (!/^https?:/.test(url) || url.startsWith(page)) return;
  if (frameId === 0 && !isOpen(hours, new Date())) {
    chrome.tabs.update(tabId, { url: chrome.runtime.getURL("closed.html") });
  } else if (await isListed(url)) {
    const added = await stop(url, page);
    if (frameId === 0) chrome.tabs.update(tabId, { url: page });
    else if (added) chrome.tabs.reload(tabId);
  }
});

chrome.alarms.create("update", { periodInMinutes: EVERY_MINUTES });
chrome.alarms.onAlarm.addListener(() => {
  update().then((prefixes) => { loading = Promise.resolve(prefixes); }, () => {}); // the list held goes on serving
});
