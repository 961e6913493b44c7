/**
 * Is there a way to choose one version of each station so that all bounds are met? Vectors of integers (numbers, or BigInts alike), of
 * which more is better in every part. Exact, or it says that it gave up.
 */

/** @typedef {'yes' | 'no' | 'open'} Answer */
/** @typedef {(number | bigint)[]} Vector */

/** So many sums are followed at once; beyond it, only the likeliest are, and what is not found then is open. */
const WIDTH = 4000;
const WIDTH_BEYOND = 100;
/** Rounds of weighing. */
const ROUNDS = 60;
const WEIGHT_MOST = 64;

/** How many comparisons are left for a text: beyond it, the search gives up. */
export class Effort {
  constructor(left = 60_000_000) {
    this.left = left;
  }
}

/**
 * @typedef {object} Problem
 * @property {Vector} base
 * @property {Vector[][]} choices one of each is added
 * @property {Vector} floor below it a part is hopeless
 * @property {(number | bigint)[]} enough beyond it more of a part makes no difference; Infinity, if it always does
 */

/**
 * The sums that none other surpasses in every part.
 * @param {Problem} problem @param {Effort} effort @returns {{sums: Vector[], isAll: boolean}}
 */
export function sumsOf({ base, choices, floor, enough }, effort) {
  const { fixed, open } = settle(base, choices);
  const { most, least } = suffixes(base, open);
  let sums = hopeful([fixed], most[0], floor);
  let isAll = true;
  open.forEach((versions, i) => {
    const tops = enough.map((top, d) => (top === Infinity ? top : /** @type {any} */ (top) - least[i + 1][d]));
    const next = [];
    effort.left -= sums.length * versions.length;
    for (const sum of sums) for (const version of versions) next.push(plus(sum, version, tops));
    sums = front(hopeful(next, most[i + 1], floor), effort);
    const width = effort.left > 0 ? WIDTH : WIDTH_BEYOND;
    if (sums.length <= width) return;
    isAll = false;
    sums = likeliest(sums, most[i + 1], floor, width);
  });
  return { sums, isAll };
}

/** What needs no choice goes to the base; what varies most comes first. @param {Vector} base @param {Vector[][]} choices */
function settle(base, choices) {
  const fixed = [...base];
  /** @type {{versions: Vector[], range: number}[]} */
  const open = [];
  for (const choice of choices) {
    const versions = front(choice, new Effort(), Infinity);
    if (versions.length === 1) addTo(fixed, versions[0]);
    else open.push({ versions, range: Math.max(...base.map((_, d) => Number(/** @type {any} */ (maxOf(versions, d)) - minOf(versions, d)))) });
  }
  open.sort((a, b) => b.range - a.range);
  return { fixed, open: open.map(({ versions }) => versions) };
}

/** What the stations behind each can add at most and at least, part by part. @param {Vector} base @param {Vector[][]} open */
function suffixes(base, open) {
  const nothing = base.map((value) => /** @type {any} */ (value) - /** @type {any} */ (value));
  const most = [nothing];
  const least = [nothing];
  for (const versions of [...open].reverse()) {
    most.unshift(most[0].map((value, d) => value + maxOf(versions, d)));
    least.unshift(least[0].map((value, d) => value + minOf(versions, d)));
  }
  return { most, least };
}

/** @param {Vector[]} versions @param {number} d @returns {any} */
function maxOf(versions, d) {
  return versions.reduce((/** @type {any} */ best, one) => (one[d] > best ? one[d] : best), versions[0][d]);
}

/** @param {Vector[]} versions @param {number} d @returns {any} */
function minOf(versions, d) {
  return versions.reduce((/** @type {any} */ best, one) => (one[d] < best ? one[d] : best), versions[0][d]);
}

/** @param {Vector} sum @param {Vector} version */
function addTo(sum, version) {
  for (let d = 0; d < sum.length; d++) sum[d] = /** @type {any} */ (sum[d]) + version[d];
}

/** @param {Vector} sum @param {Vector} version @param {(number | bigint)[]} tops @returns {Vector} */
function plus(sum, version, tops) {
  return sum.map((value, d) => {
    const added = /** @type {any} */ (value) + version[d];
    return added > tops[d] ? tops[d] : added;
  });
}

