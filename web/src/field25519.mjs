// The field of 2^255 - 19 in floating point, exactly: twelve limbs, limb i a multiple of 2^ceil(21.25 i), as in
// D. J. Bernstein's floating-point arithmetic. A product's limb stays below 2^53 quanta while the factors' sums of
// limbs multiply to at most 15 (`units` in the test), so nothing is ever rounded. `multiply` and `square` are
// unrolled sums; the test holds them to BigInt.

/** Where each limb begins. */
const START = Array.from({ length: 13 }, (_, i) => Math.ceil(21.25 * i));
/** 19 / 2^255: what a limb beyond the twelfth is worth at the bottom. */
const FOLD = 19 * 2 ** -255;
// x + M - M is x rounded to the quantum of the next limb.
const [M0, M1, M2, M3, M4, M5, M6, M7, M8, M9, M10, M11] = START.slice(1).map((next) => 3 * 2 ** (next + 51));

/** out = a b; out may be a or b. */
export function multiply(out, a, b) {
  const a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4], a5 = a[5],
    a6 = a[6], a7 = a[7], a8 = a[8], a9 = a[9], a10 = a[10], a11 = a[11];
  const b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4], b5 = b[5],
    b6 = b[6], b7 = b[7], b8 = b[8], b9 = b[9], b10 = b[10], b11 = b[11];
  const c1 = b1 * FOLD, c2 = b2 * FOLD, c3 = b3 * FOLD, c4 = b4 * FOLD, c5 = b5 * FOLD, c6 = b6 * FOLD,
    c7 = b7 * FOLD, c8 = b8 * FOLD, c9 = b9 * FOLD, c10 = b10 * FOLD, c11 = b11 * FOLD;
  let h0 = a0 * b0 + a1 * c11 + a2 * c10 + a3 * c9 + a4 * c8 + a5 * c7 + a6 * c6 + a7 * c5 + a8 * c4 + a9 * c3
    + a10 * c2 + a11 * c1;
  let h1 = a0 * b1 + a1 * b0 + a2 * c11 + a3 * c10 + a4 * c9 + a5 * c8 + a6 * c7 + a7 * c6 + a8 * c5 + a9 * c4
    + a10 * c3 + a11 * c2;
  let h2 = a0 * b2 + a1 * b1 + a2 * b0 + a3 * c11 + a4 * c10 + a5 * c9 + a6 * c8 + a7 * c7 + a8 * c6 + a9 * c5
    + a10 * c4 + a11 * c3;
  let h3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * c11 + a5 * c10 + a6 * c9 + a7 * c8 + a8 * c7 + a9 * c6
    + a10 * c5 + a11 * c4;
  let h4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + a5 * c11 + a6 * c10 + a7 * c9 + a8 * c8 + a9 * c7
    + a10 * c6 + a11 * c5;
  let h5 = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + a6 * c11 + a7 * c10 + a8 * c9 + a9 * c8
    + a10 * c7 + a11 * c6;
  let h6 = a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + a7 * c11 + a8 * c10 + a9 * c9
    + a10 * c8 + a11 * c7;
  let h7 = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + a8 * c11 + a9 * c10
    + a10 * c9 + a11 * c8;
  let h8 = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + a9 * c11
    + a10 * c10 + a11 * c9;
  let h9 = a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0
    + a10 * c11 + a11 * c10;
  let h10 = a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1
    + a10 * b0 + a11 * c11;
  let h11 = a0 * b11 + a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2
    + a10 * b1 + a11 * b0;
  let t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11;
  t0 = h0 + M0 - M0; t1 = h1 + M1 - M1; t2 = h2 + M2 - M2; t3 = h3 + M3 - M3;
  t4 = h4 + M4 - M4; t5 = h5 + M5 - M5; t6 = h6 + M6 - M6; t7 = h7 + M7 - M7;
  t8 = h8 + M8 - M8; t9 = h9 + M9 - M9; t10 = h10 + M10 - M10; t11 = h11 + M11 - M11;
  h0 = h0 - t0 + t11 * FOLD;
  h1 = h1 - t1 + t0; h2 = h2 - t2 + t1; h3 = h3 - t3 + t2; h4 = h4 - t4 + t3;
  h5 = h5 - t5 + t4; h6 = h6 - t6 + t5; h7 = h7 - t7 + t6; h8 = h8 - t8 + t7;
  h9 = h9 - t9 + t8; h10 = h10 - t10 + t9; h11 = h11 - t11 + t10;
  t0 = h0 + M0 - M0; t1 = h1 + M1 - M1; t2 = h2 + M2 - M2; t3 = h3 + M3 - M3;
  t4 = h4 + M4 - M4; t5 = h5 + M5 - M5; t6 = h6 + M6 - M6; t7 = h7 + M7 - M7;
  t8 = h8 + M8 - M8; t9 = h9 + M9 - M9; t10 = h10 + M10 - M10; t11 = h11 + M11 - M11;
  h0 = h0 - t0 + t11 * FOLD;
  h1 = h1 - t1 + t0; h2 = h2 - t2 + t1; h3 = h3 - t3 + t2; h4 = h4 - t4 + t3;
  h5 = h5 - t5 + t4; h6 = h6 - t6 + t5; h7 = h7 - t7 + t6; h8 = h8 - t8 + t7;
  h9 = h9 - t9 + t8; h10 = h10 - t10 + t9; h11 = h11 - t11 + t10;
  out[0] = h0; out[1] = h1; out[2] = h2; out[3] = h3; out[4] = h4; out[5] = h5;
  out[6] = h6; out[7] = h7; out[8] = h8; out[9] = h9; out[10] = h10; out[11] = h11;
}

