// Receipts: c2sp.org/tlog-proof@v1 files whose `extra` is the record itself.

import { text, unbase64, utf8 } from './bytes.mjs';
import { openCheckpoint, parseSize } from './checkpoint.mjs';
import { demand } from './failure.mjs';
import { CHECKPOINT_BYTES_MAX } from './note.mjs';
import { leafHash, verifyInclusion } from './tlog.mjs';

const PROOF_MAX = 64;

/**
 * @param {Uint8Array} bytes
 * @returns {{entry: Uint8Array, index: number, proof: Uint8Array[], checkpointBytes: Uint8Array}}
 */
export function parseReceipt(bytes) {
  demand(bytes.length <= CHECKPOINT_BYTES_MAX, 'L301', 'a receipt is larger than it may be');
  const whole = text(bytes);
  const split = whole.indexOf('\n\n');
  demand(split >= 0, 'L301', 'a receipt has no empty line before its head');
  const [header, extra, index, ...hashes] = whole.slice(0, split).split('\n');
  demand(header === 'c2sp.org/tlog-proof@v1', 'L301', 'not a receipt of version 1');
  demand(extra !== undefined && /^extra ./.test(extra), 'L301', 'a receipt without its record');
  demand(index !== undefined && index.startsWith('index '), 'L301', 'a receipt without its place');
  const place = parseSize(index.slice('index '.length));
  demand(place !== null, 'L301', 'the place of a receipt is no number below 2^53');
  demand(hashes.length <= PROOF_MAX, 'L301', 'a receipt has too many hashes');
  const proof = hashes.map(unbase64);
  demand(proof.every((hash) => hash.length === 32), 'L301', 'a hash of a receipt is not 32 bytes');
  return {
    entry: unbase64(extra.slice('extra '.length)),
    index: place,
    proof,
    checkpointBytes: utf8(whole.slice(split + 2)),
  };
}

/**
 * A receipt whose head is signed and whose proof leads from its own record to that head's root.
 * @param {Uint8Array} bytes
 * @param {import('./checkpoint.mjs').Vkey} log
 */
export function openReceipt(bytes, log) {
  const receipt = parseReceipt(bytes);
  const checkpoint = openCheckpoint(receipt.checkpointBytes, log);
  demand(receipt.entry.length > 0, 'L301', 'a receipt without its record');
  const leaf = leafHash(receipt.entry);
  demand(verifyInclusion(leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root),
    'L302', 'the proof of a receipt does not lead to the root of its head');
  return { ...receipt, checkpoint };
}