/** @param {Vector[]} sums @param {any[]} most @param {any[]} floor */
function hopeful(sums, most, floor) {
  return sums.filter((sum) => sum.every((/** @type {any} */ value, d) => value + most[d] >= floor[d]));
}

/**
 * Those that none surpasses, each once; no more than a few too many are looked for.
 * @param {Vector[]} sums @param {Effort} effort @param {number} [width] @returns {Vector[]}
 */
function front(sums, effort, width = WIDTH * 2) {
  const sorted = sums.length < 2 ? sums : [...sums].sort(downwards);
  /** @type {Vector[]} */
  const kept = [];
  const isPlane = sorted.length > 0 && sorted[0].length <= 2;
  for (const sum of sorted) {
    const rivals = isPlane ? kept.slice(-1) : kept;
    effort.left -= rivals.length;
    if (!rivals.some((rival) => surpasses(rival, sum))) kept.push(sum);
    if (kept.length > width) break;
  }
  return kept;
}

/** @param {Vector} a @param {Vector} b */
function downwards(a, b) {
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return a[d] > b[d] ? -1 : 1;
  return 0;
}

/** At least as much in every part. @param {Vector} rival @param {Vector} sum */
function surpasses(rival, sum) {
  for (let d = 0; d < sum.length; d++) if (rival[d] < sum[d]) return false;
  return true;
}

/** Those whose worst part has most room. @param {Vector[]} sums @param {any[]} most @param {any[]} floor @param {number} width */
function likeliest(sums, most, floor, width) {
  const room = (/** @type {any[]} */ sum) => Math.min(...sum.map((value, d) => Number(value + most[d] - floor[d])));
  return sums.map((sum) => ({ sum, room: room(sum) })).sort((a, b) => b.room - a.room).slice(0, width).map(({ sum }) => sum);
}

/**
 * Does some choice make a sum that is accepted? `accept` must not turn down more where it took less.
 * @param {Problem & {accept: (sum: number[]) => boolean, further: (weights: number[]) => number}} problem in numbers
 *   `further`: the most that `weights` times what else may be added can come to, whatever the choice; sums are compared with 1 a part
 * @param {Effort} effort @returns {Answer}
 */
export function search(problem, effort) {
  const best = problem.base.map((value, d) => problem.choices.reduce((sum, versions) => sum + maxOf(versions, d), /** @type {any} */ (value)));
  if (!problem.accept(best)) return 'no';
  const weighed = weigh(problem, effort);
  if (weighed !== 'open') return weighed;
  const { sums, isAll } = sumsOf(problem, effort);
  if (sums.some((sum) => problem.accept(/** @type {number[]} */ (sum)))) return 'yes';
  return isAll ? 'no' : 'open';
}

/**
 * Weighs the parts, and more those that lack: the choice that is best by the weights may do; or even its weighed sum is too little, and
 * then no choice does.
 * @param {Parameters<typeof search>[0]} problem @param {Effort} effort @returns {Answer}
 */
function weigh({ base, choices, accept, further }, effort) {
  let wishes = base.map(() => 1);
  for (let round = 1; round <= ROUNDS && effort.left > 0; round++) {
    const highest = Math.max(...wishes);
    const weights = wishes.map((wish) => Math.round((wish / highest) * WEIGHT_MOST));
    const worth = (/** @type {any[]} */ vector) => vector.reduce((sum, value, d) => sum + value * weights[d], 0);
    /** @type {any[]} */
    const sum = [...base];
    for (const versions of choices) addTo(sum, versions.reduce((a, b) => (worth(b) > worth(a) ? b : a)));
    effort.left -= choices.length * 4;
    if (accept(sum)) return 'yes';
    const reached = worth(sum) + further(weights);
    if (Number.isSafeInteger(reached) && reached < worth(base.map(() => 1))) return 'no';
    const scale = Math.max(...sum.map((value) => Math.abs(value - 1)), 1);
    wishes = wishes.map((wish, d) => Math.max(wish / highest - ((sum[d] - 1) / scale) / Math.sqrt(round), 0));
    if (Math.max(...wishes) === 0) wishes = base.map((_, d) => (sum[d] < 1 ? 1 : 0.1));
  }
  return 'open';
}
