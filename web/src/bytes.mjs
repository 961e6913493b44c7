// Bytes and their written forms. Each form has one way to be written; all else throws Failure R105.

import { Failure } from './failure.mjs';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIXES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) SIXES[ALPHABET.charCodeAt(i)] = i;
const NIBBLES = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) NIBBLES['0123456789abcdef'.charCodeAt(i)] = i;

/** @param {string} text @returns {Uint8Array} */
export function utf8(text) {
  return encoder.encode(text);
}

/** Strict UTF-8; a byte order mark stays a character. @param {Uint8Array} bytes @returns {string} */
export function text(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Failure('R102', 'these bytes are not UTF-8');
  }
}

/** @param {Uint8Array} bytes @returns {string} */
export function hex(bytes) {
  if (bytes.length > 1024) return hex(bytes.subarray(0, 1024)) + hex(bytes.subarray(1024));
  const digits = new Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) digits[i] = HEX[bytes[i]];
  return digits.join(''); // one flat string: long chains of additions are slow to compare and large to keep
}

/** Lower-case digits only. @param {string} written @returns {Uint8Array} */
export function unhex(written) {
  const bytes = new Uint8Array(written.length >> 1);
  let good = written.length % 2 === 0;
  for (let i = 0; i < written.length && good; i++) {
    const code = written.charCodeAt(i);
    const nibble = code < 128 ? NIBBLES[code] : -1;
    good = nibble >= 0;
    bytes[i >> 1] |= nibble << (i % 2 === 0 ? 4 : 0);
  }
  if (!good) throw new Failure('R105', 'not lower-case hex digits');
  return bytes;
}

/** Standard alphabet, padded. @param {Uint8Array} bytes @returns {string} */
export function base64(bytes) {
  let written = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0);
    written += ALPHABET[word >> 18] + ALPHABET[(word >> 12) & 63];
    written += left > 1 ? ALPHABET[(word >> 6) & 63] : '=';
    written += left > 2 ? ALPHABET[word & 63] : '=';
  }
  return written;
}

/** Padded and canonical: what `base64` writes, and nothing else. @param {string} written @returns {Uint8Array} */
export function unbase64(written) {
  const refused = () => new Failure('R105', 'not canonical base64');
  if (written.length % 4 !== 0) throw refused();
  if (written.length === 0) return new Uint8Array(0);
  const padding = written.endsWith('==') ? 2 : written.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((written.length / 4) * 3 - padding);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < written.length - padding; i++) {
    const code = written.charCodeAt(i);
    const six = code < 128 ? SIXES[code] : -1;
    if (six < 0) throw refused();
    held = ((held << 6) | six) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) throw refused();
  return bytes;
}

/** @param {Uint8Array} a @param {Uint8Array} b @returns {boolean} */
export function equal(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** @param {...Uint8Array} parts @returns {Uint8Array} */
export function concat(...parts) {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
