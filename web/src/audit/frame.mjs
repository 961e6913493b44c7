// How much each batch weighs in a draw, and how strongly one draw speaks for each assertion.

import { isOf, demandOrRefuse } from './assertions.mjs';

/** @typedef {import('./assertions.mjs').Assertion} Assertion */
/** @typedef {import('./assertions.mjs').Batch} Batch */

/**
 * @typedef {object} Frame
 * @property {bigint[]} weights in the order of the batches
 * @property {bigint[]} upTo the sum of the weights up to each batch, its own with it
 * @property {bigint} total
 * @property {bigint} unit what one whole margin is
 * @property {Scale[]} scales of each assertion
 */

/**
 * K of an assertion, the largest quotient of most error and weight, as the two; and the mean that 1 − taint has at most, if it is false.
 * @typedef {{error: bigint, weight: bigint, mean: number, gain: number}} Scale `gain`: (1 − mean) / mean
 */

/** What a margin is divided into where several differ. */
const UNIT = 10n ** 12n;
/** No remainder is favoured by more than 2^-136. */
const TOTAL_BITS = 120n;

/** @param {Assertion} assertion @param {Batch} batch @returns {bigint} */
export function mostError(assertion, batch) {
  return isOf(assertion, batch) ? assertion.of(batch.votes, batch.valid) + batch.bound * assertion.takes : 0n;
}

/** @param {Assertion[]} assertions @param {Batch[]} batches @returns {Frame} */
export function frameOf(assertions, batches) {
  const margin = assertions[0]?.margin ?? 0n; // nobody else stands: nothing weighs
  const isOne = assertions.every((one) => one.margin === margin);
  const weights = batches.map((batch) => assertions.reduce((most, one) => {
    const error = mostError(one, batch);
    const weight = isOne ? error : (error * UNIT + one.margin - 1n) / one.margin;
    return weight > most ? weight : most;
  }, 0n));
  let total = 0n;
  const upTo = weights.map((weight) => (total += weight));
  demandOrRefuse(total > 0n && total < 1n << TOTAL_BITS, 'weights');
  const scales = assertions.map((one) => scaleOf(one, batches, weights, total));
  return { weights, upTo, total, unit: isOne ? margin : UNIT, scales };
}

/** @param {Assertion} assertion @param {Batch[]} batches @param {bigint[]} weights @param {bigint} total @returns {Scale} */
function scaleOf(assertion, batches, weights, total) {
  let [error, weight] = [0n, 1n];
  batches.forEach((batch, i) => {
    const most = mostError(assertion, batch);
    if (most > 0n && most * weight > error * weights[i]) [error, weight] = [most, weights[i]];
  });
  // margin / (W · K) as a fraction of whole numbers, so that nothing is lost where it is close to 0 or 1.
  const [part, all] = [assertion.margin * weight, total * error];
  return { error, weight, mean: quotient(all - part, all), gain: quotient(part, all - part) };
}

/** From 0 to 1: how much of the most error of its batch was found. @param {Scale} scale @param {bigint} error @param {bigint} weight */
export function taintOf({ error: most, weight: of }, error, weight) {
  return Math.min(1, quotient(error * of, weight * most));
}

/** @param {bigint} a @param {bigint} b */
function quotient(a, b) {
  return Number(a) / Number(b);
}