/** out = a a. */
export function square(out, a) {
  const a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4], a5 = a[5],
    a6 = a[6], a7 = a[7], a8 = a[8], a9 = a[9], a10 = a[10], a11 = a[11];
  const d0 = a0 + a0, d1 = a1 + a1, d2 = a2 + a2, d3 = a3 + a3, d4 = a4 + a4, d5 = a5 + a5,
    d6 = a6 + a6, d7 = a7 + a7, d8 = a8 + a8, d9 = a9 + a9, d10 = a10 + a10;
  const c1 = a1 * FOLD, c2 = a2 * FOLD, c3 = a3 * FOLD, c4 = a4 * FOLD, c5 = a5 * FOLD, c6 = a6 * FOLD,
    c7 = a7 * FOLD, c8 = a8 * FOLD, c9 = a9 * FOLD, c10 = a10 * FOLD, c11 = a11 * FOLD;
  let h0 = a0 * a0 + d1 * c11 + d2 * c10 + d3 * c9 + d4 * c8 + d5 * c7 + a6 * c6;
  let h1 = d0 * a1 + d2 * c11 + d3 * c10 + d4 * c9 + d5 * c8 + d6 * c7;
  let h2 = d0 * a2 + a1 * a1 + d3 * c11 + d4 * c10 + d5 * c9 + d6 * c8 + a7 * c7;
  let h3 = d0 * a3 + d1 * a2 + d4 * c11 + d5 * c10 + d6 * c9 + d7 * c8;
  let h4 = d0 * a4 + d1 * a3 + a2 * a2 + d5 * c11 + d6 * c10 + d7 * c9 + a8 * c8;
  let h5 = d0 * a5 + d1 * a4 + d2 * a3 + d6 * c11 + d7 * c10 + d8 * c9;
  let h6 = d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + d7 * c11 + d8 * c10 + a9 * c9;
  let h7 = d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + d8 * c11 + d9 * c10;
  let h8 = d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + d9 * c11 + a10 * c10;
  let h9 = d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + d10 * c11;
  let h10 = d0 * a10 + d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + a11 * c11;
  let h11 = d0 * a11 + d1 * a10 + d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6;
  let t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11;
  t0 = h0 + M0 - M0; t1 = h1 + M1 - M1; t2 = h2 + M2 - M2; t3 = h3 + M3 - M3;
  t4 = h4 + M4 - M4; t5 = h5 + M5 - M5; t6 = h6 + M6 - M6; t7 = h7 + M7 - M7;
  t8 = h8 + M8 - M8; t9 = h9 + M9 - M9; t10 = h10 + M10 - M10; t11 = h11 + M11 - M11;
  h0 = h0 - t0 + t11 * FOLD;
  h1 = h1 - t1 + t0; h2 = h2 - t2 + t1; h3 = h3 - t3 + t2; h4 = h4 - t4 + t3;
  h5 = h5 - t5 + t4; h6 = h6 - t6 + t5; h7 = h7 - t7 + t6; h8 = h8 - t8 + t7;
  h9 = h9 - t9 + t8; h10 = h10 - t10 + t9; h11 = h11 - t11 + t10;
  t0 = h0 + M0 - M0; t1 = h1 + M1 - M1; t2 = h2 + M2 - M2; t3 = h3 + M3 - M3;
  t4 = h4 + M4 - M4; t5 = h5 + M5 - M5; t6 = h6 + M6 - M6; t7 = h7 + M7 - M7;
  t8 = h8 + M8 - M8; t9 = h9 + M9 - M9; t10 = h10 + M10 - M10; t11 = h11 + M11 - M11;
  h0 = h0 - t0 + t11 * FOLD;
  h1 = h1 - t1 + t0; h2 = h2 - t2 + t1; h3 = h3 - t3 + t2; h4 = h4 - t4 + t3;
  h5 = h5 - t5 + t4; h6 = h6 - t6 + t5; h7 = h7 - t7 + t6; h8 = h8 - t8 + t7;
  h9 = h9 - t9 + t8; h10 = h10 - t10 + t9; h11 = h11 - t11 + t10;
  out[0] = h0; out[1] = h1; out[2] = h2; out[3] = h3; out[4] = h4; out[5] = h5;
  out[6] = h6; out[7] = h7; out[8] = h8; out[9] = h9; out[10] = h10; out[11] = h11;
}

