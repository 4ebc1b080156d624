// SPDX-License-Identifier: Apache-2.0
/**
 * PDQ, the 256-bit perceptual hash, made where the picture is: in the browser, sending nothing.
 *
 * Every sum is rounded to a 32-bit float in the order in which the reference rounds it, so the same
 * pixels give the same bits as `hearthline.kit.hashing` in Python and as the field's other tools.
 *
 * Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook,
 * 2019.
 */

/**
 * @typedef {object} Hashes
 * @property {string} hex the hash as 64 hexadecimal digits
 * @property {number} quality 0 to 100, how much there was to see; below 50 it matches by accident
 * @property {string[]} dihedral the hashes of the picture as it is, turned counter-clockwise by 90,
 *   180 and 270 degrees, flipped top to bottom, flipped left to right, mirrored in the main and in
 *   the other diagonal
 */

/** Why a file has no hash: `code` is for programs, the message for people who make them. */
export class NotHashable extends Error {
  /** @param {"empty"|"not_an_image"|"too_large"|"canvas_protected"|"unsupported"} code */
  constructor(code, /** @type {string} */ message, /** @type {unknown} */ cause = undefined) {
    super(message, { cause });
    this.name = "NotHashable";
    this.code = code;
  }
}

/** Larger pictures are refused: their luma alone would fill the memory of a telephone. */
export const MOST_PIXELS = 64_000_000;

/** A picture with a shorter side has no hash: all bits are 0, and so is its quality. */
const SMALLEST_SIDE = 5;
const SAMPLES = 64; // along each side, after smoothing
const FREQUENCIES = 16;
const NO_DECODING = "This browser cannot decode pictures as we ask.";
const STRIP = 1 << 20; // pixels that are read back at once
const CELL = 16; // pixels along a side of a square of the test pattern

const { floor, fround } = Math;
const SCALE = fround(Math.sqrt(2 / SAMPLES)); // the reference keeps this factor as 32 bits
// Engines differ in the last bits of a cosine; none of these is near where rounding would show it.
const COSINES = Float32Array.from({ length: FREQUENCIES * SAMPLES }, (_, place) => {
  const turn = (floor(place / SAMPLES) + 1) * (2 * (place % SAMPLES) + 1);
  return SCALE * Math.cos((Math.PI / (2 * SAMPLES)) * turn);
});

// Mirroring a picture turns the sign of its odd frequencies, and a diagonal swaps rows and columns.
// Each row: swapped, then mirrored top to bottom, then left to right.
const VARIANTS = [
  [0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 1, 1],
];

/**
 * The hash of luma, 0 to 255, row after row. The array stays as it is.
 * @param {Float32Array} luma @param {number} width @param {number} height @returns {Hashes}
 */
export function hashLuma(luma, width, height) {
  checkLength(luma, width, height, 1);
  return hashes(luma.slice(), width, height);
}

/**
 * The hash of pixels of red, green, blue and alpha, row after row. Alpha counts for nothing: lay a
 * picture that has holes on white first.
 * @param {Uint8ClampedArray} rgba @param {number} width @param {number} height @returns {Hashes}
 */
export function hashPixels(rgba, width, height) {
  checkLength(rgba, width, height, 4);
  const luma = new Float32Array(width * height);
  fillLuma(luma, rgba);
  return hashes(luma, width, height);
}

/**
 * The hash of a picture file, turned as its EXIF says, over white, its first frame if it moves.
 * Embedded colour profiles are left aside, as the hashes in banks do.
 * @param {Blob} file @returns {Promise<Hashes>}
 * @throws {NotHashable} always with a code; nothing else is thrown for a bad file
 */
