// Many keys at once: is each of the prime-order group? A key alone costs a multiplication by L. Here random sums of the
// keys are multiplied instead: if a key has a torsion part, a random sum of a subset has one with probability at least
// one half, so that 64 sums without miss it once in 2^64. The subsets come from a hash of all the keys. Nothing of this
// touches signatures, which are never verified in batches.

import { concat } from './bytes.mjs';
import {
  addPoint, decompress, isGoodEncoding, isInPrimeOrderGroup, isTorsionFree, neutral, readyOf,
} from './ed25519.mjs';
import { sha512 } from './sha2.mjs';

/** Sums, and how many of them share one row of buckets. */
const SUMS = 64;
const BITS = 8;
const BUCKETS = 1 << BITS;
/** Fewer keys are quicker one by one. */
const FEW = 96;

/**
 * @param {Uint8Array[]} keys 32 bytes each
 * @returns {boolean[]}
 */
export function areTorsionFree(keys) {
  if (keys.length <= FEW) return keys.map(isTorsionFree);
  const points = keys.map((key) => (key.length === 32 && isGoodEncoding(key) ? decompress(key) : null));
  const good = points.map((point) => point !== null);
  const ready = points.map((point) => (point === null ? null : readyOf(point)));
  const masks = masksFor(keys);
  for (let round = 0; round < SUMS / BITS; round++) {
    if (!sumsAreFree(ready, (i) => masks(round, i))) return points.map((point) => point !== null && isInPrimeOrderGroup(point));
  }
  return good;
}

/** A byte for each round and key, from a hash of all keys. */
function masksFor(keys) {
  const seed = sha512(concat(...keys));
  const rows = new Uint8Array(keys.length * (SUMS / BITS));
  for (let at = 0, counter = 0; at < rows.length; counter++) {
    const block = sha512(concat(seed, Uint8Array.of(counter, counter >> 8, counter >> 16)));
    rows.set(block.subarray(0, Math.min(64, rows.length - at)), at);
    at += Math.min(64, rows.length - at);
  }
  return (round, i) => rows[round * keys.length + i];
}

/** Eight random sums: the keys fall into buckets by their byte, and sum `bit` is that of the buckets with this bit. */
function sumsAreFree(ready, maskOf) {
  const buckets = Array.from({ length: BUCKETS }, neutral);
  ready.forEach((point, i) => {
    if (point !== null) addPoint(buckets[maskOf(i)], point);
  });
  const shared = buckets.map(readyOf);
  for (let bit = 0; bit < BITS; bit++) {
    const sum = neutral();
    for (let i = 0; i < BUCKETS; i++) if ((i >> bit) & 1) addPoint(sum, shared[i]);
    if (!isInPrimeOrderGroup(sum)) return false;
  }
  return true;
}
