/**
 * Who may still meet the rule of a majority with spread. A vote more for a candidate takes him nearer to every share, a valid vote more
 * without one farther from all: only versions of a station must be weighed, the whole against its area.
 */

import { together } from './prospect-field.mjs';
import { canVote, leadsOf } from './prospect-plurality.mjs';
import { search, sumsOf } from './prospect-search.mjs';

/** @typedef {import('./prospect-field.mjs').Cell} Cell */
/** @typedef {import('./prospect-field.mjs').Field} Field */
/** @typedef {import('./prospect-search.mjs').Answer} Answer */
/** @typedef {import('./prospect-search.mjs').Effort} Effort */
/** @typedef {{more: [number, number], least: [number, number], areas: number}} Rule */
/** `gain` votes less `cost` valid votes. @typedef {{gain: bigint, cost: bigint}} Worth */

const VOTES = { gain: 1n, cost: 0n };
/** @param {[number, number]} share `a` of `b`: what is above it is above nought */
const above = ([a, b]) => ({ gain: BigInt(b), cost: BigInt(a) });
/** @param {number} count @param {number} valid @param {Worth} worth */
const value = (count, valid, { gain, cost }) => gain * BigInt(count) - cost * BigInt(valid);

/**
 * The least and the most that a candidate's worth in a cell can come to.
 * @param {Cell} cell @param {number} c @param {Worth} worth
 */
function range({ votes, valid, pools, choices }, c, worth) {
  let least = value(votes[c], valid, worth);
  let most = least;
  const widen = (/** @type {bigint[]} */ values) => {
    least += values.reduce((a, b) => (b < a ? b : a));
    most += values.reduce((a, b) => (b > a ? b : a));
  };
  for (const { who, most: given, isFixed, grows } of pools.values()) {
    const more = grows ? given : 0;
    const values = [];
    if (who.includes(c)) values.push(value(given, more, worth));
    if (who.some((one) => one !== c)) values.push(value(0, more, worth));
    if (!isFixed) values.push(0n);
    widen(values);
  }
  for (const versions of choices) widen(versions.map((version) => value(version.votes[c], version.valid, worth)));
  return { least, most };
}

/**
 * @param {Field} field @param {{kind: string, who: number[]}} standing by positions on the ballot @param {Rule} rule @param {Effort} effort
 * @returns {{changes: Answer, can: Answer[], certain: boolean[]}}
 */
export function spreadProspect(field, standing, rule, effort) {
  const cells = [...field.cells].map(([area, cell]) => ({ isArea: area !== null, cell }));
  const can = field.numbers.map((_, c) => canMeet(cells, c, rule, effort));
  const certain = field.numbers.map((_, c) => meetsAlways(cells, c, rule));
  return { changes: spreadChanges(together(field), standing, can, certain, effort), can, certain };
}

/**
 * In every completion: the whole and each area at their worst.
 * @param {{isArea: boolean, cell: Cell}[]} cells @param {number} c @param {Rule} rule
 */
function meetsAlways(cells, c, { more, least, areas }) {
  const whole = cells.reduce((sum, { cell }) => sum + range(cell, c, above(more)).least, 0n);
  const safe = cells.filter(({ isArea, cell }) => isArea && range(cell, c, above(least)).least >= 0n && range(cell, c, VOTES).least > 0n);
  return whole > 0n && safe.length >= areas;
}

/**
 * In some completion: each area costs the whole something, if its versions must be chosen so that it is met; the cheapest are.
 * @param {{isArea: boolean, cell: Cell}[]} cells @param {number} c @param {Rule} rule @param {Effort} effort @returns {Answer}
 */
function canMeet(cells, c, rule, effort) {
  const best = cells.reduce((sum, { cell }) => sum + range(cell, c, above(rule.more)).most, 0n);
  if (best <= 0n) return 'no';
  const prices = cells.flatMap(({ isArea, cell }) => (isArea ? priceOf(cell, c, rule, effort) ?? [] : []));
  const paid = (/** @type {(bigint | null)[]} */ offers) => {
    const cheapest = offers.filter((offer) => offer !== null).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).slice(0, rule.areas);
    return cheapest.length === rule.areas && best - cheapest.reduce((sum, price) => sum + price, 0n) > 0n;
  };
  if (paid(prices.map(({ known }) => known))) return 'yes';
  return paid(prices.map(({ least }) => least)) ? 'open' : 'no';
}

