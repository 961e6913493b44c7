/**
 * What the decision rule makes of the figures that stand, in the one text that every implementation writes.
 */

import { partition } from './partition.mjs';
import { byCode } from './register.mjs';
import { read } from './tally.mjs';

/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./register.mjs').Area} Area */
/** @typedef {{valid: number, votes: Map<number, number>}} Sum */

/**
 * @typedef {object} Standing
 * @property {string} contest
 * @property {number} valid
 * @property {{number: number, votes: number, areas: number}[]} candidates in the order of the ballot
 * @property {string} outcome
 */

/** @param {Ledger} ledger @param {number} size @returns {string} */
export function standingText(ledger, size) {
  const lines = ['hakiki/standing@v1', `election ${ledger.election.fingerprint}`, `size ${size}`];
  for (const contest of [...ledger.races.keys()].sort(byCode)) {
    const found = standing(ledger, contest, size);
    if (!found) continue;
    lines.push(`contest ${contest} ${found.valid}`);
    for (const { number, votes, areas } of found.candidates) lines.push(`candidate ${number} ${votes} ${areas}`);
    lines.push(`outcome ${found.outcome}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * `null` where the contest has no rule, no ballot over the whole, or too few areas for its rule.
 * @param {Ledger} ledger @param {string} code @param {number} size @returns {Standing | null}
 */
export function standing(ledger, code, size) {
  const { contest } = ledger.race(code);
  const ballot = ballotOfWhole(ledger, code, size)?.ballot;
  if (!ballot) return null;
  const { spread } = contest;
  const { whole, areas } = sums(ledger, code, size, ballot, spread?.level ?? null);
  const candidates = [...ballot.keys()].sort((a, b) => a - b).map((number) => ({
    number,
    votes: whole.votes.get(number) ?? 0,
    areas: spread ? [...areas.values()].filter((sum) => meetsShare(sum, number, spread.least)).length : 0,
  }));
  const outcome = contest.rule === 'plurality' ? plurality(candidates) : majority(candidates, whole.valid, spread);
  return { contest: code, valid: whole.valid, candidates, outcome };
}

/**
 * The ballot over the whole, if the contest is decided by it.
 * @param {Ledger} ledger @param {string} code @param {number} size
 * @returns {{ballot: import('./register.mjs').Ballot, root: Area} | null}
 */
export function ballotOfWhole(ledger, code, size) {
  const { contest: { rule, spread } } = ledger.race(code);
  const { register } = ledger;
  const root = [...register.areas.values()].find(({ parent }) => parent === null);
  if (rule === 'totals-only' || !root || !register.stands('areas', size) || !register.stands('candidates', size)) return null;
  const ballot = register.ballot(code, root.path);
  const spreadAreas = spread ? [...register.areas.values()].filter(({ level }) => level === spread.level) : [];
  return !ballot || (spread && spread.areas > spreadAreas.length) ? null : { ballot, root };
}

/**
 * Sums over the standing stations on a ballot: of the whole, and of each spread area.
 * @param {Ledger} ledger @param {string} code @param {number} size @param {import('./register.mjs').Ballot} ballot
 * @param {string | null} level
 */
function sums(ledger, code, size, ballot, level) {
  /** @type {Sum} */
  const whole = { valid: 0, votes: new Map() };
  /** @type {Map<Area, Sum>} */
  const areas = new Map();
  const { cap } = ledger.race(code).contest;
  for (const { station, paper, ballot: its } of partition(ledger, code, size)) {
    if (!paper || its !== ballot) continue;
    const figures = read(paper, station, cap);
    addTo(whole, figures);
    const area = station.area.path.find((one) => one.level === level);
    if (!area) continue;
    const sum = areas.get(area) ?? { valid: 0, votes: new Map() };
    areas.set(area, sum);
    addTo(sum, figures);
  }
  return { whole, areas };
}

/** @param {Sum} sum @param {import('./tally.mjs').Figures} figures */
function addTo(sum, { votes, valid }) {
  sum.valid += valid;
  for (const { number, least } of votes) sum.votes.set(number, (sum.votes.get(number) ?? 0) + least);
}

/** A vote, and at least this share of the valid votes. @param {Sum} sum @param {number} number @param {[number, number]} share */
export function meetsShare({ votes, valid }, number, [a, b]) {
  const count = votes.get(number) ?? 0;
  return count > 0 && BigInt(count) * BigInt(b) >= BigInt(valid) * BigInt(a);
}

/** @typedef {Standing['candidates']} Candidates */

/** Numbers of those with the most votes. @param {Candidates} candidates */
function first(candidates) {
  const most = Math.max(...candidates.map(({ votes }) => votes));
  return candidates.filter(({ votes }) => votes === most);
}

/** @param {Candidates} candidates */
function numbers(candidates) {
  return candidates.map(({ number }) => number).join(' ');
}

/** @param {Candidates} candidates */
export function plurality(candidates) {
  if (candidates.every(({ votes }) => votes === 0)) return 'no-votes';
  const leading = first(candidates);
  return `${leading.length === 1 ? 'elected' : 'tie'} ${numbers(leading)}`;
}

/** @param {Candidates} candidates @param {number} valid @param {import('./election.mjs').Spread | null} spread */
export function majority(candidates, valid, spread) {
  if (candidates.every(({ votes }) => votes === 0)) return 'no-votes';
  const [a, b] = spread?.more ?? [1, 2];
  const meeting = candidates.filter(({ votes, areas }) => (
    BigInt(votes) * BigInt(b) > BigInt(valid) * BigInt(a) && areas >= (spread?.areas ?? 0)));
  if (meeting.length > 0) return `${meeting.length === 1 ? 'elected' : 'contradiction'} ${numbers(meeting)}`;
  const leading = first(candidates);
  const rest = candidates.filter((one) => !leading.includes(one));
  const second = leading.length === 1 && rest.length > 0 ? first(rest) : [];
  return `run-off ${numbers(leading)} / ${numbers(second)}`.trimEnd();
}
