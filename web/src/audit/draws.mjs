// The drawn stations, from the digits of the dice: SHA-256 of "seed,number" as a number, divided by the sum of the weights.

import { hex, utf8 } from '../bytes.mjs';
import { sha256 } from '../sha2.mjs';

/** @typedef {{number: number, hash: string, remainder: bigint, at: number}} Draw `at`: index of the batch */

/** @param {string} seed @param {number} number from 1 @param {bigint[]} upTo sums of the weights @returns {Draw} */
export function draw(seed, number, upTo) {
  const hash = hex(sha256(utf8(`${seed},${number}`)));
  const remainder = BigInt(`0x${hash}`) % upTo[upTo.length - 1];
  return { number, hash, remainder, at: firstAbove(upTo, remainder) };
}

/** The first sum that is above a remainder: a batch without weight has the sum of the one before it, and is never it. */
function firstAbove(/** @type {bigint[]} */ upTo, /** @type {bigint} */ remainder) {
  let [low, high] = [0, upTo.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (upTo[middle] > remainder) high = middle;
    else low = middle + 1;
  }
  return low;
}
