// The measured risk: capital that is staked draw by draw against an assertion being false, and how many draws would do.

/**
 * @typedef {{kind: 'kaplan-markov'} | {kind: 'betting', stake: number} | {kind: 'alpha', expected: number, worth: number}} Method
 * `expected`: mean of 1 − taint; `worth`: how many draws that expectation is worth
 */

const LEAST_STEP = 2 ** -52;

/** What is known of one assertion's risk, draw by draw. */
export class Capital {
  /** @param {Method} method @param {number} mean that 1 − taint has at most, if the assertion is false */
  constructor(method, mean) {
    Object.assign(this, { method, mean });
    this.capital = 1;
    this.draws = 0;
    this.sum = 0;
    /** The least risk after any draw. */
    this.least = 1;
  }

  /** The next draw. @param {number} taint */
  take(taint) {
    const x = 1 - taint;
    const factor = this.factor(x);
    this.capital = factor > 0 ? this.capital * factor : 0;
    this.draws += 1;
    this.sum += x;
    this.least = Math.min(this.least, this.now());
  }

  /** 1 + λ (x − m). Kaplan and Markov's is x / m, which is exactly 0 where everything was wrong. @param {number} x */
  factor(x) {
    const { method, mean } = this;
    if (method.kind === 'kaplan-markov') return x / mean;
    if (method.kind === 'betting') return 1 + (method.stake / mean) * (x - mean);
    return 1 + this.learnt(method) * (x - mean);
  }

  /** The stake of a mean that learns from the draws before this one. */
  learnt(/** @type {{expected: number, worth: number}} */ { expected, worth }) {
    const { mean, draws, sum } = this;
    const weight = Math.max(worth, 1);
    const least = Math.max((expected - mean) / 2, LEAST_STEP);
    const behind = weight + draws; // d + j − 1, where j is the draw that comes
    const eta = Math.min(Math.max((weight * expected + sum) / behind, mean + least / Math.sqrt(behind)), 1 - LEAST_STEP);
    return Math.min(Math.max((eta / mean - 1) / (1 - mean), 0), 1 / mean);
  }

  now() {
    return Math.min(1, 1 / this.capital);
  }
}

/**
 * How many draws more would do from a capital on, if none of them showed an error; Infinity, if no number does.
 * @param {Method} method @param {{mean: number, gain: number}} scale @param {number} limit @param {number} [capital]
 */
export function drawsFrom(method, { mean, gain }, limit, capital = 1) {
  const most = 1 - mean;
  const share = method.kind === 'kaplan-markov' ? 1 : method.kind === 'betting' ? method.stake
    : most > 0 ? Math.min(Math.max((method.expected - mean) / most, 0), 1) : 0;
  const growth = Math.log1p(share * gain);
  if (!(growth > 0) || capital === 0) return Infinity;
  return Math.max(1, Math.ceil((-Math.log(capital) - Math.log(limit)) / growth));
}
