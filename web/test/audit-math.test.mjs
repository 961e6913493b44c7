// The arithmetic of audits: worked examples of docs/reference/audit.md, and what each method does.

import assert from 'node:assert/strict';
import test from 'node:test';

import { assertionsOf, Refused } from '../src/audit/assertions.mjs';
import { draw } from '../src/audit/draws.mjs';
import { frameOf, taintOf } from '../src/audit/frame.mjs';
import { Capital, drawsFrom } from '../src/audit/risk.mjs';

const SEED = '31415926535897932384';
const MARKOV = { kind: 'kaplan-markov' };
const KENYA = { more: [1, 2], least: [1, 4], areas: 2 };
const WHOLE = { says: 'elected', who: [0], areas: [] };

/** @param {[string, string | null, number, number, ...number[]][]} rows @param {{whole?: number, areas?: Record<string, number>}} [outside] */
function table(rows, { whole = 0, areas = {} } = {}) {
  return {
    candidates: rows[0].length - 4,
    batches: rows.map(([code, area, bound, valid, ...votes]) => ({ code, area, bound: BigInt(bound), valid: BigInt(valid), votes: votes.map(BigInt) })),
    outside: { whole: BigInt(whole), areas: new Map(Object.entries(areas).map(([code, ballots]) => [code, BigInt(ballots)])) },
  };
}
const EXAMPLE = table([['st-1', null, 110, 100, 60, 30, 10], ['st-2', null, 105, 95, 45, 50, 0], ['st-3', null, 120, 105, 80, 20, 5]]);
const said = (assertions) => assertions.map(({ margin, what }) => `${margin} ${what}`);
const refusedFor = (word) => (error) => error instanceof Refused && error.word === word;

test('three stations with a pencil: weights, remainders, stations, draws', () => {
  const beats = assertionsOf(null, WHOLE, EXAMPLE)[0];
  assert.equal(beats.what, 'candidate 1 has more votes than candidate 2');
  assert.equal(beats.margin, 85n);
  const { weights, upTo, total, unit, scales } = frameOf([beats], EXAMPLE.batches);
  assert.deepEqual([weights, upTo, total, unit], [[140n, 100n, 180n], [140n, 240n, 420n], 420n, 85n]);
  const draws = [1, 2, 3, 4, 5].map((number) => draw(SEED, number, upTo));
  assert.equal(draws[0].hash, '2972ee61f0cd946290c7152e4d577b19252aa43dc80d9f8172a57e4ea35257a8');
  assert.deepEqual(draws.map(({ remainder }) => remainder), [196n, 95n, 99n, 53n, 363n]);
  assert.deepEqual(draws.map(({ at }) => EXAMPLE.batches[at].code), ['st-2', 'st-1', 'st-1', 'st-1', 'st-3']);
  assert.equal(drawsFrom(MARKOV, scales[0], 0.05), 14);
  assert.ok(Math.abs(scales[0].mean - (1 - 85 / 420)) < 1e-15);
});

test('a batch without weight is never drawn', () => {
  const upTo = [0n, 5n, 5n, 9n, 9n];
  const drawn = new Set(Array.from({ length: 500 }, (_, i) => draw(SEED, i + 1, upTo).at));
  assert.deepEqual([...drawn].sort(), [1, 3]);
});

test('thousands of draws are no wait', () => {
  const upTo = Array.from({ length: 50_000 }, (_, i) => BigInt(i + 1) * 10n ** 12n);
  const began = performance.now();
  for (let number = 1; number <= 5_000; number++) draw(SEED, number, upTo);
  assert.ok(performance.now() - began < 5_000);
});

test('Kenya, 2022, from the totals declared', () => {
  const totals = table([['all', null, 14_326_641, 14_213_027, 7_176_141, 6_942_930, 61_969, 31_987]]);
  const half = assertionsOf({ ...KENYA, areas: 0 }, WHOLE, totals);
  assert.deepEqual(said(half), ['139255 candidate 1 has more than 1/2 of the valid votes']);
  const frame = frameOf(half, totals.batches);
  assert.equal((Number(frame.total) / Number(frame.unit)).toFixed(6), '103.880622');
  assert.deepEqual([0.05, 0.1, 0.01].map((limit) => drawsFrom(MARKOV, frame.scales[0], limit)), [310, 239, 477]);
  const second = frameOf(assertionsOf(null, WHOLE, totals).slice(0, 1), totals.batches);
  assert.equal((Number(second.total) / Number(second.unit)).toFixed(6), '62.432098');
  assert.equal(drawsFrom(MARKOV, second.scales[0], 0.05), 186);
});

const SPREAD = table([['a1', 'A', 200, 180, 120, 60], ['b1', 'B', 200, 200, 80, 120], ['c1', 'C', 100, 100, 80, 20], ['x1', null, 50, 40, 30, 10]],
  { whole: 7, areas: { A: 5 } });

