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

async function kept() {
  const old = await (await caches.open(KEPT)).match((await settings).list_url);
  if (!old) return [new Uint32Array(), ""];
  return [fromBytes(new Uint8Array(await old.arrayBuffer())), old.headers.get("version")];
}

async function update() {
  const { list_url: address } = await settings;
  const [held, version] = await kept();
  let answer = await ask(version ? `${address}?version=${encodeURIComponent(version)}` : address);
  let prefixes = await apply(held, answer).catch(() => null);
  prefixes ??= await apply([], answer = await ask(address));
  // The first eight bytes of a version are its serial: never back to an older list.
  if (version && atob(answer.version).slice(0, 8) <= atob(version).slice(0, 8)) return held;
  const made = new Response(inBytes(prefixes), { headers: { version: answer.version } });
  await (await caches.open(KEPT)).put(address, made);
  return prefixes;
}

function list() {
  loading ??= kept()
    .then(([prefixes, version]) => (version ? prefixes : update()))
    .catch(() => { loading = null; return new Uint32Array(); });
  return loading;
}

async function behind(prefix) {
  const known = answers.get(prefix);
  if (Date.now() < known?.until) return known.found;
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

// A rule for this address alone, until the browser closes. True when new.
async function stop(address, url) {
  const page = address.split("#")[0];
  if (/[*^|]/.test(page)) return false; // these are not letters in a filter
  const filter = `|${page}|`, rules = await chrome.declarativeNetRequest.getSessionRules();
  if (rules.some((rule) => rule.condition.urlFilter === filter)) return false;
  const id = 1 + Math.max(0, ...rules.map((rule) => rule.id));
  const condition = { urlFilter: filter, isUrlFilterCaseSensitive: true, resourceTypes: ["main_frame", "sub_frame"] };
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
