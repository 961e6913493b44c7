// How many boxes, drawn at random, would show at least one wrong form if a claim were true (docs/claims-bounds.md). Decided in
// whole numbers of any size.

/** Whether `drawn` boxes miss every wrong one with probability at most 1/`oneIn`. */
function missesAtMost(population, wrong, drawn, oneIn) {
  if (drawn > population - wrong) return true;
  // C(N−k, n)/C(N, n) = C(N−n, k)/C(N, k): whichever has fewer factors.
  const [factors, less] = [Math.min(drawn, wrong), Math.max(drawn, wrong)];
  const [misses, all] = [[BigInt(oneIn)], []];
  for (let step = 0; step < factors; step++) {
    misses.push(BigInt(population - less - step));
    all.push(BigInt(population - step));
  }
  return product(misses) <= product(all);
}

/** Halves first, so that long numbers are multiplied seldom. @param {bigint[]} factors @returns {bigint} */
function product(factors) {
  if (factors.length === 0) return 1n;
  let level = factors;
  while (level.length > 1) level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => level[2 * i] * (level[2 * i + 1] ?? 1n));
  return level[0];
}

/**
 * The least number of boxes of which at least one is wrong with probability 1 − 1/`oneIn` or more; null if nothing is wrong, or more
 * than all. `oneIn` is 20 for 95 %, 100 for 99 %.
 * @param {number} population @param {number} wrong @param {number} oneIn @returns {number | null}
 */
export function boxesToDraw(population, wrong, oneIn) {
  if (wrong === 0 || wrong > population) return null;
  // With one box more than there are right ones, a wrong one is certain.
  const certain = population - wrong + 1;
  let high = 1;
  while (high < certain && !missesAtMost(population, wrong, high, oneIn)) high = Math.min(high * 2, certain);
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (missesAtMost(population, wrong, middle, oneIn)) high = middle;
    else low = middle;
  }
  return high;
}
