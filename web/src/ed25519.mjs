// Ed25519 by the signature rule of docs/reference/records.md: byte checks first, then the cofactorless equation.
// `verifyStrict` is own code throughout; `verifier` asks WebCrypto for the equation where it is there and passes a test.

import { equal, unhex } from './bytes.mjs';
import {
  add, element, fromBig, invert, littleEndian, multiply, ONE, P, power58, square, subtract, toBig,
} from './field25519.mjs';
import { sha512 } from './sha2.mjs';

export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

const modulo = (a) => ((a % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let x = modulo(base), e = exponent; e > 0n; e >>= 1n, x = (x * x) % P) if (e & 1n) result = (result * x) % P;
  return result;
}

const D = modulo(-121665n * power(121666n, P - 2n));
const D2 = fromBig((2n * D) % P);
const FIELD_D = fromBig(D);
const ROOT = fromBig(power(2n, (P - 1n) / 4n));

/** y of the points of small order, as the 32 bytes that encode it with the sign bit masked. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(unhex);

/** Is this encoding of a point canonical (y < p) and of none of small order? The sign bit is masked. */
export function isGoodEncoding(bytes) {
  const last = bytes[31] & 0x7f;
  for (const small of SMALL_ORDER) {
    if (last !== small[31]) continue;
    let i = 0;
    while (i < 31 && bytes[i] === small[i]) i++;
    if (i === 31) return false;
  }
  if (last !== 0x7f || bytes[0] < 0xed) return true;
  for (let i = 1; i < 31; i++) if (bytes[i] !== 0xff) return true;
  return false;
}

const L_BYTES = unhex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** Is the little-endian number below L? */
function isBelowL(bytes) {
  for (let i = 31; i >= 0; i--) if (bytes[i] !== L_BYTES[i]) return bytes[i] < L_BYTES[i];
  return false;
}

/**
 * The byte checks of the signature rule.
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} signature 64 bytes
 * @returns {'' | 'R206' | 'R207'} the code of the refusal
 */
export function encodingFault(key, signature) {
  if (key.length !== 32 || signature.length !== 64) return 'R206';
  if (!isGoodEncoding(key) || !isGoodEncoding(signature.subarray(0, 32))) return 'R207';
  return isBelowL(signature.subarray(32)) ? '' : 'R207';
}

/** @typedef {{x: Float64Array, y: Float64Array, z: Float64Array, t: Float64Array}} Point extended coordinates */

/** @returns {Point} the neutral one */
export const neutral = () => ({ x: element(), y: ONE.slice(), z: ONE.slice(), t: element() });

/**
 * @param {Uint8Array} bytes an encoding that passed `isGoodEncoding`
 * @returns {Point | null} null: no point has this y
 */
export function decompress(bytes) {
  const masked = bytes.slice(0, 32);
  masked[31] &= 0x7f;
  const y = fromBig(littleEndian(masked));
  const [u, v, x, check] = [element(), element(), element(), element()];
  square(u, y);
  multiply(v, u, FIELD_D);
  subtract(u, u, ONE);
  add(v, v, ONE);
  square(check, v);
  multiply(check, check, v); // v^3
  square(x, check);
  multiply(x, x, v); // v^7
  multiply(x, x, u);
  power58(x, x);
  multiply(x, x, check);
  multiply(x, x, u); // u v^3 (u v^7)^((p-5)/8)
  square(check, x);
  multiply(check, check, v);
  const [found, wanted] = [toBig(check), toBig(u)];
  if (found !== wanted) {
    if (modulo(found + wanted) !== 0n) return null;
    multiply(x, x, ROOT);
  }
  if ((toBig(x) & 1n) !== BigInt(bytes[31] >> 7)) subtract(x, element(), x);
  const t = element();
  multiply(t, x, y);
  return { x, y, z: ONE.slice(), t };
}

/** @param {Point} point @returns {Uint8Array} 32 bytes */
function compress(point) {
  const inverse = element();
  const coordinate = element();
  invert(inverse, point.z);
  multiply(coordinate, point.y, inverse);
  const y = toBig(coordinate);
  multiply(coordinate, point.x, inverse);
  const sign = toBig(coordinate) & 1n;
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  const whole = y | (sign << 255n);
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, BigInt.asUintN(64, whole >> BigInt(64 * i)), true);
  return bytes;
}

const [e, f, g, h] = [element(), element(), element(), element()];

/** point = 2 point; t is left undone unless `withT`. @param {Point} point */
function double(point, withT) {
  square(g, point.x);
  square(h, point.y);
  square(f, point.z);
  add(f, f, f);
  add(e, point.x, point.y);
  square(e, e);
  for (let i = 0; i < 12; i++) {
    const xx = g[i];
    const yy = h[i];
    h[i] = yy + xx;
    g[i] = yy - xx;
    e[i] -= h[i];
    f[i] -= g[i];
  }
  multiply(point.x, e, f);
  multiply(point.y, g, h);
  multiply(point.z, f, g);
  if (withT) multiply(point.t, e, h);
}

/**
 * A point ready to be added: y + x, y - x, 2 z, 2 d t.
 * @typedef {{plus: Float64Array, minus: Float64Array, z2: Float64Array, t2d: Float64Array}} Ready
 */

/** @param {Point} point @returns {Ready} */
function ready(point) {
  const made = { plus: element(), minus: element(), z2: element(), t2d: element() };
  add(made.plus, point.y, point.x);
  subtract(made.minus, point.y, point.x);
  add(made.z2, point.z, point.z);
  multiply(made.t2d, point.t, D2);
  for (const part of [made.plus, made.minus, made.z2]) multiply(part, part, ONE);
  return made;
}

