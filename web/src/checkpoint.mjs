// Heads: c2sp.org/tlog-checkpoint under the log's signature, and cosignatures (c2sp.org/tlog-cosignature).

import { concat, unbase64, utf8 } from './bytes.mjs';
import { verifyStrict } from './ed25519.mjs';
import { demand } from './failure.mjs';
import {
  CHECKPOINT_BYTES_MAX, CHECKPOINT_SIGNATURES_MAX, COSIGNATURE_ED25519, ED25519, isBy, parseNote,
} from './note.mjs';

/**
 * @typedef {ReturnType<typeof import('./note.mjs').parseVkey>} Vkey
 * @typedef {{origin: string, size: number, root: Uint8Array, extensions: string[], note: import('./note.mjs').Note,
 *   bytes: Uint8Array}} Checkpoint
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
 * @returns {{state: 'good', time: number} | {state: 'absent'} | {state: 'bad'} | {state: 'not-checked'}}
 *   `not-checked`: a line of a kind that this program does not verify (ML-DSA-44)
 */
export function cosignatureOf(checkpoint, witness) {
  const lines = checkpoint.note.signatures.filter((signature) => isBy(signature, witness));
  if (lines.length === 0) return { state: 'absent' };
  if (witness.algorithm !== COSIGNATURE_ED25519) return { state: 'not-checked' };
  let newest = -1;
  for (const { bytes } of lines) {
    const time = bytes.length === 72 ? timeOf(bytes) : null;
    if (time === null) return { state: 'bad' };
    const message = concat(utf8(`cosignature/v1\ntime ${time}\n`), checkpoint.note.textBytes);
    if (!verifyStrict(witness.key, message, bytes.subarray(8))) return { state: 'bad' };
    newest = Math.max(newest, time);
  }
  return { state: 'good', time: newest };
}

/** Big-endian seconds since 1970, below 2^53. @param {Uint8Array} bytes @returns {number | null} */
function timeOf(bytes) {
  const time = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  return time <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(time) : null;
}