test('elected with a spread: the whole first, then the areas; ballots outside take what a ballot takes at most', () => {
  const made = assertionsOf(KENYA, { says: 'elected', who: [0], areas: ['C', 'A'] }, SPREAD);
  assert.deepEqual(said(made), [
    `${2 * 310 - 520 - 7} candidate 1 has more than 1/2 of the valid votes`,
    `${4 * 120 - 180 - 5} candidate 1 has more than 1/4 of the valid votes in A`,
    `${4 * 80 - 100} candidate 1 has more than 1/4 of the valid votes in C`,
  ]);
  const { weights, unit, scales } = frameOf(made, SPREAD.batches);
  const part = (error, margin) => Number((BigInt(error) * 10n ** 12n + BigInt(margin) - 1n) / BigInt(margin));
  assert.equal(unit, 10n ** 12n);
  assert.deepEqual(weights.map(Number), [
    Math.max(part(60 + 200, 93), part(300 + 200, 295)), part(-40 + 200, 93), Math.max(part(60 + 100, 93), part(220 + 100, 220)), part(20 + 50, 93),
  ]);
  // K: the largest quotient of most error and weight, of batches with some most error.
  assert.deepEqual([scales[1].error, scales[1].weight], [500n, weights[0]]);
  assert.equal(taintOf(scales[1], 500n, weights[0]), 1);
  assert.equal(taintOf(scales[1], 250n, weights[0]), 0.5);
});

test('several assertions of equal margin: the weight is the largest most error, the unit their margin', () => {
  const equal = table([['s1', null, 100, 90, 50, 20, 20], ['s2', null, 100, 90, 50, 30, 10], ['s3', null, 100, 90, 50, 10, 30]]);
  const { weights, unit } = frameOf(assertionsOf(null, WHOLE, equal), equal.batches);
  assert.deepEqual([weights, unit], [[130n, 140n, 140n], 90n]);
});

test('a run-off: each finalist below the half, and ahead of all others', () => {
  const three = table([['s1', 'A', 100, 100, 10, 45, 45], ['s2', 'B', 100, 100, 12, 48, 40]]);
  assert.deepEqual(said(assertionsOf(KENYA, { says: 'run-off', who: [1, 2], areas: [] }, three)), [
    '14 candidate 2 has less than 1/2 of the valid votes', '30 candidate 3 has less than 1/2 of the valid votes',
    '71 candidate 2 has more votes than candidate 1', '63 candidate 3 has more votes than candidate 1',
  ]);
  assert.throws(() => assertionsOf(KENYA, { says: 'run-off', who: [0, 1], areas: [] }, three), refusedFor('margin'));
});

test('a run-off of one with more than half: less than the share in so many areas that too few are left', () => {
  const rows = [['s1', 'A', 100, 100, 90, 10], ['s2', 'B', 100, 100, 20, 80], ['s3', 'C', 100, 100, 20, 80], ['s4', 'D', 100, 100, 95, 5],
    ['s5', 'A', 900, 900, 800, 100]];
  const made = assertionsOf({ ...KENYA, areas: 3 }, { says: 'run-off', who: [0, 1], areas: [] }, table(rows));
  assert.deepEqual(said(made), [
    '20 candidate 1 has less than 1/4 of the valid votes in B', '20 candidate 1 has less than 1/4 of the valid votes in C',
    '750 candidate 2 has less than 1/2 of the valid votes',
  ]);
  const one = assertionsOf({ ...KENYA, areas: 4 }, { says: 'run-off', who: [0, 1], areas: [] }, table(rows, { whole: 3, areas: { B: 3 } }));
  assert.deepEqual(said(one)[0], '20 candidate 1 has less than 1/4 of the valid votes in C');
  assert.throws(() => assertionsOf({ ...KENYA, areas: 2 }, { says: 'run-off', who: [0, 1], areas: [] }, table(rows)), refusedFor('areas'));
  const none = assertionsOf({ ...KENYA, areas: 5 }, { says: 'run-off', who: [0, 1], areas: [] }, table(rows));
  assert.deepEqual(said(none), ['750 candidate 2 has less than 1/2 of the valid votes'], 'fewer areas than the rule asks for: nobody can have them');
});

test('where less than half elects, every candidate is shown to be below it', () => {
  const three = table([['s1', 'A', 100, 100, 24, 38, 38]]);
  const made = assertionsOf({ more: [2, 5], least: [1, 4], areas: 1 }, { says: 'run-off', who: [1, 2], areas: [] }, three);
  assert.deepEqual(said(made), [1, 2, 3].map((n, i) => `${[80, 10, 10][i]} candidate ${n} has less than 2/5 of the valid votes`).concat([
    '14 candidate 2 has more votes than candidate 1', '14 candidate 3 has more votes than candidate 1']));
});

