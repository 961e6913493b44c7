/**
 * Values of lines. A reader takes the written token and returns the value, or `undefined` if the token is not written as it must be.
 *
 * Numbers and places are JS integers; a box is an integer or one of `blank`, `dash`, `illegible`; ids and blobs are hex digits; keys and
 * signatures are bytes; a time is `{text, seconds}`; a fraction is `[a, b]`; all else is the token.
 */

/** @typedef {{notation: string, read: (token: string) => any, rest: boolean}} ValueReader */
/** @typedef {number | 'blank' | 'dash' | 'illegible'} Box */

const NUMBER = /^(?:0|[1-9][0-9]{0,8})$/;
const PLACE = /^(?:0|[1-9][0-9]{0,15})$/;
const ID = /^[0-9a-f]{64}$/;
const BLOB = /^sha256:[0-9a-f]{64}$/;
const CODE = /^[A-Za-z0-9._-]{1,64}$/;
const KEY_NAME = /^[!-*,-~]{1,255}$/;
const TOKEN = /^[!-~]{1,255}$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME = /^([0-9-]{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})([+-])([0-9]{2}):([0-9]{2})$/;
const KIND_VERSION = /^[A-Za-z0-9._-]{1,64}@v[1-9][0-9]{0,8}$/;

/** @param {string} token */
function number(token) {
  return NUMBER.test(token) ? Number(token) : undefined;
}

/** @param {string} token */
function place(token) {
  if (!PLACE.test(token)) return undefined;
  const value = Number(token);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** @param {string} token @returns {Box | undefined} */
function box(token) {
  if (token === 'blank' || token === 'dash' || token === 'illegible') return token;
  return number(token);
}

/** @param {string} token */
function fraction(token) {
  const slash = token.indexOf('/');
  const a = number(token.slice(0, slash));
  const b = number(token.slice(slash + 1));
  if (slash < 0 || a === undefined || b === undefined || a === 0 || a >= b || divisor(a, b) !== 1) return undefined;
  return [a, b];
}

/** @param {number} a @param {number} b @returns {number} */
function divisor(a, b) {
  return b === 0 ? a : divisor(b, a % b);
}

/** Days from 1970-01-01 of a day of the Gregorian calendar, or undefined. @param {string} token */
export function days(token) {
  const match = DATE.exec(token);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return undefined;
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** @param {number} year @param {number} month */
function monthLength(year, month) {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** @param {string} token */
function date(token) {
  return days(token) === undefined ? undefined : token;
}

/** @param {string} token @returns {{text: string, seconds: number} | undefined} */
function time(token) {
  const match = TIME.exec(token);
  if (!match) return undefined;
  const day = days(match[1]);
  const [hour, minute, second, offsetHour, offsetMinute] = [match[2], match[3], match[4], match[6], match[7]].map(Number);
  if (day === undefined || hour > 23 || minute > 59 || second > 59 || offsetMinute > 59) return undefined;
  const offset = offsetHour * 60 + offsetMinute;
  if (offset > 14 * 60 || (offset === 0 && match[5] === '-')) return undefined;
  const seconds = day * 86_400 + hour * 3_600 + minute * 60 + second - (match[5] === '-' ? -offset : offset) * 60;
  return { text: token, seconds };
}

const DIGITS = new Int8Array(128).fill(-1);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((digit, i) => {
  DIGITS[digit.charCodeAt(0)] = i;
});

/** Canonical base64 of exactly `length` bytes, or undefined. @param {string} token @param {number} length */
export function base64Bytes(token, length) {
  const padding = (3 - (length % 3)) % 3;
  const total = ((length + padding) / 3) * 4;
  if (token.length !== total) return undefined;
  const bytes = new Uint8Array(length);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < total - padding; i++) {
    const code = token.charCodeAt(i);
    const digit = code < 128 ? DIGITS[code] : -1;
    if (digit < 0) return undefined;
    held = (held << 6) | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  if (held !== 0) return undefined;
  for (let i = total - padding; i < total; i++) if (token[i] !== '=') return undefined;
  return bytes;
}

/** Length of the keys of a type. @type {Record<number, number>} */
const KEY_LENGTHS = { 0x01: 32, 0x04: 32, 0x06: 1312 };

/**
 * The 32 bytes of a key of type 0x01; a key of another type, which no record can be signed with, is `null`.
 * @param {string} token
 */
function publicKey(token) {
  for (const length of [33, 1313]) {
    const bytes = base64Bytes(token, length);
    if (bytes && KEY_LENGTHS[bytes[0]] === length - 1) return bytes[0] === 0x01 ? bytes.slice(1) : null;
  }
  return undefined;
}

/** @param {RegExp} pattern @returns {(token: string) => string | undefined} */
function written(pattern) {
  return (token) => (pattern.test(token) ? token : undefined);
}

/** @type {Record<string, (token: string) => any>} */
const READERS = {
  '<number>': number,
  '<place>': place,
  '<box>': box,
  '<time>': time,
  '<date>': date,
  '<id>': written(ID),
  '<blob>': (token) => (BLOB.test(token) ? token.slice(7) : undefined),
  '<code>': written(CODE),
  '<key name>': written(KEY_NAME),
  '<public key>': publicKey,
  '<signature>': (token) => base64Bytes(token, 64),
  '<token>': written(TOKEN),
  '<fraction>': fraction,
  '<words>': (token) => token,
  '<kind@version>': written(KIND_VERSION),
};

/** @param {string} notation as in the reference; words joined by `|` are themselves @returns {ValueReader} */
export function valueReader(notation) {
  const read = READERS[notation];
  if (read) return { notation, read, rest: notation === '<words>' };
  const words = new Set(notation.split('|'));
  return { notation, read: (token) => (words.has(token) ? token : undefined), rest: false };
}