/** For sums of many points: `readyOf` once, then `addPoint` as often as needed. */
export const readyOf = (point) => ready(point);

/** point = point + other. @param {Point} point @param {Ready} other */
export const addPoint = (point, other) => addReady(point, other, false, true);

/** point = point + other, or point - other. @param {Point} point @param {Ready} other */
function addReady(point, other, isMinus, withT) {
  subtract(e, point.y, point.x);
  multiply(e, e, isMinus ? other.plus : other.minus);
  add(h, point.y, point.x);
  multiply(h, h, isMinus ? other.minus : other.plus);
  multiply(g, point.t, other.t2d);
  multiply(f, point.z, other.z2);
  for (let i = 0; i < 12; i++) {
    const a = e[i];
    const b = h[i];
    const c = isMinus ? -g[i] : g[i];
    e[i] = b - a;
    h[i] = b + a;
    g[i] = f[i] + c;
    f[i] -= c;
  }
  multiply(point.x, e, f);
  multiply(point.y, g, h);
  multiply(point.z, f, g);
  if (withT) multiply(point.t, e, h);
}

const copy = (point) => ({ x: point.x.slice(), y: point.y.slice(), z: point.z.slice(), t: point.t.slice() });

/** 1, 3, 5, … times the point. @param {Point} point @param {number} count @returns {Ready[]} */
function oddMultiples(point, count) {
  const twice = copy(point);
  double(twice, true);
  const step = ready(twice);
  const at = copy(point);
  const table = [ready(at)];
  while (table.length < count) {
    addReady(at, step, false, true);
    table.push(ready(at));
  }
  return table;
}

/** Digits of a scalar: zero or odd, at most 2^(width-1) - 1 in size, `width` apart. @param {bigint} scalar */
function digits(scalar, width) {
  const bits = new Int8Array(264);
  for (let i = 0; i < 256; i += 32) {
    const word = Number(BigInt.asUintN(32, scalar >> BigInt(i)));
    for (let j = 0; j < 32; j++) bits[i + j] = (word >>> j) & 1;
  }
  const limit = 1 << width;
  for (let i = 0; i < 256; i++) {
    if (bits[i] === 0) continue;
    let value = 0;
    for (let j = width - 1; j >= 0; j--) value = 2 * value + bits[i + j];
    bits.fill(0, i, i + width);
    if (value >= limit / 2) {
      value -= limit;
      let carry = i + width;
      while (bits[carry] === 1) bits[carry++] = 0;
      bits[carry] = 1;
    }
    bits[i] = value;
  }
  return bits;
}

const BASE_WIDTH = 8;
const KEY_WIDTH = 5;
let baseTable = null;

function baseMultiples() {
  if (baseTable === null) {
    const base = decompress(unhex('5866666666666666666666666666666666666666666666666666666666666666'));
    baseTable = oddMultiples(base, 1 << (BASE_WIDTH - 2));
  }
  return baseTable;
}

/** [s]B - [k]A. @param {bigint} s @param {bigint} k @param {Point} key */
function combine(s, k, key) {
  const base = baseMultiples();
  const table = oddMultiples(key, 1 << (KEY_WIDTH - 2));
  const ofBase = digits(s, BASE_WIDTH);
  const ofKey = digits(k, KEY_WIDTH);
  const sum = neutral();
  let i = 255;
  while (i >= 0 && ofBase[i] === 0 && ofKey[i] === 0) i--;
  for (; i >= 0; i--) {
    const b = ofBase[i];
    const a = ofKey[i];
    double(sum, a !== 0 || b !== 0);
    if (a !== 0) addReady(sum, table[Math.abs(a) >> 1], a > 0, b !== 0);
    if (b !== 0) addReady(sum, base[Math.abs(b) >> 1], b < 0, false);
  }
  return sum;
}

/** The equation alone, over bytes that passed `encodingFault`. */
function equationHolds(key, message, signature) {
  const point = decompress(key);
  if (point === null) return false;
  const hashed = new Uint8Array(64 + message.length);
  hashed.set(signature.subarray(0, 32));
  hashed.set(key, 32);
  hashed.set(message, 64);
  const k = littleEndian(sha512(hashed)) % L;
  const s = littleEndian(signature.subarray(32, 64));
  return equal(compress(combine(s, k, point)), signature.subarray(0, 32));
}

/**
 * @param {Uint8Array} key 32 bytes
 * @param {Uint8Array} message
 * @param {Uint8Array} signature 64 bytes
 * @returns {boolean}
 */
export function verifyStrict(key, message, signature) {
  return encodingFault(key, signature) === '' && equationHolds(key, message, signature);
}

/** Is it a point of the group of order L, in its one encoding? What a key must be to be enrolled. */
export function isTorsionFree(key) {
  if (key.length !== 32 || !isGoodEncoding(key)) return false;
  const point = decompress(key);
  return point !== null && isInPrimeOrderGroup(point);
}

/** [L] point is neutral. @param {Point} point */
export function isInPrimeOrderGroup(point) {
  const table = oddMultiples(point, 1 << (KEY_WIDTH - 2));
  const sum = neutral();
  for (let i = 255; i >= 0; i--) {
    const digit = DIGITS_OF_L[i];
    double(sum, digit !== 0);
    if (digit !== 0) addReady(sum, table[Math.abs(digit) >> 1], digit < 0, false);
  }
  return toBig(sum.x) === 0n && toBig(sum.y) === toBig(sum.z);
}

const DIGITS_OF_L = digits(L, KEY_WIDTH);
export { verifier } from './verifier.mjs';