export const P = 2n ** 255n - 19n;

/** @returns {Float64Array} zero */
export const element = () => new Float64Array(12);

/** out = a + b; a unit each. */
export function add(out, a, b) {
  for (let i = 0; i < 12; i++) out[i] = a[i] + b[i];
}

/** out = a - b. */
export function subtract(out, a, b) {
  for (let i = 0; i < 12; i++) out[i] = a[i] - b[i];
}

/** @param {bigint} value below 2^255 */
export function fromBig(value) {
  const out = element();
  for (let i = 0; i < 12; i++) {
    out[i] = Number(BigInt.asUintN(START[i + 1] - START[i], value >> BigInt(START[i]))) * 2 ** START[i];
  }
  multiply(out, out, ONE);
  return out;
}

/** The least value of its class. @returns {bigint} */
export function toBig(a) {
  let sum = 0n;
  for (let i = 11; i >= 0; i--) sum += BigInt(a[i] / 2 ** START[i]) << BigInt(START[i]);
  sum %= P;
  return sum < 0n ? sum + P : sum;
}

export const ONE = element();
ONE[0] = 1;

/** @param {Uint8Array} bytes little-endian @returns {bigint} */
export function littleEndian(bytes) {
  let value = 0n;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = bytes.length - 8; i >= 0; i -= 8) value = (value << 64n) | view.getBigUint64(i, true);
  return value;
}

function squareTimes(out, a, times) {
  square(out, a);
  for (let i = 1; i < times; i++) square(out, out);
}

const t0 = element();
const t1 = element();
const t2 = element();
const t3 = element();

/** t1 = a^(2^250 - 1), and t0 = a^11. */
function ladder(a) {
  square(t0, a);
  squareTimes(t1, t0, 2);
  multiply(t1, a, t1); // 9
  multiply(t0, t0, t1); // 11
  square(t2, t0);
  multiply(t1, t1, t2); // 2^5 - 1
  for (const [run, from] of [[5, 1], [10, 1], [20, 2], [10, 0], [50, 1], [100, 2], [50, 0]]) grow(run, from);
}

// t1 = 2^n - 1; t3 keeps 2^10 - 1 and then 2^50 - 1 for the runs that step back to them.
function grow(run, from) {
  if (from === 1 && run !== 5) t3.set(t1);
  squareTimes(t2, t1, run);
  multiply(t1, t2, from === 0 ? t3 : t1);
}

/** out = 1 / a. */
export function invert(out, a) {
  ladder(a);
  squareTimes(t1, t1, 5);
  multiply(out, t1, t0);
}

/** out = a^((p - 5) / 8). */
export function power58(out, a) {
  const kept = a.slice();
  ladder(a);
  squareTimes(t1, t1, 2);
  multiply(out, t1, kept);
}