export async function hashFile(file) {
  if (file.size === 0) throw new NotHashable("empty", "The file is empty.");
  const picture = await decoded(file);
  const { width, height } = picture;
  try {
    if (width * height > MOST_PIXELS) throw new NotHashable("too_large", "Too many pixels.");
    return hashes(lumaOf(picture), width, height);
  } catch (error) {
    if (error instanceof NotHashable) throw error;
    throw new NotHashable("unsupported", "This browser could not hash the picture.", error);
  } finally {
    picture.close();
  }
}

/** @param {Blob} file @returns {Promise<ImageBitmap>} */
async function decoded(file) {
  try {
    const asked = { imageOrientation: "from-image", colorSpaceConversion: "none" };
    return await globalThis.createImageBitmap(file, asked);
  } catch (error) {
    // A TypeError means that the function is missing or does not know what is asked.
    if (error instanceof TypeError) throw new NotHashable("unsupported", NO_DECODING, error);
    throw new NotHashable("not_an_image", "This is not a picture the browser can read.", error);
  }
}

/** The luma of a picture, read strip by strip: telephones limit how large a canvas may be. */
function lumaOf(/** @type {ImageBitmap} */ picture) {
  const { width, height } = picture;
  const rows = Math.min(height, Math.max(1, floor(STRIP / width)));
  const offscreen = typeof OffscreenCanvas === "function";
  const canvas = offscreen ? new OffscreenCanvas(1, 1) : document.createElement("canvas");
  Object.assign(canvas, { width: Math.max(width, 128), height: Math.max(rows, 128) });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new NotHashable("unsupported", "This browser has no canvas to draw on.");
  if (!readsBackTrue(context)) {
    throw new NotHashable("canvas_protected", "This browser changes the pixels that a page reads.");
  }
  const luma = new Float32Array(width * height);
  for (let top = 0; top < height; top += rows) {
    const high = Math.min(rows, height - top);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, high);
    context.drawImage(picture, 0, top, width, high, 0, 0, width, high);
    fillLuma(luma.subarray(top * width), context.getImageData(0, 0, width, high).data);
  }
  return luma;
}

/** Whether known squares come back as drawn; some browsers alter them against fingerprinting. */
function readsBackTrue(/** @type {CanvasRenderingContext2D} */ context) {
  const { width, height } = context.canvas;
  const shade = (x, y, c) => (c === 3 ? 255 : (x * 37 + y * 53 + x * y * c + c * 90) % 256);
  for (let y = 0; y * CELL < height; y++) {
    for (let x = 0; x * CELL < width; x++) {
      context.fillStyle = `rgb(${[0, 1, 2].map((c) => shade(x, y, c))})`;
      context.fillRect(x * CELL, y * CELL, CELL, CELL);
    }
  }
  return context.getImageData(0, 0, width, height).data.every((value, place) => {
    const [x, y] = [(place >> 2) % width, floor((place >> 2) / width)];
    return value === shade(floor(x / CELL), floor(y / CELL), place & 3);
  });
}

function checkLength(values, width, height, channels) {
  if (!(width > 0 && height > 0) || values.length !== width * height * channels) {
    throw new RangeError(`${values.length} values are no picture of ${width} x ${height} pixels`);
  }
}

function fillLuma(/** @type {Float32Array} */ luma, /** @type {Uint8ClampedArray} */ rgba) {
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    luma[to++] = rgba[from] * 0.299 + rgba[from + 1] * 0.587 + rgba[from + 2] * 0.114;
  }
}

/** The hashes of luma, which is used up. @returns {Hashes} */
function hashes(/** @type {Float32Array} */ luma, width, height) {
  const none = Math.min(width, height) < SMALLEST_SIDE;
  const samples = none ? new Float32Array(SAMPLES ** 2) : sampled(luma, width, height);
  const plain = transformed(samples);
  const dihedral = VARIANTS.map((variant) => hexOf(mirrored(plain, variant)));
  return { hex: dihedral[0], quality: qualityOf(samples), dihedral };
}