test('why no sample follows', () => {
  const run = (rule, outcome, of) => () => frameOf(assertionsOf(rule, outcome, of), of.batches);
  assert.throws(run(null, { says: 'run-off', who: [0, 1], areas: [] }, EXAMPLE), refusedFor('outcome'));
  assert.throws(run(null, WHOLE, table([['s1', null, 9, 9, 9]])), refusedFor('weights'));
  assert.throws(run(null, WHOLE, { ...EXAMPLE, batches: [] }), refusedFor('table'));
  assert.throws(run(KENYA, { says: 'elected', who: [0], areas: ['A', 'Z'] }, SPREAD), refusedFor('areas'));
  assert.throws(run(KENYA, { says: 'elected', who: [0], areas: ['A', 'B'] }, table([['s1', 'A', 9, 8, 7, 1], ['s2', 'B', 9, 8, 2, 6]])), refusedFor('margin'));
  assert.throws(run(null, { says: 'elected', who: [1], areas: [] }, EXAMPLE), refusedFor('margin'));
  // More than any log can hold: nine digits a bound, two differing margins.
  const heavy = table([['s1', 'A', 9, 3, 2, 1], ['s2', 'A', 9, 3, 2, 1]]);
  heavy.batches[0].bound = 1n << 82n;
  const outcome = { says: 'elected', who: [0], areas: ['A'] };
  assert.throws(run({ more: [1, 2], least: [1, 4], areas: 1 }, outcome, heavy), refusedFor('weights'));
});

const SCALE = { mean: 0.9, gain: 0.1 / 0.9 };

test('Kaplan and Markov: 1/m a draw; one batch that was all wrong leaves nothing', () => {
  const capital = new Capital(MARKOV, 0.9);
  for (let i = 0; i < 3; i++) capital.take(0);
  assert.ok(Math.abs(capital.now() - 0.9 ** 3) < 1e-15);
  capital.take(0.5);
  assert.ok(Math.abs(capital.now() - Math.min(1, (0.9 ** 4) / 0.5)) < 1e-15);
  assert.ok(Math.abs(capital.least - 0.9 ** 3) < 1e-15);
  capital.take(1);
  for (let i = 0; i < 9000; i++) capital.take(0);
  assert.equal(capital.now(), 1);
  assert.equal(drawsFrom(MARKOV, SCALE, 0.05, capital.capital), Infinity);
  assert.equal(drawsFrom(MARKOV, SCALE, 0.05), Math.ceil(Math.log(0.05) / Math.log(0.9)));
});

test('betting: a share of the largest stake, and no batch decides alone', () => {
  const method = { kind: 'betting', stake: 0.9 };
  const capital = new Capital(method, 0.9);
  capital.take(0);
  assert.ok(Math.abs(capital.capital - (1 + (0.9 / 0.9) * 0.1)) < 1e-15);
  capital.take(1);
  assert.ok(Math.abs(capital.capital - 1.1 * 0.1) < 1e-15);
  assert.equal(capital.now(), 1);
  assert.equal(drawsFrom(method, SCALE, 0.05), Math.ceil(Math.log(20) / Math.log(1.1)));
  assert.equal(drawsFrom(method, SCALE, 0.05, capital.capital), Math.ceil(Math.log(20 / 0.11) / Math.log(1.1)));
});

test('ALPHA: a mean that learns, from the draws before', () => {
  const method = { kind: 'alpha', expected: 0.98, worth: 10 };
  const capital = new Capital(method, 0.9);
  const stake = (eta) => (eta / 0.9 - 1) / 0.1;
  capital.take(0);
  const first = 1 + stake(0.98) * 0.1;
  assert.ok(Math.abs(capital.capital - first) < 1e-12);
  capital.take(0.4);
  const second = first * (1 + stake((9.8 + 1) / 11) * (0.6 - 0.9));
  assert.ok(Math.abs(capital.capital - second) < 1e-12);
  for (let i = 0; i < 5; i++) capital.take(1);
  const low = new Capital(method, 0.9);
  for (let i = 0; i < 40; i++) low.take(1);
  assert.ok(low.capital > 0 && low.learnt(method) > 0, 'the stake stays above 0: m + c/√(d + j − 1)');
  assert.equal(drawsFrom(method, SCALE, 0.05), Math.ceil(Math.log(20) / Math.log(1 + 0.8 / 9)));
  assert.equal(drawsFrom({ ...method, expected: 0.5 }, SCALE, 0.05), Infinity);
  assert.ok(new Capital({ ...method, worth: 0 }, 0.9).learnt({ ...method, worth: 0 }) > 0);
});
