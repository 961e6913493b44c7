// What a code on paper or a link says: the fragment behind `#`, and the note that may stand in it.
//
//   from=<base URL> record=<id> place=<n> station=<code> area=<code> contest=<code> lang=en|sw
//   n=<base64url of deflate-raw of the note>
//   n=<k>/<total>/<hash8>/<k-th piece of that base64url>   hash8: the first 8 hex digits of the note's SHA-256

import { hex } from '../bytes.mjs';
import { demand } from '../failure.mjs';
import { inflate } from '../inflate.mjs';
import { RECORD_BYTES_MAX } from '../note.mjs';
import { sha256 } from '../sha2.mjs';

const PARTS_MAX = 64;
const DATA = /^[A-Za-z0-9_-]+$/;
const PART = /^([1-9][0-9]?)\/([1-9][0-9]?)\/([0-9a-f]{8})\/([A-Za-z0-9_-]+)$/;
const CODE = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * @typedef {{from: string | null, record: string | null, place: number | null, station: string | null, area: string | null,
 *   contest: string | null, lang: string | null, note: {k: number, total: number, hash8: string, data: string} | null}} Asked
 */

/**
 * Only the fragment of what was scanned, pasted or opened; what stands before `#` is not looked at.
 * @param {string} written
 * @returns {Asked}
 */
export function readFragment(written) {
  const fragment = written.includes('#') ? written.slice(written.indexOf('#') + 1) : written;
  const fields = new Map();
  for (const part of fragment.trim().split('&')) {
    const equals = part.indexOf('=');
    if (equals > 0 && !fields.has(part.slice(0, equals))) fields.set(part.slice(0, equals), decoded(part.slice(equals + 1)));
  }
  const matching = (name, pattern) => (pattern.test(fields.get(name) ?? '') ? fields.get(name) : null);
  const place = matching('place', /^(?:0|[1-9][0-9]{0,14})$/);
  return {
    from: matching('from', /^https?:\/\/[^\s#?]+$/),
    record: matching('record', /^[0-9a-f]{64}$/),
    place: place === null ? null : Number(place),
    station: matching('station', CODE),
    area: matching('area', CODE),
    contest: matching('contest', CODE),
    lang: matching('lang', /^(?:en|sw)$/),
    note: fields.has('n') ? partOf(fields.get('n')) : null,
  };
}

function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

function partOf(value) {
  if (DATA.test(value)) return { k: 1, total: 1, hash8: '', data: value };
  const match = PART.exec(value);
  demand(match !== null, 'L702', '');
  const [k, total] = [Number(match[1]), Number(match[2])];
  demand(k <= total && total <= PARTS_MAX, 'L702', '');
  return { k, total, hash8: match[3], data: match[4] };
}

/**
 * The note, once all parts are there.
 * @param {{k: number, total: number, hash8: string, data: string}[]} parts of one hash8
 * @returns {Promise<{bytes: Uint8Array | null, missing: number[]}>}
 */
export async function noteOf(parts) {
  const { total, hash8 } = parts[0];
  const pieces = new Map();
  for (const part of parts) if (part.total === total && part.hash8 === hash8) pieces.set(part.k, part.data);
  const missing = Array.from({ length: total }, (_, i) => i + 1).filter((k) => !pieces.has(k));
  if (missing.length > 0) return { bytes: null, missing };
  const whole = Array.from({ length: total }, (_, i) => pieces.get(i + 1)).join('');
  const bytes = await inflate(fromBase64url(whole), RECORD_BYTES_MAX);
  demand(hash8 === '' || hex(sha256(bytes)).startsWith(hash8), 'L703', '');
  return { bytes, missing };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Without padding, and no bit too many. @param {string} written */
function fromBase64url(written) {
  const bytes = new Uint8Array(Math.floor((written.length * 6) / 8));
  let [held, bits, at] = [0, 0, 0];
  for (const character of written) {
    held = ((held << 6) | ALPHABET.indexOf(character)) & 0x3fff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  demand(bits < 6 && (held & ((1 << bits) - 1)) === 0, 'L702', '');
  return bytes;
}

/** @param {Uint8Array} bytes @returns {string} */
export function toBase64url(bytes) {
  let written = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = Math.min(3, bytes.length - i);
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let j = 0; j <= left; j++) written += ALPHABET[(word >> (18 - 6 * j)) & 63];
  }
  return written;
}