/** 64 x 64 samples of luma after two running means along rows and columns. */
function sampled(luma, width, height) {
  if (width === SAMPLES && height === SAMPLES) return luma; // nothing to smooth
  const places = Array.from({ length: SAMPLES }, (_, place) => (place + 0.5) / SAMPLES);
  const kept = (side) => places.map((place) => floor(place * side));
  const columns = kept(width);
  for (let y = 0; y < height; y++) smooth(luma, y * width, 1, width);
  for (let x = 0; x < width; x++) smooth(luma, x, width, height);
  for (let y = 0; y < height; y++) smooth(luma, y * width, 1, width);
  for (const x of new Set(columns)) smooth(luma, x, width, height); // no others are looked at
  return Float32Array.from(kept(height).flatMap((y) => columns.map((x) => luma[y * width + x])));
}

/** Replace a row or column of `side` values, `step` apart, by its running mean. */
function smooth(luma, start, step, side) {
  const wide = Math.ceil(side / (2 * SAMPLES));
  const after = (wide + 2) >> 1;
  const before = wide - after;
  const line = new Float32Array(side);
  for (let place = 0; place < side; place++) line[place] = luma[start + place * step];
  let total = 0;
  for (let place = 1 - after; place < side; place++) {
    const [enters, leaves] = [place + after - 1, place - before - 1];
    if (enters < side) total = fround(total + line[enters]);
    if (leaves >= 0) total = fround(total - line[leaves]);
    const under = Math.min(enters, side - 1) - Math.max(leaves, -1);
    if (place >= 0) luma[start + place * step] = total / under;
  }
}

/** The 16 x 16 low frequencies of the samples: cosines . samples . cosines transposed. */
function transformed(/** @type {Float32Array} */ samples) {
  const across = samples.map((_, place) => samples[(place % SAMPLES) * SAMPLES + (place >> 6)]);
  return products(products(COSINES, across), COSINES);
}

/** Each row of 64 with each of the other, multiplied and added up in order, rounded every time. */
function products(/** @type {Float32Array} */ rows, /** @type {Float32Array} */ others) {
  const wide = others.length / SAMPLES;
  return Float32Array.from({ length: (rows.length / SAMPLES) * wide }, (_, place) => {
    const [row, other] = [floor(place / wide) * SAMPLES, (place % wide) * SAMPLES];
    let sum = 0;
    for (let k = 0; k < SAMPLES; k++) sum = fround(sum + fround(rows[row + k] * others[other + k]));
    return sum;
  });
}

function mirrored(/** @type {Float32Array} */ plain, [swapped, down, right]) {
  return plain.map((_, place) => {
    const [i, j] = [place >> 4, place & 15]; // place 0 holds frequency 1, which is odd
    const value = swapped ? plain[j * FREQUENCIES + i] : plain[place];
    return down * (1 - (i % 2)) + right * (1 - (j % 2)) === 1 ? -value : value;
  });
}

/** A bit for each frequency above the lower of the middle two, the last frequency first. */
function hexOf(/** @type {Float32Array} */ frequencies) {
  const median = frequencies.slice().sort()[frequencies.length / 2 - 1];
  let hex = "";
  for (let place = frequencies.length - 4; place >= 0; place -= 4) {
    const four = frequencies.subarray(place, place + 4);
    hex += four.reduceRight((digit, value) => digit * 2 + (value > median), 0).toString(16);
  }
  return hex;
}

/** How far each sample is from the one below and the one beside it, in hundredths, summed up. */
function qualityOf(/** @type {Float32Array} */ samples) {
  const step = (one, other) => floor(fround(fround(Math.abs(fround(one - other)) * 100) / 255));
  let sum = 0;
  samples.forEach((value, place) => {
    if (place + SAMPLES < samples.length) sum += step(value, samples[place + SAMPLES]);
    if ((place + 1) % SAMPLES) sum += step(value, samples[place + 1]);
  });
  return Math.min(floor(sum / 90), 100);
}
