/**
 * What the stations of a ballot say, and what may still become of them: the figures that stand, the votes that may still be given
 * out, and the stations of which one of several versions will count.
 */

import { mostAt, read } from './tally.mjs';

/**
 * @typedef {object} Pool votes of several stations that may go to the same candidates in the same way
 * @property {number[]} who positions on the ballot
 * @property {number} most
 * @property {boolean} isFixed all of them are given, not only at most so many
 * @property {boolean} grows what is given counts as valid votes besides
 *
 * @typedef {{votes: number[], valid: number}} Version
 *
 * @typedef {object} Cell the stations of one spread area; of none; of all
 * @property {number[]} votes that stand, by position on the ballot; in every completion a station has these besides
 * @property {number} valid
 * @property {Map<string, Pool>} pools
 * @property {Version[][]} choices of each station that is contested or disregarded
 *
 * @typedef {object} Field
 * @property {number[]} numbers of the candidates, ascending
 * @property {Map<import('./register.mjs').Area | null, Cell>} cells by spread area; `null`: the stations that are in none
 * @property {number} outstanding stations
 */

/**
 * The stations of each ballot.
 * @param {import('./election.mjs').Contest} contest
 * @param {Pick<import('./partition.mjs').Status, 'station' | 'ballot' | 'state' | 'paper' | 'papers'>[]} statuses
 * @returns {(ballot: import('./register.mjs').Ballot) => Field}
 */
export function fieldsOf({ cap, spread }, statuses) {
  /** @type {Map<import('./register.mjs').Ballot, Reader>} */
  const readers = new Map();
  const of = (/** @type {import('./register.mjs').Ballot} */ ballot) => {
    let reader = readers.get(ballot);
    if (!reader) readers.set(ballot, (reader = new Reader(ballot, cap)));
    return reader;
  };
  for (const status of statuses) {
    if (status.ballot === null || status.state === 'not expected') continue;
    const area = spread === null ? null : status.station.area.path.find(({ level }) => level === spread.level) ?? null;
    of(status.ballot).add(status, area);
  }
  return (ballot) => of(ballot).field;
}

class Reader {
  /** @param {import('./register.mjs').Ballot} ballot @param {number | null} cap */
  constructor(ballot, cap) {
    const numbers = [...ballot.keys()].sort((a, b) => a - b);
    this.cap = cap;
    this.at = new Map(numbers.map((number, i) => [number, i]));
    /** @type {Field} */
    this.field = { numbers, cells: new Map(), outstanding: 0 };
  }

  /** @param {Parameters<typeof fieldsOf>[1][0]} status @param {import('./register.mjs').Area | null} area */
  add({ station, state, paper, papers }, area) {
    const { cells } = this.field;
    const cell = cells.get(area) ?? emptyCell(this.at.size);
    cells.set(area, cell);
    if (paper) return this.addStanding(cell, paper, station);
    this.field.outstanding += 1;
    if (state === 'missing') {
      give(cell, { who: [...this.at.values()], most: mostAt(station, this.cap), isFixed: false, grows: true });
      return undefined;
    }
    const taken = papers.filter(({ held }) => !held).map((one) => this.version(read(one, station, this.cap)));
    const versions = state === 'contested' ? taken : [{ votes: this.none(), valid: 0 }, taken[0]];
    cell.choices.push(different(versions));
    return undefined;
  }

  none() {
    return new Array(this.at.size).fill(0);
  }

  /** @param {Cell} cell @param {import('./ledger.mjs').Paper} paper @param {import('./register.mjs').Station} station */
  addStanding(cell, paper, station) {
    const figures = read(paper, station, this.cap);
    const { votes, valid } = this.version(figures);
    votes.forEach((count, i) => { cell.votes[i] += count; });
    cell.valid += valid;
    const unread = figures.votes.filter(({ least, most }) => least < most).map(({ number }) => this.at.get(number));
    const who = unread.filter((at) => at !== undefined);
    if (who.length === 0) return;
    this.field.outstanding += 1;
    const { rest } = figures;
    const isWritten = typeof paper.fields.valid === 'number';
    give(cell, { who, most: rest.most, isFixed: rest.isFixed && who.length === unread.length, grows: !isWritten && !rest.isFixed });
  }

  /** As in the standing text. @param {import('./tally.mjs').Figures} figures @returns {Version} */
  version({ votes, valid }) {
    const counted = this.none();
    for (const { number, least } of votes) {
      const at = this.at.get(number);
      if (at !== undefined) counted[at] = least;
    }
    return { votes: counted, valid };
  }
}

/** @param {number} candidates @returns {Cell} */
export function emptyCell(candidates) {
  return { votes: new Array(candidates).fill(0), valid: 0, pools: new Map(), choices: [] };
}

/** @param {Cell} cell @param {Pool} pool */
function give({ pools }, pool) {
  const key = `${pool.isFixed} ${pool.grows} ${pool.who.join(' ')}`;
  const before = pools.get(key);
  if (before) before.most += pool.most;
  else if (pool.most > 0) pools.set(key, { ...pool });
}

/** @param {Version[]} versions @returns {Version[]} */
function different(versions) {
  return [...new Map(versions.map((one) => [`${one.valid} ${one.votes.join(' ')}`, one])).values()];
}

/** All stations together, wherever they are. @param {Field} field @returns {Cell} */
export function together({ numbers, cells }) {
  const sum = emptyCell(numbers.length);
  for (const { votes, valid, pools, choices } of cells.values()) {
    votes.forEach((count, i) => { sum.votes[i] += count; });
    sum.valid += valid;
    for (const pool of pools.values()) give(sum, pool);
    for (const choice of choices) sum.choices.push(choice);
  }
  const all = sum.votes.reduce((total, count) => total + count, sum.valid)
    + [...sum.pools.values()].reduce((total, { most }) => total + most, 0)
    + sum.choices.reduce((total, versions) => total + Math.max(...versions.map(({ votes, valid }) => votes.reduce((a, b) => a + b, valid))), 0);
  if (!Number.isSafeInteger(all)) throw new RangeError('a sum is beyond exact integers');
  return sum;
}
