// Heads: c2sp.org/tlog-checkpoint under the log's signature, and cosignatures (c2sp.org/tlog-cosignature).

import { concat, unbase64, utf8 } from './bytes.mjs';
import { verifyStrict } from './ed25519.mjs';
import { demand } from './failure.mjs';
import {
  CHECKPOINT_BYTES_MAX, CHECKPOINT_SIGNATURES_MAX, COSIGNATURE_ED25519, COSIGNATURE_MLDSA44, ED25519, isBy, parseNote,
} from './note.mjs';

/**
 * @typedef {ReturnType<typeof import('./note.mjs').parseVkey>} Vkey
 * @typedef {{origin: string, size: number, root: Uint8Array, extensions: string[], note: import('./note.mjs').Note,
 *   bytes: Uint8Array}} Checkpoint
 * @typedef {(key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean} MlDsa44
 * @typedef {{name: string, time: number}} Cosignature `time` in seconds since 1970
 */

const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;

/** A size or a place: decimal, one way, below 2^53. @param {string} written @returns {number | null} */
export function parseSize(written) {
  const size = SIZE.test(written) ? Number(written) : NaN;
  return Number.isSafeInteger(size) ? size : null;
}

/** The note's text and bounds; no signature is checked. @param {Uint8Array} bytes @returns {Checkpoint} */
export function parseCheckpoint(bytes) {
  const note = parseNote(bytes, { bytesMax: CHECKPOINT_BYTES_MAX, signaturesMax: CHECKPOINT_SIGNATURES_MAX });
  const [origin, written, root64, ...extensions] = note.text.slice(0, -1).split('\n');
  demand(root64 !== undefined && origin !== '', 'L201', 'a checkpoint has at least three lines');
  const size = parseSize(written);
  demand(size !== null, 'L201', 'the size of a checkpoint is no number below 2^53');
  const root = unbase64(root64);
  demand(root.length === 32, 'L201', 'the root of a checkpoint is not 32 bytes');
  demand(extensions.every((line) => line !== ''), 'L201', 'an empty line in a checkpoint');
  return { origin, size, root, extensions, note, bytes };
}

/**
 * A checkpoint under the log's signature. Lines by others are ignored.
 * @param {Uint8Array} bytes
 * @param {Vkey} log
 * @returns {Checkpoint}
 */
export function openCheckpoint(bytes, log) {
  const checkpoint = parseCheckpoint(bytes);
  demand(checkpoint.origin === log.name, 'L202', `the head is of ${checkpoint.origin}, not of ${log.name}`);
  demand(isSignedBy(checkpoint.note, log), 'L203', 'the head is not signed by the key of the log');
  return checkpoint;
}

/** Exactly one line by this Ed25519 key, and it is good. @param {import('./note.mjs').Note} note @param {Vkey} key */
export function isSignedBy(note, key) {
  const lines = note.signatures.filter((signature) => isBy(signature, key));
  return key.algorithm === ED25519 && lines.length === 1
    && verifyStrict(key.key, note.textBytes, lines[0].bytes);
}

/**
 * What one witness says of a checkpoint.
 * @param {Checkpoint} checkpoint
 * @param {Vkey} witness
 * @param {MlDsa44 | null} [mlDsa44] what verifies ML-DSA-44, if it is at hand
 * @returns {{state: 'good', time: number} | {state: 'absent'} | {state: 'bad'} | {state: 'not-checked'}}
 *   `not-checked`: a line of a kind that this program does not verify
 */
export function cosignatureOf(checkpoint, witness, mlDsa44 = null) {
  const lines = checkpoint.note.signatures.filter((signature) => isBy(signature, witness));
  if (lines.length === 0) return { state: 'absent' };
  const kind = cosignatureKind(witness, mlDsa44);
  if (kind === null) return { state: 'not-checked' };
  let newest = -1;
  for (const { bytes } of lines) {
    const time = bytes.length === 8 + kind.length ? timeOf(bytes) : null;
    if (time === null) return { state: 'bad' };
    if (!kind.verify(witness.key, kind.message(checkpoint, witness, time), bytes.subarray(8))) return { state: 'bad' };
    newest = Math.max(newest, time);
  }
  return { state: 'good', time: newest };
}

/** How the cosignatures of a key are made. @param {Vkey} witness @param {MlDsa44 | null} mlDsa44 */
function cosignatureKind({ algorithm }, mlDsa44) {
  if (algorithm === COSIGNATURE_ED25519) return { length: 64, message: timedText, verify: verifyStrict };
  if (algorithm === COSIGNATURE_MLDSA44 && mlDsa44 !== null) return { length: 2420, message: timedTree, verify: mlDsa44 };
  return null;
}

/** @param {Checkpoint} checkpoint @param {Vkey} witness @param {number} time */
function timedText(checkpoint, witness, time) {
  return concat(utf8(`cosignature/v1\ntime ${time}\n`), checkpoint.note.textBytes);
}

/** The struct that ML-DSA-44 signs: who, when, of which log, the whole tree. @param {Checkpoint} checkpoint @param {Vkey} witness @param {number} time */
function timedTree({ origin, size, root }, { name }, time) {
  const named = (written) => concat(Uint8Array.of(utf8(written).length), utf8(written));
  const number = (value) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
    return bytes;
  };
  return concat(utf8('subtree/v1\n\0'), named(name), number(time), named(origin), number(0), number(size), root);
}

/** Big-endian seconds since 1970, below 2^53. @param {Uint8Array} bytes @returns {number | null} */
function timeOf(bytes) {
  const time = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  return time <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(time) : null;
}