/**
 * What it costs the whole to have an area met: a price that is `known` to do (`null`: none is), and the least that it can be.
 * `null` if it cannot be met.
 * @param {Cell} cell @param {number} c @param {Rule} rule @param {Effort} effort @returns {{known: bigint | null, least: bigint} | null}
 */
function priceOf(cell, c, { more, least }, effort) {
  const parts = [above(more), above(least), VOTES];
  const top = parts.map((worth) => range(cell, c, worth).most);
  if (top[1] < 0n || top[2] < 1n) return null;
  const base = parts.map((worth) => range({ ...cell, choices: [] }, c, worth).most);
  const choices = cell.choices.map((versions) => versions.map(({ votes, valid }) => parts.map((worth) => value(votes[c], valid, worth))));
  const nothing = choices.reduce((sum, versions) => versions.reduce((a, [b]) => (b < a ? b : a), versions[0][0]) + sum, base[0]);
  const { sums, isAll } = sumsOf({ base, choices, floor: [nothing, 0n, 1n], enough: [Infinity, 0n, 1n] }, effort);
  const most = sums.reduce((best, [sum]) => (best === null || sum > best ? sum : best), /** @type {any} */ (null));
  if (most === null && isAll) return null;
  const known = most === null ? null : top[0] - most;
  return { known, least: isAll ? /** @type {bigint} */ (known) : 0n };
}

/**
 * @param {Cell} whole @param {{kind: string, who: number[]}} standing @param {Answer[]} can @param {boolean[]} certain
 * @param {Effort} effort @returns {Answer}
 */
function spreadChanges(whole, { kind, who }, can, certain, effort) {
  if (kind === 'no-votes') return canVote(whole) ? 'yes' : 'no';
  if (kind !== 'run-off') {
    if (who.some((c) => !certain[c])) return 'yes';
    return any(can.filter((_, c) => !who.includes(c)));
  }
  const meets = any(can);
  if (meets === 'yes') return 'yes';
  const leads = leadsOf(whole);
  if (leads.some((row, d) => !who.includes(d) && who.some((a) => row[a] >= 0))) return 'yes';
  return any([meets, splits(whole, who, leads, effort)]);
}

/** @param {Answer[]} answers @returns {Answer} */
function any(answers) {
  return answers.includes('yes') ? 'yes' : answers.includes('open') ? 'open' : 'no';
}

/**
 * Those of a run-off of three or more are level, but for one who may be ahead. Can two of them leave a third behind?
 * @param {Cell} whole @param {number[]} who @param {number[][]} leads @param {Effort} effort @returns {Answer}
 */
function splits(whole, who, leads, effort) {
  let found = /** @type {Answer} */ ('no');
  for (const w of who) {
    const ahead = who.filter((a) => leads[a][w] > 0);
    for (const [i, u] of ahead.entries()) {
      for (const v of ahead.slice(i + 1)) {
        found = any([found, canLeave(whole, u, v, w, effort)]);
        if (found === 'yes') return 'yes';
      }
    }
  }
  return found;
}

/** @param {Cell} whole @param {number} u @param {number} v @param {number} w @param {Effort} effort */
function canLeave({ votes, pools, choices }, u, v, w, effort) {
  const sum = (/** @type {(pool: import('./prospect-field.mjs').Pool) => boolean} */ which) => (
    [...pools.values()].filter(which).reduce((all, { most }) => all + most, 0));
  const [own, its] = [sum(({ who }) => who.includes(u) && !who.includes(v)), sum(({ who }) => who.includes(v) && !who.includes(u))];
  const shared = sum(({ who }) => who.includes(u) && who.includes(v));
  const margins = (/** @type {number[]} */ counts) => [counts[u] - counts[w], counts[v] - counts[w]];
  const [first, second] = margins(votes);
  return search({
    base: [first + own, second + its],
    choices: choices.map((versions) => versions.map((version) => margins(version.votes))),
    floor: [1 - shared, 1 - shared],
    enough: [1, 1],
    accept: (sums) => sums.reduce((lack, margin) => lack + Math.max(1 - margin, 0), 0) <= shared,
    further: (weights) => shared * Math.max(...weights),
  }, effort);
}
