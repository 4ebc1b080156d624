// SPDX-License-Identifier: Apache-2.0
// Address to expressions, and prefix lists: what hearthline.kit.urls does, for a browser.

export const PREFIX_BYTES = 4;

// The canonical host, path and query of an address; null unless it is http or https.
function canonical(address) {
  const url = new URL(address);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  const rest = url.href.split("#")[0];
  const mark = rest.indexOf("?");
  return {
    host: canonicalHost(url.hostname),
    path: canonicalPath(url.pathname),
    query: mark < 0 ? null : escape(unescape(rest.slice(mark + 1)), /[\x00-\x20\x7f-\xff#%]/g),
  };
}

function canonicalHost(host) {
  const inside = /^\[(?:::ffff:|64:ff9b::)([0-9a-f:]*)\]$/.exec(host);
  if (inside && inside[1].split(":").length <= 2) {
    // IPv4 inside IPv6, mapped or NAT64, is written as IPv4.
    const number = inside[1].split(":").reduce((sum, part) => sum * 65536 + parseInt(part || "0", 16), 0);
    return new URL(`http://${number}/`).hostname;
  }
  const tidy = host.replace(/\.{2,}/g, ".").replace(/^\.|\.$/g, "");
  return tidy === host ? host : canonicalHost(new URL(`http://${tidy}/`).hostname);
}

function canonicalPath(path) {
  const pieces = unescape(path).split("/").slice(1);
  const segments = [];
  pieces.forEach((piece, at) => {
    if (piece === "..") segments.pop();
    if (piece !== "." && piece !== "..") segments.push(piece);
    else if (at === pieces.length - 1) segments.push("");
  });
  const joined = ("/" + segments.join("/")).replace(/\/{2,}/g, "/");
  return escape(joined, /[\x00-\x20\x7f-\xff#%?\\]/g);
}

// Percent escapes undone until none is left; each character stands for one byte.
function unescape(text) {
  for (;;) {
    const shorter = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    if (shorter === text) return text;
    text = shorter;
  }
}

function escape(text, unsafe) {
  return text.replace(unsafe, (c) => "%" + hex([c.charCodeAt(0)]).toUpperCase());
}

// Each expression under which an address may be listed, with the scopes it meets.
export function expressions(address) {
  const parts = canonical(address);
  if (!parts) return [];
  const { host, path, query } = parts;
  const found = query === null ? [] : [[`${host}${path}?${query}`, ["url"]]];
  if (!path.endsWith("/")) found.push([host + path, ["url"]]);
  for (let end = path.lastIndexOf("/"); end >= 0; end = end ? path.lastIndexOf("/", end - 1) : -1) {
    const exact = end === path.length - 1 ? ["url"] : [];
    found.push([host + path.slice(0, end + 1), [...exact, "path", ...(end ? [] : ["host", "domain"])]]);
  }
  if (host.startsWith("[") || /^\d+(\.\d+){3}$/.test(host)) return found;
  for (let dot = host.indexOf("."); dot >= 0 && host.includes(".", dot + 1); dot = host.indexOf(".", dot + 1)) {
    found.push([host.slice(dot + 1) + "/", ["domain"]]);
  }
  return found;
}

export async function sha256(data) {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// Whether one of the ascending prefixes begins a hash.
export function holds(prefixes, hash) {
  const prefix = new DataView(hash.buffer).getUint32(0);
  let low = 0, high = prefixes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (prefixes[middle] < prefix) low = middle + 1;
    else high = middle;
  }
  return prefixes[low] === prefix;
}

// The prefixes after an answer. Throws unless the publisher's checksum holds.
export async function apply(held, answer) {
  const removed = new Set(answer.partialUpdate ? numbers(answer.compressedRemovals) : []);
  const kept = answer.partialUpdate ? held.filter((_, at) => !removed.has(at)) : [];
  const prefixes = Uint32Array.from([...kept, ...numbers(answer.additionsFourBytes)]).sort();
  if (base64(await sha256(inBytes(prefixes))) !== answer.sha256Checksum) throw new Error("checksum");
  return prefixes;
}

export function inBytes(prefixes) {
  const view = new DataView(new ArrayBuffer(prefixes.length * PREFIX_BYTES));
  prefixes.forEach((prefix, at) => view.setUint32(at * PREFIX_BYTES, prefix));
  return new Uint8Array(view.buffer);
}

export function fromBytes(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / PREFIX_BYTES }, (_, at) => view.getUint32(at * PREFIX_BYTES));
}

// Golomb-Rice coded ascending numbers.
function numbers(coded) {
  if (!coded) return [];
  const data = bytes(coded.encodedData), found = [coded.firstValue], k = coded.riceParameter;
  let at = 0;
  const bit = () => {
    if (at >= data.length * 8) throw new Error("too short");
    return (data[at >> 3] >> (at++ & 7)) & 1;
  };
  for (let left = coded.entriesCount; left > 0; left--) {
    let distance = 0;
    while (bit()) distance++;
    distance *= 2 ** k;
    for (let place = 0; place < k; place++) distance += bit() * 2 ** place;
    found.push(found[found.length - 1] + distance);
  }
  return found;
}

// The scope of each full hash of an answer, by its base64 text.
export function scopes(answer) {
  return new Map(answer.fullHashes.map((row) => [row.fullHash, row.fullHashDetails[0].scope]));
}

export function base64(data) {
  return btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));
}

export function hex(data) {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
