/**
 * Sums of the standing stations, area by area, with what boxes that cannot be read could hold.
 */

import { ALL_BOXES } from './grammar.mjs';
import { partition } from './partition.mjs';

/** @typedef {{sum: number, least: number, most: number}} VoteSum */
/** @typedef {{sum: number, written: number, unread: number}} BoxSum */

/**
 * @typedef {object} Tally of one area
 * @property {import('./register.mjs').Area} area
 * @property {import('./register.mjs').Ballot | null} ballot
 * @property {{expected: number, missing: number, standing: number, contested: number, disregarded: number}} partition
 * @property {number} registered
 * @property {Map<number, VoteSum>} votes by number on the ballot
 * @property {Map<string, BoxSum>} boxes
 */

/** The most that nine digits hold: if neither register nor cap is known. */
const UNBOUNDED = 999_999_999;

/**
 * @param {import('./ledger.mjs').Ledger} ledger @param {string} contest @param {number} size
 * @param {import('./partition.mjs').Status[]} [statuses] @returns {Tally[]} in byte order of the areas' codes
 */
export function tallies(ledger, contest, size, statuses = partition(ledger, contest, size)) {
  const { register } = ledger;
  /** @type {Tally[]} */
  const found = new Array(register.areas.size);
  const ballots = register.stands('candidates', size);
  for (const area of register.areas.values()) found[area.index] = emptyTally(area, ballots ? register.ballot(contest, area.path) : null);
  const { cap } = ledger.race(contest).contest;
  for (const { station, ballot, state, paper } of statuses) {
    if (state === 'not expected') continue;
    const figures = paper && read(paper, station, cap);
    for (const area of station.area.path) {
      const tally = found[area.index];
      tally.partition.expected += 1;
      tally.partition[state] += 1;
      tally.registered += station.voters ?? 0;
      if (figures) add(tally, figures, tally.ballot === ballot);
    }
  }
  return found;
}

/** @param {import('./register.mjs').Area} area @param {import('./register.mjs').Ballot | null} ballot @returns {Tally} */
export function emptyTally(area, ballot) {
  const numbers = [...(ballot?.keys() ?? [])].sort((a, b) => a - b);
  return {
    area,
    ballot,
    partition: { expected: 0, missing: 0, standing: 0, contested: 0, disregarded: 0 },
    registered: 0,
    votes: new Map(numbers.map((number) => [number, { sum: 0, least: 0, most: 0 }])),
    boxes: new Map(),
  };
}

/** @typedef {{number: number, sum: number, least: number, most: number}} Vote */
/**
 * `rest`: what the unread boxes hold together at most, and whether the paper's total fixes that.
 * `valid`: valid votes as decision rules count them.
 * @typedef {{votes: Vote[], rest: Rest, boxes: [string, import('./values.mjs').Box][], valid: number}} Figures
 * @typedef {{least: number, most: number, isFixed: boolean}} Rest
 */

/**
 * What a paper gives: each candidate's box as it is written, and the interval that it leaves if it cannot be read.
 * @param {import('./ledger.mjs').Paper} paper @param {import('./register.mjs').Station} station @param {number | null} cap
 * @returns {Figures}
 */
export function read({ fields }, station, cap) {
  let written = 0;
  let unread = 0;
  for (const [, value] of fields.votes) {
    if (typeof value === 'number') written += value;
    else unread += 1;
  }
  const rest = unread === 0 ? NOTHING : restOf(fields, written, unread, station, cap);
  const { least, most } = rest;
  /** @type {Vote[]} */
  const votes = fields.votes.map((/** @type {[number, import('./values.mjs').Box]} */ [number, value]) => (
    typeof value === 'number' ? { number, sum: value, least: value, most: value } : { number, sum: 0, least, most }));
  /** @type {[string, import('./values.mjs').Box][]} */
  const boxes = [];
  for (const box of ALL_BOXES) if (fields[box] !== undefined) boxes.push([box, fields[box]]);
  return { votes, rest, boxes, valid: validOf(fields, written, unread) };
}

const NOTHING = { least: 0, most: 0, isFixed: true };

/**
 * The written total; else the votes, if all are read; else what the counts box says, if it can be; else the votes that are read.
 * @param {import('./text.mjs').Fields} fields @param {number} written @param {number} unread
 */
function validOf({ valid, 'valid-counted': counted }, written, unread) {
  if (typeof valid === 'number') return valid;
  return unread > 0 && typeof counted === 'number' && counted >= written ? counted : written;
}

/**
 * What each unread box can hold: exactly the rest if it is the only one and the total is written.
 * @param {import('./text.mjs').Fields} fields @param {number} written @param {number} unread
 * @param {import('./register.mjs').Station} station @param {number | null} cap @returns {Rest}
 */
function restOf(fields, written, unread, station, cap) {
  const total = [fields.valid, fields['valid-counted']].find((box) => typeof box === 'number' && box >= written);
  if (total !== undefined) {
    const most = total - written;
    return { least: unread === 1 ? most : 0, most, isFixed: true };
  }
  return { least: 0, most: Math.max(mostAt(station, cap) - written, 0), isFixed: false };
}

/** The most votes that there can be at a station. @param {import('./register.mjs').Station} station @param {number | null} cap */
export function mostAt(station, cap) {
  return Math.min(station.voters ?? UNBOUNDED, cap ?? UNBOUNDED);
}

/** @param {Tally} tally @param {Figures} figures @param {boolean} sameBallot */
export function add(tally, { votes, boxes }, sameBallot) {
  if (sameBallot) {
    for (const vote of votes) {
      const sum = tally.votes.get(vote.number);
      if (!sum) continue;
      sum.sum += vote.sum;
      sum.least += vote.least;
      sum.most += vote.most;
    }
  }
  for (const [box, value] of boxes) {
    let sum = tally.boxes.get(box);
    if (!sum) tally.boxes.set(box, (sum = { sum: 0, written: 0, unread: 0 }));
    if (typeof value === 'number') {
      sum.sum += value;
      sum.written += 1;
    } else sum.unread += 1;
  }
}
