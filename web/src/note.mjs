// Signed notes (c2sp.org/signed-note): text, an empty line, signature lines. Nothing is verified here.

import { concat, equal, hex, unbase64, utf8 } from './bytes.mjs';
import { text as decode } from './bytes.mjs';
import { demand, Failure } from './failure.mjs';
import { sha256 } from './sha2.mjs';

/** Of an entry of the log. */
export const RECORD_BYTES_MAX = 65535;
/** Signers of a record. */
export const RECORD_SIGNATURES_MAX = 32;
/** Of a checkpoint or a receipt, and its signature lines. */
export const CHECKPOINT_BYTES_MAX = 256 * 1024;
export const CHECKPOINT_SIGNATURES_MAX = 128;

/** Type bytes of keys. */
export const ED25519 = 0x01;
export const COSIGNATURE_ED25519 = 0x04;
export const COSIGNATURE_MLDSA44 = 0x06;

const PREFIX = '\u2014 ';

/**
 * @typedef {{name: string, keyId: Uint8Array, bytes: Uint8Array}} NoteSignature
 * @typedef {{text: string, textBytes: Uint8Array, signatures: NoteSignature[]}} Note
 */

/**
 * A record's note before anything of it is judged: its text ends at the *first* empty line, as a record's text has none.
 * Only what `record.mjs` must know first is refused here (R101, R102, R107); the text (R103 to R106) is judged
 * before the signature lines (R205), by whoever calls.
 * @param {Uint8Array} bytes
 * @returns {{text: string, textBytes: Uint8Array, signatureLines: string[]}}
 */
export function splitRecord(bytes) {
  demand(bytes.length <= RECORD_BYTES_MAX, 'R101', `${bytes.length} bytes, at most ${RECORD_BYTES_MAX}`);
  const whole = decode(bytes);
  demand(whole.endsWith('\n'), 'R107', 'the note does not end in a newline');
  const split = whole.indexOf('\n\n');
  demand(split >= 0 && split + 2 < whole.length, 'R107', 'no signature lines');
  const text = whole.slice(0, split + 1);
  return { text, textBytes: utf8(text), signatureLines: whole.slice(split + 2, -1).split('\n') };
}

/**
 * Any signed note, by C2SP's rules: the text ends at the *last* empty line. For checkpoints, receipts and stamps.
 * @param {Uint8Array} bytes
 * @param {{bytesMax?: number, signaturesMax?: number}} [limits] those of a record, if not given
 * @returns {Note} `text` with its final newline
 */
export function parseNote(bytes, limits = {}) {
  const bytesMax = limits.bytesMax ?? RECORD_BYTES_MAX;
  const signaturesMax = limits.signaturesMax ?? RECORD_SIGNATURES_MAX;
  demand(bytes.length <= bytesMax, 'R101', `${bytes.length} bytes, at most ${bytesMax}`);
  const whole = decode(bytes);
  const split = whole.lastIndexOf('\n\n');
  demand(split >= 0 && whole.endsWith('\n'), 'R107', 'no empty line before signatures, or no final newline');
  const text = whole.slice(0, split + 1);
  demand(!CONTROL.test(whole), 'R103', 'a control character');
  const rest = whole.slice(split + 2);
  demand(rest !== '', 'R107', 'no signature line');
  const lines = rest.slice(0, -1).split('\n');
  demand(lines.length <= signaturesMax, 'R107', `${lines.length} signature lines, at most ${signaturesMax}`);
  const signatures = lines.map((line) => parseSignature(line));
  return { text, textBytes: utf8(text), signatures };
}

const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/**
 * One signature line, without its newline.
 * @param {string} line
 * @param {string} [code] of the refusal; a record's is R205
 * @returns {NoteSignature}
 */
export function parseSignature(line, code = 'R107') {
  demand(line.startsWith(PREFIX), code, 'a signature line does not begin with an em dash and a space');
  const space = line.indexOf(' ', PREFIX.length);
  demand(space >= 0, code, 'a signature line without a signature');
  const name = line.slice(PREFIX.length, space);
  demand(isKeyName(name), code, 'a key name is empty, or has a space or a plus');
  let raw;
  try {
    raw = unbase64(line.slice(space + 1));
  } catch {
    throw new Failure(code, 'a signature is not canonical base64');
  }
  demand(raw.length > 4, code, 'a signature is too short');
  return { name, keyId: raw.slice(0, 4), bytes: raw.slice(4) };
}

/** C2SP's rule for names: not empty, no Unicode space, no plus. @param {string} name */
export function isKeyName(name) {
  return name !== '' && !/[\s+\u0085]/u.test(name);
}

/**
 * @param {string} name
 * @param {number} algorithm the type byte
 * @param {Uint8Array} key
 * @returns {Uint8Array} four bytes
 */
export function keyIdOf(name, algorithm, key) {
  return sha256(concat(utf8(name), Uint8Array.of(0x0a, algorithm), key)).slice(0, 4);
}

const KEY_LENGTHS = new Map([
  [ED25519, 32],
  [COSIGNATURE_ED25519, 32],
  [COSIGNATURE_MLDSA44, 1312],
]);

/**
 * A verifier key: `name+hex(key id)+base64(type || key)`.
 * @param {string} written
 * @returns {{name: string, keyId: Uint8Array, algorithm: number, key: Uint8Array, vkey: string}}
 */
export function parseVkey(written) {
  const match = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(written);
  demand(match !== null && isKeyName(match[1]), 'R105', 'not a verifier key');
  const raw = unbase64(match[3]);
  demand(raw.length > 1, 'R105', 'a verifier key without a key');
  const algorithm = raw[0];
  const key = raw.slice(1);
  const length = KEY_LENGTHS.get(algorithm);
  demand(length === undefined || length === key.length, 'R105', 'a verifier key of the wrong length');
  const keyId = keyIdOf(match[1], algorithm, key);
  demand(hex(keyId) === match[2], 'R105', 'the key id of a verifier key is not that of its key');
  return { name: match[1], keyId, algorithm, key, vkey: written };
}

/** @param {NoteSignature} signature @param {{name: string, keyId: Uint8Array}} key */
export function isBy(signature, key) {
  return signature.name === key.name && equal(signature.keyId, key.keyId);
}
